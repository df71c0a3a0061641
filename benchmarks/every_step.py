"""Whatever step of whatever order is struck, is the home still whole and can the order be repeated?

    python -m benchmarks.every_step [ORDER …]      writes benchmarks/results/every_step.json
    python -m benchmarks.every_step --folder F …   the same, and goes on where it was stopped

For each step on disk of each order (`benchmarks.steps`), and each fate, what lies there then is
judged: `verify` names only what was cut, and says nothing is amiss only where all is as before or
complete, or the run's own end says that it failed; not one byte of what the order does not write
has changed; the order repeated ends well and gives what an undisturbed one gives, but for names
and hours of runs; after `seal`, `verify` finds nothing. What only computes is remembered between
repetitions; whatever writes is not.
"""

import argparse
import contextlib
import json
import os
import pkgutil
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

import nbformat

import retencion_lib
from benchmarks import every_step_page, steps
from benchmarks.steps import KINDS, Obeyed, obey, remembered
from benchmarks.struck import at, contents, fresh, judge, look
from retencion_lib import config
from retencion_lib.tables.demo import demo_table, new_batch

DATE = "2026-11-20"
WHY = ["--reason", "comité", "--approver", "ana"]
SECOND = "data/second_batch.csv"
# Functions that compute and write nothing, by the module that asks them.
COMPUTE = (
    "stages.train train", "stages.train fitted_models", "stages.train.train suspects",
    "stages.evaluate examine", "stages.evaluate judge", "stages.evaluate compare",
    "maths.metrics contest", "maths.metrics duel", "models.fitted:Predictor margin",
    "models.fitted:Predictor unseen_margin", "stages.infer make_calls",
    "stages.monitor.watch attribute_shift", "stages.monitor.watch estimate",
)  # fmt: skip
ORDERS = {
    "train": ["train", "--date", DATE],
    "evaluate": ["evaluate", "--date", DATE],
    "campaign": ["evaluate", "--date", DATE, "--customer-value", "300", "--capacity", "0.2"],
    "infer": ["infer", "--date", DATE, "--input", SECOND, "--campaign", "otra"],
    "monitor": ["monitor", "--date", DATE],
    "promote": ["promote", "0.2", *WHY],
    "rollback": ["rollback", *WHY],
    "erase": ["erase", *WHY, "--customer"],  # who is added
    "adopt": ["campaign", "--capacity", "0.2", *WHY],
    "sign": ["sign", "--key"],  # the key is added
    "seal": ["seal"],
    "take-in": ["seal"],  # the notebook is added
    "parts": ["infer", "--date", DATE, "--input", SECOND, "--campaign", "otra"],
    "erase-parts": ["erase", *WHY, "--customer"],  # who is added
}
# Orders on a log whose CSV is full: rows that it takes, and what is written beyond it.
PARTED, FEW, PARTS = ("parts", "erase-parts"), 40, "logs/predictions/"


@dataclass
class Tally:
    """What was tried of one order."""

    steps: int = 0
    points: dict[str, int] = field(default_factory=dict)  # by fate
    right: dict[str, int] = field(default_factory=dict)
    states: int = 0  # different ones among them
    faults: list[str] = field(default_factory=list)


def prepare(folder: Path) -> dict[str, Path]:
    """Homes in which each order has something to do; undisturbed orders make them."""
    done = folder / "made.json"
    if done.exists():
        kept = json.loads(done.read_text())
        ORDERS.update(kept)
        return {order: folder / order for order in kept} | _parted(folder)
    made = _prepared_homes(folder)
    made["seal"] = cut_home(made, folder)
    done.write_text(json.dumps({order: ORDERS[order] for order in made}))
    return made | _parted(folder)


def _parted(folder: Path) -> dict[str, Path]:
    """A home whose next batch lies in parts, and one in which it does already."""
    ORDERS["erase-parts"] = ORDERS["erase"]
    if not (folder / "erase-parts").exists():
        with fresh(folder / "infer", folder / "home"), short_log("parts"):
            need(obey(ORDERS["parts"]))
            shutil.copytree(folder / "home", folder / "erase-parts")
    return {"parts": folder / "infer", "erase-parts": folder / "erase-parts"}


@contextlib.contextmanager
def short_log(order: str) -> Iterator[None]:
    """Let the log's CSV take few rows, for an order on its parts."""
    before = config.LOG_ROWS
    config.LOG_ROWS = FEW if order in PARTED else before
    try:
        yield
    finally:
        config.LOG_ROWS = before


def _prepared_homes(folder: Path) -> dict[str, Path]:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    (home / "data/raw").mkdir(parents=True)
    table = demo_table()
    batch = new_batch(table)
    table.head(400).to_csv(home / config.RAW_DATA, index=False)
    batch.head(60).to_csv(home / config.NEW_BATCH, index=False)
    batch.iloc[40:100].to_csv(home / SECOND, index=False)
    made: dict[str, Path] = {}

    def keep(*names: str) -> None:
        for name in names:
            made[name] = shutil.copytree(home, folder / name)

    with at(home):
        for stage in ("eda", "train"):
            need(obey([stage, "--date", "2026-11-01"]))
        keep("evaluate")
        for stage in ("evaluate", "infer", "monitor"):
            need(obey([stage, "--date", "2026-11-01"]))
        keep("train", "campaign", "infer", "sign", "adopt")
        need(obey(ORDERS["infer"]))
        keep("monitor", "erase", "take-in")
        need(obey(ORDERS["train"]))
        need(obey(ORDERS["evaluate"]))
        keep("promote")
        need(obey(ORDERS["promote"]))
        keep("rollback")
    ORDERS["erase"] += [str(batch[config.ID_COL].iloc[50])]
    new_key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"]
    subprocess.run(new_key, check=True)
    ORDERS["sign"] += [str(folder / "key")]
    ORDERS["take-in"] += [str(_executed_elsewhere(folder))]
    return made


