"""What `campaign` tells a person: the terms in force, who adopted them, and what waits."""

from retencion_lib.home.terms import Agreement, Terms
from retencion_lib.show.campaign import adopt_command, adopted_words, differences, terms_words
from retencion_lib.words import day


def standing(agreed: Agreement) -> str:
    """The terms in force, since when, who adopted them and which run proposed them."""
    by = f" Las examinó {agreed.run_id}." if agreed.run_id else ""
    who = adopted_words(agreed.reason, agreed.approver)
    return (
        f"{terms_words(agreed.terms.facts())}\n"
        f"En vigor desde el {day(agreed.created_at)}, {who}.{by}"
    )


def pending(run: str, proposed: Terms, agreed: Agreement) -> str:
    """What a run proposed and nobody has adopted, and how it would be."""
    gap = differences(proposed.facts(), agreed.terms.facts())
    return f"Sin adoptar: {run} examinó {gap}.\nPara adoptarlo: {adopt_command()}"


def adopted(agreed: Agreement, before: Terms) -> str:
    """What has just been put in force."""
    gap = differences(agreed.terms.facts(), before.facts())
    return f"En vigor: {gap}. 04 usa estas condiciones desde ahora."
