"""At least forty ways to tamper with a sealed home, each named by `verify`."""

import re
import shutil
from pathlib import Path

import pytest

from retencion_lib.audit.verify import faults
from retencion_lib.home import disk, ledger
from retencion_lib.runs import seal
from tests import sealed_home

LOG = "logs/predictions.csv"
APPEND = disk.append
RUN = {run: f"runs/2026-10-31/{run}/{nb}" for run, nb in sealed_home.STAGES.items()}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("sealed")
        patch.setenv("RETENCION_HOME", str(home))
        sealed_home.make()
        yield home, ledger.head()


@pytest.fixture
def home(sealed, tmp_path, monkeypatch):
    shutil.copytree(sealed[0], tmp_path / "home")
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


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
    return lambda home: (home / name).write_bytes(content)


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


def forged(edit):
    """Edit the ledger's events and compute the whole chain again."""
    return lambda home: sealed_home.relink(home / ledger.LEDGER, edit)


def without(kind, run):
    return forged(lambda es: [e for e in es if (e["event"], e.get("run_id")) != (kind, run)])


def with_fact(kind, **facts):
    return forged(lambda es: [e | facts if e["event"] == kind else e for e in es])


PKL = "artifacts/xgb__v0.1.pkl"
BATCH = "data/b3_with_score.csv"
ROW = r"r3-infer-2,[^\n]*\n"
EDITS = [
    *[(f"bit-in-{run}-{end}", flip(f"{stem}.{end}"), "changed", f"{stem}.{end}", run)
      for run, stem in RUN.items() for end in ("ipynb", "html")],
    *[(f"no-{run}-{end}", delete(f"{stem}.{end}"), "missing", f"{stem}.{end}", run)
      for run, stem in list(RUN.items())[:2] for end in ("ipynb", "html")],
    *[(f"bit-in-{Path(name).name}", flip(name), "changed", name, run)
      for name, run in {
          PKL: "r1-train",
          "artifacts/experiments_summary.json": "r1-train",
          "artifacts/registry.json": "r2-evaluate",
          "artifacts/best_test_report.json": "r2-evaluate",
          "artifacts/xgb__v0.1__test.json": "r2-evaluate",
          "monitoring/train_with_score.csv": "r2-evaluate",
          "monitoring/drift_report.json": "r5-monitor",
          BATCH: "r3-infer",
      }.items()],
    ("no-model", delete(PKL), "missing", PKL, "r1-train"),
    ("no-batch", delete(BATCH), "missing", BATCH, "r3-infer"),
    ("score-in-batch", replace("data/b4_with_score.csv", "0.2", "0.9"), "changed",
     "data/b4_with_score.csv", "r4-infer"),
    ("foreign-model", add("artifacts/mlp__v0.1.pkl"), "orphan", "artifacts/mlp__v0.1.pkl", None),
    ("foreign-report", add("runs/2026-10-31/r1-train/x.html"), "orphan",
     "runs/2026-10-31/r1-train/x.html", None),
    ("row-edited", replace(LOG, "r3-infer-2,(.*?),0.3,", r"r3-infer-2,\1,0.2,"), "log", LOG,
     "r3-infer"),
    ("row-edited-in-the-last-block", replace(LOG, "r4-infer-4", "r4-infer-9"), "log", LOG,
     "r4-infer"),
    ("row-removed", replace(LOG, ROW, ""), "log", LOG, "r3-infer"),
    ("last-row-removed", replace(LOG, r"r4-infer-4[^\n]*\n", ""), "log", LOG, "r4-infer"),
    ("row-repeated", replace(LOG, f"({ROW})", r"\1\1"), "log", LOG, "r3-infer"),
    ("row-added", lambda home: (home / LOG).open("a").write("more,rows\n"), "log", LOG, None),
    ("rows-swapped", replace(LOG, f"({ROW})(r3-infer-3[^\n]*\n)", r"\2\1"), "log", LOG, "r3-infer"),
    ("block-removed", replace(LOG, "r4-infer-0.*", ""), "log", LOG, "r4-infer"),
    ("header-edited", replace(LOG, "threshold", "umbral"), "log", LOG, "r3-infer"),
    ("line-ends-changed", replace(LOG, r"(r4-infer-0[^\n]*)\n", r"\1\r\n"), "log", LOG, "r4-infer"),
    ("no-log", delete(LOG), "missing", LOG, "r4-infer"),
    ("line-edited", lines(lambda ls: [*ls[:2], ls[2].replace(b"r1", b"r9"), *ls[3:]]), "chain",
     ledger.LEDGER, None),
    ("line-dropped", lines(lambda ls: ls[:3] + ls[4:]), "chain", ledger.LEDGER, None),
    ("first-line-dropped", lines(lambda ls: ls[1:]), "chain", ledger.LEDGER, None),
    ("lines-swapped", lines(lambda ls: [*ls[:2], ls[3], ls[2], *ls[4:]]), "chain",
     ledger.LEDGER, None),
    ("line-repeated", lines(lambda ls: [*ls[:3], *ls[2:]]), "chain", ledger.LEDGER, None),
    ("line-is-no-json", lines(lambda ls: [*ls[:2], b"{\n", *ls[3:]]), "chain",
     ledger.LEDGER, None),
    ("line-cut-short", lines(lambda ls: [*ls[:-1], ls[-1][:40]]), "half_line",
     ledger.LEDGER, None),
    ("time-backwards", with_fact("promotion", at="2001-01-01T00:00:00.000+00:00"), "time",
     ledger.LEDGER, None),
    ("no-reason", with_fact("promotion", reason=" "), "no_reason", None, "r2-evaluate"),
    ("no-approver", with_fact("promotion", approver=""), "no_reason", None, "r2-evaluate"),
    ("no-start", without("run_started", "r3-infer"), "lone_end", None, "r3-infer"),
    ("no-end", without("run_finished", "r5-monitor"), "lone_start", None, "r5-monitor"),
    ("end-twice", forged(lambda es: [*es, es[-1]]), "repeated", None, "r5-monitor"),
    ("hash-of-a-report-forged", forged(lambda es: [
        e | ({"files": dict.fromkeys(e["files"], "0" * 64)} if e.get("run_id") == "r1-train"
             and e["event"] == "run_finished" else {}) for e in es]), "changed",
     RUN["r1-train"] + ".html", "r1-train"),
]  # fmt: skip
ONLY_WITH_ANCHOR = [
    ("tail-cut", lines(lambda ls: ls[:-4])),
    ("last-line-edited", lines(lambda ls: [*ls[:-1], ls[-1].replace(b'"ok"', b'"OK"')])),
    ("chain-computed-again", with_fact("run_finished", actor="otra persona")),
]


