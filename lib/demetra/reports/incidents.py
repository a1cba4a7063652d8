"""Open incidents as people read them: what, where, since when, how bad, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.palette import choose_colours
from demetra.sayings import name_kind, say_action, say_incident
from demetra.schema import SEVERITIES
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demetra.words import Words

_WORST: Final = 3


@dataclass(frozen=True)
class Incident:
    """One incident; `worst` names the campaigns that matter most, without figures; `until` is empty for an open one.

    `status` is the store's; `state` says it to readers, and is empty for one that nobody has taken on or put off.
    """

    id: int
    severity: str
    grade: str
    kind: str
    channel: str
    colour: str
    message: str
    since: str
    action: str
    worst: tuple[str, ...]
    more: int
    read: bool
    until: str
    status: str = "open"
    state: str = ""


def list_incidents(alerts: pd.DataFrame, *, words: Words = ENGLISH) -> list[Incident]:
    """The open incidents, the gravest first, then the longest standing."""
    if alerts.empty:
        return []
    ranks = alerts["severity"].map({name: rank for rank, name in enumerate(reversed(SEVERITIES))})
    ordered = alerts.assign(rank=ranks).sort_values(["rank", "first_seen", "channel"])
    colours = choose_colours(alerts["channel"])
    return [_describe(row, colours, words) for row in ordered.to_dict("records")]


def count_severities(incidents: list[Incident], *, words: Words = ENGLISH) -> str:
    """`1 critical, 2 high`, the gravest first."""
    found = [incident.severity for incident in incidents]
    return ", ".join(
        words("incident.count", count=found.count(name), severity=words(f"severity.{name}"))
        for name in reversed(SEVERITIES)
        if name in found
    )


def _describe(row: Mapping[Any, Any], colours: Mapping[str, str], words: Words) -> Incident:
    worst = row.get("worst")
    campaigns = [item for item in worst if isinstance(item, dict)] if isinstance(worst, list) else []
    names = tuple(str(item.get("name") or item.get("campaign_id") or "unnamed") for item in campaigns[:_WORST])
    severity, ended, status = str(row["severity"]), row.get("resolved_at"), str(row.get("status") or "open")
    return Incident(
        id=int(row.get("id") or 0),
        severity=severity,
        grade=words(f"severity.{severity}"),
        kind=name_kind(str(row["alert_type"]), words),
        channel=str(row["channel"]),
        colour=colours[row["channel"]],
        message=say_incident(row, words),
        since=words.moment(pd.Timestamp(row["first_seen"])),
        action=say_action(row, words),
        worst=names,
        more=max(int(row["occurrences"]) - len(names), 0),
        read=bool(row.get("is_read")),
        until=words.moment(pd.Timestamp(ended)) if ended is not None and not pd.isna(ended) else "",
        status=status,
        state=_tell_state(row, status, words),
    )


def _tell_state(row: Mapping[Any, Any], status: str, words: Words) -> str:
    if status == "snoozed":
        return words("alerts.snoozed", moment=words.moment(pd.Timestamp(row["snoozed_until"])))
    if status == "resolved" and row.get("resolved_by"):
        return words("alerts.resolved_by", author=name_author(str(row["resolved_by"]), words))
    return words("alerts.acknowledged") if status == "acknowledged" else ""


def name_author(author: str, words: Words) -> str:
    """Who changed an incident: a run, this page, or the name that was given."""
    return words.choose(f"author.{author}", author)
