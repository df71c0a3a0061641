"""Kill -9 at any moment: nothing half written carries a final name, and the next run works."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from retencion_lib import config
from retencion_lib.audit import adopt
from retencion_lib.audit.verify import faults
from retencion_lib.home import disk, ledger
from tests import sealed_home

KILLS = int(os.environ.get("RETENCION_KILLS", "5"))
# What a run that was cut short may leave for `verify` to name.
CUT_SHORT = {"lone_start", "half_line", "half_block", "stray", "index"}
STEPS = ("fsync", "replace", "truncate", "unlink")


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    sealed_home.make()
    return tmp_path / "home"


def killed_at(step: int, work) -> bool:
    """Do some work in a child that kills itself before its nth step on disk; whether it did."""
    child = os.fork()
    if child == 0:
        left = iter(range(step))

        def counted(real):
            def call(*args, **kwargs):
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **kwargs)

            return call

        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def infer():
    sealed_home.start("r6-infer", "04_infer")
    sealed_home._infer("r6-infer")
    sealed_home.finish("r6-infer", "04_infer")


def evaluate():
    sealed_home.start("r6-evaluate", "03_champion_eval")
    sealed_home.propose("0.2", run_id="r6-evaluate")
    sealed_home.finish("r6-evaluate", "03_champion_eval")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "notebook"), [(infer, "04_infer"), (evaluate, "03_champion_eval")]
)
def test_a_kill_before_any_step_on_disk_is_named_closed_and_forgotten(home, work, notebook):
    pristine, step, killed = shutil.copytree(home, home.parent / "pristine"), 0, True
    while killed:
        shutil.rmtree(home)
        shutil.copytree(pristine, home)
        killed = killed_at(step, work)
        assert {f.code for f in faults()} <= CUT_SHORT, (step, faults())
        lone = [f.run_id for f in faults() if f.code == "lone_start"]
        for run_id in lone:
            adopt.abandon(run_id)
        adopt.abandon()
        assert faults() == [], step
        sealed_home.start("r7", notebook)
        sealed_home.WRITERS[notebook]("r7")
        sealed_home.finish("r7", notebook)
        assert faults() == [], step
        step += 1
    assert step > 8


def test_half_a_block_is_cut_off_by_whoever_appends_next(home):
    log = home / "logs/predictions.csv"
    whole = log.read_bytes()
    sealed_home.start("r6-infer", "04_infer")
    block = b"half,a,block\n"
    disk.note_append(log, len(whole), block)
    facts = {"sha256": disk.digest(block), "bytes": len(block), "rows": 1, "offset": len(whole)}
    ledger.append("write", run_id="r6-infer", path="logs/predictions.csv", **facts)
    log.write_bytes(whole + block[:5])
    assert {f.code for f in faults()} == {"lone_start", "half_block", "stray"}
    sealed_home.start("r7-infer", "04_infer")
    sealed_home._infer("r7-infer")
    sealed_home.finish("r7-infer", "04_infer")
    assert log.read_bytes().startswith(whole + b"r7-infer-0")
    assert {f.code for f in faults()} == {"lone_start"}


def test_a_full_disk_leaves_files_and_log_as_they_were(home):
    """The limit on file size stands for the disk; it strikes in the middle of a write."""
    before = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    limit = (home / "logs/predictions.csv").stat().st_size + 100
    code = (
        "import resource, signal; from tests import sealed_home\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "from retencion_lib import config\nfrom retencion_lib.home import disk\n"
        "disk.append(config.resolve('logs/predictions.csv'), b'x' * 5000)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=config.clone(), env=os.environ,
                          capture_output=True, text=True)  # fmt: skip
    assert "No se puede escribir logs/predictions.csv" in done.stderr
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file()} == before


def retencion(*words, **options):
    return subprocess.run([sys.executable, "-m", "retencion_lib", *words],
                          capture_output=True, text=True, **options)  # fmt: skip


@pytest.fixture(scope="module")
def battered_home(trained_home, tmp_path_factory):
    """A copy of a home with models, for one kill after another."""
    return shutil.copytree(trained_home, tmp_path_factory.mktemp("battered") / "home")


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(KILLS))
def test_a_stage_killed_at_a_random_moment_leaves_a_home_that_can_go_on(
    battered_home, monkeypatch, kill
):
    monkeypatch.setenv("RETENCION_HOME", str(battered_home))
    dice = random.Random(kill)
    stage = ["infer", "train", "evaluate", "monitor", "eda"][kill % 5]
    words = ["--date", f"2026-10-{kill % 28 + 1:02}"]
    reached = len(ledger.lines()) + dice.choice((1, 1, 1, 2))
    child = subprocess.Popen([sys.executable, "-m", "retencion_lib", stage, *words],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    while child.poll() is None and len(ledger.lines()) < reached:
        time.sleep(0.005)
    time.sleep(dice.choice((0, 0.1, 0.5)) * dice.random())
    kernels = psutil.Process(child.pid).children(recursive=True)
    for process in [child, *kernels]:
        process.kill()
    assert child.wait() == -signal.SIGKILL, "the stage ended before the kill"
    psutil.wait_procs(kernels)
    assert {f.code for f in faults()} <= CUT_SHORT, faults()
    assert retencion("seal").returncode == 0
    assert faults() == []
    again = retencion(stage, *words)
    assert again.returncode == 0, again.stderr
    assert faults() == []
