"""Every sentence that counts says nothing, one and two as Spanish does."""

import re
from types import SimpleNamespace as Thing

import numpy as np
import pandas as pd
import pytest

from retencion_lib import words
from retencion_lib.audit.erase import say as say_erase
from retencion_lib.maths.estimation import Estimate
from retencion_lib.stages import say as say_stages
from retencion_lib.stages.checks import say as say_checks
from retencion_lib.stages.checks import say_findings
from retencion_lib.stages.checks.findings import Alert
from retencion_lib.stages.evaluate import say_worth
from retencion_lib.stages.infer import say as say_infer
from retencion_lib.stages.infer import say_list
from retencion_lib.stages.monitor import say_report
from retencion_lib.stages.monitor.performance import say as say_performance

# A figure of one before a plural, or after an article of many; "1 más" is neither.
MANY = re.compile(r"(?<![\d.,])1 (?!más\b|mes\b)[a-zñáéíóú]+s\b|\b(los|las|estos|estas|unos) 1\b")
SURE = Estimate(0.8, 0.7, 0.9)


def alert(n: int, column: str = "x") -> Alert:
    return Alert("RET001", "alert", column, n, 300, {}, "", "")


def counts(n: int) -> Thing:
    return Thing(n_labelled=n, n_missing=n, n_earlier=n, n_unknown=n, n_blank=n)


def realised(n: int) -> Thing:
    return Thing(
        batch="2026-01-31", retired="", n_labelled=n, n_missing=n, one_class=False, line=None,
        measured={"roc_auc": SURE}, expected={"roc_auc": SURE}, own_exam={}, n_contacted=n,
        muddled=False, n_control=n, effect=None, score_gap=0.01 * n,
    )  # fmt: skip


def effect(n: int) -> Thing:
    saved = Estimate(n, n, n)
    return Thing(avoided=Estimate(n / 100, n / 100, n / 100), saved=saved, profit=None,
                 left=Thing(contact=n, control=n), n=Thing(contact=9, control=9))  # fmt: skip


def events(n: int) -> pd.DataFrame:
    return pd.DataFrame({"prediction": [1] * n + [0] * (3 - n)})


SAID = {
    "volume": lambda n: say_findings._volume(alert(n)),
    "texts": lambda n: say_findings._texts(alert(0), n, ["a"] * n),
    "categories": lambda n: say_findings._categories(alert(0), n, ["a"]),
    "repeated": lambda n: say_findings._repeated(alert(n), ["C1"], n),
    "constant": lambda n: say_findings._constant(alert(0), n),
    "dates": lambda n: say_findings._dates(alert(n), "2026-01-31", "2026-02-28"),
    "misfit": lambda n: say_findings._misfit(alert(n / 100), "b", "", n / 100, 0.2, 0.3),
    "flags": lambda n: say_findings._flags(alert(n / 100)),
    "usable": lambda n: say_checks.usable_sentence({"list_usable": "yes"}, (), n),
    "why": lambda n: say_checks.why_sentence((), n),
    "awaited": lambda n: say_report.awaited_words(
        Thing(n=n, missing=n, delay=n, expected="2026-01-31")
    ),
    "awaited-some": lambda n: say_report.awaited_words(
        Thing(n=n + 1, missing=n, delay=n, expected="")
    ),
    "sent": lambda n: say_report.sent_sentence(Thing(n=n, posted=False, failure=None)),
    "outcomes": lambda n: say_performance.outcomes_sentence(
        Thing(counts=lambda: counts(n), unknown=["C1"], elsewhere=n, immature=n, day="",
              path="r.csv", mature_on="2026-03-01")
    ),
    "realised": lambda n: say_performance.realised_sentence(realised(n), {}),
    "effect": lambda n: say_performance.effect_sentence(effect(n)),
    "logged": lambda n: say_infer.logged_sentence(
        events(n), n, Thing(model=Thing(family="logreg", version="0.1"), threshold=0.5)
    ),
    "workbook": lambda n: say_infer.delivered_sentence(
        Thing(table="t", rows=n, calls=n, stopped=False)
    ),
    "elsewhere": lambda n: say_list.elsewhere_sentence(n),
    "worth": lambda n: say_worth.worth_answer(
        Thing(plan=lambda _: Thing(contacted=n, profit=n, low=n, high=n),
              terms=Thing(accept_col="", money=Thing(accept_rate=0.01)))
    ),
    "snapshots": lambda n: say_stages._from_to(np.array(["2026-01-31"] * max(n, 1))),
    "erased": lambda n: say_erase.sentence(Thing(resumed=False, rows=n, reports=n), []),
    "points": lambda n: words.points(n / 100, 0),
    "lines": lambda n: words.on_lines(range(n)),
}  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_a_sentence_agrees_with_its_count(said, n):
    text = said(n)
    assert not MANY.search(text), text


def test_a_fraction_that_is_written_as_one_is_one():
    assert words.plural(0.7, "segundo", "segundos") == "1 segundo"
    assert words.only(0.7, "del cliente", "de los {} clientes") == "del cliente"
