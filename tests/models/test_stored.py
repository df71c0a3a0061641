"""Which files may be opened as models, and what becomes of those of other code."""

import io
import pickle
import sys
import types

import pytest

from retencion_lib.errors import ArtifactError, OldModelError
from retencion_lib.home import store
from retencion_lib.models import features, stored
from retencion_lib.models.fitted import from_bytes
from tests import sealed_home


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    store.begin("r1-train")
    yield tmp_path
    store.end()


class Trap:
    """Unpickling this would create a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("in_log", [True, False], ids=["in-the-log", "not-in-the-log"])
def test_a_file_that_no_run_wrote_is_not_opened(home, in_log):
    trap = home / "artifacts/trap.pkl"
    trap.parent.mkdir()
    trap.write_bytes(pickle.dumps(Trap(home / "opened")))
    log = [sealed_home.experiment("artifacts/trap.pkl", store.sha256(trap))]
    with pytest.raises(ArtifactError, match=r"trap\.pkl.*no es el de ningún modelo.*No se abre"):
        stored.load_known(str(trap), log if in_log else [])
    assert not (home / "opened").exists()


def test_a_model_of_other_code_says_what_is_gone_and_what_to_do(home, monkeypatch):
    class Gone:
        __module__, __qualname__ = stored.__name__, "Gone"

    monkeypatch.setattr(stored, "Gone", Gone, raising=False)
    path = store.write_new(home / "artifacts/m.pkl", pickle.dumps(Gone()))
    monkeypatch.undo()
    monkeypatch.setenv("RETENCION_HOME", str(home))
    log = [sealed_home.experiment("artifacts/m.pkl", store.sha256(path), run_id="run-7")]
    with pytest.raises(
        OldModelError,
        match=r"artifacts/m\.pkl: lo guardó otra versión del código.*\(falta 'Gone'\).*"
        r"'retencion train' y 'retencion evaluate'.*la ejecución run-7 dice cuál era",
    ):
        stored.load_known("artifacts/m.pkl", log)


def test_the_bytes_that_are_hashed_are_the_bytes_that_are_opened(home):
    path = store.write_new(home / "artifacts/m.pkl", pickle.dumps("a model"))
    log = [sealed_home.experiment("artifacts/m.pkl", store.sha256(path))]
    assert stored.load_known("artifacts/m.pkl", log) == "a model"


def test_a_model_saved_before_the_rooms_moved_still_opens(monkeypatch):
    before = types.ModuleType("retencion_lib.features")
    before.Derive = type("Derive", (), {"__module__": before.__name__})
    monkeypatch.setitem(sys.modules, before.__name__, before)
    content = io.BytesIO()
    pickle.dump(before.Derive, content)
    monkeypatch.delitem(sys.modules, before.__name__)
    assert from_bytes(content.getvalue()) is features.Derive