def test_there_are_at_least_forty_edits():
    assert len(EDITS) + len(ONLY_WITH_ANCHOR) >= 40


def test_an_untouched_home_has_no_fault(home, sealed):
    assert faults([sealed[1]]) == []


@pytest.mark.parametrize(
    ("edit", "code", "path", "run"), [e[1:] for e in EDITS], ids=[e[0] for e in EDITS]
)
def test_an_edit_is_named_by_its_run_and_file(home, edit, code, path, run):
    edit(home)
    named = [(f.code, f.path, f.run_id) for f in faults()]
    assert (code, path, run) in named


@pytest.mark.parametrize(
    "edit", [e[1] for e in ONLY_WITH_ANCHOR], ids=[e[0] for e in ONLY_WITH_ANCHOR]
)
def test_only_an_anchor_shows_what_a_chain_cannot(home, sealed, edit):
    edit(home)
    assert "chain" not in {f.code for f in faults()}
    assert "anchor" in {f.code for f in faults([sealed[1]])}


def test_one_edited_block_does_not_accuse_the_next(home):
    replace(LOG, ROW, "")(home)
    assert [f.run_id for f in faults()] == ["r3-infer"]


@pytest.mark.parametrize("status", ["failed", "refused", "abandoned"])
@pytest.mark.parametrize(
    ("edit", "code", "path"),
    [(replace(LOG, "r6-infer-2.*", ""), "log", LOG),
     (delete("data/b6_with_score.csv"), "missing", "data/b6_with_score.csv")],
    ids=["rows", "file"],
)  # fmt: skip
def test_what_an_unlucky_run_wrote_cannot_be_removed_unseen(home, status, edit, code, path):
    sealed_home.start("r6-infer", "04_infer")
    sealed_home._infer("r6-infer")
    seal.end("r6-infer", "04_infer", home / "none.ipynb", error=None, params={}, seconds=None,
             source_sha256=None, status=status)  # fmt: skip
    assert faults() == []
    edit(home)
    assert (code, path, "r6-infer") in [(f.code, f.path, f.run_id) for f in faults()]