def cut_home(made: dict[str, Path], folder: Path) -> Path:
    """A home in which a scored batch was cut inside its log, and left a file half written."""
    with fresh(made["infer"], folder / "home"), tempfile.TemporaryDirectory() as kept:
        done = obey(ORDERS["infer"], Path(kept), ("kill",))
        at_log = done.steps.index(f"write {config.PREDICTIONS}")
        cut = shutil.copytree(Path(kept) / f"{at_log:03}-kill", folder / "seal")
    (cut / "artifacts/.x.json.other-1-abc.tmp").write_bytes(b"half")
    os.utime(cut / "artifacts/.x.json.other-1-abc.tmp", (0, 0))
    return cut


def _executed_elsewhere(folder: Path) -> Path:
    cell = nbformat.v4.new_code_cell("1", execution_count=1)
    path = folder / "ajeno.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


def need(done: Obeyed) -> None:
    """Stop where what should be undisturbed does not end well."""
    if done.code:
        raise SystemExit(done.said)


def strike(order: str, made: Path, folder: Path, kinds: Sequence[str] = KINDS,
           every: int = 1) -> Tally:  # fmt: skip
    """Strike an order at each of its steps, or at one in so many; judge each state once."""
    for tally in striking(order, made, folder, kinds, every):  # noqa: B007 (the last is wanted)
        pass
    return tally


def striking(order: str, made: Path, folder: Path, kinds: Sequence[str] = KINDS,
             every: int = 1) -> Iterator[Tally]:  # fmt: skip
    """What was found so far, after each point: first those far apart, then those between."""
    tally, home, states = Tally(), folder / "home", folder / f"{order}-states"
    before, verdicts = contents(made), folder / f"{order}-verdicts.jsonl"
    with fresh(made, home):
        need(obey(ORDERS[order]))
        wanted = contents(home)
    done = _struck(order, made, folder, kinds, every)
    tally.steps = len(done.steps)
    tally.faults += [f"{order}, step {odd}" for odd in done.odd]
    said = verdicts.read_text().splitlines() if verdicts.exists() else []
    judged = dict(map(json.loads, said))
    for state in sorted(states.iterdir(), key=_far_apart):
        step, kind = state.name.split("-")
        seen = look(state)
        if seen not in judged:
            judged[seen] = judge(state, ORDERS[order], before, wanted, home)
            with verdicts.open("a") as kept:
                kept.write(json.dumps([seen, judged[seen]]) + "\n")
        where = f"{order}, {state.name} ({done.steps[int(step)]})"
        tally.faults += [f"{where}: {wrong}" for wrong in judged[seen]]
        tally.points[kind] = tally.points.get(kind, 0) + 1
        tally.right[kind] = tally.right.get(kind, 0) + (not judged[seen])
        tally.states = len(judged)
        yield tally
    shutil.rmtree(states)


def _far_apart(state: Path) -> tuple[int, str]:
    """Sorts by the largest power of two in the number of its step: 0, 64, 32, 96, 16 …"""
    step = int(state.name.split("-")[0])
    return -(step & -step or 1 << 20), state.name


def _struck(order: str, made: Path, folder: Path, kinds: Sequence[str], every: int) -> Obeyed:
    """The order's states, made if they are not there yet, and how it ended."""
    states, ended = folder / f"{order}-states", folder / f"{order}-ended.json"
    if ended.exists() and states.exists():
        return Obeyed(**json.loads(ended.read_text()))
    for left in (states, folder / "home.aside"):  # of one that was stopped
        shutil.rmtree(left, ignore_errors=True)
    states.mkdir()
    with fresh(made, folder / "home"):
        done = obey(ORDERS[order], states, kinds, every, PARTS if order in PARTED else "")
        need(done)
    ended.write_text(json.dumps(asdict(done)))
    return done


def prepared(folder: Path) -> None:
    """Import all there is, and remember what only computes."""
    folder.mkdir(exist_ok=True)
    for module in pkgutil.walk_packages(retencion_lib.__path__, "retencion_lib."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for place, name in map(str.split, COMPUTE):
        module, _, owner = place.partition(":")
        holder = import_module(f"retencion_lib.{module}")
        holder = getattr(holder, owner) if owner else holder
        setattr(holder, name, remembered(getattr(holder, name), folder))


def blank() -> None:
    """Show nothing and lay out no reports: the files are there, their looks are not judged."""
    from retencion_lib.runs import report

    steps.showing = False
    report.to_html = lambda content, **_: f"<html>{len(content.cells)}</html>"


def main() -> None:
    """Strike the orders named, or all, and write what was found."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("orders", nargs="*", metavar="ORDER", help=", ".join(ORDERS))
    given.add_argument("--folder", type=Path, help="kept, to go on there where it was stopped")
    given.add_argument("--every", type=int, default=1, help="strike one step in so many")
    asked = given.parse_args()
    os.environ["TQDM_DISABLE"] = "1"
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # no wait for a disk
    with tempfile.TemporaryDirectory(dir=memory) as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        prepared(folder / "remembered")
        made = prepare(folder)
        blank()
        for order in asked.orders or list(ORDERS):
            with short_log(order):
                for tally in striking(order, made[order], folder, every=asked.every):
                    note(order, tally)
            print(order, tally.points, tally.right, *tally.faults, sep="\n  ", flush=True)
    every_step_page.write()


def note(order: str, tally: Tally) -> None:
    """Put what was found beside what was found of other orders."""
    path = every_step_page.RESULTS
    found = json.loads(path.read_text()) if path.exists() else {}
    found[order] = asdict(tally)
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
