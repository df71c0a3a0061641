"""What a terminal shows while stages run."""

import io
import time

import pytest

from retencion_lib.runs import terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "said"), [
    ("**Sí.** Se puede entrenar.", "Sí."),
    ("El modelo gana 1.234,5 EUR. Y más.", "El modelo gana 1.234,5 EUR."),
    ("Usa xgb v0.1, con ROC-AUC .85 y `tasa_baja` alta. Fin.",
     "Usa xgb v0.1, con ROC-AUC .85 y tasa_baja alta."),
    ("**No llames todavía**: falta\nun dato. ¿Por qué?", "No llames todavía: falta\nun dato."),
    ("Mira [el informe](a.html) primero", "Mira el informe primero"),
    ("Primer párrafo sin punto\n\nSegundo.", "Primer párrafo sin punto"),
    ("", ""),
])  # fmt: skip
def test_the_first_sentence_of_an_answer_is_plain_text(answer, said):
    assert terminal.first_sentence(answer) == said


@pytest.mark.parametrize(("seconds", "said"), [
    (0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (3725, "62 min 5 s"),
])  # fmt: skip
def test_time_is_said_in_minutes_and_seconds(seconds, said):
    assert terminal.elapsed(seconds) == said


def test_each_stage_has_its_line_its_report_and_its_answers():
    out = io.StringIO()
    with terminal.Lines(["04_infer", "05_monitor"], quiet=False, out=out, live=out) as lines:
        lines.ended("a.html", {"answer": "**Llama a 71.** Ya."})
        lines.ended("b.html", {"list_usable": "yes", "retrain": "no"})
    assert out.getvalue().splitlines() == [
        "04_infer (0 s): Llama a 71.",
        "Informe: a.html",
        "05_monitor (0 s): terminada.",
        "Informe: b.html",
        "  ¿Se puede usar esta lista? Sí",
        "  ¿Hay que reentrenar? No",
    ]


def test_a_terminal_says_who_is_at_work_and_is_left_clean(monkeypatch):
    monkeypatch.setattr(terminal, "TICK_SECONDS", 0.01)
    live = Terminal()
    with terminal.Lines(["02_train", "03_eval"], quiet=False, out=io.StringIO(), live=live):
        while "02_train… 0 s; después, 1 etapa más" not in live.getvalue():
            time.sleep(0.01)
    assert live.getvalue().endswith(terminal.CLEAR)


def test_what_is_no_terminal_gets_no_moving_line():
    live = io.StringIO()
    with terminal.Lines(["02_train"], quiet=False, out=io.StringIO(), live=live):
        time.sleep(0.02)
    assert live.getvalue() == ""
