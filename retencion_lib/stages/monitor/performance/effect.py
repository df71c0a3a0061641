"""Did the campaign keep customers? The churn of those contacted against those held out.

04 leaves some customers that it would contact without a call (`group` is ``control``), at
random, so the difference in churn is the campaign's doing and nothing else's. Its profit is
measured with the same model as it was promised (`decision.realised_profit`), with the churn and
the acceptance that were seen instead of those assumed.
"""

from collections.abc import Callable

import pandas as pd

from retencion_lib.home.watch_report import Effect, Groups
from retencion_lib.maths import estimation
from retencion_lib.maths.decision import Campaign
from retencion_lib.maths.estimation import Estimate
from retencion_lib.tables.outcomes import Outcomes


def campaign_effect(outcomes: Outcomes | None, money: Campaign | None) -> Effect | None:
    """Effect over all batches with outcomes; None unless both groups have some."""
    return None if outcomes is None else effect_of(outcomes.known, money)


def effect_of(known: pd.DataFrame, money: Campaign | None) -> Effect | None:
    """Effect on some customers with an outcome; None unless both groups have some.

    Parameters
    ----------
    known : DataFrame
        ``group, y, expected_profit`` of each, as `Outcomes.known`.
    money : Campaign, optional
        The terms in force; None where 03 has left none.
    """
    contact, control = (known[known.group == g] for g in ("contact", "control"))
    if not len(contact) or not len(control):
        return None
    n = Groups(len(contact), len(control))
    left = Groups(int(contact.y.sum()), int(control.y.sum()))
    avoided = estimation.difference(
        estimation.proportion(left.control, n.control),
        estimation.proportion(left.contact, n.contact),
    )
    promised = float(contact.expected_profit.sum(min_count=1))
    saved = _each(avoided, lambda gain: n.contact * gain)
    return Effect(n, left, avoided, promised, money, saved, _profit(n, left, avoided, money))


def _profit(n: Groups, left: Groups, avoided: Estimate, money: Campaign | None) -> Estimate | None:
    """Measured profit of contacting them, EUR: saved margins less gifts and contacts."""
    if money is None:
        return None
    stays = 1 - left.control / n.control
    cost = stays * money.offer_cost + money.contact_cost
    margin = money.customer_value - money.offer_cost
    return _each(avoided, lambda gain: n.contact * (gain * margin - cost))


def _each(e: Estimate, made: Callable[[float], float]) -> Estimate:
    return Estimate(made(e.value), made(e.low), made(e.high))
