"""What needs attention now: rules as data over the last days, one incident per kind and channel."""

from demetra.alerts.detect import detect_breaches
from demetra.alerts.kinds import KINDS, MEASURES, Condition, Kind, Measure

__all__ = ["KINDS", "MEASURES", "Condition", "Kind", "Measure", "detect_breaches"]
