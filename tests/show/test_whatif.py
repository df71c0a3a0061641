"""The band «¿Y si…?»: in a real browser its figures equal `retencion whatif` to the cent."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from retencion_lib.audit.terms import whatif
from retencion_lib.audit.terms.say_whatif import to_html
from retencion_lib.home import ledger, registry
from retencion_lib.home.terms import Terms, adopt
from retencion_lib.runs import index
from retencion_lib.show.whatif import MOST, Exam, band, sliders, summary
from tests import browser, whatif_home
from tests.test_accessibility import AXE, DARK
from tests.whatif_home import TERMS

COLUMNS = replace(TERMS, value_col="cuota", value_factor=12.0, accept_col="gusto")
SURE = replace(TERMS, money=replace(TERMS.money, accept_trials=0))
MOVES = [
    {}, {"capacity": 0.3}, {"accept_rate": 0.05, "capacity": 1.0}, {"customer_value": 50.0},
    {"offer_cost": 0.0, "contact_cost": 2.5, "accept_rate": 0.99}, {"contact_cost": 3.0},
    {"customer_value": 20.0, "accept_rate": 0.01},
]  # fmt: skip
MOVED = """
const band = document.getElementById("whatif"), found = [];
const set = (k, v) => { const e = band.querySelector(`[name=${k}]`); e.value = v;
  e.dispatchEvent(new Event("input", {bubbles: true})); };
for (const move of MOVES) {
  band.querySelector("[data-do=reset]").click();
  for (const [k, v] of Object.entries(move)) set(k, v);
  const figures = [...band.querySelectorAll("data")].map(e => [e.dataset.k, e.value]);
  const said = Object.fromEntries(figures);
  found.push({...said, order: band.querySelector(".order").textContent,
    text: band.querySelector("[data-k=profit]").textContent,
    same: !band.querySelector(".same").hidden, wrong: !band.querySelector(".wrong").hidden});
}
return found;
"""


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path))


def page(terms: Terms, n: int = 400) -> tuple[whatif.Asked, str]:
    """The page of a home, and what it is made of."""
    whatif_home.make(n, terms)
    found = whatif.asked()
    return found, to_html(found, [whatif.earned(found.scores, found.agreed.terms, {})])


def moved(html: str, moves: list[dict]) -> list[dict]:
    """What the band says after each set of moves."""
    script = MOVED.replace("MOVES", json.dumps(moves), 1)
    return browser.run(html, script, width=1280)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("terms", "moves"),
    [
        pytest.param(TERMS, MOVES, id="in-doubt"),
        pytest.param(SURE, MOVES[:4], id="acceptance-known"),
        pytest.param(COLUMNS, [{}, {"value_factor": 6.0, "capacity": 0.5}], id="by-column"),
    ],
)
def test_the_sliders_say_what_the_order_says_to_the_cent(home, terms, moves):
    found, html = page(terms)
    for move, said in zip(moves, moved(html, moves), strict=True):
        own = whatif.earned(found.scores, found.agreed.terms, move)
        figures = {k: f"{getattr(own, k):.2f}" for k in ("foreseen", "profit", "low", "high")}
        assert {k: said[k] for k in figures} == figures, move
        assert int(said["called"]) == own.called
        assert said["same"] is (not move)
        flags = re.findall(r"--([a-z-]+) ([\d.]+)", said["order"])
        assert {k.replace("-", "_"): float(v) for k, v in flags} == move


@pytest.mark.slow
def test_what_makes_no_sense_is_said_instead_of_figures(home):
    _, html = page(TERMS)
    [said] = moved(html, [{"customer_value": 10.0}])
    assert said["wrong"]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_to_mend_and_nothing_hangs_over(home, width):
    _, html = page(TERMS)
    script = AXE.replace("DARK", DARK)
    for found in browser.run(html, script, width=width, library=browser.axe()):
        assert found["violations"] == []
        assert "label" in found["checks"]
        assert found["over"] <= 0


@pytest.mark.slow
def test_the_page_of_all_runs_has_the_band_of_the_model_in_use(home):
    found, _ = page(TERMS)
    html = index.to_html(ledger.read())
    [said] = moved(html, [{"capacity": 0.3}])
    own = whatif.earned(found.scores, found.agreed.terms, {"capacity": 0.3})
    assert (said["profit"], said["low"]) == (f"{own.profit:.2f}", f"{own.low:.2f}")
    for width in (1280, 390):
        script = AXE.replace("DARK", DARK)
        for seen in browser.run(html, script, width=width, library=browser.axe()):
            assert (seen["violations"], seen["over"]) == ([], 0)


def test_a_page_without_what_the_band_needs_is_written_without_it(home):
    assert 'id="whatif"' not in index.to_html([])
    page(TERMS)
    assert 'id="whatif"' in index.to_html([])
    registry.read().champion.file("artifacts/{name}__exam.csv").unlink()
    assert 'id="whatif"' not in index.to_html([])


def test_the_page_says_each_change_of_campaign_who_and_why(home):
    page(TERMS)
    adopt(replace(TERMS, money=replace(TERMS.money, capacity=0.5)), reason="más", approver="ana")
    change, _, first = index.changes(ledger.read())
    assert (change.what, change.new, change.old) == (
        "Campaña", "capacidad 50,0 %", "capacidad 10,0 %",
    )  # fmt: skip
    assert (change.reason, change.approver) == ("más", "ana")
    assert first.new.startswith("margen 200,00 EUR, oferta 10,00 EUR")
    assert first.old == "—"


def crowd(n, **given):
    rng = np.random.default_rng(0)
    p = rng.beta(2, 5, n)
    return Exam("XGBoost v0.1", (rng.random(n) < p).astype(int), p, given)


@pytest.mark.parametrize("n", [1, 400, 2000, 300_000])
def test_the_band_weighs_less_than_40_kb_however_many_the_customers(n):
    made = band(crowd(n), TERMS.facts())
    assert len(made.encode()) < 40_000
    assert ("aproximadas" in made) is (n * 12 > MOST)


def test_it_asks_for_nothing():
    made = band(crowd(10), TERMS.facts())
    assert not re.search(r"https?:|src=|href=|fetch|XMLHttp", made)


def test_groups_keep_how_many_customers_and_how_many_left():
    exam = crowd(50_000)
    data, groups = summary(exam)
    assert groups == len(data["size"]) == len(data["left"])
    assert (sum(data["size"]), sum(data["left"])) == (50_000, exam.y.sum())


def test_what_a_column_gives_has_no_slider():
    assert [s.name for s in sliders(COLUMNS.facts())] == [
        "capacity", "value_factor", "offer_cost", "contact_cost",
    ]  # fmt: skip
    assert "aceptación es la de cada cliente" in band(crowd(10), COLUMNS.facts())


@pytest.mark.parametrize(
    ("value", "high", "step"), [(200.0, 600.0, 10.0), (10.0, 30.0, 0.5), (0.0, 5.0, 0.05)]
)
def test_a_slider_of_money_reaches_three_times_what_is_in_force(value, high, step):
    terms = TERMS.facts() | {"contact_cost": value}
    own = next(s for s in sliders(terms) if s.name == "contact_cost")
    assert (own.low, own.high, own.step) == (0.0, high, step)
