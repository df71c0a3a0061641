"""The Makefile: words reach the command line as they were typed, in any folder.

No environment is made: a stand-in for its Python notes what it is asked to run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# What an environment in use, or a make around us, would tell the make under test.
OF_THE_CALLER = ("VIRTUAL_ENV", "CONDA_PREFIX", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
LOCKS = ("requirements.lock", "requirements-dev.lock")
AWKWARD = ("mi proyecto ñ", "dos:puntos", "almohadilla #1", "it's $HOME (1) & más")
STAND_IN = """#!/bin/sh
if [ "$1 $2" = "-m retencion_lib" ] || [ "$1 $2 $3" = "-m pip install" ]; then
  printf '%s\\0' "$@" >> "$NOTES"; exit 0
fi
exec "{real}" "$@"
"""


def stand_in(environment: Path) -> None:
    """A Python in which the project is installed, and that runs no order."""
    python = environment / "bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(STAND_IN.format(real=sys.executable))
    python.chmod(0o755)


def clone_in(folder: Path) -> Path:
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", ".ci/environment", "pyproject.toml", *LOCKS):
        shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture
def clone(tmp_path):
    """The files that make reads, with an environment of its own."""
    folder = clone_in(tmp_path / "clon")
    stand_in(folder / ".venv")
    return folder


def shell(command, clone, **environment):
    """Run one line of shell in a clone; give back what it said, and the orders it gave."""
    notes = clone.parent / "notes"
    kept = {k: v for k, v in os.environ.items() if k not in OF_THE_CALLER}
    done = subprocess.run(
        ["bash", "-c", command], cwd=clone, capture_output=True, text=True,
        env=kept | {"NOTES": str(notes)} | environment,
    )  # fmt: skip
    orders = notes.read_text().split("\0")[:-1] if notes.exists() else []
    return done, orders


@pytest.mark.parametrize("folder", AWKWARD)
def test_an_order_works_in_a_folder_of_any_name(tmp_path, folder):
    clone = clone_in(tmp_path / folder)
    stand_in(clone / ".venv")
    done, orders = shell("make eda DATA=x.csv", clone)
    assert (done.returncode, done.stderr) == (0, "")
    assert orders == ["-m", "retencion_lib", "eda", "--data", "x.csv"]


@pytest.mark.parametrize("folder", AWKWARD)
def test_an_active_environment_of_this_project_is_used_whatever_its_folder(clone, folder):
    active = clone.parent / folder / "env"
    stand_in(active)
    (active / ".retencion-begun").touch()
    done, _ = shell("sh .ci/environment", clone, VIRTUAL_ENV=str(active))
    assert done.stdout == f"{active}\n"


@pytest.mark.parametrize(
    "value",
    [
        "$(shell touch pwned)",
        "$(shell touch pwned).csv",
        "${HOME}/x.csv",
        "`touch pwned`",
        "$$(touch pwned)",
        "it's; touch pwned",
        '"; touch pwned; "',
        "a  b   c.csv",
        "# x.csv",
        "mañana:1.csv",
    ],
)
def test_a_value_is_what_was_typed_and_never_runs(clone, value):
    done, orders = shell('make infer INPUT="$VALUE"', clone, VALUE=value)
    assert (done.returncode, done.stderr) == (0, "")
    assert orders == ["-m", "retencion_lib", "infer", "--input", value]
    assert not (clone / "pwned").exists()


@pytest.mark.parametrize("target", ["help", "setup", "data", "run", "verify"])
def test_a_value_runs_nothing_in_any_target(clone, target):
    done, _ = shell(f"make {target} DATA='$(shell touch pwned)' -s", clone)
    assert done.returncode == 0
    assert not (clone / "pwned").exists()


def test_a_value_in_the_environment_is_no_parameter(clone):
    _, orders = shell("make eda", clone, DATA="$(shell touch pwned)", ENV="/nowhere")
    assert orders == ["-m", "retencion_lib", "eda"]


def test_run_makes_the_demo_data_only_where_they_are_missing(clone):
    home = clone.parent / "una cartera"
    _, orders = shell("make run", clone, RETENCION_HOME=str(home))
    assert orders == ["-m", "retencion_lib", "data", "-m", "retencion_lib", "run"]
    (home / "data/raw").mkdir(parents=True)
    (home / "data/raw/retencion.csv").touch()
    _, orders = shell("make run", clone, RETENCION_HOME=str(home))
    assert orders[6:] == ["-m", "retencion_lib", "run"]


@pytest.fixture
def bare_environment(tmp_path):
    """A virtual environment in which nothing is installed yet."""
    folder = tmp_path / "another environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder


def install_something(environment: Path, name: str) -> None:
    (packages,) = environment.glob("lib/python3*/site-packages")
    (packages / f"{name}-1.0.dist-info").mkdir()
    (packages / f"{name}-1.0.dist-info/METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")


def test_an_active_environment_of_another_project_is_left_alone(clone, bare_environment):
    install_something(bare_environment, "django")
    before = sorted(bare_environment.rglob("*"))
    done, orders = shell("make eda", clone, VIRTUAL_ENV=str(bare_environment))
    assert (done.returncode, orders) == (0, ["-m", "retencion_lib", "eda"])
    assert sorted(bare_environment.rglob("*")) == before


def test_an_active_environment_with_nothing_in_it_is_meant_for_us(clone, bare_environment):
    install_something(bare_environment, "pip")
    done, _ = shell("sh .ci/environment", clone, VIRTUAL_ENV=str(bare_environment))
    assert done.stdout == f"{bare_environment}\n"


def test_an_active_environment_that_has_another_copy_of_the_project_is_not_ours(
    clone, bare_environment
):
    install_something(bare_environment, "retencion")
    (packages,) = bare_environment.glob("lib/python3*/site-packages")
    (packages / "copy.pth").write_text(str(ROOT))
    done, _ = shell("sh .ci/environment", clone, VIRTUAL_ENV=str(bare_environment))
    assert done.stdout == ".venv\n"


def test_the_environment_that_the_user_names_is_used(clone):
    stand_in(clone / "el mío")
    (clone / ".venv/bin/python").unlink()
    _, orders = shell("make eda ENV='el mío'", clone)
    assert orders == ["-m", "retencion_lib", "eda"]


def test_what_only_tests_ask_for_is_installed_when_they_run_and_once(clone):
    (clone / ".venv/.retencion-begun").touch()

    def installs(target):
        before = len(shell("true", clone)[1])
        _, orders = shell(f"make {target}", clone)
        return [word for word in orders[before:] if word.endswith(".lock")]

    assert installs("eda") == ["requirements.lock"]
    assert installs("eda") == []
    assert installs("tools") == ["requirements-dev.lock"]
    assert installs("tools eda") == []


@pytest.mark.parametrize("python", ["python3.99", "false"])
def test_an_old_or_missing_python_is_said_in_one_sentence(tmp_path, python):
    done, _ = shell(f"make setup PYTHON={python}", clone_in(tmp_path / "clon"))
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert said == ["Hace falta Python 3.11 o posterior: make PYTHON=python3.11 setup"]


@pytest.mark.slow
def test_the_environment_of_a_folder_with_a_colon_is_kept_where_python_allows_it(tmp_path):
    clone = clone_in(tmp_path / "dos:puntos")
    (clone / "requirements.lock").write_text("")
    (clone / "pyproject.toml").write_text("not for pip\n")
    done, _ = shell(f"make setup PYTHON='{sys.executable}'", clone, XDG_CACHE_HOME=str(tmp_path))
    assert "Esta carpeta lleva ':' en el nombre: el entorno queda en" in done.stderr
    assert (clone / ".venv").is_symlink()
    assert (clone / ".venv/bin/python").exists()