def test_an_announcement_that_did_not_come_true_is_no_output(home, monkeypatch):
    sealed_home.start("r6-infer", "04_infer")
    with monkeypatch.context() as patch:
        patch.setattr(disk, "append", _full)
        with pytest.raises(OSError, match="full"):
            sealed_home._infer("r6-infer")
    end = seal.end("r6-infer", "04_infer", home / "none.ipynb", error=None, params={},
                   seconds=None, source_sha256=None, status="failed")  # fmt: skip
    assert end["outputs"] == []
    assert faults() == []


def _full(path, block):
    """The disk fills up when the log grows; the ledger's last line still went in."""
    if path.name == "predictions.csv":
        raise OSError("full")
    return APPEND(path, block)


def rewrite(name, **facts):
    """Change a file and append a well-chained line that gives it the new content."""

    def edit(home: Path):
        content = b"other" * 40
        (home / name).write_bytes(content)
        ledger.append("write", path=name, sha256=disk.digest(content), bytes=len(content), **facts)

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            rewrite(RUN["r1-train"] + ".html", run_id="new"), "había sellado", id="report"
        ),
        pytest.param(rewrite(RUN["r1-train"] + ".ipynb"), "sin decir qué ejecución", id="no-run"),
        pytest.param(
            rewrite("artifacts/xgb__v0.1.pkl", run_id="r1-train"), "ya había terminado", id="late"
        ),
        pytest.param(
            rewrite("artifacts/xgb__v0.1.pkl", run_id="new"), "no se sobrescribe", id="version"
        ),
        pytest.param(rewrite(LOG, run_id="new", offset=0), "encima de filas", id="log"),
        pytest.param(
            rewrite("monitoring/drift_report.json", run_id="new"),
            "no consta que empezara",
            id="never-started",
        ),
    ],
)
def test_a_later_line_cannot_take_back_what_was_sealed(home, sealed, edit, said):
    edit(home)
    found = [f for f in faults([sealed[1]]) if f.code == "undone"]
    assert len(found) == 1
    assert said in found[0].message


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("run_started", {}),
        ("write", {"path": "data/x.csv"}),
        ("write", {"path": "logs/x.csv", "sha256": "0", "offset": 0}),
        ("run_finished", {"run_id": "r1-train", "files": ["a"]}),
        ("write", {"path": "../x.csv", "sha256": "0", "run_id": "r1-train"}),
        ("erasure", {"files": {"data/../../x.csv": "0"}, "reason": "a", "approver": "a"}),
    ],
)
def test_a_line_of_another_shape_is_a_fault_and_no_traceback(home, event, facts):
    ledger.append(event, **facts)
    assert "no es como lo escribe esta biblioteca" in " ".join(map(str, faults()))


def test_a_time_that_is_no_text_is_a_fault_and_no_traceback(home):
    path = home / ledger.LEDGER
    text = path.read_text()
    path.write_text(re.sub(r'"at": "[^"]+"', '"at": 5', text, count=1))
    assert any(f.code == "chain" for f in faults())


def test_a_hidden_file_in_artifacts_is_an_orphan(home):
    (home / "artifacts/.x.pkl").write_bytes(b"x")
    assert [(f.code, f.path) for f in faults()] == [("orphan", "artifacts/.x.pkl")]
