"""What becomes of an incident when a run has looked again: a decision from what is known and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from demetra.formats import is_known
from demetra.schema import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Event = Literal["opened", "worsened", "acknowledged", "snoozed", "woken", "resolved", "reopened"]

RUN: Final = "demetra"
"""The author of a change that a run caused."""
WORSE_BY: Final = 0.5
"""An incident has worsened when its distance from the threshold has grown by this share since it was last told."""
LEAST_STEP: Final = 0.05
"""And by no less than this share of the threshold: what hovers at its threshold is not told again and again."""

DEAD: Final = frozenset({"channel_silent", "data_gap"})
"""Kinds that say that a channel is dead, or that nothing is known of it."""
PLANS: Final = frozenset({"budget_overrun", "spend_pace"})
"""Kinds that a dead channel leaves alone: money may have been spent before."""


def silences(kind: str, other: str, metric: str | None) -> bool:
    """Whether an incident of `kind` explains one of kind `other` on the same channel, which is then not told."""
    return kind in DEAD and other not in DEAD | PLANS and metric != "plan_share"


def decide_change(
    incident: Mapping[str, Any] | None, breach: Mapping[str, Any], *, as_of: date, cool_down_days: int
) -> Event | None:
    """What a breach makes of the incident of its kind and channel; None: it stays as it is, or none is opened.

    Args:
        incident: the newest one, with the columns of `alerts`; None where there has been none.
        breach: with the columns of `schema.BREACHES`.
        as_of: the last day of the data that the run looked at.
        cool_down_days: a breach so many days after the last one reopens its incident.
    """
    silenced = breach["silenced_by"] is not None
    if incident is None or (incident["status"] == "resolved" and not _is_relapse(incident, as_of, cool_down_days)):
        return None if silenced else "opened"
    if incident["status"] == "resolved":
        settled = incident["resolved_by"] != RUN and as_of <= incident["as_of"]
        return None if silenced or settled else "reopened"
    return None if silenced or not has_worsened(incident, breach) else "worsened"


def has_worsened(incident: Mapping[str, Any], breach: Mapping[str, Any]) -> bool:
    """Whether the severity has risen, or the value has moved on beyond its threshold, since it was last told."""
    if SEVERITIES.index(breach["severity"]) > SEVERITIES.index(incident["severity"]):
        return True
    known = (incident["told_value"], breach["metric_value"], breach["threshold_value"])
    if not all(is_known(value) for value in known):
        return False
    told, value, threshold = (float(each) for each in known)
    side = 1.0 if value >= threshold else -1.0
    further = side * (value - told)
    return further >= WORSE_BY * abs(told - threshold) and further >= LEAST_STEP * abs(threshold) and further > 0


def _is_relapse(incident: Mapping[str, Any], as_of: date, cool_down_days: int) -> bool:
    return incident["as_of"] is not None and (as_of - incident["as_of"]).days <= cool_down_days
