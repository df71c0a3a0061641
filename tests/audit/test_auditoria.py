"""The commands of docs/auditoria.md for checking by hand do find what they say they find."""

import re
import subprocess
from pathlib import Path

import pytest

from retencion_lib import config
from retencion_lib.home import disk, ledger

DOC = Path(__file__).resolve().parents[2] / "docs/auditoria.md"
ONE_LINE, WHOLE_CHAIN, FILES = re.findall(r"```sh\n(.*?)```", DOC.read_text(encoding="utf-8"), re.S)


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
