"""Kernels: they warm up for their own notebook, and a dead one ends its run at once."""

import os
import shutil
import signal
import subprocess
import sys
import time

import papermill
import psutil
import pytest

from retencion_lib import config
from retencion_lib.audit.verify import faults
from retencion_lib.errors import KernelError
from retencion_lib.home import disk, ledger
from retencion_lib.runs import seal
from retencion_lib.runs.kernels import (
    Prepared,
    imports_of,
    own_sockets,
    wait_until_ready,
    warm_up,
)
from tests.runs.test_engine import notebook, small_data

KILLED = r"01_eda: el proceso que lo ejecutaba terminó de golpe.*falta de memoria.*repite la orden"
KILL_ITSELF = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize("name", config.NOTEBOOKS.values())
def test_a_kernel_warms_up_with_the_imports_of_its_own_notebook(name):
    lines = imports_of(name).splitlines()
    assert "from retencion_lib.runs import close_run, open_run" in lines
    assert all(line.startswith(("import ", "from ")) for line in lines)
    exec("\n".join(lines), {})


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))
    (tmp_path / "runs").mkdir()
    return tmp_path


def endings():
    return [(e.status, e.error) for e in ledger.read() if e.event == "run_finished"]


@pytest.fixture
def prepared(monkeypatch):
    """A kernel that has been started and does nothing yet."""
    monkeypatch.setattr("retencion_lib.runs.kernels.imports_of", lambda _: "")
    kernel = Prepared("01_eda")
    yield kernel
    kernel.stop()


@pytest.mark.parametrize("door", ["papermill's own kernel", "a prepared kernel"])
def test_a_kernel_that_dies_in_a_cell_ends_its_run_as_failed_and_says_so(home, prepared, door):
    given = {"kernel": prepared.ready(), "run_id": "r1"} if door == "a prepared kernel" else {}
    source = notebook(home, "print('before')", KILL_ITSELF, "print('after')")
    os.rename(source, home / "01_eda.ipynb")
    with pytest.raises(KernelError, match=KILLED):
        papermill.execute_notebook(
            str(home / "01_eda.ipynb"), str(home / "runs/01_eda.ipynb"), kernel_name="python3",
            progress_bar=False, **given,
        )  # fmt: skip
    assert endings() == [("failed", "KernelError")]
    assert faults() == []
    page = (home / "runs/01_eda.html").read_text(encoding="utf-8")
    assert "before" in page
    assert "el proceso que lo ejecutaba terminó de golpe" in page


def test_a_kernel_that_died_while_it_was_prepared_is_found_dead_in_a_sealed_run(home, prepared):
    manager = prepared.ready()
    manager.provisioner.process.kill()
    manager.provisioner.process.wait()
    source = notebook(home, "1")
    os.rename(source, home / "01_eda.ipynb")
    with pytest.raises(KernelError, match=KILLED):
        papermill.execute_notebook(
            str(home / "01_eda.ipynb"), str(home / "runs/01_eda.ipynb"), kernel_name="python3",
            progress_bar=False, kernel=manager, run_id="r1",
        )  # fmt: skip
    assert endings() == [("failed", "KernelError")]
    assert faults() == []


def test_an_interrupted_run_ends_its_kernel_before_its_end_is_written(home, prepared, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    alive = []
    end = seal.end
    monkeypatch.setattr(
        seal, "end", lambda *a, **k: (alive.append(prepared.manager.is_alive()), end(*a, **k))
    )
    cell = "import os, signal, time; os.kill(os.getppid(), signal.SIGINT); time.sleep(30)"
    try:
        with pytest.raises(KeyboardInterrupt):
            papermill.execute_notebook(
                notebook(home, cell), str(home / "runs/a.ipynb"), kernel_name="python3",
                progress_bar=False, kernel=prepared.ready(), run_id="r1",
            )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, before)
    assert alive == [False]
    assert endings() == [("failed", "KeyboardInterrupt")]


def test_nobody_waits_for_a_kernel_that_dies_while_it_warms_up(prepared):
    warm_up(prepared.ready(), KILL_ITSELF)
    assert not prepared.manager.is_alive()
    with pytest.raises(RuntimeError, match="Kernel died"):
        wait_until_ready(prepared.manager)


