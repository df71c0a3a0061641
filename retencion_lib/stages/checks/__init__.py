"""What is asked of a batch beside the reference, and what is answered: shared by 04 and 05."""

from retencion_lib.stages.checks.load import MAX_AGE_DAYS, load
from retencion_lib.stages.checks.rules import hard_findings
from retencion_lib.stages.checks.shifts import shift_alerts, shifts

__all__ = ["MAX_AGE_DAYS", "hard_findings", "load", "shift_alerts", "shifts"]
