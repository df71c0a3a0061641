"""Performance of a batch: expected before the outcomes, measured with them, and the campaign's."""

from retencion_lib.stages.monitor.performance import effect, expected, realised
from retencion_lib.stages.monitor.performance.watch import Performance, watch

__all__ = ["Performance", "effect", "expected", "realised", "watch"]
