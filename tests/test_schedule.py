"""The scheduling examples call what exists: stages, notebooks and their parameters."""

import re
import runpy
import shlex
import sys
import types
from pathlib import Path

import pytest

from retencion_lib import config
from retencion_lib.runs.parameters import declared

ROOT = Path(__file__).resolve().parents[1]
TARGETS = set(re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.M))
TARGETS = {name for group in TARGETS for name in group.split()}


def make_commands(text: str) -> list[list[str]]:
    return [shlex.split(found) for found in re.findall(r"make [^&\n]+", text)]


@pytest.mark.parametrize("name", ["schedule/crontab", ".github/workflows/reports.yml"])
def test_every_make_command_has_a_target_and_known_parameters(name):
    commands = make_commands((ROOT / name).read_text())
    assert len(commands) >= 2
    for _, *words in commands:
        stage, *given = [word for word in words if word != "--silent"]
        assert stage in TARGETS
        stages = list(config.SEQUENCE) if stage == "run" else [stage]
        known = {n for s in stages if s in config.NOTEBOOKS for n in declared(config.NOTEBOOKS[s])}
        for word in given:
            assert word.partition("=")[0].lower() in known | {"fail_on"}


def test_cron_lines_have_five_fields_and_a_command():
    lines = (ROOT / "schedule/crontab").read_text().splitlines()
    jobs = [line for line in lines if line and line[0] in "0123456789*"]
    assert len(jobs) == 3
    for job in jobs:
        assert re.fullmatch(r"([\d*,/-]+ ){5}cd \"\$RETENCION\" && make .+", job), job


@pytest.fixture
def tasks(monkeypatch):
    """Tasks of the Airflow example, read with recorders in the place of Airflow's classes."""
    seen = []

    class Operator:
        def __init__(self, **given):
            seen.append(given)

        def __rshift__(self, other):
            return other

    class Dag:
        def __init__(self, *_, **__):
            pass

        __enter__ = __exit__ = lambda *_: None

    for name, members in {
        "pendulum": {"datetime": lambda *_, **__: None},
        "airflow": {"DAG": Dag},
        "airflow.providers.papermill.operators.papermill": {"PapermillOperator": Operator},
    }.items():
        module = types.ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setenv("RETENCION_HOME", str(ROOT))
    runpy.run_path(str(ROOT / "schedule/airflow_dag.py"))
    return seen


def test_the_airflow_tasks_name_notebooks_and_parameters_that_exist(tasks):
    assert [t["task_id"] for t in tasks] == [
        "04_infer", "05_monitor", "02_train_models", "03_champion_eval"
    ]  # fmt: skip
    for task in tasks:
        assert Path(task["input_nb"]).is_file()
        assert Path(task["output_nb"]).is_relative_to(ROOT / "runs")
        assert set(task["parameters"]) <= set(declared(task["task_id"]))
