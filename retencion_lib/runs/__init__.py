"""Runs: open and close one inside a notebook, execute notebooks, render and seal reports.

Papermill imports `retencion_lib.runs.engine` at every start, so this package imports nothing
before it is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retencion_lib.runs.context import Run, answer_here, close_run, open_run

__all__ = ["Run", "answer_here", "close_run", "open_run"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from retencion_lib.runs import context

        return getattr(context, name)
    raise AttributeError(name)
