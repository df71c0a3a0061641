"""Runs: open and close one inside a notebook, execute notebooks, render and seal reports."""

from retencion_lib.runs.context import Run, close_run, open_run

__all__ = ["Run", "close_run", "open_run"]
