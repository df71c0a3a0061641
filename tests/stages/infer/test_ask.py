"""04 asks before it recommends: the same answer as 05, the name of the list, and no promise."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from retencion_lib import config
from retencion_lib.home.predictions import called_elsewhere
from retencion_lib.runs import headline
from retencion_lib.stages import infer
from retencion_lib.stages import monitor as monitoring
from retencion_lib.stages.checks.answers import Usable, answer, stopping
from retencion_lib.stages.infer.ask import Asked
from retencion_lib.stages.infer.scoring import Batch, Scorer
from tests.stages.checks.test_answers import FORBIDS, INVITES, SETS
from tests.stages.infer.test_campaign import decide, home, scored
from tests.watch_home import loaded, write
from tests.watch_reports import quiet

__all__ = ["home"]  # a home of its own for each test
DAY = "2026-10-31"
CONTRACT = SimpleNamespace(target="left", id_col="id")
SCORER = Scorer(SimpleNamespace(family="xgb", version="0.1", contract=CONTRACT), 0.5, "f1")


def ask(name: str) -> Asked:
    """What 04 makes of a batch that it has just scored."""
    table, file = pd.read_csv(config.resolve(name)), config.resolve(name)
    return infer.ask(Batch(table, "id", name, file), SCORER, date=DAY, max_age_days=45)


def broken(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(price=table["price"].mask(table.index % 3 == 0))


def unknown(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(plan=table["plan"].mask(table.index % 5 == 0, "semana"))


@pytest.mark.parametrize(
    ("name", "change", "usable"),
    [
        pytest.param("same.csv", None, "yes", id="good"),
        pytest.param("moved.csv", None, "care", id="a-column-moved-a-little"),
        pytest.param("same.csv", broken, "no", id="gaps"),
        pytest.param("same.csv", unknown, "no", id="unknown-categories"),
        pytest.param("same.csv", lambda t: t.assign(months=t["months"] * 3), "no", id="drift"),
        pytest.param("same.csv", lambda t: t[:60], "care", id="few"),
    ],
)
def test_04_and_05_give_one_answer_about_a_batch(home, name, change, usable):
    write(home)
    if change is not None:
        change(pd.read_csv(home / name)).to_csv(home / name, index=False)
    asked, tables = ask(name), loaded(name)
    shifts = monitoring.shifts(tables)
    found = [*monitoring.hard_findings(tables), *monitoring.shift_alerts(shifts)]
    report = monitoring.write_report(tables, shifts, found)
    assert asked.usable == report.list_usable == usable
    assert infer.usable_sentence(asked) in monitoring_lines(report)


def monitoring_lines(report) -> str:
    from retencion_lib.stages.monitor import advice, say_report

    given = {"id_col": "id", "target": "left", "date": DAY}
    return say_report.answer(report, advice.recommend(report, **given))


def test_without_a_reference_the_answer_is_careful_and_says_why(home):
    (home / "b.csv").write_text("id,score\na,0.5\n")
    asked = ask("b.csv")
    assert asked.usable == "care"
    assert "No hay ninguna referencia con la que compararlo" in infer.usable_sentence(asked)


def of(alerts) -> Asked:
    return Asked(300, answer(alerts).usable, alerts)


def test_a_list_that_is_stopped_invites_nobody_to_call_and_one_that_is_not_forbids_nothing():
    calls = decide(scored(300))
    for alerts in SETS:
        asked = of(alerts)
        said = "\n".join([infer.first_lines(asked, calls), *infer.alert_sentences(asked)])
        assert (INVITES if asked.stopped else FORBIDS).findall(said) == []
        assert said.startswith("**No llames todavía:**" if asked.stopped else "**Llama a")


def test_nothing_is_expected_of_a_list_that_is_stopped():
    calls, asked = decide(scored(300)), of([a for found in SETS[:20] for a in stopping(found)])
    results = asked.results() | calls.results(stopped=asked.stopped)
    assert "expected_profit" not in results
    shown = {f.label: f.value for f in headline.figures(results)}
    assert shown["¿Se puede usar esta lista?"] == "No"
    assert "EUR" not in " ".join(shown.values())


def test_the_name_of_a_list_that_is_stopped_says_so_and_nothing_is_written_over(home):
    names = []
    for seed, stopped in [(0, False), (1, True), (1, True), (2, True)]:
        given = {"date": DAY, "stem": "b", "stopped": stopped}
        names.append(infer.write_calls(decide(scored(50, seed)), **given).path.name)
    assert names == [
        "call_list_2026-10-31.csv", "call_list_2026-10-31__REVISAR.csv",
        "call_list_2026-10-31__REVISAR.csv", "call_list_2026-10-31_b__REVISAR.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(("span", "said"), [((-5.0, 90.0), True), ((0.0, 90.0), True),
                                            ((1.0, 90.0), False)])  # fmt: skip
def test_an_interval_that_reaches_zero_is_said(span, said):
    calls = replace(decide(scored(300)), span=span)
    assert ("Puede no ganar nada" in infer.calls_headline(calls)) is said


def logged(ids, groups, *, event, day=DAY, campaign="otoño") -> pd.DataFrame:
    """A decision, as the log holds it."""
    return pd.DataFrame({
        "event_id": [f"{event}-{i}" for i in ids], "scored_at": f"{day}T10:00:00Z", "id": ids,
        "group": groups, "campaign": campaign,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("before", "elsewhere"),
    [
        # Of a, b and c, a and b are to be called.
        pytest.param({"ids": ["a", "b", "z"], "event": "x"}, 2, id="another-list"),
        pytest.param({"ids": ["a", "b"], "event": "now"}, 0, id="this-list-again"),
        pytest.param({"ids": ["a"], "event": "x", "campaign": "invierno"}, 0, id="campaign"),
        pytest.param({"ids": ["a"], "event": "x", "day": "2026-10-30"}, 0, id="date"),
        pytest.param({"ids": ["a"], "event": "x", "groups": "control"}, 0, id="not-called"),
        pytest.param({"ids": ["c"], "event": "x"}, 0, id="others"),
    ],
)
def test_customers_on_another_list_of_the_campaign_and_date_are_counted(home, before, elsewhere):
    (home / "logs").mkdir()
    given = {"groups": "contact"} | before
    logged(given.pop("ids"), given.pop("groups"), **given).to_csv(
        home / config.PREDICTIONS, index=False
    )
    now = logged(["a", "b", "c"], ["contact", "contact", "control"], event="now")
    assert called_elsewhere(now, "id") == elsewhere


def test_without_a_log_nobody_is_elsewhere():
    assert called_elsewhere(logged(["a"], "contact", event="now"), "id") == 0


@pytest.mark.parametrize(("n", "said"), [(0, ""), (1, "1 de estos clientes ya está"),
                                         (1200, "1.200 de estos clientes ya están")])  # fmt: skip
def test_being_on_another_list_is_said(n, said):
    assert infer.elsewhere_sentence(n).strip("*").startswith(said)


def test_the_answer_of_04_is_the_code_that_05_stores():
    assert of([]).answers["list_usable"] == Usable.YES == quiet(list_usable="yes").list_usable
