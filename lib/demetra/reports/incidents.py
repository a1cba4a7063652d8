"""Open incidents as people read them: what, where, since when, how bad, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.formats import format_moment
from demetra.palette import choose_colours
from demetra.schema import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORST: Final = 3
_KINDS: Final = {
    "roi_drop": "ROI drop",
    "anomaly_high_ctr_low_conv": "Clicks that do not buy",
    "cost_spike": "Cost spike",
}


@dataclass(frozen=True)
class Incident:
    """One open incident; `worst` names the campaigns that matter most, without figures."""

    severity: str
    kind: str
    channel: str
    colour: str
    message: str
    since: str
    action: str
    worst: tuple[str, ...]
    more: int


def list_incidents(alerts: pd.DataFrame) -> list[Incident]:
    """The open incidents, the gravest first, then the longest standing."""
    if alerts.empty:
        return []
    ranks = alerts["severity"].map({name: rank for rank, name in enumerate(reversed(SEVERITIES))})
    ordered = alerts.assign(rank=ranks).sort_values(["rank", "first_seen", "channel"])
    colours = choose_colours(alerts["channel"])
    return [_describe(row, colours) for row in ordered.to_dict("records")]


def count_severities(incidents: list[Incident]) -> str:
    """`1 critical, 2 high`, the gravest first."""
    found = [incident.severity for incident in incidents]
    return ", ".join(f"{found.count(name)} {name}" for name in reversed(SEVERITIES) if name in found)


def _describe(row: Mapping[Any, Any], colours: Mapping[str, str]) -> Incident:
    worst = row.get("worst")
    campaigns = [item for item in worst if isinstance(item, dict)] if isinstance(worst, list) else []
    names = tuple(str(item.get("name") or item.get("campaign_id") or "unnamed") for item in campaigns[:_WORST])
    kind = str(row["alert_type"])
    return Incident(
        severity=str(row["severity"]),
        kind=_KINDS.get(kind, kind.replace("_", " ").capitalize()),
        channel=str(row["channel"]),
        colour=colours[row["channel"]],
        message=str(row["message"]),
        since=format_moment(pd.Timestamp(row["first_seen"])),
        action=str(row["action"]),
        worst=names,
        more=max(int(row["occurrences"]) - len(names), 0),
    )
