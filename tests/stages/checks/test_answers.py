"""May the list be used, must the model be retrained: every combination of findings, and no page
that forbids a list and invites to call."""

import re
from itertools import chain, combinations

import pytest

from retencion_lib.home.watch_report import CURRENT, OutcomeCounts, Side, WatchReport
from retencion_lib.runs import headline
from retencion_lib.show.answers import LIST, RETRAIN, answers
from retencion_lib.stages.checks.answers import answer, stopping
from retencion_lib.stages.checks.findings import Alert, Code, Group
from retencion_lib.stages.checks.say import alert_sentences
from retencion_lib.stages.checks.say_findings import worded
from retencion_lib.stages.monitor import advice, say_report
from tests.watch_reports import measured, quiet, shift

DAY = "2026-06-28"
MOVED = {"severity": "large", "kind": "numeric", "category": None, "before": 1.0, "now": 2.0}
FACTS = {
    Code.TEXTS: {"n": 3, "values": ["x"]}, Code.NULLS: {"was": 0.1},
    Code.RANGE: {"now": [0, 9], "before": [0, 5]}, Code.CATEGORIES: {"n": 3, "values": ["x"]},
    Code.REPEATED: {"ids": ["a"], "n_ids": 1}, Code.CONSTANT: {"n": 350},
    Code.DATES: {"newest": "2026-01-01", "run": DAY}, Code.COLUMN_MOVED: MOVED | {"ks": 0.2},
    Code.SCORE_MOVED: MOVED | {"ks": 0.2},
    Code.ALL_TOGETHER: {"low": 0.7, "high": 0.9, "columns": ["x"]},
    Code.SEGMENT_MOVED: MOVED | {"segment": "s", "part": "p", "n": 2},
    Code.EXPECTED_FALL: {"estimated": 0.7, "exam": 0.8, "low": -0.2, "high": -0.1},
    Code.REALISED_FALL: {"batch": CURRENT, "retired": "", "measured": 0.7, "exam": 0.8,
                         "low": -0.2, "high": -0.1},
    Code.MISCALIBRATED: {"batch": CURRENT, "retired": "", "by_chance": 0.01, "foreseen": 0.2,
                         "left": 0.3},
    Code.PERSISTS: {"check": "RET010", "of": 3, "since": DAY},
}  # fmt: skip
INVITES = re.compile(
    r"\b(Llama a|llama a|llamar a estos|se puede usar\b(?!.*\?)|Usa las puntuaciones|sirviendo)"
    rf"|{re.escape(LIST)} Sí"
)
FORBIDS = re.compile(rf"No llames|No decidas|{re.escape(LIST)} No\b")
RETRAINS = re.compile(rf"Reentrena\b|reentrena\b|retencion train|{re.escape(RETRAIN)} Sí")


def finding(code: Code, level: str) -> Alert:
    """One finding as its check would make it: large where that is what its level means."""
    severity = "large" if level == "alert" else "moderate"
    facts = FACTS.get(code, {})
    facts |= {"severity": severity} if "severity" in facts else {}
    return worded(Alert(code, level, "x", 0.4, 0.1, facts))


EVERY = [finding(code, level) for code in Code for level in code.levels]
# What a finding says depends on it alone, and what is answered on its kind alone: its group, and
# whether it stops a list. So every combination of kinds stands for every one of findings.
KINDS = list({(Code(a.code).group, bool(stopping([a]))): a for a in EVERY}.values())
SETS = [list(found) for found in
        chain.from_iterable(combinations(KINDS, n) for n in range(len(KINDS) + 1))]  # fmt: skip


def report(alerts: list[Alert], labelled: int, dated: bool) -> WatchReport:
    """What 05 would have written of these findings."""
    found = quiet(
        alerts=alerts, current=Side("lote.csv", "", 350),
        outcomes=OutcomeCounts(labelled, 350 - labelled, 0, 0, 0),
        realised=[measured("2026-04-28")] if dated else [], features=[shift("x", "warning")],
    )  # fmt: skip
    return quiet(**vars(found) | advice.answers(found, date=DAY).facts())


def said(found: WatchReport) -> str:
    """Everything that 05 and the index say of a report, but for its tables."""
    asked = {"id_col": "CustomerID", "target": "usuarioPerdido", "date": DAY}
    advised = advice.recommend(found, **asked)
    figures = headline.figures(found.answers | {"status": found.status, "alerts": 1})
    return "\n".join([
        say_report.answer(found, advised), *alert_sentences(found.alerts),
        say_report.advice_sentence(advised), say_report.webhook_text(found, DAY),
        *(f"{f.label} {f.value} {f.note}" for f in figures),
    ])  # fmt: skip


