"""The band «¿Y si…?» of the model in use, for the page of all runs."""

from markupsafe import Markup

from retencion_lib.errors import UserError
from retencion_lib.home import registry
from retencion_lib.home.exam_scores import read_scores
from retencion_lib.home.terms import in_force
from retencion_lib.show.whatif import Exam, band


def of_the_champion() -> Markup:
    """The band; empty where nothing is in use, or its exam's customers were not kept."""
    try:
        champion, agreed = registry.read().champion, in_force()
        if champion is None or agreed is None:
            return Markup("")
        scores, terms = read_scores(champion), agreed.terms
        exam = Exam(champion.said, scores.y, scores.p, scores.under(terms))
    except UserError:  # the page is of all runs: what is wrong with one file, `verify` names
        return Markup("")
    return band(exam, terms.facts())
