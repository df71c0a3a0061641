"""The call list: capacity, control group, reasons, safe cells; no file is overwritten."""

import csv
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from retencion_lib import config
from retencion_lib.errors import DataError, LibraryError, OrderError, ParameterError
from retencion_lib.home.sheet import guarded
from retencion_lib.home.terms import Terms, current_terms
from retencion_lib.home.workbook import read_workbook
from retencion_lib.maths.decision import Campaign, expected_profit
from retencion_lib.stages import infer
from retencion_lib.stages.infer import calls as calls_module
from retencion_lib.stages.infer import report
from retencion_lib.stages.infer.report import call_sheet
from retencion_lib.stages.infer.wanted import Style
from retencion_lib.tables.amounts import amounts

MONEY = Campaign(
    customer_value=200, offer_cost=10, contact_cost=1, accept_rate=0.3, accept_trials=20,
    capacity=0.1,
)  # fmt: skip
TERMS = Terms(MONEY)


class FakeModel:
    """Enough of a model to explain itself: the value of x is its part."""

    seed = 1
    features = ("x",)
    background = pd.DataFrame({"x": np.arange(30.0)})


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(
        calls_module, "contributions", lambda model, frame: (frame[["x"]].astype(float), None)
    )
    return tmp_path


def scored(n, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 4, n).round(3)
    ids = [f"C{i}" for i in range(n)]
    return pd.DataFrame({"id": ids, "x": 100 * p, "score": p})


def decide(table, terms=TERMS, given=None, **more):
    given = given or {}
    wanted = {"id_col": "id", "name": "otoño", "control_share": 0.1, "names": {}} | more
    return infer.make_calls(table, FakeModel(), terms, given, **wanted)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_the_list_holds_exactly_the_capacity_best_first(share):
    table = scored(1000)
    calls = decide(table, control_share=share).calls()
    assert len(calls) == 100
    assert (np.diff(calls["expected_profit"]) <= 0).all()
    assert calls["expected_profit"].min() > 0


def test_who_is_left_out_earns_no_more_than_the_last_on_the_list_unless_control():
    decided = decide(scored(1000))
    last = decided.calls()["expected_profit"].min()
    outside = decided.decided[decided.decided["group"] == ""]
    control = infer.control_group(outside["id"], "otoño", 0.1)
    assert (outside.loc[~control, "expected_profit"] <= last).all()
    assert (decided.of("control")["expected_profit"] >= last).all()


def test_nobody_is_called_at_a_loss_however_large_the_capacity():
    terms = Terms(replace(MONEY, capacity=1.0))
    decided = decide(scored(500), terms, control_share=0.0).decided
    assert ((decided["group"] == "contact") == (decided["expected_profit"] > 0)).all()


def test_the_control_share_is_the_one_asked_for_within_binomial_noise():
    ids = [f"client-{i}" for i in range(20_000)]
    for name in ("otoño", "invierno", "x"):
        held = infer.control_group(ids, name, 0.1).sum()
        low, high = binom.ppf([0.0005, 0.9995], len(ids), 0.1)
        assert low <= held <= high


def test_two_campaigns_draw_their_control_groups_apart():
    ids = [f"client-{i}" for i in range(20_000)]
    both = infer.control_group(ids, "a", 0.1) & infer.control_group(ids, "b", 0.1)
    low, high = binom.ppf([0.0005, 0.9995], len(ids), 0.01)
    assert low <= both.sum() <= high


def test_a_larger_control_share_keeps_those_who_were_in():
    ids = [f"client-{i}" for i in range(2000)]
    small, large = (infer.control_group(ids, "a", share) for share in (0.05, 0.2))
    assert large[small].all()


@given(seed=st.integers(0, 1000))
def test_groups_and_list_do_not_depend_on_the_order_of_the_rows(seed):
    table = scored(120)
    table["score"] = table["score"].round(1)  # many ties
    moved = table.sample(frac=1, random_state=seed).reset_index(drop=True)
    first, second = decide(table), decide(moved)
    assert first.calls()["id"].tolist() == second.calls()["id"].tolist()
    groups = [d.decided.set_index("id")["group"].sort_index() for d in (first, second)]
    assert groups[0].equals(groups[1])


def test_a_value_by_customer_changes_who_is_called():
    table = scored(100)
    value = np.where(np.arange(100) < 10, 5000.0, 20.0)
    called = decide(table, given={"value": value}, control_share=0.0).calls()
    profit = expected_profit(table["score"].to_numpy(), MONEY, value=value)
    assert set(called["id"]) == set(table["id"].iloc[np.argsort(-profit)[:10]])


