"""Installed like any package: every order works from any folder, without a clone."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from retencion_lib import config
from retencion_lib.errors import ParameterError, StorageError
from retencion_lib.runs.copies import copy_notebooks
from tests.runs.test_engine import small_data

ROOT = Path(__file__).resolve().parents[1]


def test_without_a_clone_the_home_is_the_current_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("RETENCION_HOME")
    monkeypatch.setattr(config, "PACKAGED", tmp_path)
    monkeypatch.chdir("/")
    assert (config.clone(), config.home()) == (None, Path("/"))
    assert config.notebooks() == tmp_path


def test_the_notebooks_are_copied_where_the_user_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        copies = copy_notebooks("los míos")
        assert [p.stem for p in copies] == list(config.NOTEBOOKS.values())
    assert copies[0].parent == tmp_path / "los míos"
    assert copies[0].read_bytes() == (ROOT / "notebooks" / copies[0].name).read_bytes()


def test_a_notebook_that_the_user_changed_is_not_overwritten(tmp_path):
    (tmp_path / "02_train_models.ipynb").write_text("mine")
    with pytest.raises(StorageError, match=r"02_train_models\.ipynb ya existe.*otra carpeta"):
        copy_notebooks(str(tmp_path))
    assert [p.name for p in tmp_path.iterdir()] == ["02_train_models.ipynb"]


def test_the_folder_for_the_notebooks_is_asked_for():
    with pytest.raises(ParameterError, match="Indica la carpeta: retencion notebooks CARPETA"):
        copy_notebooks("")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The folder into which a wheel of this project has been installed, and nothing else."""
    folder = tmp_path_factory.mktemp("package")
    source = folder / "source"
    # A copy, for setuptools leaves its work where it builds; and what git holds, for files that
    # somebody edits or merges meanwhile are of no one moment.
    copy = ["git", "checkout-index", "--all", f"--prefix={source}/"]
    subprocess.run(copy, cwd=ROOT, check=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    recent = int(version("setuptools").split(".")[0]) >= 77  # else pip fetches one
    how = ["--no-build-isolation"] if recent else []
    subprocess.run([*pip, "wheel", "--no-deps", *how, "-w", folder, source], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return folder / "site"


@pytest.mark.slow
def test_a_wheel_runs_from_another_folder_and_writes_nothing_among_the_packages(
    package, tmp_path, monkeypatch
):
    monkeypatch.delenv("RETENCION_HOME")
    small_data(tmp_path)
    before = {p for p in package.rglob("*") if "__pycache__" not in p.parts}
    environment = os.environ | {"PYTHONPATH": str(package)}

    def run(*words):
        done = subprocess.run([sys.executable, "-m", *words], cwd=tmp_path, env=environment,
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "retencion train: 02" in run("retencion_lib", "train", "--help")
    run("retencion_lib", "notebooks", "nb")
    run("retencion_lib", "eda", "--date", "2026-10-31")
    run("papermill", "nb/01_eda.ipynb", "runs/a.ipynb", "-p", "date", "2026-10-31")
    assert "sin fallos" in run("retencion_lib", "verify")
    events = [json.loads(line) for line in (tmp_path / "runs/ledger.jsonl").open()]
    done = [e for e in events if e["event"] == "run_finished"]
    assert [(e["status"], e["commit"]) for e in done] == [("ok", None)] * 2
    run("retencion_lib", "reproduce", done[0]["run_id"])
    assert {p for p in package.rglob("*") if "__pycache__" not in p.parts} == before
