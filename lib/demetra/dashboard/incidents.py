"""What a visitor does with an incident, and its history as they read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from demetra.errors import ParameterError, Problem
from demetra.reports.incidents import name_author
from demetra.sayings import say_incident
from demetra.store.incidents import (
    acknowledge_incident,
    mark_incident_read,
    read_incident,
    resolve_incident,
    snooze_incident,
)
from demetra.store.published import snapshot

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from demetra.words import Words

AUTHOR: Final = "dashboard"
"""Who is written down for what is done on the page: it knows no names."""
LONGEST_SNOOZE: Final = timedelta(days=366)


@dataclass(frozen=True)
class Event:
    """A change in the life of an incident: when, what became of it, who did it, why, and what it said then."""

    moment: str
    what: str
    author: str
    note: str
    message: str


def change_incident(engine: Engine, alert: int, change: str, *, until: str = "", moment: datetime) -> None:
    """Mark it as read, or acknowledge, snooze (`until` an ISO moment with its zone) or resolve it.

    Raises:
        UnknownIncidentError: there is no such incident.
        IncidentStateError: it is resolved already.
        ParameterError: `until` is no moment of the next year.
        ValueError: there is no such change.
    """
    if change == "read":
        mark_incident_read(engine, alert)
    elif change == "acknowledge":
        acknowledge_incident(engine, alert, author=AUTHOR, moment=moment)
    elif change == "snooze":
        snooze_incident(engine, alert, until=_read_moment(until, now=moment), author=AUTHOR, moment=moment)
    elif change == "resolve":
        resolve_incident(engine, alert, author=AUTHOR, moment=moment)
    else:
        raise ValueError(f"no change of an incident: {change!r}")


def list_events(engine: Engine, alert: int, *, words: Words) -> list[Event]:
    """The changes of an incident, the newest first; a message is told where it differs from the one before.

    What the incident says now is said in the reader's language, what it said before as it was written then.

    Raises:
        UnknownIncidentError: there is no such incident.
    """
    with snapshot(engine) as connection:
        incident = read_incident(connection, alert)
    events, before = [], None
    for event in incident["events"]:
        said = say_incident(incident, words) if event["message"] == incident["message"] else event["message"]
        told = Event(
            moment=words.moment(event["at"]),
            what=words.choose(f"event.{event['event']}", event["event"]),
            author=name_author(event["author"], words),
            note=event["note"] or "",
            message="" if event["message"] == before else said,
        )
        events.append(told)
        before = event["message"]
    return events[::-1]


def _read_moment(text: str, *, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        moment = now
    if not now < moment <= now + LONGEST_SNOOZE:
        problem = Problem("until", repr(text), f"a moment of the next {LONGEST_SNOOZE.days} days")
        raise ParameterError("The incident cannot be snoozed", [problem])
    return moment