def test_reasons_go_to_those_on_the_list_and_its_control_and_to_nobody_else():
    decided = decide(scored(300)).decided
    asked = decided["group"] != ""
    assert decided.loc[asked, "reasons"].map(len).eq(1).all()
    assert decided.loc[~asked, "reasons"].map(len).eq(0).all()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+34 600", "'+34 600"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'=1+1"),
        ("\r=1+1", "'=1+1"),
        ("\n=1", "'=1"),
        ("  =1", "'=1"),
        ("＝1+1", "'＝1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a, @x", "a, '@x"),
        ("contrato: mes a mes", "contrato: mes a mes"),
        ("saldo: -5 (bajo)", "saldo: -5 (bajo)"),
        ("C-001", "C-001"),
        ("C001 ", "C001 "),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_neutralised(text, safe):
    assert guarded(text) == safe


def test_ids_and_reasons_are_neutralised_in_the_file(home):
    table = scored(20).assign(id=[f"=cmd|{i}" for i in range(20)])
    names = {"x": "=HYPERLINK({})"}
    path = infer.write_calls(
        decide(table, control_share=0.0, names=names), date="2026-10-31", stem="b"
    ).path
    rows = list(csv.reader(path.open(encoding="utf-8-sig")))
    assert rows[0][:5] == ["rank", "id", "score", "decile", "expected_profit"]
    assert len(rows) == 3
    for row in rows[1:]:
        assert not any(cell[:1] in tuple("=+-@\t\r") for cell in row if cell)
        assert row[1].startswith("'=cmd|")
        assert row[5].startswith("'=HYPERLINK(")


def test_the_file_opens_with_its_accents_and_keeps_full_order(home):
    written = infer.write_calls(decide(scored(200)), date="2026-10-31", stem="lote")
    path = written.path
    assert written.new
    assert path == home / "data/call_list_2026-10-31.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    sheet = pd.read_csv(path)
    assert sheet["rank"].tolist() == list(range(1, 21))
    assert (np.diff(sheet["expected_profit"]) <= 0).all()


def test_the_same_list_is_written_once_and_another_never_overwrites_it(home):
    names = []
    for seed, stem in [(0, "a"), (0, "a"), (1, "b"), (1, "b"), (2, "b"), (0, "a")]:
        written = infer.write_calls(decide(scored(50, seed)), date="2026-10-31", stem=stem)
        names.append((written.path.name, written.new))
    first, second = "call_list_2026-10-31.csv", "call_list_2026-10-31_b.csv"
    third = "call_list_2026-10-31_b_2.csv"
    assert names == [(first, True), (first, False), (second, True), (second, False),
                     (third, True), (first, False)]  # fmt: skip


def test_the_gap_that_a_control_can_show_is_the_textbook_one():
    # (1.96 + 0.8416) * sqrt(0.5 * 0.5 * (1/100 + 1/100))
    assert calls_module.detectable_gap(100, 100, 0.5) == pytest.approx(0.1981, abs=1e-4)


@pytest.mark.parametrize(
    ("n", "said"),
    [
        # 1,000 called of 10,000, a tenth of those reached as control: ample for 0.3 of their rate.
        pytest.param(10_000, "basta.", id="many"),
        pytest.param(300, "repite la campaña con el mismo nombre y suma unos", id="few"),
    ],
)
def test_what_the_control_will_show_is_said(n, said):
    assert said in infer.control_sentence(decide(scored(n), control_share=0.2))


def test_without_a_control_group_the_price_is_said():
    assert "no se podrá saber" in infer.control_sentence(decide(scored(50), control_share=0.0))


def test_of_a_list_that_is_stopped_nothing_is_promised_or_asked_for():
    calls = decide(scored(400), control_share=0.2)
    said = infer.control_sentence(calls, stopped=True)
    assert said.endswith("si la lista llegara a usarse.")
    assert "EUR" not in said
    assert "expected_profit" in infer.calls_table(calls, {})
    assert "expected_profit" not in infer.calls_table(calls, {}, stopped=True)


def test_without_anyone_worth_calling_the_sentences_say_so():
    table = scored(50).assign(score=0.01)
    decided = decide(table)
    assert decided.calls().empty
    assert "No conviene llamar a nadie" in infer.calls_headline(decided)
    assert len(call_sheet(decided)) == 0
    assert infer.reasons_sentence(decided) == ""


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"control_share": 10}, r"control_share = 10: .*divídelo entre 100"),
        ({"name": "  "}, r"campaign está vacío: .*'otoño-2026'"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused(more, message):
    with pytest.raises(ParameterError, match=message):
        decide(scored(20), **more)


def test_before_03_there_are_no_terms():
    with pytest.raises(OrderError, match=r"campaigns\.json.*'retencion evaluate'"):
        current_terms()


FRAME = pd.DataFrame({"spend": [10.0, -1.0, None], "odds": [0.1, 0.2, 30.0], "ok": [1.0, 2, 3]})


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"value_col": "spent"}, r"lote\.csv: no hay ninguna columna 'spent'.*'spend'"),
        ({"value_col": "spend"}, r"'spend' debe ser un número 0 o más .* 2 filas \(líneas 3 y 4"),
        ({"accept_col": "odds"}, r"'odds' debe ser un número entre 0 y 1 .* 1 fila \(línea 4"),
    ],
)
def test_a_column_of_money_must_have_it_in_every_row(terms, message):
    with pytest.raises(DataError, match=message):
        amounts(Terms(MONEY, **terms), FRAME, "lote.csv")


