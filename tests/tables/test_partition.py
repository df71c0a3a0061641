import numpy as np
import pandas as pd
import pytest

from retencion_lib.errors import DataError, ParameterError
from retencion_lib.tables import load_training
from retencion_lib.tables.partition import partition


def customers(tmp_path, n: int, leavers: int):
    frame = pd.DataFrame({"id": [f"C{i}" for i in range(n)], "x": np.arange(n) % 17})
    frame["left"] = [int(i < leavers) for i in range(n)]
    frame.to_csv(tmp_path / "t.csv", index=False)
    return load_training(str(tmp_path / "t.csv"), target="left", id_col="id")


def test_both_parts_hold_the_share_of_each_class(tmp_path):
    parts = partition(customers(tmp_path, 400, 100), test_share=0.2, seed=1)
    assert (parts.dev.n_rows, parts.test.n_rows) == (320, 80)
    assert (parts.dev.y.sum(), parts.test.y.sum()) == (80, 20)


@pytest.mark.parametrize(
    ("leavers", "test_share", "said"),
    [
        pytest.param(
            40, 0.2, r"tiene 32 clientes para aprender.*50\. Reúne más datos\.$", id="few"
        ),
        pytest.param(
            61, 0.2, r"tiene 49 clientes para aprender.*50.*o baja test_share", id="share"
        ),
        pytest.param(100, 0.01, r"tiene 1 cliente en el examen.*10.*sube test_share", id="exam"),
    ],
)
def test_a_class_with_too_few_customers_is_refused(tmp_path, leavers, test_share, said):
    with pytest.raises(DataError, match=said):
        partition(customers(tmp_path, 400, leavers), test_share=test_share, seed=1)


def test_a_seed_that_no_library_takes_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="seed = -1"):
        partition(customers(tmp_path, 400, 100), test_share=0.2, seed=-1)
