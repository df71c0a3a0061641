"""Would the tests notice a wrong line? Random small faults, and what the fast tests make of them.

    nice python benchmarks/mutants.py [NUMBER] [SEED] [ROOM]

In a copy of the project in a temporary folder, one place of the code at a time is made wrong: a
comparison, an operation or its sign, a constant, an `and`, a `not`, a condition or what is
returned. Places are drawn evenly over the rooms below; sentences, formats and types are no places.
The fast tests of the room's folder that run the line, as their coverage says, then have to fail, or
to use five times their usual time and more. ``benchmarks/results/mutants.json`` keeps what came of
each as it ends, so that an order that was stopped goes on where it was: what is known counts as
drawn as long as its module is what it was, and of it only what survived other tests is tried again.
``mutants_why.toml`` beside this file says of survivors why no test can tell them from the right
line.
"""

import ast
import compileall
import copy
import hashlib
import json
import multiprocessing
import os
import py_compile
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "benchmarks/results/mutants.json"
PAGE = TARGET.with_suffix(".md")
WHY = ROOT / "benchmarks/mutants_why.toml"
ROOMS = {
    "maths/decision": "maths", "maths/drift": "maths", "maths/estimation.py": "maths",
    "maths/impact.py": "maths", "maths/metrics": "maths", "tables/labels.py": "tables",
    "tables/typed.py": "tables", "tables/notation.py": "tables", "tables/amounts.py": "tables",
    "models/choice.py": "models", "models/combine.py": "models",
    "stages/evaluate/segments.py": "stages/evaluate", "stages/infer/calls.py": "stages/infer",
    "stages/monitor/history.py": "stages/monitor", "stages/monitor/advice.py": "stages/monitor",
    "audit/verify": "audit", "audit/erase": "audit",
}  # fmt: skip
SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,), ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,), ast.Pow: (ast.Mult,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip
TEXT = (ast.Raise, ast.JoinedStr)  # what is said, not what is done
FORMATS = {"indent", "stacklevel", "ensure_ascii"}
TYPES = {"annotation", "returns", "decorator_list"}
# What the code says with which pytest ended; another is a signal's.
DEAD = ("fails", "endless")
FATES = {
    0: "survives",
    1: "fails",
    2: "fails",
    3: "fails",
    4: "fails",
    -9: "endless",
    -24: "endless",
}
# Imported once, before every process forks: whatever is not the project's own.
PRELOADED = [
    "pandas", "pyarrow.parquet", "scipy.stats", "sklearn.ensemble", "sklearn.pipeline",
    "sklearn.linear_model", "xgboost", "pytest", "hypothesis", "matplotlib.pyplot", "nbformat",
]  # fmt: skip
SHARED = ["-q", "-p", "no:cacheprovider", "-m", "not slow", "--hypothesis-seed=0", "-p", "no:nbval"]


@dataclass(frozen=True)
class Mutant:
    """One fault: in which module, the statement and the place in it, and what to put there."""

    module: str
    statement: ast.stmt
    place: ast.expr | ast.stmt
    twin: ast.AST

    def text(self, source: str) -> str:
        """The module with the fault."""
        lines = source.encode().splitlines(keepends=True)
        starts = [0, *accumulate(map(len, lines))]
        start = starts[self.place.lineno - 1] + self.place.col_offset
        end = starts[self.place.end_lineno - 1] + self.place.end_col_offset
        put = ast.unparse(self.twin)
        put = put if isinstance(self.twin, ast.stmt) else f"({put})"
        return (source.encode()[:start] + put.encode() + source.encode()[end:]).decode()

    def lines(self) -> range:
        """Lines of the statement, without the statements inside it."""
        inside = getattr(self.statement, "body", None)
        last = inside[0].lineno - 1 if inside else self.statement.end_lineno
        return range(self.statement.lineno, max(last, self.statement.lineno) + 1)

    def __str__(self) -> str:
        before, after = ast.unparse(self.place), ast.unparse(self.twin)
        at = f"{self.place.lineno}:{self.place.col_offset}"
        return f"{self.module}:{at}  {before}  →  {after}"


def mutants(module: str, node: ast.AST, statement: ast.stmt | None = None) -> Iterator[Mutant]:
    """Every fault of every place below a node."""
    if isinstance(node, TEXT) or getattr(node, "arg", None) in FORMATS:
        return
    statement = node if isinstance(node, ast.stmt) else statement
    yield from (Mutant(module, statement, place, twin) for place, twin in twins(node))
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in TYPES:
                yield from mutants(module, child, statement)


def twins(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Places that a node is or has, each with its wrong twins."""
    match node:
        case ast.Compare(ops=[op]):
            yield from ((node, changed(node, ops=[swap()])) for swap in SWAPS[type(op)])
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op) if not _joins_text(node):
            yield from ((node, changed(node, op=swap())) for swap in SWAPS.get(type(op), ()))
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield node, operand
        case ast.Constant(value=bool(value)):
            yield node, ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield node, ast.Constant(value + 1)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield node, ast.Return(ast.Constant(None))
        case (
            ast.If(test=ast.Name() | ast.Call() | ast.Attribute() as test)
            | ast.IfExp(test=ast.Name() | ast.Call() | ast.Attribute() as test)
        ):
            yield test, ast.UnaryOp(ast.Not(), test)


def changed(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of a node with other fields."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _joins_text(node: ast.AST) -> bool:
    below = ast.walk(node) if isinstance(node, ast.BinOp) else ()
    return any(isinstance(getattr(n, "value", None), str) or isinstance(n, TEXT) for n in below)


class Chosen:
    """Plugin that runs the tests named, likely and quick ones first, or keeps how each goes."""

    def __init__(self, names: dict[str, bool] | None, seconds: dict[str, float]) -> None:
        self.names, self.seconds, self.failed = names, seconds, set()

    def pytest_collection_modifyitems(self, items: list) -> None:
        if self.names is not None:
            items[:] = [item for item in items if item.nodeid in self.names]
            items.sort(key=lambda i: (not self.names[i.nodeid], self.seconds[i.nodeid]))

    def pytest_runtest_logreport(self, report) -> None:
        if self.names is None:
            self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
            self.failed |= {report.nodeid} if report.failed else set()


def _pytest(home: str, arguments: list[str], plugin: Chosen, limit: int, answer=None) -> None:
    """Body of a process of its own: pytest in the copy; its code is the process's."""
    import pytest
    from hypothesis import Phase, settings

    os.setsid()
    if limit:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    # A fault is enough: nobody reads its smallest example.
    settings.register_profile("found", phases=[Phase.explicit, Phase.generate])
    settings.load_profile("found")
    os.chdir(home)
    os.environ["PYTHONDONTWRITEBYTECODE"], sys.dont_write_bytecode = "1", True
    os.environ["PYTHONPATH"], sys.path[:0] = home, [home]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    code = pytest.main([*SHARED, *arguments], plugins=[plugin])
    if answer:
        answer.send((plugin.seconds, plugin.failed))
    sys.exit(int(code))


class Rehearsal:
    """The fast tests of one folder as they stand: who runs which line, and for how long."""

    def __init__(self, home: Path, folder: str) -> None:
        self.home, self.folder = home, f"tests/{folder}"
        data = home / f".coverage-{folder.replace('/', '-')}"
        there, here = PROCESSES.Pipe(duplex=False)
        rooms = [room.removesuffix(".py") for room, tests in ROOMS.items() if tests == folder]
        traced = [f"--cov=retencion_lib.{room.replace('/', '.')}" for room in rooms]
        run = [*traced, "--cov-context=test", "--cov-report=", self.folder]
        process = PROCESSES.Process(
            target=_pytest, args=(str(home), run, Chosen(None, {}), 0, here)
        )
        process.start()
        here.close()
        self.seconds, failed = there.recv()
        process.join()
        for name in failed:
            print(f"fails without a fault, left out: {name}", flush=True)
            del self.seconds[name]
        if not self.seconds or process.exitcode not in (0, 1):
            raise SystemExit(f"{self.folder}: the tests do not run without a fault")
        (home / ".coverage").rename(data)
        self.data = CoverageData(data)
        self.data.read()

    def tests(self, mutant: Mutant) -> dict[str, bool]:
        """Tests that may see a line, and whether they run it themselves.

        What runs on import or in a set-up may be seen by all that run the module, and by all of the
        files whose set-up runs it.
        """
        runs = self.data.contexts_by_lineno(str(self.home / mutant.module))
        own = {name for line in mutant.lines() for name in runs.get(line, ())}
        seen = set(own)
        if not own or any(not name.endswith("|run") for name in own):
            seen = {name for names in runs.values() for name in names}
            files = {name.partition("::")[0] for name in seen if name.endswith("|setup")}
            seen |= {name for name in self.seconds if name.partition("::")[0] in files}
        ran = {name.removesuffix("|run") for name in own}
        names = {name.rpartition("|")[0] for name in seen} & self.seconds.keys()
        return {name: name in ran for name in names}

    def fate(self, mutant: Mutant) -> str:
        """What the tests make of a mutant: it is unseen, survives, fails or has no end."""
        chosen = self.tests(mutant)
        if not chosen:
            return "unseen"
        plugin = Chosen(chosen, {name: self.seconds[name] for name in chosen})
        files = sorted({name.partition("::")[0] for name in chosen})
        limit = 120 + int(5 * sum(plugin.seconds.values()))
        process = PROCESSES.Process(
            target=_pytest, args=(str(self.home), ["-x", "-p", "no:cov", *files], plugin, limit)
        )
        process.start()
        process.join(10 * limit)
        if process.is_alive():
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
        shutil.rmtree(self.home / ".hypothesis", ignore_errors=True)
        return FATES[process.exitcode]


def room_of(module: str) -> str:
    """The room of a module, from the library."""
    inside = module.removeprefix("retencion_lib/")
    return next((room for room in ROOMS if (inside + "/").startswith(room + "/")), "")


def all_of(home: Path) -> list[Mutant]:
    """Every mutant of the rooms."""
    return [
        mutant for path in sorted((home / "retencion_lib").rglob("*.py"))
        if room_of(module := path.relative_to(home).as_posix()) and not path.name.startswith("say")
        for mutant in mutants(module, ast.parse(path.read_text(encoding="utf-8")))
    ]  # fmt: skip


def drawn(every: list[Mutant], known: Collection[str], number: int, seed: int) -> list[Mutant]:
    """Those that are known, and as many more as are wanted, drawn evenly; in any order."""
    tried = [mutant for mutant in every if str(mutant) in known]
    others = [mutant for mutant in every if str(mutant) not in known]
    more = min(max(0, number - len(tried)), len(others))
    return [*tried, *random.Random(seed).sample(others, more)]


def _kept() -> list[str]:
    """Files that git keeps or would keep, from the root of the project."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in names.split("\0") if name and (ROOT / name).is_file()]


def _digest(paths: Iterable[Path]) -> str:
    """What stands in these files, in a few letters."""
    every = (hashlib.sha256(path.read_bytes()).digest() for path in sorted(paths))
    return hashlib.sha256(b"".join(every)).hexdigest()[:16]


def copied(home: Path) -> None:
    """Put into a folder what git keeps or would keep of the project, compiled."""
    for name in _kept():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, home / name)
    # A compiled file is judged by its source's hash: a fault may keep time and length.
    by_hash = py_compile.PycInvalidationMode.CHECKED_HASH
    for name in ("retencion_lib", "tests"):
        compileall.compile_dir(home / name, quiet=1, invalidation_mode=by_hash)


def found_before(modules: dict[str, str]) -> dict[str, dict]:
    """What is known of each mutant of modules that are what they were."""
    kept = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    return {
        name: known for name, known in kept.items()
        if modules.get(name.partition(":")[0]) == known["module"]
    }  # fmt: skip


def keep(found: dict[str, dict]) -> None:
    """Write what is known of each mutant, and the page of it."""
    found = dict(sorted(found.items()))
    part = TARGET.with_suffix(".part")
    part.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(TARGET)
    why = tomllib.loads(WHY.read_text(encoding="utf-8"))
    PAGE.write_text(page({name: known["fate"] for name, known in found.items()}, why), "utf-8")


def main(number: int, seed: int, room: str) -> None:
    """Draw, try each that is not known, print."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        home = Path(folder).resolve() / "copy"
        copied(home)
        every = all_of(home)
        modules = {module: _digest([home / module]) for module in {m.module for m in every}}
        tests = {name: _digest((home / f"tests/{name}").rglob("*.py")) for name in ROOMS.values()}
        found, folders = found_before(modules), {}
        wanted = [mutant for mutant in every if room_of(mutant.module).startswith(room)]
        for mutant in drawn(wanted, found, number, seed):
            which = ROOMS[room_of(mutant.module)]
            known = found.get(str(mutant), {})
            if known and (known["fate"] in DEAD or known["tests"] == tests[which]):
                continue
            folders[which] = folders.get(which) or Rehearsal(home, which)
            path = home / mutant.module
            source = path.read_text(encoding="utf-8")
            path.write_text(mutant.text(source), encoding="utf-8")
            fate = folders[which].fate(mutant)
            path.write_text(source, encoding="utf-8")
            facts = {"fate": fate, "tests": tests[which], "module": modules[mutant.module]}
            found[str(mutant)] = facts
            keep(found)
            if fate not in DEAD:
                print(f"{fate:9} {mutant}", flush=True)
    keep(found)
    print("\n".join(counted({name: known["fate"] for name, known in found.items()})))


def page(fates: dict[str, str], why: dict[str, str]) -> str:
    """What came of all, and each survivor with why it may live, if that is known.

    Reasons are kept by module and change, without the line: code above it may grow.
    """
    lines = ["# Faults that the fast tests let pass", "", "```", *counted(fates), "```", "",
             "| Fault | Why no test fails |", "|---|---|"]  # fmt: skip
    for name, fate in fates.items():
        if fate not in DEAD:
            place, _, change = name.partition("  ")
            reason = why.get(f"{place.partition(':')[0]}  {change}", "")
            lines.append(f"| `{name.replace('|', chr(92) + '|')}` | {reason or fate} |")
    return "\n".join(lines) + "\n"


def counted(fates: dict[str, str]) -> list[str]:
    """The killed of each room and of all, a line each."""
    total, killed = Counter(), Counter()
    for name, fate in fates.items():
        total[room_of(name.partition(":")[0])] += 1
        killed[room_of(name.partition(":")[0])] += fate in DEAD
    lines = [f"{place:30} {killed[place]:4} of {total[place]:4}" for place in sorted(total)]
    share = killed.total() / total.total()
    return [*lines, f"{'all':30} {killed.total():4} of {total.total():4}  ({share:.0%})"]


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    PROCESSES = multiprocessing.get_context("forkserver")
    PROCESSES.set_forkserver_preload(PRELOADED)
    main(int(given.get(0, 300)), int(given.get(1, 1)), given.get(2, ""))
