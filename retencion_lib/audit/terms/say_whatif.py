"""What `whatif` tells a person: each combination, what it would have earned, and how sure."""

from collections.abc import Sequence

from retencion_lib.audit.terms.whatif import Asked, Earned
from retencion_lib.show import page
from retencion_lib.show.campaign import NAMES, said_value
from retencion_lib.show.whatif import Exam, band
from retencion_lib.words import count, eur, eur_interval, plural

HEADINGS = ("A llamar", "Previsto", "Habría ganado", "Intervalo del 95 %")


def headline(found: Asked) -> str:
    """On whom it is worked out, and what stays as it is in force."""
    n = plural(len(found.scores.p), "cliente", "clientes")
    return (
        f"Sobre los {n} del examen de {found.entry.said}, con las condiciones en vigor salvo lo "
        "que se dice. No se ha cambiado nada."
    )


def rows(earned: Sequence[Earned]) -> list[list[str]]:
    """A row a combination, headings first."""
    names = list(earned[0].values)
    return [
        [*(NAMES[name].capitalize() for name in names), *HEADINGS],
        *(
            [
                *(said_value(name, one.values[name]) for name in names), count(one.called),
                eur(one.foreseen), eur(one.profit), eur_interval(one.low, one.high),
            ]
            for one in earned
        ),
    ]  # fmt: skip


def table(earned: Sequence[Earned]) -> str:
    """The rows in columns, for a terminal."""
    found = rows(earned)
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in found
    )


def to_html(found: Asked, earned: Sequence[Earned]) -> str:
    """A page with the table, and the band to try other values."""
    headings, *lines = rows(earned)
    scores = found.scores
    exam = Exam(found.entry.said, scores.y, scores.p, scores.under(found.agreed.terms))
    return page.render(
        "whatif.html.j2", scripts=True, said=headline(found), headings=headings, lines=lines,
        band=band(exam, found.agreed.terms.facts()),
    )  # fmt: skip