def test_a_kernel_can_be_stopped_before_it_is_ready():
    kernel = Prepared("01_eda")
    kernel.stop()
    assert not kernel.ready().is_alive()


def started(*words):
    """An order under way, and the process of its first kernel."""
    child = subprocess.Popen(
        [sys.executable, "-m", "retencion_lib", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not (kernels := psutil.Process(child.pid).children(recursive=True)):
        assert child.poll() is None
        time.sleep(0.01)
    return child, kernels[0]


def under_way(child, after=0):
    """Wait until the run is in the ledger for good: a line cut short is taken back."""
    while len(ledger.mentioning("run_started")) <= after and child.poll() is None:
        time.sleep(0.02)
    with disk.locked(config.resolve(ledger.LEDGER)):  # whoever appends holds it to the end
        pass
    time.sleep(0.5)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["started", "warming up", "in a cell"])
@pytest.mark.parametrize("stage", ["eda", "run"])
def test_an_order_whose_kernel_is_killed_ends_with_one_sentence_and_code_2(home, stage, moment):
    small_data(home)
    child, kernel = started(stage)
    if moment == "warming up":
        time.sleep(1)
    if moment == "in a cell":
        under_way(child)
    kernel.kill()
    said = child.communicate()[1]
    assert child.returncode == 2, said
    assert said.startswith("Error: 01_eda: el proceso que lo ejecutaba terminó de golpe."), said
    assert "Traceback" not in said
    assert endings() == [("failed", "KernelError")]
    assert faults() == []


@pytest.fixture(scope="module")
def used_home(trained_home, tmp_path_factory):
    """A copy of a home with models, where one stage after another fails."""
    return shutil.copytree(trained_home, tmp_path_factory.mktemp("used") / "home")


@pytest.mark.slow
@pytest.mark.parametrize("stage", config.SEQUENCE)
def test_the_kernel_of_any_stage_killed_in_a_cell_is_named_and_the_home_agrees(
    used_home, monkeypatch, stage
):
    monkeypatch.setenv("RETENCION_HOME", str(used_home))
    before = endings()
    runs = len(ledger.mentioning("run_started"))
    child, kernel = started(stage)
    under_way(child, after=runs)
    kernel.kill()
    said = child.communicate()[1]
    assert child.returncode == 2, said
    name = config.NOTEBOOKS[stage]
    assert said.startswith(f"Error: {name}: el proceso que lo ejecutaba terminó de golpe."), said
    assert endings() == [*before, ("failed", "KernelError")]
    assert faults() == []


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_order_that_is_told_to_end_closes_its_run_and_its_kernel(home, ending):
    small_data(home)
    child, kernel = started("eda")
    under_way(child)
    child.send_signal(ending)
    said = child.communicate()[1]
    assert (child.returncode, said.splitlines()[0][:12]) == (130, "Interrumpido")
    assert endings() == [("failed", "KeyboardInterrupt")]
    assert faults() == []
    assert not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE


@pytest.mark.slow
def test_a_kernel_whose_order_is_killed_does_not_live_on(home):
    small_data(home)
    child, kernel = started("eda")
    under_way(child)
    child.kill()
    gone, _ = psutil.wait_procs([kernel], timeout=60)
    assert gone == [kernel]


@pytest.mark.slow
def test_an_order_that_ignores_hup_goes_on(home):
    child = subprocess.Popen(
        ["nohup", sys.executable, "-c",
         "import os, signal; from retencion_lib.runs import surroundings\n"
         "with surroundings.fitted(): os.kill(os.getpid(), signal.SIGHUP); print('on')"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert child.communicate()[0] == "on\n"


def test_channels_of_a_kernel_are_files_of_its_user_alone_and_go_with_it(prepared):
    manager = prepared.ready()
    folder = os.path.dirname(manager.ip)
    assert len(os.listdir(folder)) == 5  # shell, iopub, stdin, control, heartbeat
    assert os.stat(folder).st_mode & 0o077 == 0
    prepared.stop()
    assert not os.path.exists(folder)


def test_where_a_socket_would_have_too_long_a_path_a_kernel_takes_ports(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with own_sockets() as settings:
        assert settings.KernelManager == {}
