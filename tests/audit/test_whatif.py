"""`retencion whatif`: the figures of 03 for other terms, and a home left as it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from retencion_lib.__main__ import main
from retencion_lib.audit.terms import whatif
from retencion_lib.audit.verify import faults
from retencion_lib.home import registry
from retencion_lib.home.terms import adopt
from retencion_lib.stages.evaluate.worth import LIST, judge
from tests import whatif_home
from tests.whatif_home import TERMS


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("RETENCION_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def everything(home: Path) -> dict[str, bytes]:
    """Every name in the home, with the bytes of each file."""
    return {str(p): p.read_bytes() if p.is_file() else b"" for p in sorted(home.rglob("*"))}


def said(capsys, *words):
    assert main(["whatif", *words]) == 0
    return capsys.readouterr().out


def test_not_a_name_nor_a_byte_of_the_home_changes(home, tmp_path, capsys):
    whatif_home.make()
    before = everything(home)
    said(capsys, "--accept-rate", ".1,.2,.3", "--capacity", ".1,.3", "--html",
         str(tmp_path / "page.html"))  # fmt: skip
    assert everything(home) == before
    assert (tmp_path / "page.html").is_file()
    assert faults() == []


def test_with_nothing_else_it_says_what_03_said_of_the_terms_in_force():
    own = whatif_home.make().plan(LIST)
    found = whatif.asked()
    now = whatif.earned(found.scores, found.agreed.terms, {})
    assert (now.called, now.profit, now.low, now.high) == pytest.approx(
        (own.contacted, own.profit, own.low, own.high)
    )


COLUMNS = replace(TERMS, value_col="cuota", value_factor=12.0, accept_col="gusto")


@pytest.mark.parametrize(
    ("terms", "values"),
    [
        (TERMS, {"capacity": 0.3, "accept_rate": 0.1}),
        (TERMS, {"customer_value": 900.0, "offer_cost": 0.0, "contact_cost": 25.0}),
        (TERMS, {"accept_trials": 0}),
        (COLUMNS, {"value_factor": 3.0, "capacity": 0.5}),
    ],
)
def test_other_values_give_what_03_would_give(terms, values):
    worth = whatif_home.make(terms=terms)
    found = whatif.asked()
    now = whatif.earned(found.scores, found.agreed.terms, values)
    other = whatif.changed(terms, values)
    given = dict(worth.scores.given)
    if "value" in given:
        given["value"] = given["value"] / terms.value_factor * other.value_factor
    again = judge(other, worth.scores.y, worth.scores.p, given, seed=1).plan(LIST)
    assert (now.called, now.foreseen, now.profit, now.low, now.high) == pytest.approx(
        (again.contacted, again.foreseen, again.profit, again.low, again.high)
    )


def test_the_table_has_a_row_a_combination_and_the_last_name_changes_first(capsys):
    whatif_home.make()
    lines = said(capsys, "--accept-rate", "0.1,0.2", "--capacity", "0.1, 0.3").splitlines()
    assert "400 clientes del examen de XGBoost v0.1" in lines[0]
    assert "No se ha cambiado nada" in lines[0]
    assert lines[2].split()[:2] == ["Aceptación", "Capacidad"]
    assert [" ".join(line.split()[:4]) for line in lines[3:]] == [
        "10,0 % 10,0 %", "10,0 % 30,0 %", "20,0 % 10,0 %", "20,0 % 30,0 %",
    ]  # fmt: skip


def test_it_starts_from_the_terms_in_force_not_from_those_examined_last():
    worth = whatif_home.make()
    adopt(replace(TERMS, money=replace(TERMS.money, capacity=0.5)), reason="x", approver="ana")
    whatif_home.examine(worth, "r3-evaluate")
    found = whatif.asked()
    assert whatif.earned(found.scores, found.agreed.terms, {}).called == pytest.approx(200, abs=60)
    assert found.agreed.terms.money.capacity == 0.5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--accept-rate", "30"], "accept_rate = 30.0: debe ser mayor que 0 y como mucho 1"),
        (["--accept-rate", "0.1,,0.2"], "accept_rate = '0.1,,0.2': sobra o falta una coma"),
        (["--capacity", "a,0.2"], "capacity = 'a': debe ser un número con punto decimal"),
        (["--customer-value", "5"], "retener a un cliente debe valer más que la oferta"),
        (["--acept-rate", "0.1"], "el parámetro 'acept_rate'. ¿Querías decir 'accept_rate'?"),
        (["--capacity", ",".join(f"0.{n:03}" for n in range(1, 502))],
         "Son 501 combinaciones y caben 500. Da menos valores de capacity"),
        (["--html", "home/y.html"], "está dentro de"),
        (["--html", "no/such/y.html"], "debe ser un archivo, en una carpeta que exista"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(home, capsys, monkeypatch, words, message):
    whatif_home.make(100)
    monkeypatch.chdir(home.parent)
    before = everything(home)
    assert main(["whatif", *words]) == 2
    assert message in capsys.readouterr().err
    assert everything(home) == before


def test_what_a_column_gives_is_not_asked_by_its_single_value(capsys):
    whatif_home.make(100, COLUMNS)
    assert main(["whatif", "--customer-value", "300"]) == 2
    told = capsys.readouterr().err
    assert "lo toma de la columna 'cuota'" in told
    assert "prueba --value-factor" in told


def test_a_column_that_the_exam_did_not_read_is_named(capsys):
    whatif_home.make(100)
    adopt(replace(TERMS, value_col="cuota"), reason="x", approver="ana")
    assert main(["whatif"]) == 2
    told = capsys.readouterr().err
    assert "value_col = 'cuota': el examen del campeón no leyó esa columna" in told
    assert "'retencion evaluate --value-col cuota'" in told


def test_the_customers_of_an_exam_are_kept_to_the_last_digit():
    kept = whatif_home.make(terms=COLUMNS).scores
    read = whatif.asked().scores
    assert (read.y.tolist(), read.p.tolist()) == (kept.y.tolist(), kept.p.tolist())
    assert {k: v.tolist() for k, v in read.given.items()} == {
        k: v.tolist() for k, v in kept.given.items()
    }


def test_without_what_it_starts_from_it_says_what_to_do(capsys):
    assert main(["whatif"]) == 2
    assert "Ejecuta antes 'retencion evaluate'" in capsys.readouterr().err
    whatif_home.make(100)
    registry.read().champion.file("artifacts/{name}__exam.csv").unlink()
    assert main(["whatif"]) == 2
    assert "se examinó antes de que se guardaran" in capsys.readouterr().err


def test_a_home_that_is_only_read_is_no_obstacle(home, capsys):
    whatif_home.make(100)
    for path in sorted(home.rglob("*"), reverse=True):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert "Habría ganado" in said(capsys, "--capacity", "0.2")
    finally:
        for path in [home, *home.rglob("*")]:
            path.chmod(0o700)
