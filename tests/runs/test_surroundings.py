"""The command line does without what the machine lacks: a home folder, letters, settings."""

import importlib
import os
import subprocess
import sys

import nbformat
import papermill
import pytest

from retencion_lib import config
from retencion_lib.runs import surroundings
from tests.runs.test_engine import notebook


def command(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "retencion_lib", *words], capture_output=True,
        env=os.environ | environment,
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["verify"], ["no-such-ñ"]])
def test_a_terminal_without_a_letter_gets_another_and_no_traceback(encoding, words):
    done = command(*words, PYTHONIOENCODING=f"{encoding}:strict", PYTHONUTF8="0")
    assert done.returncode == (2 if words == ["no-such-ñ"] else 0)
    assert b"Traceback" not in done.stderr
    assert done.stdout or done.stderr


def test_without_a_home_folder_the_libraries_get_one_to_work_in(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", "/nonexistent")
    for name in surroundings.SCRATCH:
        monkeypatch.delenv(name, raising=False)
    with surroundings.fitted():
        pass
    places = [os.environ[name] for name in ("HOME", *surroundings.SCRATCH)]
    assert all(place.startswith(os.environ["HOME"]) for place in places)
    assert os.access(os.environ["HOME"], os.W_OK)


def test_a_home_folder_that_can_be_written_is_left_as_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    with surroundings.fitted():
        pass
    assert os.environ["HOME"] == str(tmp_path)
    assert "MPLCONFIGDIR" not in os.environ


def test_matplotlib_in_a_sealed_run_does_not_read_the_users_settings(monkeypatch, tmp_path):
    (tmp_path / "matplotlibrc").write_bytes(b"text.usetex: True\n\xff\xfe: nonsense\n")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    (config.home() / "runs").mkdir()
    source = notebook(tmp_path, "import matplotlib\nmatplotlib.rcParams['text.usetex']")
    output = config.home() / "runs/a.ipynb"
    papermill.execute_notebook(source, str(output), kernel_name="python3", progress_bar=False)
    shown = nbformat.read(output, 4).cells[-1].outputs
    assert [o.data["text/plain"] for o in shown] == ["False"]


def test_what_is_spared_is_not_there_while_it_lasts_and_as_before_behind(monkeypatch):
    monkeypatch.setattr(surroundings, "UNUSED", ("colorsys", "json"))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with surroundings.spared():
        assert importlib.import_module("json")  # loaded already: nothing is taken away
        with pytest.raises(ImportError):
            importlib.import_module("colorsys")
    assert importlib.import_module("colorsys")
