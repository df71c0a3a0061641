"""A run seen from inside its notebook: who it is when it opens, what it touched when it closes."""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import pandas as pd

from retencion_lib import config, show, store
from retencion_lib.runs.parameters import checked

RUN_VARIABLE = "RETENCION_RUN_ID"
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "papermill")


@dataclass(frozen=True)
class Run:
    """One execution of one notebook."""

    run_id: str
    notebook: str
    date: str  # ISO
    params: dict


def new_run_id(notebook: str) -> str:
    """Name of a run: UTC time, notebook, and four characters that keep two runs apart."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{notebook}-{secrets.token_hex(2)}"


def open_run(notebook: str, namespace: dict) -> Run:
    """Start a run: check the notebook's parameters and forget earlier files.

    Parameters
    ----------
    notebook : str
        Name without extension.
    namespace : dict
        The notebook's ``globals()``, where its parameters are.

    Raises
    ------
    ParameterError
        If a parameter has another type than declared, or `date` is no date.
    """
    params = checked(notebook, namespace)
    run_id = os.environ.get(RUN_VARIABLE) or new_run_id(notebook)
    store.begin(run_id)
    return Run(run_id, notebook, config.run_date(params["date"]), params)


def close_run(run: Run) -> None:
    """Show what an auditor needs: parameters, files with hashes, code and environment."""
    params = pd.DataFrame({"name": run.params.keys(), "value": map(str, run.params.values())})
    show.table(params, "Parámetros efectivos")
    show.table(
        store.lineage_table().replace({"input": "entra", "output": "sale"}),
        "Archivos leídos y escritos",
    )
    facts = {"Ejecución": run.run_id, "Fecha": run.date, **git_state()}
    facts |= {"Python": sys.version.split()[0]} | {name: version(name) for name in LIBRARIES}
    show.table(
        pd.DataFrame({"what": facts.keys(), "value": facts.values()}),
        "Código y entorno",
    )


def git_state() -> dict[str, str]:
    """Commit of the clone and whether it has changes; a dash without git."""
    try:
        commit, changes = (
            subprocess.run(
                ["git", *command], cwd=config.root(), capture_output=True, text=True, check=True
            ).stdout.strip()
            for command in (["rev-parse", "HEAD"], ["status", "--porcelain"])
        )
    except (OSError, subprocess.CalledProcessError):
        return {"Commit": "—", "Cambios sin guardar": "—"}
    return {"Commit": commit, "Cambios sin guardar": "sí" if changes else "no"}
