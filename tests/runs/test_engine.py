"""Plain papermill is enough: inside `runs` it seals, everywhere else it is as without us."""

import json
import os
import subprocess
import sys

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from retencion_lib import config
from retencion_lib.audit.verify import faults
from retencion_lib.errors import ParameterError, StorageError
from retencion_lib.home import disk, ledger
from retencion_lib.runs import report

VOLATILE = {"seq", "at", "prev", "run_id", "files", "output", "pid", "seconds"}


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    (tmp_path / "runs").mkdir()
    return tmp_path


def notebook(folder, *sources):
    """A notebook with one parameter and some cells."""
    first = nbformat.v4.new_code_cell("api_token: str = 'none'  # Clave")
    first.metadata["tags"] = ["parameters"]
    cells = [first, *map(nbformat.v4.new_code_cell, sources)]
    path = folder / "small.ipynb"
    metadata = {"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return str(path)


def execute(source, output, **options):
    return papermill.execute_notebook(
        source, str(output), kernel_name="python3", progress_bar=False, **options
    )


def events():
    """What the ledger says of runs; each of them ends with a new list of runs."""
    return [(e.event, e.status) for e in ledger.read() if e.event != "index"]


@pytest.mark.parametrize(
    "options",
    [{}, {"engine_name": "retencion"}, {"request_save_on_cell_execute": False}],
    ids=["by-default", "by-name", "without-saves"],
)
def test_a_notebook_under_runs_leaves_its_report_and_its_seal(home, options):
    execute(notebook(home, "1 + 1"), home / "runs/a.ipynb", **options)
    assert (home / "runs/a.html").is_file()
    assert events() == [("run_started", ""), ("run_finished", "ok")]
    assert faults() == []


def test_a_relative_output_is_found_whatever_folder_the_kernel_runs_in(home, monkeypatch):
    source = notebook(home, "1")
    monkeypatch.chdir(home / "runs")
    execute(source, "a.ipynb", cwd="/")
    assert (home / "runs/a.html").is_file()
    assert faults() == []


def test_outside_runs_papermill_is_as_without_us(home, tmp_path):
    source = notebook(home, "import os; os.environ.get('RETENCION_RUN_ID')", "2 + 2")
    made = [
        execute(source, tmp_path / f"{name}.ipynb", engine_name=name)
        for name in (None, "retencion", "nbclient")
    ]
    outputs = [[c.get("outputs") for c in nb.cells] for nb in made]
    assert outputs[0] == outputs[1] == outputs[2]
    assert not (home / ledger.LEDGER).exists()
    assert not list(home.glob("*.html"))


def test_a_failed_notebook_is_sealed_as_papermill_leaves_it(home):
    output = home / "runs/a.ipynb"
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        execute(notebook(home, "1 / 0"), output)
    assert "papermill-error-cell" in output.read_text()
    assert events()[-1] == ("run_finished", "failed")
    assert ledger.read()[-2].error == "ZeroDivisionError"
    assert faults() == []


def test_an_error_a_user_can_cause_is_a_refused_run(home):
    code = "from retencion_lib.errors import DataError\nraise DataError('C00012 está dos veces')"
    with pytest.raises(PapermillExecutionError, match="C00012"):
        execute(notebook(home, code), home / "runs/a.ipynb")
    assert events()[-1] == ("run_finished", "refused")
    assert b"C00012" not in (home / ledger.LEDGER).read_bytes()


def test_an_error_of_the_report_never_hides_that_of_the_notebook(home, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no template")

    monkeypatch.setattr(report, "render", broken)
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError") as caught:
        execute(notebook(home, "1 / 0"), home / "runs/a.ipynb")
    assert "no template" in caught.value.__notes__[0]
    assert events()[-1] == ("run_finished", "failed")
    with pytest.raises(RuntimeError, match="no template"):
        execute(notebook(home, "1"), home / "runs/b.ipynb")


def test_an_unknown_parameter_is_refused_before_any_kernel_starts(home):
    with pytest.raises(ParameterError, match=r"'api_tokem'.*¿Querías decir 'api_token'"):
        execute(notebook(home, "1"), home / "runs/a.ipynb", parameters={"api_tokem": "x"})
    assert events() == [("run_started", ""), ("run_finished", "refused")]
    assert not (home / "runs/a.ipynb").exists()


def test_a_run_never_overwrites_another(home):
    source = notebook(home, "1")
    execute(source, home / "runs/a.ipynb")
    before = disk.sha256(home / "runs/a.ipynb")
    with pytest.raises(StorageError, match=r"runs/a\.ipynb ya existe"):
        execute(source, home / "runs/a.ipynb")
    assert disk.sha256(home / "runs/a.ipynb") == before


def test_a_secret_is_in_no_file_although_the_notebook_used_and_printed_it(home):
    source = notebook(home, "print(len(api_token), api_token)")
    execute(source, home / "runs/a.ipynb", parameters={"api_token": "s3cr3t-value"})
    text = (home / "runs/a.ipynb").read_text()
    assert "12 ***" in text
    for path in home.rglob("*"):
        assert not path.is_file() or b"s3cr3t-value" not in path.read_bytes(), path


def test_papermill_loads_nothing_heavy_through_us():
    code = (
        "import papermill.engines, sys; heavy = {'pandas', 'matplotlib', 'sklearn', 'nbconvert', "
        "'IPython', 'retencion_lib.runs.seal'} & set(sys.modules); "
        "print('retencion_lib.runs.engine' in sys.modules, sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "True []\n", done.stderr


def small_data(home):
    from retencion_lib.tables.demo import demo_table

    (home / "data/raw").mkdir(parents=True, exist_ok=True)
    demo_table().head(1000).to_csv(home / config.RAW_DATA, index=False)


def content(home):
    """Events of a home without what differs from run to run."""
    found = [json.loads(line) for line in (home / ledger.LEDGER).read_bytes().splitlines()]
    # The list of runs names where each report is, so that its hash differs too.
    drops = {e["seq"]: {"sha256", "bytes"} if e["event"] == "index" else set() for e in found}
    return [{k: v for k, v in e.items() if k not in VOLATILE | drops[e["seq"]]} for e in found]


@pytest.mark.slow
def test_three_doors_leave_the_same_in_the_ledger(tmp_path, monkeypatch):
    homes = [tmp_path / name for name in ("papermill", "command", "python")]
    for home in homes:
        (home / "runs").mkdir(parents=True)
        small_data(home)
    source = str(config.notebooks() / "01_eda.ipynb")
    doors = [
        [sys.executable, "-m", "papermill", source, str(homes[0] / "runs/a.ipynb"),
         "-p", "date", "2026-10-31"],
        [sys.executable, "-m", "retencion_lib", "eda", "--date", "2026-10-31"],
    ]  # fmt: skip
    for home, words in zip(homes, doors, strict=False):
        environment = os.environ | {"RETENCION_HOME": str(home)}
        done = subprocess.run(words, cwd="/", env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    monkeypatch.setenv("RETENCION_HOME", str(homes[2]))
    execute(source, homes[2] / "runs/a.ipynb", parameters={"date": "2026-10-31"})
    assert content(homes[0]) == content(homes[1]) == content(homes[2])
    assert len(list(homes[0].glob("runs/*.html"))) == 2  # the report and the list of runs


@pytest.mark.slow
def test_six_runs_at_once_leave_a_valid_chain(home):
    small_data(home)
    words = [sys.executable, "-m", "retencion_lib", "eda"]
    running = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(6)]
    assert [child.wait() for child in running] == [0] * 6
    assert [e.event for e in ledger.read()].count("run_finished") == 6
    assert faults() == []
