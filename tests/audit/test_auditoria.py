"""The commands of docs/auditoria.md for checking by hand do find what they say they find."""

import re
import shutil
import subprocess

import pytest

from retencion_lib import config
from retencion_lib.audit.verify import faults
from retencion_lib.home import disk, events, ledger
from tests.audit import cases

PAGE = cases.DOC.read_text(encoding="utf-8")
ONE_LINE, WHOLE_CHAIN, FILES, STAMP = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
[PROGRAM] = re.findall(r"```python\n(.*?)```", PAGE, re.S)
SECOND: dict = {"__name__": "second"}
exec(PROGRAM, SECOND)
WITHIN = [*cases.CONTENT, cases.CHAIN[0], *cases.GRAMMAR, cases.LATER[1]]
LINES = ("chain", "grammar")
FILES_OF_LINES = ("changed", "missing", "index", "kind", "log")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Three events, the last of which seals a report."""
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    page = disk.write(tmp_path / "runs/2026-10-31/r1/01_eda.html", "<p>año</p>".encode())
    ledger.append("run_started", run_id="r1", notebook="01_eda", parameters={"data": "año.csv"})
    ledger.append("write", run_id="r1", path="x.json", sha256="a" * 64)
    ledger.append("run_finished", run_id="r1", files={config.relative(page): disk.sha256(page)})
    return tmp_path


def bash(script, home):
    done = subprocess.run(["bash", "-c", script], cwd=home, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_hash_of_a_line_is_the_prev_of_the_next(home):
    sha256, prev = bash(ONE_LINE, home).splitlines()
    assert prev == f'"prev": "{sha256.split()[0]}"'


def test_the_whole_chain_ends_at_the_head(home):
    seq, sha256 = ledger.head()
    assert bash(WHOLE_CHAIN, home) == f"{seq}:{sha256}"


def test_an_edited_line_breaks_the_chain_at_the_next(home):
    path = home / ledger.LEDGER
    path.write_text(path.read_text().replace("x.json", "y.json"))
    assert "línea 3: la cadena está rota" in bash(WHOLE_CHAIN, home)


def test_a_report_is_compared_with_its_seal(home):
    assert bash(FILES, home) == "informes sin cambios"
    (home / "runs/2026-10-31/r1/01_eda.html").write_text("<p>otro</p>")
    assert "01_eda.html: FAILED" in bash(f"export LC_ALL=C; {FILES}", home)


def test_the_table_of_layers_is_the_one_that_the_tests_write():
    assert cases.BETWEEN.search(PAGE)[0] == cases.table()


def test_the_second_implementation_has_our_grammar_and_none_of_our_code():
    assert {k: v.split() for k, v in SECOND["RULES"].items()} == {
        "*": events.EVERY.split(), **{k: v.split() for k, v in events.EVENTS.items()}
    }  # fmt: skip
    assert SECOND["OWNERS"] == events.OWNERS
    assert SECOND["KINDS"].keys() == events.KINDS.keys()
    assert "retencion" not in PROGRAM


def both(home):
    """Lines and files that each implementation finds wrong."""
    found = faults()
    lines = {
        re.search(r"línea \d+", f.message)[0] for f in found
        if f.code in LINES or "anota una escritura" in f.message
    }  # fmt: skip
    named = {p for e in ledger.read() for p in (e.path, *e.files)}
    return lines | {f.path for f in found if f.code in FILES_OF_LINES} & named, (
        SECOND["check"](home)
    )  # fmt: skip


def test_both_implementations_find_nothing_in_an_untouched_home(sealed, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(sealed[0]))
    assert both(sealed[0]) == (set(), set())


@pytest.mark.parametrize(
    "case", [case for group in WITHIN for case in group.cases], ids=lambda case: case.name
)
def test_both_implementations_name_the_same_lines_and_files(sealed, tmp_path, monkeypatch, case):
    home = shutil.copytree(sealed[0], tmp_path / "home", symlinks=True)
    monkeypatch.setenv(config.HOME_VARIABLE, str(home))
    case.edit(home)
    ours, theirs = both(home)
    assert ours == theirs