def told_apart(found: WatchReport) -> list[str]:
    """What in a report says another thing than its two answers."""
    text, faults = said(found), []
    faults += INVITES.findall(text) if found.list_usable == "no" else FORBIDS.findall(text)
    faults += RETRAINS.findall(text) if found.retrain != "yes" else []
    return faults


def test_no_combination_of_findings_says_two_things():
    for alerts in SETS:
        for labelled, dated in ((0, False), (0, True), (350, False)):
            found = report(alerts, labelled, dated)
            assert told_apart(found) == [], [a.code for a in alerts]


@pytest.mark.parametrize("one", EVERY, ids=lambda a: f"{a.code}-{a.level}")
def test_no_finding_says_another_thing_than_the_answers_alone_or_beside_one_that_stops(one):
    for more in ([], [EVERY[1]], [finding(Code.SCORE_MOVED, "alert")]):
        assert told_apart(report([one, *more], 350, True)) == []


def test_both_answers_stand_in_every_text_in_the_same_words():
    for alerts in SETS:
        found = report(alerts, 0, True)
        for question, answered in answers(found.answers).items():
            assert said(found).count(f"{question} {answered}") >= 3, [a.code for a in alerts]


def test_one_more_finding_never_makes_a_list_more_usable():
    order = ("yes", "care", "no")
    for alerts in SETS:
        for more in EVERY:
            before, after = (answer(a).usable for a in (alerts, [*alerts, more]))
            assert order.index(after) >= order.index(before)


@pytest.mark.parametrize(
    ("codes", "usable"),
    [
        ([], "yes"),
        (["RET001-warning"], "care"),
        (["RET004-warning"], "care"),
        (["RET004-alert"], "no"),
        (["RET010-warning"], "care"),
        (["RET010-alert"], "no"),
        (["RET011-alert", "RET001-warning"], "no"),
        # What 04 cannot know yet never forbids a list that 04 has given out.
        (["RET012-alert", "RET013-alert", "RET041-alert", "RET042-alert", "RET043-alert",
          "RET050-alert"], "care"),
    ],
)  # fmt: skip
def test_the_list_is_stopped_by_what_is_known_before_it_is_written(codes, usable):
    alerts = [Alert(*code.split("-")) for code in codes]
    assert answer(alerts).usable == usable


def test_a_list_that_must_not_be_used_never_goes_with_a_plain_no_to_retraining():
    forbidden = [answer(alerts) for alerts in SETS if answer(alerts).usable == "no"]
    assert {found.retrain for found in forbidden} == {"wait", "yes"}


def test_a_change_that_stops_a_list_and_says_nothing_of_the_model_waits_for_its_cause():
    found = answer([Alert(Code.COLUMN_MOVED, "alert", "x")])
    assert (found.usable, found.retrain, found.until) == ("no", "wait", "cause")


@pytest.mark.parametrize(("facts", "words"), [
    ({"list_usable": "care"}, {LIST: "Sí, con cuidado"}),
    ({"retrain": "no"}, {RETRAIN: "No"}),
    ({"retrain": "wait", "retrain_until": "outcomes", "retrain_on": "2026-08-28"},
     {RETRAIN: "Esperar hasta el 28 de agosto de 2026"}),
    ({"retrain": "wait", "retrain_until": "extract", "retrain_on": ""},
     {RETRAIN: "Esperar hasta que el extracto esté corregido"}),
    ({"list_usable": "", "retrain": ""}, {}),  # a report of before there were answers
])  # fmt: skip
def test_the_codes_are_said_in_one_way(facts, words):
    assert answers(facts) == words


def test_every_kind_of_news_is_among_the_combinations():
    assert {Code(a.code).group for a in KINDS} == set(Group)


def test_findings_in_a_row_with_one_remedy_say_it_once_at_the_end():
    found = [
        Alert(Code.COLUMN_MOVED, level, None, message=message, action=action)
        for level, message, action in (
            ("alert", "Uno.", "Mira."), ("alert", "Dos.", "Mira."), ("warning", "Tres.", "Espera."),
        )
    ]  # fmt: skip
    assert alert_sentences(found) == [
        "**RET010 · Alerta.** Uno.", "**RET010 · Alerta.** Dos. Mira.",
        "**RET010 · Aviso.** Tres. Espera.",
    ]  # fmt: skip
    assert alert_sentences([]) == []
