"""The open incidents as facts: of what form each is, its figures, and the campaign that costs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.advice.facts import Form, Incident, Side
from demetra.advice.measures import MEASURES
from demetra.alerts.kinds import KINDS
from demetra.alerts.kinds import MEASURES as OF_CAMPAIGNS
from demetra.formats import is_known
from demetra.names import clean_name
from demetra.schema import SEVERITIES

if TYPE_CHECKING:
    from demetra.advice.ledger import Ledger

MOST_INCIDENTS: Final = 12
_KINDS: Final = {kind.name: kind for kind in KINDS}
_MEASURES: Final = {"spend": "daily_spend", "reach": "daily_reach", "days": "silent_days"}
"""What an incident of a metric measures, where that is not what the recent figure of its name does."""


def record_incidents(ledger: Ledger, breaches: pd.DataFrame) -> tuple[Incident, ...]:
    """Add the figures of the open incidents to the ledger; returns the gravest, within a severity as they are listed.

    Those that another incident of their channel explains are left out.
    """
    open_ones = breaches.loc[breaches["silenced_by"].isna()]
    ledger.add("incidents", len(open_ones))
    kinds = list(_KINDS)

    def rank(row: pd.Series) -> tuple[int, int, str]:
        kind = str(row["alert_type"])
        place = kinds.index(kind) if kind in kinds else len(kinds)
        return -SEVERITIES.index(str(row["severity"])), place, str(row["channel"])

    rows = [row for _, row in open_ones.iterrows() if str(row["channel"]) in ledger.channels]
    return tuple(_record(ledger, row) for row in sorted(rows, key=rank)[:MOST_INCIDENTS])


def _record(ledger: Ledger, row: pd.Series) -> Incident:
    incident = _read_incident(row, ledger.channels[str(row["channel"])])
    channel, measure = str(row["channel"]), incident.measure
    if measure is None:
        return incident
    ledger.add(measure, incident.value, channel, topic="incident")
    if incident.form in ("threshold", "account", "plan"):
        ledger.add(measure, incident.threshold, channel, topic="threshold")
    if incident.form == "change":
        for value in (incident.expected, incident.low, incident.high):
            ledger.add(measure, value, channel, topic="usual")
    if incident.form in ("threshold", "account"):
        ledger.add("campaigns_in_breach", incident.campaigns, channel)
    if incident.worst is not None:
        ledger.add(measure, incident.worst[1], channel, topic="incident", campaign=incident.worst[0])
    return incident


def _read_incident(row: pd.Series, channel: str) -> Incident:
    kind = _KINDS.get(str(row["alert_type"]))
    metric = str(row["metric"]) if isinstance(row["metric"], str) else kind.conditions[0].measure if kind else ""
    form = _find_form(row, metric)
    known = {name: _known(row[name]) for name in ("metric_value", "threshold_value", "expected_value")}
    value, threshold, expected = known.values()
    worst = _find_worst(row["worst"]) if form in ("threshold", "account") and metric in OF_CAMPAIGNS else None
    side: Side = kind.conditions[0].side if kind else _find_side(worst[1] if worst else value, expected or threshold)
    measure = "plan_pace" if form == "pace" else _MEASURES.get(metric, metric) if form != "threshold" else metric
    beyond = value is not None and threshold is not None
    return Incident(
        kind=str(row["alert_type"]),
        severity=str(row["severity"]),
        channel=channel,
        form=form,
        measure=measure if measure in MEASURES else None,
        side=side,
        value=value,
        threshold=threshold,
        expected=expected,
        low=_known(row["expected_lo"]),
        high=_known(row["expected_hi"]),
        since=None if pd.isna(row["since"]) else pd.Timestamp(row["since"]).date(),
        campaigns=int(row["occurrences"]),
        whole=beyond and _find_side(value, threshold) == side and value != threshold,
        worst=worst,
    )


def _find_form(row: pd.Series, metric: str) -> Form:
    """The form tells how an incident is worded; an analyst's own rule has that of its kind."""
    if metric == "days":
        return "silence"
    if metric == "plan_share":
        return "pace" if is_known(row["expected_value"]) else "plan"
    if is_known(row["expected_value"]):
        return "change"
    return "account" if row["alert_type"] == "channel_underperform" else "threshold"


def _find_side(value: float | None, bound: float | None) -> Side:
    """On which side of the bound the value lies; without a value (no conversions: an endless cost) above."""
    return "below" if value is not None and bound is not None and value < bound else "above"


def _known(value: Any) -> float | None:
    return float(value) if is_known(value) else None


def _find_worst(campaigns: Any) -> tuple[str, float] | None:
    """Name (or id) and value of the first listed campaign."""
    first = next(iter(campaigns or ()), None)
    if first is None or not is_known(first.get("value")):
        return None
    label = clean_name(str(first.get("name") or first["campaign_id"]))
    return (label, float(first["value"])) if label else None
