"""Orders struck at some of their steps: `benchmarks.every_step` strikes all orders at all."""

import nbformat
import pytest

from benchmarks import every_step, every_step_page, struck
from retencion_lib import config
from tests import sealed_home


@pytest.fixture
def made(monkeypatch, tmp_path):
    monkeypatch.setenv(config.HOME_VARIABLE, str(tmp_path / "made"))
    sealed_home.make()
    return tmp_path / "made"


@pytest.fixture
def elsewhere(tmp_path):
    cell = nbformat.v4.new_code_cell("1", execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "ajeno.ipynb")
    return str(tmp_path / "ajeno.ipynb")


@pytest.mark.slow
@pytest.mark.parametrize("order", ["erase", "take-in"])
def test_an_order_cut_or_without_room_at_some_steps_can_be_repeated(
    made, elsewhere, tmp_path, monkeypatch, order
):
    words = {"erase": ["erase", *every_step.WHY, "--customer", "C001"],
             "take-in": ["seal", elsewhere]}  # fmt: skip
    monkeypatch.setitem(every_step.ORDERS, order, words[order])
    tally = every_step.strike(order, made, tmp_path, every=9)
    assert tally.faults == []
    assert tally.points == tally.right
    assert set(tally.points) == {"kill", "full", "once"}


@pytest.mark.slow
def test_what_verify_may_not_name_is_a_fault_of_the_order(made, tmp_path, monkeypatch):
    words = ["erase", *every_step.WHY, "--customer", "C001"]
    monkeypatch.setitem(every_step.ORDERS, "erase", words)
    monkeypatch.setattr(struck, "NAMED", set())
    tally = every_step.strike("erase", made, tmp_path, ("kill",), every=11)
    assert any("verify names stray" in fault for fault in tally.faults)
    assert tally.right["kill"] < tally.points["kill"]


def test_the_counts_in_the_docs_are_those_of_the_results_kept():
    page = every_step_page.DOC.read_text(encoding="utf-8")
    assert every_step_page.rendered(page) == page, "python -m benchmarks.every_step_page"
    assert every_step_page.table() in page
