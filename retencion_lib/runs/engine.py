"""The papermill engine that leaves a sealed report, for every way of running papermill.

Papermill loads it as an entry point, under the name ``retencion`` and as its default. It acts
only when the output lies in the `runs` folder of the project's home; everywhere else papermill
behaves as it does without us. Papermill imports this module while it starts, so it imports
nothing heavy, and our own code must import `papermill` first and never this module.
"""

import os
from pathlib import Path

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import papermill_io
from papermill.log import logger

from retencion_lib import config

NAME = "retencion"


class RetencionEngine(NBClientEngine):
    """Papermill's own engine; inside `runs` it seals what it executed."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, output_path=None, run_id=None, **kwargs):
        """Execute a notebook and, where the output lies in `runs`, render and seal it.

        Raises
        ------
        UserError
            If a parameter is unknown or the output exists, before any kernel starts.
        PapermillExecutionError
            If a cell fails; the failed run is sealed too, and no error of ours hides this one.
        KernelError
            If the kernel dies, or does not answer when it starts.
        """
        output = target(nb)
        if output is None:
            return super().execute_notebook(nb, kernel_name, output_path=output_path, **kwargs)
        from papermill.execute import raise_for_execution_errors

        from retencion_lib.runs import seal

        run = seal.begin(nb, output, source=located(kwargs.get("input_path")), run_id=run_id)
        try:
            nb = super().execute_notebook(
                nb, kernel_name, output_path=output_path, environment=run.environment, **kwargs
            )
            # Papermill rewrites a failed notebook after the engine returns: do it before hashing.
            raise_for_execution_errors(nb, run.path_given)
        except BaseException as error:
            _stop(kwargs.get("kernel"))  # what it wrote after the end is in the ledger is nobody's
            fault = _of_the_kernel(error, nb, run.notebook) or error
            run.finish(nb, fault)
            if fault is error:
                raise
            raise fault from error
        run.finish(nb)
        return nb

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, log_output=False, stdout_file=None, stderr_file=None,
        start_timeout=60, execution_timeout=None, environment=None, kernel=None, **kwargs,
    ):  # fmt: skip
        """Run the cells; a sealed run's kernel knows its run, and may be running already."""
        if environment is None:
            return super().execute_managed_notebook(
                nb_man, kernel_name, log_output, stdout_file, stderr_file, start_timeout,
                execution_timeout, **kwargs,
            )  # fmt: skip
        given = {k: v for k, v in kwargs.items() if k not in ("input_path", "startup_timeout")}
        given["timeout"] = execution_timeout or given.get("timeout")
        from retencion_lib.runs.kernels import own_sockets

        if kernel is not None and not kernel.is_alive():
            raise RuntimeError("Kernel died before it was asked")  # as jupyter_client says it
        with own_sockets() as settings:
            client = PapermillNotebookClient(
                nb_man, km=kernel, kernel_name=kernel_name, startup_timeout=start_timeout,
                log=logger, log_output=log_output, stdout_file=stdout_file,
                stderr_file=stderr_file, config=settings, **given,
            )  # fmt: skip
            return client.execute(env=environment)


def _stop(kernel) -> None:
    """End a kernel that was handed in: papermill ends only those it started itself."""
    if kernel is not None and kernel.has_kernel:
        kernel.shutdown_kernel(now=True)


def _of_the_kernel(error: BaseException, nb, notebook: str) -> Exception | None:
    """The error that says what a dead kernel means; the notebook's report shows it too."""
    from nbclient.exceptions import DeadKernelError

    # jupyter_client has no class of its own for a kernel that never answered.
    silent = isinstance(error, RuntimeError) and str(error).startswith(
        ("Kernel died", "Kernel didn")
    )
    if not silent and not isinstance(error, DeadKernelError):
        return None
    from nbformat.v4 import new_output

    from retencion_lib.errors import KernelError

    fault = KernelError(
        f"{notebook}: el proceso que lo ejecutaba terminó de golpe. Suele ser falta de memoria, o "
        "que alguien lo cerró. Cierra otros programas o prueba con menos filas, y repite la orden; "
        "lo que ya estaba escrito sigue entero."
    )
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    begun = [c for c in code if c.metadata.get("papermill", {}).get("start_time")]
    (begun or code)[-1 if begun else 0].outputs.append(
        new_output("error", ename="KernelError", evalue=str(fault), traceback=[f"Error: {fault}"])
    )
    return fault


def target(nb) -> Path | None:
    """Output of a notebook if it lies in the project's `runs`, from what papermill noted in it."""
    output = located(nb.metadata.get("papermill", {}).get("output_path"))
    runs = (config.home() / "runs").resolve()
    return output if output is not None and output.is_relative_to(runs) else None


def located(path: object) -> Path | None:
    """Absolute form of a local path as papermill was given it; None for anything else."""
    if not isinstance(path, str) or "://" in path:
        return None
    # Papermill changes the working directory for the kernel, but not for its own files.
    start = getattr(papermill_io.get_handler("local"), "_cwd", None) or os.getcwd()
    return (Path(start) / path).resolve()


papermill_engines.register(None, RetencionEngine)
