"""The card of a model version: what it is for, how well it does, and what to doubt.

`artifacts/<family>__vX.Y__card.html` and `.md` say the same. Every figure is read from the
files that the stages wrote; what was not measured is said to be so.
"""

from pathlib import Path

from retencion_lib import config
from retencion_lib.home import store
from retencion_lib.home.exam import Exam
from retencion_lib.show import page
from retencion_lib.stages.evaluate.card.assumptions import RATINGS
from retencion_lib.stages.evaluate.card.blocks import Section, Table, markdown
from retencion_lib.stages.evaluate.card.sections import STAGES, sections
from retencion_lib.stages.evaluate.card.sources import Sources, gather
from retencion_lib.stages.say import full_name
from retencion_lib.tables.rules import Contract
from retencion_lib.words import day, es, interval, pct

__all__ = ["Section", "Table", "card_sentence", "write"]


def write(exam: Exam, contract: Contract) -> list[Path]:
    """Write the card of the model that a test report judges, as HTML and as Markdown.

    Parameters
    ----------
    exam : Exam
        Of the examined model, champion or not.
    contract : Contract
        Data contract of its training table.

    Returns
    -------
    list of Path
        The HTML page and the Markdown file.
    """
    known = gather(exam, contract)
    parts = sections(known)
    title = f"Ficha del modelo: {full_name(exam)}"
    base = f"artifacts/{exam.family}__v{exam.version}__card"
    html = page.render(
        "card.html.j2", title=title, lead=_lead(known), sections=parts, figures=_figures(known),
        stage=_stage(known), when=day(exam.created_at), ratings=RATINGS,
    )  # fmt: skip
    pages = {"html": html.encode(), "md": markdown(title, _lead(known), parts).encode()}
    for content in pages.values():
        store.keep(content)  # another exam of this version writes over it
    return [store.write_bytes(config.resolve(f"{base}.{kind}"), c) for kind, c in pages.items()]


def card_sentence(written: list[Path]) -> str:
    """Where the card is, for the notebook that wrote it."""
    names = " y ".join(f"`{config.relative(path)}`" for path in written)
    return f"La ficha de este modelo queda en {names}."


def _stage(known: Sources) -> str:
    return STAGES[known.entry.stage] if known.entry else "sin registrar"


def _lead(known: Sources) -> str:
    return (
        f"Examinado el {day(known.exam.created_at)}; al escribir esta ficha es "
        f"{_stage(known)}. Las cifras salen de los archivos que dejaron los cuadernos."
    )


def _figures(known: Sources) -> list[dict[str, str]]:
    exam = known.exam
    test, ci = exam.test, exam.test_ci
    return [
        {"label": "ROC-AUC", "value": es(test["roc_auc"], 3),
         "note": f"{interval(*ci['roc_auc'])}, al 95 %"},
        {"label": "Bajas en la lista", "value": pct(test["precision_at_k"]),
         "note": f"de los {es(exam.k, 0)} con más riesgo"},
        {"label": "Veces la media", "value": es(test["lift_at_k"]),
         "note": f"media: {pct(exam.positive_rate)}"},
        {"label": "Umbral en uso", "value": es(exam.threshold.value, 3), "note": ""},
    ]  # fmt: skip
