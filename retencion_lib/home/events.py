"""The grammar of the ledger: what a line may say, and which files each kind of line may name.

The list is closed. `EVENTS` gives the fields of each event and `KINDS` what each kind of field
may hold; `OWNERS` says which notebook writes which file of ours, and `RUNS`, `PROMOTES`,
`NEVER_ERASED`, `SIGNS` what the other events may name. docs/auditoria.md holds the same list, and
a second implementation beside it that shares no code with this one.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime

# name:kind, with ? after the name where it may be absent and after the kind where it may be null.
EVERY = "seq:count at:time prev:sha event:text host?:text cut_bytes?:count"
EVENTS = {
    "run_started": "run_id:text notebook:text parameters:map output?:path? source_sha256?:sha? "
                   "actor?:text pid?:count interactive?:flag taken_in?:flag",
    "write": "run_id:text path:path sha256:sha bytes:count rows?:count offset?:count",
    "run_finished": "run_id:text notebook:text status:status parameters:map inputs:touched "
                    "outputs:touched results:map files:hashes source_sha256?:sha? date?:text? "
                    "seed?:any commit?:text? dirty?:flag? python?:text platform?:text "
                    "libraries?:map engine?:map environment_sha256?:sha error?:text? "
                    "seconds?:number? actor?:text",
    "promotion": "action:action run_id?:text? actor?:text approver:text old?:model? new:model "
                 "rollback_to?:text? rule?:text candidates?:list reason:text files:hashes",
    "campaign": "run_id:text? actor?:text approver:text reason:text terms:map replaced:map? "
                "proposed_by:text? files:hashes",
    "erasure": "reason:text approver:text actor?:text rows:count reports?:count files:hashes "
               "blocks:blocks objects?:shas",
    "index": "run_id?:text path:path sha256:sha bytes:count",
    "extract": "run_id:text query:path query_sha256:sha text:text path:path sha256:sha bytes:count "
               "rows:count seconds:number",
    "fetch": "run_id:text address:text path:path sha256:sha bytes:count rows?:count "
             "seconds:number files:hashes versions:map",
    "signed": "line:count sha256:sha files:hashes actor?:text",
    "stamped": "line:count sha256:sha authority:text token:text actor?:text",
    "clock": "lines:counts actor?:text",
}  # fmt: skip

SHA = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
STATUSES = ("ok", "failed", "refused", "abandoned")
ACTIONS = ("automatic", "promote", "rollback")
MOST = 1 << 53  # what every reader of JSON counts exactly
LONGEST_PATH = 1024

V = r"__v\d+\.\d+"
MODEL = re.compile(rf"artifacts/[\w-]+{V}r?\.pkl")  # r: learnt again, the exam's rows too
OWNERS = {
    "00_snapshots": r"(?!(artifacts|logs|monitoring|runs)/).+",
    "01_eda": r"monitoring/eda_summary\.json",
    "02_train_models": rf"artifacts/([\w-]+{V}r?\.pkl|contract{V}\.json|oof{V}r?\.csv|"
                       r"[\w-]+__calibration\.csv|experiments_summary\.json)",
    "03_champion_eval": r"artifacts/(registry\.json|best_test_report\.json|campaigns\.json|"
                        rf"[\w-]+{V}__(test\.json|exam\.csv|card\.html|card\.md))|"
                        rf"monitoring/(train_with_score\.csv|[\w-]+{V}__reference\.csv|profile__[^/]+\.json)",
    "04_infer": r"logs/predictions\.csv|logs/predictions/date=\d{4}-\d\d-\d\d/\d{4,}\.parquet|"
                r"data/[^/]+_with_score\.[\w.]+|data/call_list_[^/]+\.(csv|xlsx)",
    "05_monitor": r"monitoring/(drift_report\.json|history\.parquet|alerts\.jsonl)",
}  # fmt: skip
# What a query gave, and a folder of what lay in an object store; any notebook asks.
EXTRACT = re.compile(r"data/extracts/[^/]+(\.parquet|/.+)")
PART = re.compile(r"logs/predictions/date=\d{4}-\d\d-\d\d/\d{4,}\.parquet")  # of a log, whole
RUNS = re.compile(r"runs/.+\.ipynb")  # a run's end names its notebook and the report beside it
PROMOTES = {
    "artifacts/registry.json": "",
    "artifacts/best_test_report.json": "artifacts/{name}__test.json",
    "monitoring/train_with_score.csv": "monitoring/{name}__reference.csv",
}
NEVER_ERASED = re.compile(
    r"artifacts/(.*\.pkl|registry\.json|experiments_summary\.json|campaigns\.json)|runs/[^/]+"
)
SIGNS = ("runs/head.txt", "runs/head.txt.sig")
INDEX = "runs/index.html"
SCORED = "_with_score."  # in the name of the table of a scored batch
REGISTRY = "artifacts/registry.json"
CAMPAIGNS = "artifacts/campaigns.json"
# Documents that later runs add to: one that is gone is not begun anew in silence.
GROWS = re.compile(
    r"artifacts/(registry|experiments_summary|campaigns)\.json|logs/predictions\.csv|"
    rf"{PART.pattern}|monitoring/(history\.parquet|alerts\.jsonl)"
)


def owner(path: str) -> str | None:
    """Notebook that writes a file of ours; None for a file that may come from anywhere."""
    ours = [n for n, paths in OWNERS.items() if n != "00_snapshots" and re.fullmatch(paths, path)]
    return ours[0] if ours else None


def may_write(notebook: str, path: str) -> bool:
    """Whether a notebook may write a file; one that is not ours writes what none of ours does."""
    if EXTRACT.fullmatch(path):
        return True
    if owner(path):
        return owner(path) == notebook
    free = notebook not in OWNERS or notebook == "00_snapshots"
    return free and bool(re.fullmatch(OWNERS["00_snapshots"], path))


def misfit(event: object) -> str | None:
    """The first field of an event that its kind does not have so; None if there is none."""
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return "event"
    if event["event"] not in EVENTS:
        return f"event = {event['event'][:40]!r}"
    fields = FIELDS[event["event"]]
    for name in (*fields, *event):
        if name not in fields or not fields[name](event.get(name, ABSENT)):
            return name[:40]
    return None


def objection(line: bytes, event: object) -> str | None:
    """The first thing in a line that this library would not have written; None if there is none."""
    try:  # repeated keys, other spaces, numbers in another form: one way to write, one to read
        same = json.dumps(event, ensure_ascii=False, allow_nan=False).encode() == line
    except (ValueError, RecursionError):
        same = False
    return misfit(event) or (None if same else "la forma de escribirla")


ABSENT = object()


def is_path(value: object) -> bool:
    """A path in the home as this library writes it, or an absolute one; it never climbs."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_PATH:
        return False
    if "\0" in value or value.startswith("~"):  # somebody's folder, wherever that is
        return False
    parts = value.removeprefix("/").split("/")
    return not any(part in ("", ".", "..") for part in parts)


