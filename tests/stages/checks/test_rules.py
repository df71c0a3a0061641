"""Each hard rule, on batches made by hand against one reference of 3,000 customers."""

from dataclasses import replace

import numpy as np
import pytest

from retencion_lib.maths import drift
from retencion_lib.maths.drift.table import Profile
from retencion_lib.stages.checks.comparison import Tables
from retencion_lib.stages.checks.findings import Code
from retencion_lib.stages.checks.rules import hard_findings
from retencion_lib.stages.checks.say_findings import worded

PLANS = {
    "months": drift.plan_numbers(np.repeat(np.arange(60.0), 50)),
    "plan": drift.plan_labels({"a": 1500, "b": 1500}),
    "score": drift.plan_numbers(np.linspace(0, 1, 3000)),
}


def profile(months, plan, n_nulls=0, texts=None, date="2026-10-01"):
    names, counts = np.unique(plan, return_counts=True)
    columns = {
        "months": drift.count_numbers(PLANS["months"], months, n_nulls, texts),
        "plan": drift.count_labels(PLANS["plan"], list(names), counts),
        "score": drift.count_numbers(PLANS["score"], np.linspace(0, 1, len(plan))),
    }
    return Profile(len(plan), columns, {"seen": date})


def tables(current):
    reference = profile(np.repeat(np.arange(60.0), 50), ["a", "b"] * 1500)
    return Tables(
        reference=reference, current=current, paths=("r.csv", "c.csv"), sha256=("", ""),
        id_col="id", score_col="score", target="y", repeated=(0, ()), date="2026-10-31",
        max_age_days=45,
    )  # fmt: skip


def quiet(n=300):
    return profile(np.arange(n) % 60.0, ["a", "b"] * (n // 2))


def found(t):
    return [(a.code, a.level, a.column) for a in hard_findings(t)]


@pytest.mark.parametrize("n", [100, 300, 3000])
def test_a_quiet_batch_has_no_finding(n):
    assert found(tables(quiet(n))) == []


def spoiled(case):
    """A batch of 300, spoiled in one way."""
    months, plan = np.arange(300) % 60.0, ["a", "b"] * 150
    without = quiet()
    return {
        "few": tables(quiet(60)),
        "column": tables(replace(without, columns={"score": without.columns["score"],
                                                   "months": without.columns["months"]})),
        "texts": tables(profile(months[:299], plan, texts={"x": 1})),
        "nulls": tables(profile(months[:290], plan, n_nulls=10)),
        "range": tables(profile(np.where(np.arange(300) < 9, 61.0, months), plan)),
        "far": tables(profile(np.where(np.arange(300) < 1, 9999.0, months), plan)),
        "unseen": tables(profile(months, ["c", *plan[1:]])),
        "repeated": replace(tables(without), repeated=(2, ("C1", "C2"))),
        "constant": tables(profile(months, ["a"] * 300)),
        "old": tables(profile(months, plan, date="2026-08-01")),
        "future": tables(profile(months, plan, date="2026-11-01")),
    }[case]  # fmt: skip


@pytest.mark.parametrize(("case", "code", "level", "column"), [
    ("few", "RET001", "warning", None),
    ("column", "RET002", "alert", "plan"),
    ("texts", "RET003", "alert", "months"),
    ("nulls", "RET004", "warning", "months"),
    ("range", "RET005", "warning", "months"),
    ("far", "RET005", "warning", "months"),
    ("unseen", "RET006", "warning", "plan"),
    ("repeated", "RET007", "alert", "id"),
    ("constant", "RET008", "alert", "plan"),
    ("old", "RET009", "alert", "seen"),
    ("future", "RET009", "alert", "seen"),
])  # fmt: skip
def test_each_rule_finds_what_it_is_for_and_nothing_else_does(case, code, level, column):
    assert found(spoiled(case)) == [(code, level, column)]


@pytest.mark.parametrize(("case", "said"), [
    ("few", "El lote tiene 60 clientes; con menos de 100 solo se ven cambios enormes."),
    ("column", "Falta la columna 'plan'."),
    ("texts", "'months' era un número y tiene 1 texto ('x'), en el 0,3 % de los clientes."),
    ("nulls", "Falta 'months' en el 3,3 % de los clientes; en la referencia, en el 0,0 %."),
    ("far", "'months' tiene valores nunca vistos en el 0,33 % de los clientes: va de 0,00 a "
            "9.999,00, y en la referencia, de 0,00 a 59,00."),
    ("unseen", "'plan' trae categorías nuevas ('c') en 1 cliente (0,3 %)."),
    ("repeated", "2 filas repiten cliente (C1 y C2)."),
    ("constant", "'plan' tiene el mismo valor en todo el lote, de 300 clientes."),
    ("old", "'seen': la fecha más reciente, 1 de agosto de 2026, es 91 días anterior a la "
            "ejecución (31 de octubre de 2026)."),
    ("future", "'seen': la fecha más reciente, 1 de noviembre de 2026, es posterior a la "
               "ejecución (31 de octubre de 2026)."),
])  # fmt: skip
def test_each_finding_says_the_figure_and_what_it_was_held_against(case, said):
    (finding,) = hard_findings(spoiled(case))
    assert worded(finding).message == said


def test_many_repeated_ids_are_counted_and_only_the_first_are_kept():
    ids = tuple(f"C{n}" for n in range(9))
    (finding,) = hard_findings(replace(tables(quiet()), repeated=(9, ids)))
    assert finding.facts["ids"] == list(ids[:5])
    assert worded(finding).message == "9 filas repiten cliente (C0, C1, C2, C3, C4 y 4 más)."


@pytest.mark.parametrize("case", ["few", "column", "texts", "nulls", "range", "far", "unseen",
                                  "repeated", "constant", "old", "future"])  # fmt: skip
def test_no_rule_gives_a_level_that_the_catalogue_does_not_have(case):
    assert all(a.level in Code(a.code).levels for a in hard_findings(spoiled(case)))


def test_one_null_in_a_small_batch_may_be_chance():
    current = profile(np.arange(99) % 60.0, ["a", "b"] * 50, n_nulls=1)
    assert found(tables(current)) == []


@pytest.mark.parametrize("n", [100, 200, 500, 2000])
def test_an_unseen_category_in_one_customer_of_a_hundred_is_found_at_every_size(n):
    plan = ["c"] * (n // 100) + ["a"] * (n // 2) + ["b"] * (n - n // 2 - n // 100)
    assert ("RET006", "warning", "plan") in found(tables(profile(np.arange(n) % 60.0, plan)))
