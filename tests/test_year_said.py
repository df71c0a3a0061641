"""What the simulated year reads on each place, and what it calls a contradiction."""

import json
import urllib.request

import pytest

from benchmarks.year_said import differences, listening, said, shown
from retencion_lib.show.answers import LIST, RETRAIN

YES, CARE, NO = {LIST: ["Sí"]}, {LIST: ["Sí, con cuidado"]}, {LIST: ["No"]}


@pytest.mark.parametrize(("text", "found"), [
    (f"{LIST} Sí", {LIST: ["Sí"]}),
    (f"**{LIST} Sí, con cuidado.** 1 hallazgo", {LIST: ["Sí, con cuidado"]}),
    (f"{LIST}\n\nNo\n{RETRAIN}\nEsperar hasta el 3 de mayo de 2026\n",
     {LIST: ["No"], RETRAIN: ["Esperar hasta el 3 de mayo de 2026"]}),
    (f"{LIST} Sí … {LIST} No", {LIST: ["Sí", "No"]}),
    (f"{LIST} {RETRAIN} 2026-01-31", {}),
])  # fmt: skip
def test_answers_are_found_as_a_reader_finds_them(text, found):
    assert said(text) == found


def test_of_a_page_only_what_is_shown_is_read():
    page = f"<head><title>{LIST} No</title></head><style>a</style><dt>{LIST}</dt><dd>Sí</dd>"
    assert said(shown(page)) == YES


@pytest.mark.parametrize(("places", "n"), [
    ({"04": YES, "05": YES, "índice": YES}, 0),
    ({"04": YES, "05": CARE, "índice": CARE}, 0),  # 05 looks at more, and may ask for care
    ({"04": YES, "05": NO}, 1), ({"04": NO, "05": CARE}, 1),
    ({"05": CARE, "índice": YES}, 1), ({"04": YES, "terminal de 04": CARE}, 1),
    ({"05": {LIST: ["Sí", "No"]}}, 1),
])  # fmt: skip
def test_a_contradiction_is_one_batch_with_two_answers(places, n):
    assert len(differences(places)) == n


def test_the_webhook_keeps_what_is_posted():
    with listening() as (address, posted):
        body = json.dumps({"text": "hola"}).encode()
        urllib.request.urlopen(urllib.request.Request(address, body, method="POST"), timeout=30)
    assert posted == [{"text": "hola"}]
