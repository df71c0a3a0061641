"""From a log of what customers did to a panel: one row a customer and snapshot."""

from retencion_lib.tables.snapshots.ask import Ask, make_ask
from retencion_lib.tables.snapshots.gaps import silences
from retencion_lib.tables.snapshots.log import Log, open_log
from retencion_lib.tables.snapshots.panel import Panel, features_of, write_panel

__all__ = [
    "Ask",
    "Log",
    "Panel",
    "features_of",
    "make_ask",
    "open_log",
    "silences",
    "write_panel",
]
