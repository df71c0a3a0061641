"""What a terminal shows while stages run."""

import io
import time

import pytest

from retencion_lib.runs import terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "said"), [
    ("**Sí.** Nada lo desaconseja. 7.043 clientes.", "Sí. Nada lo desaconseja. 7.043 clientes."),
    ("**Sí.** Nada lo desaconseja. Hay 7.043.", "Sí. Nada lo desaconseja."),
    ("Con el modelo de ahora se ganan 1.234,5 EUR. Y más.",
     "Con el modelo de ahora se ganan 1.234,5 EUR."),
    ("Usa xgb v0.1, con ROC-AUC .85 y `tasa_baja` alta. Fin.",
     "Usa xgb v0.1, con ROC-AUC .85 y tasa_baja alta."),
    ("**No llames todavía**: falta una columna\nentera. ¿Por qué?",
     "No llames todavía: falta una columna entera."),
    ("Fuera: '\x1b[2Jedad'", "Fuera: '\\x1b[2Jedad'"),
    ("Mira [el informe](a.html) primero", "Mira el informe primero"),
    ("Primer párrafo sin punto\n\nSegundo.", "Primer párrafo sin punto"),
    ("", ""),
])  # fmt: skip
def test_an_answer_in_short_is_its_first_sentence_or_two_as_plain_text(answer, said):
    assert terminal.in_short(answer) == said


@pytest.mark.parametrize(("seconds", "said"), [
    (0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (3725, "62 min 5 s"),
])  # fmt: skip
def test_time_is_said_in_minutes_and_seconds(seconds, said):
    assert terminal.elapsed(seconds) == said


def test_each_stage_has_its_line_its_report_and_its_answers():
    out = io.StringIO()
    with terminal.Lines(
        ["04_infer", "05_monitor", "06_other"], quiet=False, out=out, live=out
    ) as lines:
        lines.ended("a.html", {"answer": "**Llama a 71.** Ya."})
        answer = (
            "**¿Se puede usar esta lista? Sí.** Ningún hallazgo.\n\n**¿Hay que reentrenar? No.**"
        )
        lines.ended("b.html", {"list_usable": "yes", "retrain": "no", "answer": answer})
        lines.ended("c.html", {})
    assert out.getvalue().splitlines() == [
        "04_infer (0 s): Llama a 71. Ya.",
        "Informe: a.html",
        "05_monitor (0 s): Ningún hallazgo.",
        "  ¿Se puede usar esta lista? Sí",
        "  ¿Hay que reentrenar? No",
        "Informe: b.html",
        "06_other (0 s): terminada.",
        "Informe: c.html",
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
