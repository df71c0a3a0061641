"""A table cut into parts by one of its columns, each with a profile of its own."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from retencion_lib.maths.drift import Labels, Numbers
from retencion_lib.maths.drift.table import Plan, Profile, nothing
from retencion_lib.tables.blocks import blocks
from retencion_lib.tables.scan import count, label_names
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


def scan_parts(path: str | Path, plan: Plan, by: str, cuts: list, n_parts: int) -> list[Profile]:
    """Profile of each part of a table, in one pass.

    Parameters
    ----------
    path : str or Path
        CSV or Parquet.
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
    for block in blocks(path, label_names(plan)):
        place = _place(block.read(by), cuts)
        masks = [pa.array(place == part) for part in range(n_parts)]
        found: list[dict] = [{} for _ in masks]
        for name, cut in cuts_plan.items():
            array = block.read(name)
            for part, mask in zip(found, masks, strict=True):
                part[name] = count(array.filter(mask), cut, block.decimal_comma)
        totals = [
            total.merge(Profile(int((place == part).sum()), columns, {}))
            for part, (total, columns) in enumerate(zip(totals, found, strict=True))
        ]
    return totals


def _place(array: pa.Array, cuts: list) -> np.ndarray:
    """Part of each row; -1 for none."""
    if cuts and isinstance(cuts[0], str):
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        known = {name: i for i, name in enumerate(cuts)}
        names = [str(v).strip() for v in array.dictionary.to_pylist()]
        of_code = np.array([known.get(name, -1) for name in names] + [-1])
        codes = array.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
        return of_code[codes]
    numbers = pd.to_numeric(array.to_pandas(), errors="coerce").to_numpy(float)
    place = np.searchsorted(np.array(cuts, float), numbers, side="right")
    return np.where(np.isnan(numbers), -1, place)
