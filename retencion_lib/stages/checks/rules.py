"""Hard rules of a batch: each has a code, a figure and a level.

They look at every row and need no bins. Those that compare a rate with the reference
(nulls, range, categories, constants) also ask whether the reference leaves room for it: with
less than `comparison.CHANCE` for it to come up in some column, it is a fact of the batch.
"""

from datetime import date as Date

import numpy as np
from scipy import stats

from retencion_lib.maths.drift import Labels, Numbers
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.stages.checks.findings import Alert, Code

MIN_ROWS = 100
NULL_RISE = 0.01  # points of null rate
BAD_NULL_RISE = 0.05
OUTSIDE = 0.01  # share of customers outside the range
BAD_UNSEEN = 0.05  # share of customers in unseen categories
SHOWN = 5  # repeated ids that a finding names
FAR = 10  # widths of the reference's range from which one value is enough


def check_volume(t: Tables) -> list[Alert]:
    """RET001: too few customers to say anything."""
    n = t.current.n_rows
    few = Alert(Code.FEW_CUSTOMERS, "warning", value=n, threshold=MIN_ROWS)
    return [few] if n < MIN_ROWS else []


def check_columns(t: Tables) -> list[Alert]:
    """RET002: a feature of the reference is missing."""
    missing = [c for c in t.features if c not in t.current.columns]
    return [Alert(Code.MISSING_COLUMN, "alert", c) for c in missing]


def check_types(t: Tables) -> list[Alert]:
    """RET003: a number has become text."""
    return [
        Alert(Code.TEXTS, "alert", name, now.n_texts / t.current.n_rows, 0.0,
              {"n": now.n_texts, "values": list(now.texts)})
        for name, _, now in t.pairs(Numbers) if now.n_texts
    ]  # fmt: skip


def check_nulls(t: Tables) -> list[Alert]:
    """RET004: nulls have risen by more than `NULL_RISE` points and more than chance brings."""
    alerts = []
    n, m = t.reference.n_rows, t.current.n_rows
    for name, before, now in t.pairs(Numbers | Labels):
        rate, was = now.nulls / m, before.nulls / n
        luck = stats.hypergeom.sf(now.nulls - 1, n + m, now.nulls + before.nulls, m)
        if rate - was > NULL_RISE and luck < t.chance:
            level = "alert" if rate - was > BAD_NULL_RISE else "warning"
            alerts.append(Alert(Code.NULLS, level, name, rate, was + NULL_RISE, {"was": was}))
    return alerts


def check_range(t: Tables) -> list[Alert]:
    """RET005: numbers outside the reference's range, in too many customers or much too far."""
    alerts = []
    for name, before, now in t.pairs(Numbers):
        outside, known = now.outside(), int(now.counts.sum())
        if not known or not sum(outside):
            continue
        share, width = sum(outside) / known, before.high - before.low
        many = share > OUTSIDE and _luck_outside(outside, before, known) < t.chance
        far = width > 0 and max(now.high - before.high, before.low - now.low) > FAR * width
        if many or far:
            level = "alert" if far and many else "warning"
            facts = {"now": [now.low, now.high], "before": [before.low, before.high]}
            alerts.append(Alert(Code.RANGE, level, name, share, OUTSIDE, facts))
    return alerts


def _luck_outside(outside: tuple[int, int], before: Numbers, known: int) -> float:
    """Chance that the k largest of all customers, before and now, are all of now."""
    k = max(outside)
    left = np.arange(k)
    seen = int(before.counts.sum())
    return 2 * float(np.exp(np.log((known - left) / (known + seen - left)).sum()))


def check_categories(t: Tables) -> list[Alert]:
    """RET006: categories that the reference does not have, from the first customer."""
    alerts = []
    for name, before, now in t.pairs(Labels):
        if not now.n_others or before.n_others:  # a reference with categories left uncounted
            continue
        known = now.n - now.nulls
        share = now.n_others / known
        # As many new ones as the reference's own categories of one customer let expect (Good, 1953)
        once = int((before.counts == 1).sum()) / max(1, before.n)
        if once and stats.binom.sf(now.n_others - 1, known, once) >= t.chance:
            continue
        level = "alert" if share > BAD_UNSEEN else "warning"
        facts = {"n": now.n_others, "values": list(now.others)}
        alerts.append(Alert(Code.CATEGORIES, level, name, share, 0.0, facts))
    return alerts


def check_duplicates(t: Tables) -> list[Alert]:
    """RET007: a customer appears more than once."""
    rows, ids = t.repeated
    facts = {"ids": list(ids[:SHOWN]), "n_ids": len(ids)}
    return [Alert(Code.REPEATED, "alert", t.id_col, rows, 0, facts)] if rows else []


def check_constants(t: Tables) -> list[Alert]:
    """RET008: a column that told customers apart now has one value."""
    alerts = []
    for name, before, now in t.pairs(Numbers | Labels):
        filled = before.bin_counts()
        top = filled.max() / max(1, filled.sum())
        if _is_constant(now) and not _is_constant(before) and top**now.n < t.chance:
            alerts.append(Alert(Code.CONSTANT, "alert", name, 1.0, top, {"n": now.n}))
    return alerts


def _is_constant(column: Numbers | Labels) -> bool:
    if isinstance(column, Labels):
        kinds = np.count_nonzero(column.counts) + (len(column.others) if column.n_others else 0)
    else:
        kinds = 0 if column.low > column.high else 1 + (column.high > column.low)
    return kinds + (column.nulls > 0) <= 1


def check_dates(t: Tables) -> list[Alert]:
    """RET009: dates that have stopped, are too old for the run, or lie after it."""
    ages = {
        name: (Date.fromisoformat(t.date) - Date.fromisoformat(newest)).days
        for name, newest in t.current.dates.items() if newest
    }  # fmt: skip
    return [
        Alert(Code.DATES, "alert", name, age, t.max_age_days,
              {"newest": t.current.dates[name], "run": t.date})
        for name, age in ages.items() if not 0 <= age <= t.max_age_days
    ]  # fmt: skip


HARD_RULES = (
    check_volume, check_columns, check_types, check_nulls, check_range, check_categories,
    check_duplicates, check_constants, check_dates,
)  # fmt: skip


def hard_findings(t: Tables) -> list[Alert]:
    """Findings of all hard rules."""
    return [alert for check in HARD_RULES for alert in check(t)]
