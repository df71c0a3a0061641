"""Retención in Airflow: the notebooks themselves, through the papermill operator.

Copy this file to the DAGs folder, install the project in the workers' environment together
with `apache-airflow-providers-papermill`, and set RETENCION_HOME there. The project's
papermill engine writes the dated report and seals each run; nothing else is needed.
"""

import os
from pathlib import Path

import pendulum
from airflow import DAG
from airflow.providers.papermill.operators.papermill import PapermillOperator

HOME = Path(os.environ.get("RETENCION_HOME", "/srv/retencion"))
# One folder a run: a second attempt never writes over the first.
FOLDER = HOME / "runs" / "{{ ds }}" / "airflow-{{ ts_nodash }}-{{ ti.try_number }}"


def notebook(name: str, **parameters: object) -> PapermillOperator:
    """One notebook as a task; `date` is always the day of the schedule."""
    return PapermillOperator(
        task_id=name,
        input_nb=str(HOME / "notebooks" / f"{name}.ipynb"),
        output_nb=str(FOLDER / f"{name}.ipynb"),
        parameters={"date": "{{ ds }}", **parameters},
        retries=1,
    )


START = pendulum.datetime(2026, 1, 1, tz="Europe/Madrid")

with DAG("retencion_semanal", schedule="15 6 * * 1", start_date=START, catchup=False):
    notebook("04_infer", input="data/new_batch.csv") >> notebook("05_monitor")

with DAG("retencion_trimestral", schedule="0 4 1 1,4,7,10 *", start_date=START, catchup=False):
    notebook("02_train_models") >> notebook("03_champion_eval")
