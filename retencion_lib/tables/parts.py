"""A table cut into parts by one of its columns, each with a profile of its own."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from retencion_lib.maths.drift import Labels, Numbers
from retencion_lib.maths.drift.table import Plan, Profile, nothing
from retencion_lib.tables.arrays import distinct
from retencion_lib.tables.blocks import Columns
from retencion_lib.tables.scan import count, label_names
from retencion_lib.tables.sources import Source, open_source
from retencion_lib.words import es

MAX_PARTS = 8  # categories, the most frequent
BANDS = 4  # of a number, by quantiles of the reference


def parts_of(column: Numbers | Labels) -> tuple[list[str], list]:
    """Names of the parts, and what each takes: a category, or inner edges of bands."""
    if isinstance(column, Labels):
        often = np.argsort(-column.counts, kind="stable")[:MAX_PARTS]
        names = [column.plan.names[i] for i in sorted(often)]
        return names, names
    cumulative = np.cumsum(column.cell_counts())
    ranks = np.arange(1, BANDS) / BANDS * cumulative[-1]
    edges = np.unique(column.plan.cells[np.searchsorted(cumulative, ranks)])
    ends = [column.low, *edges.tolist(), column.high]
    bands = [f"de {es(a, 1)} a {es(b, 1)}" for a, b in pairwise(ends)]
    return bands, edges.tolist()


def scan_parts(
    path: str | Path | Source, plan: Plan, by: str, cuts: list, n_parts: int
) -> list[Profile]:
    """Profile of each part of a table, in one pass.

    Parameters
    ----------
    path : str, Path or Source
        The table.
    plan : mapping
        Columns to summarise.
    by : str
        Column that cuts the table.
    cuts : list
        Categories, or inner edges of bands.
    n_parts : int
        As many profiles are given back; rows in none are left out.
    """
    cuts_plan = {name: p for name, p in plan.items() if p is not None}
    totals = [nothing(cuts_plan) for _ in range(n_parts)]
    source = open_source(path)
    read = Columns(source)
    for block in source.blocks({by, *cuts_plan}, label_names(plan)):
        place = _place(block.read(by), cuts, read, by)
        masks = [pa.array(place == part) for part in range(n_parts)]
        found: list[dict] = [{} for _ in masks]
        for name, cut in cuts_plan.items():
            array = block.read(name)
            for part, mask in zip(found, masks, strict=True):
                part[name] = count(array.filter(mask), cut, read, name)
        totals = [
            total.merge(Profile(int((place == part).sum()), columns, {}))
            for part, (total, columns) in enumerate(zip(totals, found, strict=True))
        ]
    return totals


def _place(array: pa.Array, cuts: list, read: Columns, by: str) -> np.ndarray:
    """Part of each row; -1 for none."""
    if cuts and isinstance(cuts[0], str):
        known = {name: i for i, name in enumerate(cuts)}
        codes, names = distinct(array)
        return np.array([known.get(name, -1) for name in names] + [-1])[codes]
    numbers = read.number_rows(array, by)
    place = np.searchsorted(np.array(cuts, float), numbers, side="right")
    return np.where(np.isnan(numbers), -1, place)
