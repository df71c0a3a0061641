"""Without XGBoost, as on a Mac without OpenMP, everything that needs no trees works."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from retencion_lib.models import FAMILIES, to_bytes
from retencion_lib.models.combine import fit_family
from retencion_lib.models.crossfit import fit_variants
from retencion_lib.models.estimators import StagedXGB
from retencion_lib.models.features import describe

WITHOUT = """
import sys
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "xgboost":
            raise {raised}
sys.meta_path.insert(0, Broken())
import numpy as np, pandas as pd
from retencion_lib.models import from_bytes
from retencion_lib.models import attribution  # what 04 imports
from retencion_lib.models.estimators import StagedXGB
from retencion_lib.errors import LibraryError
try:
    {work}
except LibraryError as error:
    print(error)
"""
TABLE = pd.DataFrame({"a": np.linspace(-1, 1, 200), "b": np.arange(200) % 7})
LEFT = (np.arange(200) % 3 == 0).astype(int)
SAID = "No se puede usar XGBoost, y este modelo o esta familia lo necesita ({}). Instálalo con "


def without_xgboost(work, raised="ImportError('libomp.dylib')"):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(work=work, raised=raised)],
        capture_output=True, text=True, env=os.environ,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_logistic_model_scores(tmp_path):
    given = (TABLE, LEFT, np.arange(200) % 5, describe(TABLE, ["a", "b"], []), 0)
    predictor = fit_family(fit_variants(FAMILIES["logreg"], *given), LEFT).predictor
    (tmp_path / "m.pkl").write_bytes(to_bytes(predictor))
    TABLE.to_csv(tmp_path / "t.csv", index=False)
    said = without_xgboost(
        f"m = from_bytes(open({str(tmp_path / 'm.pkl')!r}, 'rb').read()); "
        f"print(m.margin(pd.read_csv({str(tmp_path / 't.csv')!r})).sum())"
    )
    assert float(said) == pytest.approx(predictor.margin(TABLE).sum())


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        ("ImportError('libomp.dylib')", "libomp.dylib"),
        ("OSError('could not be loaded.\\n\\nLikely causes:')", "could not be loaded."),
    ],
)
def test_a_model_of_trees_says_what_to_install(tmp_path, raised, why):
    model = StagedXGB(trees=10).fit(TABLE.to_numpy(float), LEFT)
    (tmp_path / "m.pkl").write_bytes(to_bytes(model))
    said = without_xgboost(f"from_bytes(open({str(tmp_path / 'm.pkl')!r}, 'rb').read())", raised)
    assert said.startswith(SAID.format(why))


def test_training_trees_says_what_to_install():
    said = without_xgboost("StagedXGB().fit(np.zeros((10, 1)), np.arange(10) % 2)")
    assert said.startswith(SAID.format("libomp.dylib"))