def is_time(value: object) -> bool:
    """A moment in UTC with milliseconds."""
    try:
        return bool(TIME.fullmatch(value)) and bool(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def is_count(value: object) -> bool:
    """A number of things, 0 or more."""
    return type(value) is int and 0 <= value < MOST


def is_sha(value: object) -> bool:
    """A SHA-256 in hexadecimal."""
    return isinstance(value, str) and bool(SHA.fullmatch(value))


def _is_model(value: object) -> bool:
    keys = {"model", "name", "sha256"}
    return isinstance(value, dict) and value.keys() == keys and all(
        isinstance(v, str) for v in value.values()
    )  # fmt: skip


def _is_hashes(value: object) -> bool:
    return isinstance(value, dict) and all(is_path(p) and is_sha(s) for p, s in value.items())


def _is_touched(value: object) -> bool:
    kinds = {"path": is_path, "sha256": is_sha, "bytes": is_count, "rows": is_count,
             "offset": is_count}  # fmt: skip
    return isinstance(value, list) and all(
        isinstance(t, dict) and {"path", "sha256", "bytes"} <= t.keys() <= kinds.keys()
        and all(v is None or kinds[k](v) for k, v in t.items())
        for t in value
    )  # fmt: skip


def _is_blocks(value: object) -> bool:
    kinds = {"bytes": is_count, "rows": is_count, "sha256": is_sha}
    return isinstance(value, dict) and all(
        is_path(path) and isinstance(changed, dict) and all(
            offset.isdecimal() and isinstance(new, dict) and new.keys() == kinds.keys()
            and all(kinds[k](v) for k, v in new.items())
            for offset, new in changed.items()
        )
        for path, changed in value.items()
    )  # fmt: skip


KINDS: dict[str, Callable[[object], bool]] = {
    "text": lambda v: isinstance(v, str),
    "flag": lambda v: isinstance(v, bool),
    "count": is_count,
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "map": lambda v: isinstance(v, dict),
    "list": lambda v: isinstance(v, list),
    "any": lambda v: True,
    "time": is_time,
    "sha": is_sha,
    "path": is_path,
    "status": lambda v: v in STATUSES,
    "action": lambda v: v in ACTIONS,
    "model": _is_model,
    "hashes": _is_hashes,
    "touched": _is_touched,
    "blocks": _is_blocks,
    "shas": lambda v: isinstance(v, list) and all(map(is_sha, v)),
    "counts": lambda v: isinstance(v, list) and all(map(is_count, v)),
}


def _field(spec: str) -> tuple[str, Callable[[object], bool]]:
    name, _, kind = spec.partition(":")
    holds, absent, null = KINDS[kind.rstrip("?")], name.endswith("?"), kind.endswith("?")

    def fits(value: object) -> bool:
        if value is ABSENT:
            return absent
        return null if value is None and kind != "any" else holds(value)

    return name.rstrip("?"), fits


FIELDS = {e: dict(map(_field, f"{EVERY} {spec}".split())) for e, spec in EVENTS.items()}
