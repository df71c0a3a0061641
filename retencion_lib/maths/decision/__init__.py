"""Whom to contact and what it earns: pure maths on arrays; no files, no clock.

Model of the campaign: Verbraken, Verbeke & Baesens (2013), IEEE TKDE 25(5), 961-973.
"""

from retencion_lib.maths.decision.money import (
    Campaign,
    break_even,
    choose,
    deciles,
    expected_profit,
    on_the_list,
    rank,
    realised_profit,
)
from retencion_lib.maths.decision.paper import expected_maximum_profit, maximum_profit
from retencion_lib.maths.decision.profit import (
    best_point,
    foreseen_interval,
    profit_curve,
    sensitivity,
    strategies,
)

__all__ = [
    "Campaign",
    "best_point",
    "break_even",
    "choose",
    "deciles",
    "expected_maximum_profit",
    "expected_profit",
    "foreseen_interval",
    "maximum_profit",
    "on_the_list",
    "profit_curve",
    "rank",
    "realised_profit",
    "sensitivity",
    "strategies",
]
