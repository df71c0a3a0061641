"""Every way of tampering that is tried, by the layer that shows it; docs/auditoria.md tells them.

``python -m tests.audit.cases`` writes the table of layers in that page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from retencion_lib.home import disk, ledger
from tests.audit import edits
from tests.audit.edits import LOG, RUN

PKL = "artifacts/xgb__v0.1.pkl"
REGISTRY = "artifacts/registry.json"
CAMPAIGNS = "artifacts/campaigns.json"
DRIFT = "monitoring/drift_report.json"
REPORT = RUN["r1-train"] + ".html"
MADE_BY = {
    **{f"{stem}.{end}": run for run, stem in RUN.items() for end in ("ipynb", "html")},
    PKL: "r1-train",
    "artifacts/experiments_summary.json": "r1-train",
    REGISTRY: "r2-evaluate",
    "artifacts/best_test_report.json": "r2-evaluate",
    "artifacts/xgb__v0.1__test.json": "r2-evaluate",
    "monitoring/xgb__v0.1__reference.csv": "r2-evaluate",
    "monitoring/train_with_score.csv": "r2-evaluate",
    DRIFT: "r5-monitor",
    "data/b3_with_score.csv": "r3-infer",
    "data/b4_with_score.csv": "r4-infer",
}
ROW = r"r3-infer-2,[^\n]*\n"
SHA = "0" * 64


@dataclass(frozen=True)
class Case:
    """One edit of a sealed home and the fault that must name it."""

    name: str
    edit: Callable[[Path], object]
    code: str
    path: str | None = None
    run: str | None = None


@dataclass(frozen=True)
class Group:
    """Edits of one kind: the layer that shows them, and what they are, for the docs."""

    layer: str
    said: str
    cases: list[Case]


def each(verb, edit, code, files):
    return [Case(f"{verb}-{name}", edit(name), code, name, run) for name, run in files.items()]


def ledger_case(name, edit, code="chain"):
    return Case(name, edit, code, ledger.LEDGER)


CONTENT = [
    Group("files", "un bit cambiado en un informe, un cuaderno, un modelo, un documento, una tabla",
          [*each("bit", edits.flip, "changed", MADE_BY),
           Case("score-in-batch", edits.replace("data/b4_with_score.csv", "0.2", "0.9"), "changed",
                "data/b4_with_score.csv", "r4-infer"),
           Case("index", edits.flip("runs/index.html"), "changed", "runs/index.html")]),
    Group("files", "un archivo que falta", [*each("no", edits.delete, "missing", MADE_BY),
           Case("no-index", edits.delete("runs/index.html"), "index", "runs/index.html")]),
    Group("files", "un enlace en lugar de un archivo, aunque lleve a los mismos bytes",
          [*each("link", edits.link, "kind", MADE_BY),
           Case("link-log", edits.link(LOG), "kind", LOG),
           Case("link-index", edits.link("runs/index.html"), "kind", "runs/index.html")]),
    Group("files", "una tubería o una carpeta en lugar de un archivo", [
          *each("pipe", edits.pipe, "kind", {f: MADE_BY[f] for f in (REPORT, PKL, DRIFT)}),
          *each("folder", edits.folder, "kind", {f: MADE_BY[f] for f in (REPORT, PKL, DRIFT)}),
          Case("pipe-log", edits.pipe(LOG), "kind", LOG),
          Case("folder-log", edits.folder(LOG), "kind", LOG)]),
    Group("files", "una carpeta sustituida por un enlace (la de ejecuciones, la de un día, la de "
          "modelos…), o un enlace con un informe falso", [
          *each("folder-linked", edits.moved, "kind", dict.fromkeys(
              ("runs", "artifacts", "logs", "monitoring"))),
          Case("run-linked", edits.moved("runs/2026-10-31/r1-train"), "kind",
               "runs/2026-10-31/r1-train"),
          Case("day-linked", edits.moved("runs/2026-10-31"), "kind", "runs/2026-10-31"),
          Case("false-report-linked", edits.linked_report, "kind", "runs/2026-10-31/r9-train")]),
    Group("files", "un archivo que nadie escribió, también oculto: modelos, informes, cerrojos con "
          "contenido, restos de escrituras", [
          *[Case(f"foreign-{name}", edits.add(name), "orphan", name) for name in (
              "artifacts/mlp__v0.1.pkl", "runs/2026-10-31/r1-train/x.html", "artifacts/.x.pkl",
              "runs/.hidden", "runs/2026-10-31/r1-train/.x.lock", "artifacts/.registry.json.lock",
              "monitoring/alerts.jsonl", "monitoring/history.parquet", "artifacts/.gitkeep",
              "monitoring/xgb__v0.9__reference.csv")],
          *[Case(f"left-{name}", edits.add(name), "stray", name) for name in (
              "artifacts/.registry.json.x.tmp", "runs/.ledger.jsonl.x.tmp",
              "logs/.predictions.csv.pending", "monitoring/.x.9-1-a.tmp")],
          Case("pipe-planted", edits.pipe("artifacts/x"), "kind", "artifacts/x"),
          Case("pipe-planted-as-lock", edits.pipe("monitoring/.x.lock"), "kind",
               "monitoring/.x.lock"),
          Case("socket-planted", edits.plug("runs/s"), "kind", "runs/s")]),
    Group("files", "filas de un registro cambiadas, quitadas, repetidas, añadidas o movidas", [
          Case("row-edited", edits.replace(LOG, "r3-infer-2,(.*?),0.3,", r"r3-infer-2,\1,0.2,"),
               "log", LOG, "r3-infer"),
          Case("row-edited-in-the-last-block", edits.replace(LOG, "r4-infer-4", "r4-infer-9"),
               "log", LOG, "r4-infer"),
          Case("row-removed", edits.replace(LOG, ROW, ""), "log", LOG, "r3-infer"),
          Case("last-row-removed", edits.replace(LOG, r"r4-infer-4[^\n]*\n", ""), "log", LOG,
               "r4-infer"),
          Case("row-repeated", edits.replace(LOG, f"({ROW})", r"\1\1"), "log", LOG, "r3-infer"),
          Case("row-added", lambda home: (home / LOG).open("a").write("more,rows\n"), "log", LOG),
          Case("rows-swapped", edits.replace(LOG, f"({ROW})(r3-infer-3[^\n]*\n)", r"\2\1"), "log",
               LOG, "r3-infer"),
          Case("block-removed", edits.replace(LOG, "r4-infer-0.*", ""), "log", LOG, "r4-infer"),
          Case("header-edited", edits.replace(LOG, "threshold", "umbral"), "log", LOG, "r3-infer"),
          Case("line-ends-changed", edits.replace(LOG, r"(r4-infer-0[^\n]*)\n", r"\1\r\n"), "log",
               LOG, "r4-infer"),
          Case("no-log", edits.delete(LOG), "missing", LOG, "r4-infer")]),
]  # fmt: skip

CHAIN = [
    Group("chain", "una línea cambiada, quitada, repetida o cambiada de sitio en medio del libro", [
          ledger_case("line-edited", edits.lines(
              lambda ls: [*ls[:2], ls[2].replace(b"r1", b"r9"), *ls[3:]])),
          ledger_case("line-dropped", edits.lines(lambda ls: ls[:3] + ls[4:])),
          ledger_case("first-line-dropped", edits.lines(lambda ls: ls[1:])),
          ledger_case("lines-swapped", edits.lines(lambda ls: [*ls[:2], ls[3], ls[2], *ls[4:]])),
          ledger_case("line-repeated", edits.lines(lambda ls: [*ls[:3], *ls[2:]])),
          ledger_case("line-is-no-json", edits.lines(lambda ls: [*ls[:2], b"{\n", *ls[3:]])),
          ledger_case("empty-line", edits.lines(lambda ls: [*ls[:2], b"\n", *ls[2:]])),
          ledger_case("line-cut-short", edits.lines(lambda ls: [*ls[:-1], ls[-1][:40]]),
                      "half_line")]),
    Group("chain", "otra cosa en lugar del libro (una carpeta, una tubería, un enlace), o nada", [
          ledger_case("ledger-is-a-folder", edits.folder(ledger.LEDGER), "ledger"),
          ledger_case("ledger-is-a-pipe", edits.pipe(ledger.LEDGER), "ledger"),
          ledger_case("ledger-is-a-link", edits.link(ledger.LEDGER), "ledger"),
          Case("no-ledger", edits.delete(ledger.LEDGER), "orphan", PKL)]),
    Group("chain", "una ejecución sin principio o sin final, o con dos; una decisión sin motivo", [
          Case("no-start", edits.without("run_started", "r3-infer"), "lone_end", None, "r3-infer"),
          Case("no-end", edits.without("run_finished", "r5-monitor"), "lone_start", None,
               "r5-monitor"),
          Case("end-twice", edits.forged(lambda es: [*es, es[-2]]), "repeated", None, "r5-monitor"),
          Case("start-twice", edits.forged(lambda es: [es[0], *es]), "repeated", None, "r1-train"),
          Case("no-reason", edits.with_fact("promotion", reason=" "), "no_reason", None,
               "r2-evaluate"),
          Case("no-approver", edits.with_fact("promotion", approver=""), "no_reason", None,
               "r2-evaluate"),
          Case("hash-of-a-report-forged", edits.with_fact(
              "run_finished", "r1-train", files={REPORT: SHA}), "changed", REPORT, "r1-train")]),
    Group("chain", "un reloj que retrocede más de lo que retroceden los relojes", [
          ledger_case("time-backwards", edits.with_fact(
              "promotion", at="2001-01-01T00:00:00.000+00:00"), "time"),
          ledger_case("time-backwards-elsewhere", edits.with_fact(
              "run_finished", "r3-infer", at="2020-01-01T00:00:00.000+00:00", host="otra"), "time"),
          ledger_case("ahead-and-back", edits.with_fact(
              "run_started", "r4-infer", at="2090-01-01T00:00:00.000+00:00"), "time")]),
]  # fmt: skip

DEEP = b'{"seq": 1, "event": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
WRITE = {"run_id": "r1-train", "path": "data/x.csv", "sha256": SHA, "bytes": 1}
QUERY = "SELECT * FROM clientes"
EXTRACT = {"run_id": "r9", "query": "c.sql", "query_sha256": disk.digest(QUERY.encode()),
           "text": QUERY, "path": "data/extracts/c__0.parquet", "sha256": SHA, "bytes": 1,
           "rows": 1, "seconds": 0.1}  # fmt: skip
STAMP = {"line": 1, "sha256": SHA, "authority": "hora", "token": "AAAA"}
COPY = "data/extracts/c__0/c.csv"
FETCH = {"run_id": "r9", "address": "s3://cubo/c.csv", "path": COPY, "sha256": SHA, "bytes": 1,
         "seconds": 0.1, "files": {COPY: SHA}, "versions": {COPY: "e"}}  # fmt: skip
GRAMMAR = [
    Group("grammar", "una línea hostil: ni JSON, ni objeto, ni UTF-8; honda, larga, con números "
          "sin fin", [
          *[ledger_case(f"raw-{name}", edits.raw(line)) for name, line in {
              "deep": DEEP, "list": b"[1, 2]", "text": b'"a"', "number": b"1", "null": b"null",
              "no-utf8": b"\xff\xfe", "nul": b"\0" * 50, "no-event": b"{}",
              "long": b" " * (ledger.LONGEST + 5), "event-is-a-list": b'{"event": ["write"]}',
              "huge-number": b'{"event": "x", "seq": ' + b"9" * 5000 + b"}",
          }.items()],
          *[ledger_case(f"chained-{name}", edits.chained(text, **facts), "grammar")
            for name, (text, facts) in {
              "unknown-event": ("", {"event": "borrón"}),
              "infinite": (', "bytes": 1e400', {"event": "write"}),
              "nan": (', "seconds": NaN', {"event": "run_finished"}),
              "repeated-key": (', "event": "clock", "lines": []', {"event": "write"}),
              "spaces": (' , "lines": []', {"event": "clock"}),
              "without-end": ("", FETCH | {"event": "fetch", "seconds": float("inf")}),
              "lone-surrogate": (', "lines": [], "actor": "\\ud800"', {"event": "clock"}),
          }.items()]]),
    Group("grammar", "un suceso desconocido, un campo que sobra, falta o es de otra clase", [
          ledger_case(name, edits.said(event, **facts), "grammar") for name, (event, facts) in {
              "start-without-run": ("run_started", {}),
              "stamp-without-token": ("stamped", {**STAMP, "token": None}),
              "start-of-a-list": ("run_started", {"run_id": ["a"], "notebook": "x",
                                                  "parameters": {}}),
              "write-without-hash": ("write", {"path": "data/x.csv"}),
              "write-without-run": ("write", WRITE | {"run_id": None}),
              "hash-too-short": ("write", WRITE | {"sha256": "0"}),
              "hash-in-capitals": ("write", WRITE | {"sha256": "A" * 64}),
              "bytes-below-zero": ("write", WRITE | {"bytes": -1}),
              "bytes-are-true": ("write", WRITE | {"bytes": True}),
              "offset-is-a-half": ("write", WRITE | {"offset": 0.5}),
              "field-too-many": ("write", WRITE | {"note": "x"}),
              "path-climbs": ("write", WRITE | {"path": "../x.csv"}),
              "path-climbs-inside": ("write", WRITE | {"path": "data/../../x.csv"}),
              "path-is-empty": ("write", WRITE | {"path": ""}),
              "path-is-a-list": ("write", WRITE | {"path": ["a"]}),
              "path-of-somebody": ("write", WRITE | {"path": "~root/x.csv"}),
              "path-too-long": ("write", WRITE | {"path": "data/" + "a" * 2000}),
              "path-with-nul": ("write", WRITE | {"path": "data/\0"}),
              "files-are-a-list": ("run_finished", {"run_id": "r1-train", "files": ["a"]}),
              "status-unknown": ("run_finished", {
                  "run_id": "r1-train", "notebook": "x", "status": "OK", "parameters": {},
                  "inputs": [], "outputs": [], "results": {}, "files": {}}),
              "inputs-of-numbers": ("run_finished", {
                  "run_id": "r1-train", "notebook": "x", "status": "ok", "parameters": {},
                  "inputs": [1], "outputs": [], "results": {}, "files": {}}),
              "blocks-are-a-list": ("erasure", {"reason": "a", "approver": "a", "rows": 0,
                                                "files": {}, "blocks": [1]}),
              "block-at-a-word": ("erasure", {"reason": "a", "approver": "a", "rows": 0,
                                              "files": {}, "blocks": {LOG: {"x": {}}}}),
              "erased-outside": ("erasure", {"reason": "a", "approver": "a", "rows": 0,
                                             "files": {"../x": SHA}, "blocks": {}}),
              "extract-without-text": ("extract", {k: v for k, v in EXTRACT.items()
                                                   if k != "text"}),
              "extract-climbs": ("extract", EXTRACT | {"query": "../c.sql"}),
              "fetch-without-address": ("fetch", {k: v for k, v in FETCH.items()
                                                  if k != "address"}),
              "fetch-climbs": ("fetch", FETCH | {"files": {"../c.csv": SHA}}),
              "event-unknown": ("borrón", {}),
          }.items()]),
    Group("grammar", "una hora que no lo es, o de otro huso", [
          ledger_case(f"at-{name}", edits.with_fact("promotion", at=at), "grammar")
          for name, at in {
              "number": 5, "empty": "", "no-date": "2026-13-45T00:00:00.000+00:00",
              "other-zone": "2026-11-27T14:00:00.000+14:00", "zulu": "2026-11-27T00:00:00.000Z",
              "words": "ayer", "null": None}.items()]),
]  # fmt: skip

ERASURE = {"reason": "a", "approver": "a", "rows": 0, "blocks": {}}
END = {"notebook": "04_infer", "status": "ok", "parameters": {}, "inputs": [], "outputs": [],
       "results": {}}  # fmt: skip
NEW = {"model": "xgb v0.1", "name": "x", "sha256": SHA}


def block(size, rows):
    """An erasure that gives the first rows of the log another size."""
    return edits.said("erasure", **ERASURE | {"blocks": {
        LOG: {"0": {"bytes": size, "rows": rows, "sha256": SHA}}}}, files={})  # fmt: skip


def at_start(edit, notebook="04_infer", run="r9"):
    """Start a run of a notebook first."""

    def both(home):
        edits.said(
            "run_started",
            run_id=run,
            notebook=notebook,
            parameters={},
            output=f"runs/2026-10-31/{run}/{notebook}.ipynb",
        )(home)
        edit(home)

    return both


PARTS = EXTRACT["path"]


def extracted(**facts):
    """A run of 04 that writes an extract, and says of it what is given."""
    return at_start(one_by_one(
        edits.rewrite(PARTS, run_id="r9"),
        edits.said("extract", **EXTRACT | {"sha256": disk.digest(edits.OTHER)} | facts),
    ))  # fmt: skip


def copied(**facts):
    """A run of 04 that writes a copy of an object, and says of it what is given."""
    return at_start(one_by_one(
        edits.rewrite(COPY, run_id="r9"),
        edits.said("fetch", **FETCH | {"files": {COPY: disk.digest(edits.OTHER)}} | facts),
    ))  # fmt: skip


def one_by_one(*made):
    """Edits, one behind another."""
    return lambda home: [edit(home) for edit in made]


LATER = [
    Group("anchor", "una línea posterior que da otro contenido a un informe, a una versión de "
          "modelo o a unas filas ya sellados", [
          Case("report", edits.rewrite(REPORT, run_id="new"), "undone", REPORT, "new"),
          Case("late", edits.rewrite(PKL, run_id="r1-train"), "undone", PKL, "r1-train"),
          Case("version", edits.rewrite(PKL, run_id="new"), "undone", PKL, "new"),
          Case("log", edits.rewrite(LOG, run_id="new", offset=0), "undone", LOG, "new"),
          Case("never-started", edits.rewrite(DRIFT, run_id="new"), "undone", DRIFT, "new"),
          Case("version-by-a-run-of-02", at_start(edits.rewrite(PKL, run_id="r9"),
               "02_train_models"), "undone", PKL, "r9"),
          Case("log-written-whole", at_start(edits.rewrite(LOG, run_id="r9")), "unlawful", LOG,
               "r9")]),
    Group("anchor", "una escritura que no es del cuaderno que la anota", [
          Case(f"{notebook}-writes-{path}", at_start(edits.rewrite(path, run_id="r9"), notebook),
               "unlawful", path, "r9")
          for notebook, path in (
              ("04_infer", REGISTRY), ("04_infer", "artifacts/mlp__v0.1.pkl"), ("01_eda", DRIFT),
              ("05_monitor", "artifacts/experiments_summary.json"), ("mine", REGISTRY),
              ("03_champion_eval", "artifacts/mlp__v0.1.pkl"), ("02_train_models", REGISTRY),
              ("05_monitor", "data/b3_with_score.csv"), ("mine", "artifacts/x"),
              ("05_monitor", "runs/head.txt"), ("mine", "runs/x.html"))]),
    Group("anchor", "un extracto que cambia, que otra ejecución da por suyo, o que no es de la "
          "consulta que se dice", [
          Case("extract-written-over", one_by_one(
              extracted(), edits.said("run_finished", run_id="r9", files={}, **END),
              at_start(edits.rewrite(PARTS, content=b"more", run_id="r10"), "05_monitor", "r10")),
              "undone", PARTS, "r10"),
          Case("extract-of-no-run", one_by_one(extracted(), edits.said(
              "extract", **EXTRACT | {"run_id": "r11"})), "undone", PARTS, "r11"),
          Case("extract-of-an-ended-run", extracted(run_id="r1-train"), "undone", PARTS,
               "r1-train"),
          Case("extract-of-a-content-unknown", extracted(sha256=SHA), "unlawful", PARTS, "r9"),
          Case("extract-of-another-file", extracted(path="data/b3_with_score.csv"), "unlawful",
               "data/b3_with_score.csv", "r9"),
          Case("extract-of-another-query", extracted(text="SELECT 1"), "unlawful", PARTS, "r9")]),
    Group("anchor", "una copia de un almacén que cambia, de una ejecución que no está en marcha, o "
          "con un contenido que nadie anotó", [
          Case("copy-written-over", one_by_one(
              copied(), edits.said("run_finished", run_id="r9", files={}, **END),
              at_start(edits.rewrite(COPY, content=b"more", run_id="r10"), "05_monitor", "r10")),
              "undone", COPY, "r10"),
          Case("copy-of-no-run", one_by_one(copied(), edits.said(
              "fetch", **FETCH | {"run_id": "r11"})), "undone", COPY, "r11"),
          Case("copy-of-an-ended-run", copied(run_id="r1-train"), "undone", COPY, "r1-train"),
          Case("copy-of-a-content-unknown", copied(files={COPY: SHA}), "unlawful", COPY, "r9"),
          Case("copy-that-leads-elsewhere", copied(path="data/b3_with_score.csv"), "unlawful",
               "data/b3_with_score.csv", "r9"),
          Case("copy-of-another-file", copied(files={"data/b3_with_score.csv": SHA}), "unlawful",
               COPY, "r9")]),
    Group("anchor", "un final de ejecución que sella lo que no es suyo, o dice que escribió lo que "
          "no anunció", [
          Case("end-seals-another-report", at_start(edits.rewrite(
              REPORT, "run_finished", run_id="r9", **END)), "unlawful", REPORT, "r9"),
          Case("end-seals-a-model", at_start(edits.rewrite(
              PKL, "run_finished", run_id="r9", **END)), "unlawful", PKL, "r9"),
          Case("end-seals-the-list", at_start(edits.rewrite(
              "runs/index.html", "run_finished", run_id="r9", **END)), "unlawful",
              "runs/index.html", "r9"),
          Case("end-of-another-notebook", at_start(edits.said(
              "run_finished", run_id="r9", files={}, **END | {"notebook": "05_monitor"})),
              "unlawful", None, "r9"),
          Case("end-with-an-output-unannounced", at_start(edits.said(
              "run_finished", run_id="r9", files={}, **END | {"outputs": [
                  {"path": "data/z_with_score.csv", "sha256": SHA, "bytes": 1}]})), "unlawful",
              "data/z_with_score.csv", "r9")]),
    Group("anchor", "una entrada que no era una versión conocida: un documento editado que alguien "
          "amplió después", [
          Case("laundered", edits.laundered, "laundered", "artifacts/experiments_summary.json",
               "r6"),
          *[Case(f"read-{path}", at_start(edits.said(
              "run_finished", run_id="r9", files={}, **END | {"inputs": [
                  {"path": path, "sha256": SHA, "bytes": 1}]})), "laundered", path, "r9")
            for path in (REGISTRY, LOG, "monitoring/train_with_score.csv",
                         "data/b3_with_score.csv", "artifacts/contract__v0.1.json")]]),
    Group("anchor", "un cambio de campeón a un modelo que nadie entrenó, o que toca otra cosa", [
          Case("promotes-the-unknown", edits.promoted(new=NEW), "unlawful", PKL),
          Case("promotes-over-another", edits.promoted(old=NEW), "unlawful"),
          Case("promotes-a-foreign-exam", edits.promoted(files=lambda e: e["files"] | {
              "artifacts/best_test_report.json": SHA}), "unlawful",
              "artifacts/best_test_report.json"),
          Case("promotes-a-foreign-reference", edits.promoted(files=lambda e: e["files"] | {
              "monitoring/train_with_score.csv": SHA}), "unlawful",
              "monitoring/train_with_score.csv"),
          Case("promotes-a-report", edits.promoted(files=lambda e: e["files"] | {REPORT: SHA}),
               "unlawful", REPORT),
          Case("promotes-a-model-file", edits.promoted(files=lambda e: e["files"] | {PKL: SHA}),
               "unlawful", PKL),
          Case("promotes-without-registry", edits.promoted(files={}), "unlawful", REGISTRY),
          Case("promotes-by-itself-later", edits.promoted(
               action="automatic", run_id="r2-evaluate"), "unlawful", None, "r2-evaluate")]),
    Group("anchor", "un cambio de campaña que toca otra cosa, que no sustituye a la que había, "
          "que se adopta solo cuando nadie lo examina, o que nadie adoptó", [
          Case("campaign-of-a-report", edits.agreed(files=lambda e: e["files"] | {REPORT: SHA}),
               "unlawful", REPORT),
          Case("campaign-without-its-file", edits.agreed(files={}), "unlawful", CAMPAIGNS),
          Case("campaign-over-another", edits.agreed(replaced={"capacity": 1}), "unlawful"),
          Case("campaign-by-itself-later", edits.agreed(run_id="r2-evaluate"), "unlawful", None,
               "r2-evaluate"),
          Case("campaign-of-nobody", one_by_one(edits.agreed(), at_start(one_by_one(
              edits.rewrite(CAMPAIGNS, run_id="r9"), edits.said(
                  "run_finished", run_id="r9", files={}, **END | {
                      "notebook": "03_champion_eval", "outputs": [{
                          "path": CAMPAIGNS, "sha256": disk.digest(edits.OTHER), "bytes": 200}]})),
              "03_champion_eval")), "unlawful", CAMPAIGNS, "r9")]),
    Group("anchor", "un borrado que añade o cambia, o que toca un modelo o una decisión",
          [*[Case(f"erases-{path}", edits.rewrite(path, "erasure", **ERASURE), "undone", path)
             for path in (PKL, REGISTRY, "artifacts/experiments_summary.json", "runs/index.html")],
           Case("erasure-grows-a-table", edits.rewrite(
               "data/b3_with_score.csv", "erasure", b"x" * 5000, **ERASURE), "undone",
               "data/b3_with_score.csv"),
           Case("erasure-of-a-stranger", edits.rewrite("data/raw/x.csv", "erasure", **ERASURE),
                "unlawful", "data/raw/x.csv"),
           Case("erasure-grows-rows", block(10_000, 5), "undone", LOG),
           Case("erasure-adds-rows", block(1, 50), "undone", LOG),
           Case("erasure-at-no-block", edits.said("erasure", files={}, **ERASURE | {"blocks": {
               LOG: {"7": {"bytes": 1, "rows": 0, "sha256": SHA}}}}), "unlawful", LOG)]),
    Group("anchor", "una lista de ejecuciones, una firma o un sello de tiempo que cambian otra "
          "cosa o no cuadran", [
          Case("index-of-a-report", edits.rewrite(REPORT, "index"), "unlawful", REPORT),
          Case("signed-report", edits.rewrite(REPORT, "signed", line=1, sha256=SHA), "unlawful",
               REPORT),
          Case("signed-in-advance", edits.said("signed", line=9999, sha256=SHA, files={}),
               "unlawful"),
          Case("signed-another-line", edits.said("signed", line=1, sha256=SHA, files={}), "anchor",
               "runs/head.txt"),
          Case("stamped-in-advance", edits.said("stamped", **STAMP | {"line": 9999}), "unlawful"),
          Case("stamped-another-line", edits.said("stamped", **STAMP), "anchor", ledger.LEDGER),
          Case("stamped-by-nobody", edits.said("stamped", **STAMP), "stamp", ledger.LEDGER),
          Case("head-of-no-line", edits.add("runs/head.txt", f"999:{SHA}\n".encode()), "anchor",
               ledger.LEDGER),
          Case("head-of-nothing", edits.add("runs/head.txt", f"0:{SHA}\n".encode()), "anchor",
               ledger.LEDGER),
          Case("head-that-is-none", edits.add("runs/head.txt", b"hola"), "anchor",
               "runs/head.txt")]),
]  # fmt: skip
GROUPS = [*CONTENT, *CHAIN, *GRAMMAR, *LATER]
CASES = [case for group in GROUPS for case in group.cases]

# What no layer but an anchor kept elsewhere shows.
ONLY_WITH_ANCHOR = {
    "tail-cut": edits.lines(lambda ls: ls[:-3]),
    "ledger-emptied": edits.lines(lambda ls: []),
    "last-line-edited": edits.lines(
        lambda ls: [*ls[:-1], ls[-1].replace(b'"bytes": ', b'"bytes": 1')]
    ),
    "chain-computed-again": edits.with_fact("run_finished", actor="otra persona"),
    "times-computed-again": edits.forged(lambda es: [e | {"at": es[0]["at"]} for e in es]),
    "results-computed-again": edits.with_fact("run_finished", results={"roc_auc": 0.99}),
    "parameters-computed-again": edits.with_fact("run_started", parameters={"seed": 7}),
    "approver-computed-again": edits.with_fact("promotion", approver="la dirección"),
}

LAYERS = {
    "files": ("Huellas de los archivos", "que el contenido ya fuera falso al anotarlo"),
    "chain": ("Cadena (`prev`)", "que se corte el final, que se edite la última línea, o que se "
              "rehaga la cadena entera: quien puede escribir el libro puede recalcularla"),
    "grammar": ("Gramática", "una mentira bien escrita: un motivo falso, un nombre de otro"),
    "anchor": ("Ancla: la cabeza guardada fuera", "lo que pasó después de la última ancla, salvo "
               "lo que la gramática no permite. Un ancla guardada en el mismo disco no vale"),
}  # fmt: skip
DOC = Path(__file__).resolve().parents[2] / "docs/auditoria.md"
BETWEEN = re.compile(r"(?<=<!-- capas: inicio -->\n).*?(?=<!-- capas: fin -->)", re.S)


def table() -> str:
    """The table of layers: what is tried, how many times, and what each layer cannot show."""
    rows = ["| capa | qué se nota (entre paréntesis, cuántas manipulaciones se prueban) | qué no |",
            "|---|---|---|"]  # fmt: skip
    for layer, (name, cannot) in LAYERS.items():
        tried = [f"{g.said} ({len(g.cases)})" for g in GROUPS if g.layer == layer]
        if layer == "anchor":
            tried.append("un final cortado, una última línea editada o una cadena rehecha "
                         f"({len(ONLY_WITH_ANCHOR)})")  # fmt: skip
        rows.append(f"| {name} | {'; '.join(tried)} | {cannot} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    DOC.write_text(
        BETWEEN.sub(lambda _: table(), DOC.read_text(encoding="utf-8")), encoding="utf-8"
    )
