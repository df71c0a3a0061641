"""A summary as plain values for JSON, and back."""

import numpy as np

from retencion_lib.maths.drift.profile import Column, LabelPlan, Labels, NumberPlan, Numbers


def to_plain(column: Column) -> dict:
    """JSON-able form of a column's summary and of its plan."""
    if isinstance(column, Labels):
        return {
            "kind": "categorical", "names": list(column.plan.names),
            "counts": column.counts.tolist(), "others": dict(column.others),
            "n_others": column.n_others, "nulls": column.nulls,
        }  # fmt: skip
    return {
        "kind": "numeric", "cells": column.plan.cells.tolist(), "bins": column.plan.bins.tolist(),
        "values": None if column.values is None else column.values.tolist(),
        "counts": column.counts.tolist(), "nulls": column.nulls, "texts": dict(column.texts),
        "n_texts": column.n_texts, "low": column.low, "high": column.high, "mean": column.mean,
        "squares": column.squares,
    }  # fmt: skip


def from_plain(found: dict) -> Column:
    """Column's summary from what `to_plain` gave, through JSON or not."""
    counts = np.array(found["counts"], int)
    if found["kind"] == "categorical":
        return Labels(
            LabelPlan(tuple(found["names"])), counts, found["others"], found["n_others"],
            found["nulls"],
        )  # fmt: skip
    plan = NumberPlan(np.array(found["cells"], float), np.array(found["bins"], float))
    values = None if found["values"] is None else np.array(found["values"], float)
    # JSON has no infinity: a column without numbers has null ends.
    low = np.inf if found["low"] is None else found["low"]
    high = -np.inf if found["high"] is None else found["high"]
    return Numbers(
        plan, values, counts, found["nulls"], found["texts"], found["n_texts"], low, high,
        found["mean"], found["squares"],
    )  # fmt: skip
