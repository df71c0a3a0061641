"""Whom to contact and what it earns: pure maths on arrays; no files, no clock.

Model of the campaign: Verbraken, Verbeke & Baesens (2013), IEEE TKDE 25(5), 961-973.
"""

from importlib import import_module
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from retencion_lib.maths.decision.paper import expected_maximum_profit, maximum_profit
    from retencion_lib.maths.decision.profit import (
        best_point,
        foreseen_interval,
        profit_curve,
        sensitivity,
        strategies,
    )

# Loaded when asked for: every order needs a campaign, and few pandas and scipy for more than that.
LATER = {
    "best_point": "profit", "expected_maximum_profit": "paper", "foreseen_interval": "profit",
    "maximum_profit": "paper", "profit_curve": "profit", "sensitivity": "profit",
    "strategies": "profit",
}  # fmt: skip

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


def __getattr__(name: str) -> object:
    if name in LATER:
        return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
    raise AttributeError(name)
