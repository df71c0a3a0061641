"""Retención in Airflow: the notebooks themselves, through the papermill operator.

Copy this file to the DAGs folder, install the project in the workers' environment together
with `apache-airflow-providers-papermill`, and set RETENCION_HOME there to the portfolio's folder:
data and reports are there, the notebooks where the project is installed. The project's papermill
engine writes the dated report and seals each run; nothing else is needed.
"""

import os
from pathlib import Path

import pendulum
from airflow import DAG
from airflow.providers.papermill.operators.papermill import PapermillOperator

from retencion_lib import config

HOME = Path(os.environ.get("RETENCION_HOME", "/srv/retencion"))
# The day on which the run is due, by the clock of its timetable. `ds` is that day only on a cron
# trigger; on an interval it is one period back. Started by hand there may be no interval at all.
DAY = "{{ (data_interval_end or dag_run.run_after).in_timezone(dag.timezone).to_date_string() }}"
# One folder a run: a second attempt never writes over the first.
FOLDER = HOME / "runs" / DAY / "airflow-{{ run_id | replace(':', '') }}-{{ ti.try_number }}"


def notebook(name: str, **parameters: object) -> PapermillOperator:
    """One notebook as a task; `date` is always the day of the schedule."""
    return PapermillOperator(
        task_id=name,
        input_nb=str(config.notebooks() / f"{name}.ipynb"),
        output_nb=str(FOLDER / f"{name}.ipynb"),
        parameters={"date": DAY, **parameters},
        retries=1,
    )


START = pendulum.datetime(2026, 1, 1, tz="Europe/Madrid")

with DAG("retencion_semanal", schedule="15 6 * * 1", start_date=START, catchup=False):
    notebook("04_infer", input="data/new_batch.csv") >> notebook("05_monitor")

with DAG("retencion_trimestral", schedule="0 4 1 1,4,7,10 *", start_date=START, catchup=False):
    notebook("02_train_models") >> notebook("03_champion_eval")