def test_the_margin_is_the_column_times_its_factor():
    found = amounts(Terms(MONEY, value_col="ok", value_factor=12.0), FRAME, "lote.csv")
    assert found["value"].tolist() == [12, 24, 36]


@pytest.mark.parametrize("factor", [0, -1.0, float("inf"), float("nan")])
def test_a_factor_must_be_a_positive_number(factor):
    with pytest.raises(ParameterError, match=rf"value_factor = {factor}: .*mayor que 0"):
        Terms(MONEY, value_factor=factor)


def test_the_results_say_how_many_are_called_and_what_they_should_earn():
    decided = decide(scored(100))
    found, calls = decided.results(), decided.calls()
    assert (found["rows_to_call"], found["expected_profit"]) == (10, calls["expected_profit"].sum())
    assert found["expected_profit_ci"] == list(decided.span)
    nobody = decide(scored(100), Terms(replace(MONEY, contact_cost=500))).results()
    assert nobody == {"rows_to_call": 0, "expected_profit": 0, "expected_profit_ci": None}
    assert decided.key() == f"otoño|0.1|{TERMS.facts()}"


def workbook_of(written):
    return read_workbook(written.workbook.read_bytes())


def test_a_workbook_lies_beside_the_list_with_ids_as_they_are_and_headings_for_people():
    pytest.importorskip("python_calamine")
    table = scored(20).assign(id=[f"=cmd|{i}" for i in range(20)])
    written = infer.write_calls(decide(table, control_share=0.0), date="2026-10-31", stem="b")
    book, sheet = workbook_of(written), pd.read_csv(written.path)
    assert written.workbook == written.path.with_suffix(".xlsx")
    assert list(book.columns) == [
        "Orden", "id", "Puntuación", "Decil", "Beneficio esperado (EUR)", "Razón 1", "Razón 2",
        "Razón 3", "Resultado de la llamada", "Nota de la llamada",
    ]  # fmt: skip
    assert [f"'{i}" for i in book["id"]] == sheet["id"].tolist()
    assert book["Puntuación"].tolist() == sheet["score"].tolist()
    assert "`data/call_list_2026-10-31.xlsx`" in infer.written_sentence(written)
    assert "dásela a 05" in infer.written_sentence(written)
    assert infer.written_sentence(written, stopped=True).endswith("con ella no se llama.")


def test_a_workbook_that_somebody_filled_in_is_never_written_over(home):
    first = infer.write_calls(decide(scored(50)), date="2026-10-31", stem="b")
    first.workbook.write_bytes(b"filled in")
    again = infer.write_calls(decide(scored(50)), date="2026-10-31", stem="b")
    assert (again, first.workbook.read_bytes()) == (replace(first, new=False), b"filled in")
    first.path.unlink()  # its name is still taken
    assert infer.write_calls(decide(scored(50)), date="2026-10-31", stem="b").path.name == (
        "call_list_2026-10-31_b.csv"
    )


def test_a_list_cut_before_its_workbook_gets_it_when_repeated():
    first = infer.write_calls(decide(scored(50)), date="2026-10-31", stem="b")
    whole = first.workbook.read_bytes()
    first.workbook.unlink()
    infer.write_calls(decide(scored(50)), date="2026-10-31", stem="b")
    assert first.workbook.read_bytes() == whole


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("workbook", r"Falta el paquete que escribe libros de Excel.*'retencion\[excel\]'"),
        ("MOST_ROWS", r"Son 5 filas, demasiadas para mirarlas a mano"),
    ],
)
def test_without_a_workbook_the_csv_is_written_and_it_is_said_why(where, said, monkeypatch):
    def missing(*_):
        raise LibraryError("Falta el paquete que escribe libros de Excel. 'retencion[excel]'")

    monkeypatch.setattr(report, where, 4 if where == "MOST_ROWS" else missing)
    written = infer.write_calls(decide(scored(50)), date="2026-10-31", stem="b")
    assert (written.path.is_file(), written.workbook) == (True, None)
    assert re.search(said, infer.written_sentence(written))


def test_a_home_of_decimal_commas_gets_its_csv_so():
    wanted = infer.Wanted(style=Style(decimal="coma"))
    path = infer.write_calls(decide(scored(50)), wanted, date="2026-10-31", stem="b").path
    head, first = path.read_text(encoding="utf-8-sig").splitlines()[:2]
    assert head.startswith("Orden;id;Puntuación;Decil;Beneficio esperado (EUR);Razón 1;")
    assert re.match(r"1;C\d+;0,\d+;1;\d+,\d+;", first)


def test_headings_may_be_the_names_of_the_columns():
    wanted = infer.Wanted(style=Style(headings=False))
    written = infer.write_calls(decide(scored(50)), wanted, date="2026-10-31", stem="b")
    assert list(workbook_of(written).columns) == list(pd.read_csv(written.path).columns)
