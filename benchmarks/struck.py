"""Is what lies there after an order was struck whole, told by `verify`, and mended by repeating?"""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks.steps import obey
from retencion_lib import config
from retencion_lib.home import ledger

# What a cut order may leave for `verify` to name.
NAMED = {"lone_start", "half_line", "half_block", "stray", "orphan", "index", "erasure",
         "promotion", "campaign", "signed"}  # fmt: skip
ONCE = ("promote", "rollback", "campaign", "erase", "seal")  # done, they refuse to be done again
GROWS = (".jsonl", "predictions.csv")
NAMES_OF_RUNS = re.compile(r"\d{8}T\d{6}-\w+-[0-9a-f]{6}")
HASHES = re.compile(r"\b[0-9a-f]{64}\b")
HOURS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?(\+00:00|Z)?)?")
TEMPORARY = re.compile(r"\w+-\d+-\w+(?=\.tmp)")
NUMBERS = re.compile(r'(?<="pid": )\d+|(?<="bytes": )\d+|(?<="seconds": )[\d.]+')
VERSIONS = re.compile(r"(?<![\d.])0\.\d+(?![\d.]*\d)(?=__|\"|'|<| |,|\.json|\.csv|\.pkl|$)")


@contextlib.contextmanager
def at(home: Path) -> Iterator[None]:
    """Work in a home."""
    before, os.environ[config.HOME_VARIABLE] = os.environ.get(config.HOME_VARIABLE), str(home)
    try:
        yield
    finally:
        os.environ[config.HOME_VARIABLE] = before or ""


@contextlib.contextmanager
def fresh(made: Path, home: Path) -> Iterator[Path]:
    """Work in a copy of a home, always at the same place."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(made, home)
    with at(home):
        yield home


def contents(home: Path) -> dict[str, bytes]:
    """Bytes of every file but the locks."""
    return {
        p.relative_to(home).as_posix(): p.read_bytes()
        for p in sorted(home.rglob("*"))
        if p.is_file() and not p.name.endswith(".lock")
    }


def told(files: dict[str, bytes]) -> dict[str, object]:
    """What the documents say, but for versions and for names, hashes and hours of runs."""
    return {_plain(path): _said(path, raw) for path, raw in files.items()
            if not path.startswith("runs/") and not path.endswith(".tmp")}  # fmt: skip


def _said(path: str, raw: bytes) -> object:
    if path.endswith(".pkl"):
        return "a model"
    if path.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            return {name: _plain(book.read(name).decode()) for name in book.namelist()}
    if path.endswith(".parquet"):
        names = ["at", "run_id"]
        table = pd.read_parquet(io.BytesIO(raw)).drop(columns=names, errors="ignore")
        return sorted(set(_plain(table.to_csv(index=False)).splitlines()))
    if path.endswith(".jsonl"):
        return sorted(set(_plain(raw.decode()).splitlines()))
    if path.endswith(".json") and isinstance(items := json.loads(raw), list):
        return sorted({_plain(json.dumps(item, sort_keys=True)) for item in items})
    return _plain(raw.decode())


def _plain(text: str) -> str:
    for pattern in (NAMES_OF_RUNS, HASHES, HOURS, VERSIONS):
        text = pattern.sub("*", text)
    return text


def judge(state: Path, words: list[str], before: dict[str, bytes], wanted: dict[str, bytes],
          home: Path) -> list[str]:  # fmt: skip
    """What is wrong with one state; empty if nothing."""
    wrong = []
    order = words[0]
    with fresh(state, home):
        cut = contents(home)
        wrong += _lost(before, cut, wanted, order)
        codes = verified()
        wrong += [f"verify names {code}" for code in sorted(codes - NAMED)]
        silent = not codes and not _ended_badly(before)
        if silent and told(cut) not in (told(before), told(wanted)):
            wrong.append("verify finds nothing, and it is neither as before nor complete")
        again = obey(words)
        complete = again.code == 2 and order in ONCE
        done = not again.code or (complete and told(cut) == told(wanted))
        if "Traceback" in again.said or not done:
            wrong.append(f"repeated, it ends with {again.code}: {again.said[-600:]}")
        now = contents(home)
        wrong += [f"repeated, it gives another {p}" for p in different(told(now), told(wanted))]
        wrong += [f"repeated, {w}" for w in _lost(before, now, wanted, order)]
        sealed = obey(["seal"])
        if sealed.code:
            wrong.append(f"seal ends with {sealed.code}: {sealed.said[-600:]}")
        wrong += [f"at last verify names {code}" for code in sorted(verified())]
        wrong += [f"at last there is another {p}" for p in different(told(contents(home)),
                                                                     told(wanted))]  # fmt: skip
    return wrong


def _ended_badly(before: dict[str, bytes]) -> bool:
    """Whether the ledger, since then, has the end of a run that says it did not go well."""
    known = len(before[ledger.LEDGER].splitlines())
    return any(e.status in ("failed", "refused") for e in ledger.read()[known:])


def verified() -> set[str]:
    """Codes of the faults that `verify` finds; its own failure is one."""
    done = obey(["verify", "--json"])
    said = done.said[done.said.find("{") :].partition("\nError")[0]  # a slow one draws a bar before
    try:
        return {fault["code"] for fault in json.loads(said)["faults"]}
    except ValueError:
        return {f"nothing but {done.said[-600:]}"}


def different(now: dict[str, object], wanted: dict[str, object]) -> list[str]:
    """Paths whose documents differ."""
    return sorted(p for p in now.keys() | wanted.keys() if now.get(p) != wanted.get(p))


def _lost(before: dict[str, bytes], now: dict[str, bytes], wanted: dict[str, bytes],
          order: str) -> list[str]:  # fmt: skip
    """Files of others that changed, and logs and lists that lost what they held."""
    wrong = []
    for path, raw in before.items():
        kept, after = now.get(path, b""), wanted.get(path, b"")
        grows = path.endswith(GROWS) and order not in ("erase", "seal")
        if grows and not kept.startswith(raw):
            wrong.append(f"{path} lost rows")
        elif not grows and kept != raw and after == raw and not path.startswith("runs/index"):
            wrong.append(f"{path} changed, and the order does not write it")
        elif path.endswith(".json") and kept != raw and raw.startswith(b"["):
            items = json.loads(raw)
            if json.loads(kept)[: len(items)] != items:
                wrong.append(f"{path} lost items")
    return wrong


def look(state: Path) -> str:
    """Hash of a state, but for what differs from one execution to the next."""
    summed = hashlib.sha256()
    for path, raw in contents(state).items():
        if path.startswith("runs/") and not path.endswith(".tmp"):
            text = _plain(raw.decode(errors="replace"))
            raw = NUMBERS.sub("*", text if path.endswith("ledger.jsonl") else "").encode()
            raw += str(len(text.splitlines()) if path.endswith("index.html") else "").encode()
        summed.update(_plain(TEMPORARY.sub("*", path)).encode() + raw + b"\n")
    return summed.hexdigest()
