"""Seal a run: its start and its end in the ledger, its notebook and its report hashed.

One code path for every way of executing a notebook: the engine calls `begin` and `finish`,
and `take_in` does the same for a notebook that was executed elsewhere or cut short.
"""

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import LocalHandler, papermill_io, write_ipynb

from retencion_lib import config, errors
from retencion_lib.home import disk, ledger
from retencion_lib.home.blocks import UNDONE
from retencion_lib.runs import index, parameters, record, report, settle
from retencion_lib.runs.record import RUN_VARIABLE, new_run_id

OPENS = re.compile(r"""\bopen_run\(\s*["']([^"']+)["']""")


class WholeFile(LocalHandler):
    """Papermill's writer for one output: whole or not at all, and without secrets."""

    def __init__(self, path: Path, secrets: list[str]) -> None:
        super().__init__()
        self.path, self.secrets = path, secrets

    def write(self, buf: str, path: str) -> None:
        """Write the notebook in place of papermill's own open-and-write."""
        for text in self.secrets:
            buf = buf.replace(text, record.MASK)
        disk.write(self.path, buf.encode())


@dataclass(frozen=True)
class Running:
    """A run that the ledger knows to have started."""

    run_id: str
    notebook: str
    params: Mapping[str, Any]
    output: Path
    path_given: str  # as papermill knows the output
    source_sha256: str | None
    began: float = field(default_factory=time.monotonic)

    @property
    def environment(self) -> dict[str, str]:
        """Environment of the run's kernel."""
        return kernel_environment(self.run_id)

    def finish(self, nb: nbformat.NotebookNode, error: BaseException | None = None) -> None:
        """Write the notebook and its report, and seal both; an error of the run comes first."""
        try:
            write_ipynb(nb, self.path_given)
            end(
                self.run_id, self.notebook, self.output, error=error, params=self.params,
                source_sha256=self.source_sha256, seconds=time.monotonic() - self.began,
            )  # fmt: skip
        except Exception as fault:
            if error is None:
                raise
            error.add_note(f"Además, no se pudo sellar el informe: {fault}")


def kernel_environment(run_id: str) -> dict[str, str]:
    """Environment of a kernel: it knows its run and its home, and draws to no screen.

    The user's own matplotlib settings are not read: they could ask for what is not installed.
    """
    ours = {RUN_VARIABLE: run_id, config.HOME_VARIABLE: str(config.home()), "MPLBACKEND": "agg",
            "MATPLOTLIBRC": os.devnull}  # fmt: skip
    return os.environ | ours


def begin(
    nb: nbformat.NotebookNode, output: Path, *, source: Path | None, run_id: str | None
) -> Running:
    """Write the start of a run in the ledger, before any kernel starts.

    Raises
    ------
    ParameterError
        If the notebook does not have a parameter that was given: papermill would run with the
        default. The refused run is in the ledger.
    StorageError
        If the output exists: a run never overwrites another.
    """
    if output.exists():
        raise errors.StorageError(
            f"{config.relative(output)} ya existe y una ejecución no sobrescribe otra. "
            "Da otro nombre de salida, o usa la orden retencion, que lo elige."
        )
    given = dict(nb.metadata.papermill.get("parameters", {}))
    for cell in nb.cells:  # what the source was kept with is nothing that this run did
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    path_given = nb.metadata.papermill.output_path
    hidden = [json.dumps(str(v), ensure_ascii=False)[1:-1] for n, v in given.items()
              if record.secret(n, v)]  # fmt: skip
    papermill_io.register(path_given, WholeFile(output, hidden))
    notebook = opened_as(nb) or (source.stem if source else output.stem)
    run = Running(
        run_id or new_run_id(notebook), notebook, record.masked(given), output, path_given,
        disk.sha256(source) if source and source.is_file() else None,
    )  # fmt: skip
    place = config.relative(output)
    start = record.start(notebook, run.params, output=place, source_sha256=run.source_sha256)
    try:
        ledger.append("run_started", run_id=run.run_id, **start)
        parameters.refuse_unknown(notebook, list(given), parameters.declared_in(nb.cells))
    except (errors.ParameterError, KeyboardInterrupt) as refused:
        if not ledger.mentioning(run.run_id):
            raise  # interrupted before anything was written
        end(run.run_id, notebook, output, error=refused, params=run.params,
            source_sha256=run.source_sha256, seconds=0.0)  # fmt: skip
        raise
    return run


def opened_as(nb: nbformat.NotebookNode) -> str:
    """The name by which a notebook opens its run: a copy under another name is the same notebook.

    Which files a run may write goes by this name; empty if the notebook opens none.
    """
    found = (OPENS.search(cell.source) for cell in nb.cells if cell.cell_type == "code")
    return next((match[1] for match in found if match), "")


def end(
    run_id: str, notebook: str, output: Path, *, error: BaseException | None,
    params: Mapping[str, Any],
    source_sha256: str | None, seconds: float | None, status: str = "",
) -> None:  # fmt: skip
    """Render the report beside an executed notebook and write the end of its run."""
    status = status or _status(error)
    found, files, report_error = None, {}, None
    if output.is_file():
        found = record.find(json.loads(output.read_bytes()))
        files = {config.relative(output): disk.sha256(output)}
        try:
            page = report.render(output, status=status, run_id=run_id)
            files[config.relative(page)] = disk.sha256(page)
        except Exception as fault:
            report_error = fault
    said = found or record.Record(**asdict(record.provenance()), parameters=params)
    if status in UNDONE and not said.outputs:
        said = replace(said, outputs=tuple(settle.written(run_id)))
    ledger.append(
        "run_finished", run_id=run_id, notebook=notebook, status=status,
        source_sha256=source_sha256, **said.facts(), files=files, error=_name(error),
        seconds=None if seconds is None else round(seconds, 3), actor=ledger.actor(),
    )  # fmt: skip
    if report_error is not None:
        raise report_error
    index.write()


def _name(error: BaseException | None) -> str | None:
    """Kind of an error; its message may hold a customer's values and stays in the report."""
    return getattr(error, "ename", None) or (type(error).__name__ if error else None)


def _status(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    kind = getattr(errors, error.ename, None) if isinstance(error, PapermillExecutionError) else 0
    refused = kind or isinstance(error, errors.UserError)
    return "refused" if refused and not isinstance(error, errors.KernelError) else "failed"
