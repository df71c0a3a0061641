"""A run seen from inside its notebook: who it is when it opens, what it touched when it closes."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from IPython.display import Markdown, display, update_display

from retencion_lib import config
from retencion_lib.home import disk, lineage, store
from retencion_lib.home.event import Content
from retencion_lib.runs import record
from retencion_lib.runs.parameters import checked
from retencion_lib.show import naming, style
from retencion_lib.show import notebook as show
from retencion_lib.words import listed, plural

SENTENCES = {"answer", "why"}  # results that the report, the list of runs and the terminal quote
ANSWER = "answer"  # name of the display on top of the notebook that `close_run` fills
NO_ANSWER = "*Sin respuesta todavía: se escribe aquí cuando el cuaderno termina.*"


@dataclass(frozen=True)
class Run:
    """One execution of one notebook."""

    run_id: str
    notebook: str
    date: str  # ISO
    params: Mapping[str, Any]


def open_run(notebook: str, namespace: dict[str, Any]) -> Run:
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
    date = config.run_date(params["date"])
    params |= {"date": date}
    engine = os.environ.get(record.RUN_VARIABLE)
    run_id = engine or record.new_run_id(notebook)
    # Without an engine, as in JupyterLab, nobody has said that it starts; `retencion seal` ends it.
    by_hand = record.start(notebook, params, output=None) | {"interactive": True}
    store.begin(run_id, None if engine else by_hand)
    style.use()
    return Run(run_id, notebook, date, params)


def answer_here() -> None:
    """Keep the place on top of a notebook where `close_run` writes what the report says first."""
    display(Markdown(NO_ANSWER), display_id=ANSWER)


def close_run(run: Run, **headline: object) -> None:
    """Show what an auditor needs, and embed the same record in the notebook.

    Parameters
    ----------
    run : Run
        What `open_run` gave.
    **headline
        Results worth a line in the list of runs, as plain values. One with the name of a
        parameter that was left empty says what the run chose for it; ``answer``, in Markdown,
        is what the report says first, and the cell of `answer_here` too.
    """
    results = disk.clean(headline)
    quoted = {name for name in SENTENCES if results.get(name)}
    results |= {name: naming.titled(results[name]) for name in quoted}
    chosen = {k: v for k, v in results.items() if k in run.params and run.params[k] in ("", None)}
    params = record.masked(run.params | chosen)
    said = record.Record(
        **asdict(record.provenance()), run_id=run.run_id, notebook=run.notebook, date=run.date,
        parameters=params, seed=params.get("seed"), results=results,
        engine=lineage.current().engine, inputs=_of_role("input"), outputs=_of_role("output"),
    )  # fmt: skip
    if results.get("answer"):
        update_display(Markdown(results["answer"]), display_id=ANSWER)
    show.table(
        pd.DataFrame({"name": params.keys(), "value": map(_said, params.values())}),
        "Parámetros efectivos",
    )
    show.table(
        store.lineage_table().replace({"input": "entra", "output": "sale"}),
        "Archivos leídos y escritos",
    )
    show.table(_facts_table(said), "Código y entorno")
    n_in, n_out = len(said.inputs), len(said.outputs)
    words = (
        f"{plural(n_in, 'archivo leído', 'archivos leídos')} y "
        f"{plural(n_out, 'escrito', 'escritos')}; este mismo rastro va dentro del cuaderno."
    )
    display(
        {record.MEDIA_TYPE: said.plain(), "text/markdown": words, "text/plain": words}, raw=True
    )


def _said(value: object) -> str:
    """A parameter for readers: decimals with a comma, lists as prose, a dash for an empty one."""
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, list):
        return listed(value, limit=len(value)) or "—"
    return str(value) if value not in ("", None, {}) else "—"


def _of_role(role: str) -> tuple[Content, ...]:
    return tuple(t.content for t in lineage.current().touched if t.role == role)


def _facts_table(said: record.Record) -> pd.DataFrame:
    changes = {None: "—", True: "sí", False: "no"}[said.dirty]
    rows = {
        "Ejecución": said.run_id, "Fecha": said.date, "Commit": said.commit or "—",
        "Cambios sin guardar": changes, "Huella del entorno": said.environment_sha256,
        "Python": said.python, "Sistema": said.platform, **said.libraries,
    }  # fmt: skip
    if said.engine:
        rows["Motor"] = f"{said.engine['name']}, {said.engine['parts']} partes"
    return pd.DataFrame({"what": rows.keys(), "value": rows.values()})
