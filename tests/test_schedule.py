"""The scheduling examples call what exists: stages, notebooks and their parameters."""

import re
import runpy
import shlex
import sys
import types
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest

from retencion_lib import __main__ as command_line
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


def test_the_level_that_was_left_empty_fails_nothing_and_the_schedule_means_alert():
    text = (ROOT / ".github/workflows/reports.yml").read_text()
    (level,) = re.findall(r"LEVEL: \$\{\{ (.+) \}\}", text)

    def chosen(event, given):
        """GitHub's `&&` and `||` give back an operand, as Python's `and` and `or` do."""
        words = level.replace("&&", "and").replace("||", "or")
        words = words.replace("github.event_name", repr(event)).replace(
            "inputs.fail_on", repr(given)
        )
        return eval(words)

    assert chosen("schedule", "") == "alert"
    assert chosen("workflow_dispatch", "") == ""
    assert chosen("workflow_dispatch", "warning") == "warning"
    assert command_line.main(["run", "--fail-on", "", "--dtaa", "x"]) == 2  # not for its level


def test_the_conda_environment_has_the_project_itself():
    assert "      - -e .\n" in (ROOT / "environment.yml").read_text()


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
    runpy.run_path(str(ROOT / "schedule/airflow_dag.py"))
    return seen


def test_the_airflow_tasks_name_notebooks_and_parameters_that_exist(tasks):
    assert [t["task_id"] for t in tasks] == [
        "04_infer", "05_monitor", "02_train_models", "03_champion_eval"
    ]  # fmt: skip
    for task in tasks:
        assert Path(task["input_nb"]).is_file()
        assert Path(task["output_nb"]).is_relative_to(config.home() / "runs")
        assert set(task["parameters"]) <= set(declared(task["task_id"]))


CET = timezone(timedelta(hours=1))
DUE = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # half past midnight of the third in Madrid


class Moment(datetime):
    """As much of pendulum as the template asks for."""

    def in_timezone(self, zone):
        return self.astimezone(zone)

    def to_date_string(self):
        return self.date().isoformat()


@pytest.mark.parametrize(
    ("told", "day"),
    [
        pytest.param({"data_interval_end": DUE}, "2026-11-03", id="cron-trigger"),
        pytest.param({"data_interval_end": DUE, "ds": "2026-10-26"}, "2026-11-03", id="interval"),
        pytest.param({"data_interval_end": None}, "2026-11-05", id="by-hand"),
    ],
)
def test_an_airflow_task_is_dated_on_the_day_it_is_due_in_its_own_time_zone(tasks, told, day):
    told = {k: Moment.fromisoformat(v.isoformat()) if k != "ds" and v else v
            for k, v in told.items()}  # fmt: skip
    by_hand = SimpleNamespace(run_after=Moment(2026, 11, 4, 23, 30, tzinfo=UTC))
    written = jinja2.Template(tasks[0]["parameters"]["date"]).render(
        dag=SimpleNamespace(timezone=CET), dag_run=by_hand, **told
    )
    assert written == day


@pytest.mark.slow
def test_airflow_itself_reads_the_dags_and_writes_their_tasks_out():
    """`airflow dags test` was run by hand; here its parser is asked, where it is installed."""
    pytest.importorskip("airflow", reason="Airflow no está instalado: es un ejemplo, no un extra")
    pytest.importorskip("airflow.providers.papermill", reason="falta el proveedor de papermill")
    found = runpy.run_path(str(ROOT / "schedule/airflow_dag.py"))
    assert found["HOME"] == config.home()
