"""Ways to tamper with a sealed home: each takes the home and changes something in it."""

import json
import os
import re
import shutil
import socket
from pathlib import Path

from retencion_lib.home import disk, ledger
from retencion_lib.home.terms import Terms, adopt
from retencion_lib.maths.decision import Campaign
from tests import sealed_home

LOG = "logs/predictions.csv"
RUN = {run: f"runs/2026-10-31/{run}/{nb}" for run, nb in sealed_home.STAGES.items()}


def flip(name):
    """Change one bit in the middle of a file."""

    def edit(home: Path):
        content = bytearray((home / name).read_bytes())
        content[len(content) // 2] ^= 1
        (home / name).write_bytes(content)

    return edit


def delete(name):
    return lambda home: (home / name).unlink()


def add(name, content=b"x"):
    return lambda home: disk.write(home / name, content)


def link(name):
    """Put a link to a copy of the same bytes in a file's place."""

    def edit(home: Path):
        (home / name).rename(home.parent / "copy")
        (home / name).symlink_to(home.parent / "copy")

    return edit


def pipe(name):
    def edit(home: Path):
        (home / name).unlink(missing_ok=True)
        os.mkfifo(home / name)

    return edit


def folder(name):
    def edit(home: Path):
        (home / name).unlink(missing_ok=True)
        (home / name).mkdir()

    return edit


def plug(name):
    """Put a socket in a place."""

    def edit(home: Path):
        here = os.getcwd()
        os.chdir((home / name).parent)  # the path of a socket is short
        with socket.socket(socket.AF_UNIX) as made:
            made.bind((home / name).name)
        os.chdir(here)

    return edit


def moved(name):
    """Move a folder out of the home and leave a link to it."""

    def edit(home: Path):
        shutil.move(home / name, home.parent / "moved")
        (home / name).symlink_to(home.parent / "moved")

    return edit


def linked_report(home: Path):
    """A linked folder with a false report."""
    (home.parent / "false").mkdir()
    (home.parent / "false/02_train_models.html").write_text("falso")
    (home / "runs/2026-10-31/r9-train").symlink_to(home.parent / "false")


def replace(name, old, new):
    def edit(home: Path):
        text = (home / name).read_text()
        changed = re.sub(old, new, text, count=1, flags=re.S)
        assert changed != text
        (home / name).write_text(changed)

    return edit


def lines(edit):
    """Edit the raw lines of the ledger."""

    def change(home: Path):
        path = home / ledger.LEDGER
        path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))

    return change


def raw(line):
    """Append a raw line."""
    return lambda home: (home / ledger.LEDGER).open("ab").write(line + b"\n")


def chained(text, **facts):
    """Append a line that is numbered and linked, with some facts in it or some text as they are."""

    def edit(home: Path):
        found = (home / ledger.LEDGER).read_bytes().splitlines()
        line = {"seq": len(found) + 1, "at": "2030-01-01T00:00:00.000+00:00",
                "prev": disk.digest(found[-1]), **facts}  # fmt: skip
        made = ledger.encoded(line)
        raw(made[:-1] + text.encode() + b"}" if text else made)(home)

    return edit


def said(event, **facts):
    """Append an event as the library does, whatever is in it."""
    return lambda home: ledger.append(event, **facts)


def forged(edit):
    """Edit the ledger's events and compute the whole chain again."""
    return lambda home: sealed_home.relink(home / ledger.LEDGER, edit)


def without(kind, run):
    return forged(lambda es: [e for e in es if (e["event"], e.get("run_id")) != (kind, run)])


def with_fact(kind, run=None, **facts):
    return forged(lambda es: [
        e | facts if e["event"] == kind and run in (None, e.get("run_id")) else e for e in es
    ])  # fmt: skip


OTHER = b"other" * 40


def rewrite(name, event="write", content=OTHER, **facts):
    """Change a file and append a well-chained line that gives it the new content."""

    def edit(home: Path):
        disk.write(home / name, content)
        sha256 = disk.digest(content)
        whole = {"path": name, "sha256": sha256, "bytes": len(content)}
        named = whole if event in ("write", "index") else {"files": {name: sha256}}
        ledger.append(event, **named, **facts)

    return edit


def promoted(**changes):
    """A promotion as the last one was, but for some facts."""

    def edit(home: Path):
        last = [e for e in map(ledger.parsed, ledger.lines()) if e["event"] == "promotion"][-1]
        facts = {k: v for k, v in last.items() if k not in ("seq", "at", "prev", "event", "host")}
        facts |= {"action": "promote", "run_id": None, "old": last["new"]}
        ledger.append("promotion", **(facts | {k: v(last) if callable(v) else v
                                               for k, v in changes.items()}))  # fmt: skip

    return edit


def agreed(**changes):
    """Terms adopted by a person, and then once more with some facts changed."""

    def edit(home: Path):
        money = Campaign(customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3)
        adopt(Terms(money), reason="junta", approver="ana")
        last = ledger.parsed(ledger.lines()[-1])
        facts = {k: v for k, v in last.items() if k not in ("seq", "at", "prev", "event", "host")}
        facts |= {"replaced": last["terms"]}
        ledger.append("campaign", **(facts | {k: v(last) if callable(v) else v
                                              for k, v in changes.items()}))  # fmt: skip

    return edit


def laundered(home: Path):
    """Edit the experiment log, and let an old-fashioned training append to it unasked."""
    path = home / "artifacts/experiments_summary.json"
    edited = path.read_bytes().replace(b"0.8", b"0.99")
    sealed_home.start("r6", "02_train_models")
    grown = disk.json_bytes(json.loads(edited) * 2)
    fact = {"path": "artifacts/experiments_summary.json"}
    read = fact | {"sha256": disk.digest(edited), "bytes": len(edited)}
    made = fact | {"sha256": disk.digest(grown), "bytes": len(grown)}
    ledger.append("write", run_id="r6", **made)
    disk.write(path, grown)
    ledger.append("run_finished", run_id="r6", notebook="02_train_models", status="ok",
                  parameters={}, inputs=[read], outputs=[made], results={}, files={})  # fmt: skip
