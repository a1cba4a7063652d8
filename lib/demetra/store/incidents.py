"""The life of an incident: a run opens, worsens, reopens and resolves it; a person acknowledges, snoozes, resolves it.

Every change is a row of `incident_events` with its time and author and, where somebody is to be told, a row of the
outbox, all in the transaction of the change. The same trouble, which is a kind and a channel, is one incident.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from demetra.errors import IncidentStateError, UnknownIncidentError
from demetra.incidents import RUN, Event, decide_change, silences
from demetra.store.frames import read_frame
from demetra.store.outbox import post_changes
from demetra.store.tables import STAGED, alerts, incident_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    import pandas as pd
    from sqlalchemy import Connection, Engine

_BREACHES: Final = STAGED["breaches"]
_FOUND: Final = tuple(column.name for column in _BREACHES.columns if column.name != "run_id")
_OPEN: Final = alerts.c.resolved_at.is_(None)


def merge_breaches(
    connection: Connection, run_id: str, *, as_of: date, moment: datetime, cool_down_days: int
) -> list[tuple[str, int]]:
    """Bring the incidents up to what a run found and staged as `breaches`; the caller commits.

    Returns the changes as (event, alert id). An incident that another one of its channel silences is neither told nor
    resolved: of a channel that is dead nothing else can be known.
    """
    rows = connection.execute(select(*_BREACHES.columns).where(_BREACHES.c.run_id == run_id)).mappings().all()
    breaches = {(str(row["alert_type"]), str(row["channel"])): dict(row) for row in rows}
    known = _lock_incidents(connection)
    seen = {"last_seen": moment, "run_id": run_id, "as_of": as_of}
    changes: list[tuple[Event, int]] = []
    opened = []
    for key, breach in breaches.items():
        incident = known.get(key)
        event = decide_change(incident, breach, as_of=as_of, cool_down_days=cool_down_days)
        facts = {name: breach[name] for name in _FOUND} | seen
        if event == "opened":
            opened.append(facts | {"first_seen": moment, "told_value": breach["metric_value"]})
        elif incident is not None and (event or incident["status"] != "resolved"):
            _renew(connection, incident, facts, event)
            changes += [(event, incident["id"])] if event else []
    changes += [("opened", number) for number in _open(connection, opened)]
    over = [
        incident["id"]
        for key, incident in known.items()
        if incident["status"] != "resolved" and key not in breaches and not _is_silenced(incident, breaches)
    ]
    if over:
        closed = {"status": "resolved", "resolved_at": moment, "resolved_by": RUN, "snoozed_until": None}
        connection.execute(update(alerts).where(alerts.c.id.in_(over)).values(closed))
        changes += [("resolved", number) for number in over]
    _record(connection, changes, at=moment, author=RUN, run_id=run_id)
    return [(str(event), number) for event, number in changes]


def wake_incidents(connection: Connection, run_id: str, *, moment: datetime) -> None:
    """Open again what was snoozed until now; the caller commits."""
    due = update(alerts).where(_OPEN, alerts.c.status == "snoozed", alerts.c.snoozed_until <= moment)
    woken = connection.execute(due.values(status="open", snoozed_until=None).returning(alerts.c.id)).scalars().all()
    _record(connection, [("woken", number) for number in woken], at=moment, author=RUN, run_id=run_id)


def acknowledge_incident(engine: Engine, alert_id: int, *, author: str, moment: datetime, note: str = "") -> None:
    """Somebody has taken it on.

    Raises:
        UnknownIncidentError: there is no such incident.
        IncidentStateError: it is resolved.
    """
    values = {"status": "acknowledged", "snoozed_until": None}
    _change_by_hand(engine, alert_id, "acknowledged", values, author=author, moment=moment, note=note)


def snooze_incident(
    engine: Engine, alert_id: int, *, until: datetime, author: str, moment: datetime, note: str = ""
) -> None:
    """Nobody is told of it until then; a run after that opens it again, if it is not over.

    Raises:
        UnknownIncidentError: there is no such incident.
        IncidentStateError: it is resolved.
    """
    values = {"status": "snoozed", "snoozed_until": until}
    _change_by_hand(engine, alert_id, "snoozed", values, author=author, moment=moment, note=note)


def resolve_incident(engine: Engine, alert_id: int, *, author: str, moment: datetime, note: str = "") -> None:
    """Close it by hand; it opens again when data of a later day still show it.

    Raises:
        UnknownIncidentError: there is no such incident.
        IncidentStateError: it is resolved already.
    """
    values = {"status": "resolved", "resolved_at": moment, "resolved_by": author, "snoozed_until": None}
    _change_by_hand(engine, alert_id, "resolved", values, author=author, moment=moment, note=note)


def mark_incident_read(engine: Engine, alert_id: int) -> None:
    """Note that somebody has read it; a change for the worse makes it unread again.

    Raises:
        UnknownIncidentError: there is no such incident.
    """
    with engine.begin() as connection:
        if not connection.execute(update(alerts).where(alerts.c.id == alert_id).values(is_read=True)).rowcount:
            raise UnknownIncidentError(alert_id)


def read_incidents(connection: Connection, *, resolved: bool = False, unread: bool = False) -> pd.DataFrame:
    """The columns of `alerts`: open incidents, the gravest first; with `resolved`, those that are over after them."""
    rank = case({"critical": 0, "high": 1, "medium": 2, "low": 3}, value=alerts.c.severity)
    query = select(*alerts.columns).order_by(
        ~_OPEN, alerts.c.resolved_at.desc().nulls_first(), rank, alerts.c.channel, alerts.c.alert_type
    )
    if not resolved:
        query = query.where(_OPEN)
    if unread:
        query = query.where(~alerts.c.is_read)
    return read_frame(connection, query)


def read_past_incidents(connection: Connection, *, limit: int = 20) -> pd.DataFrame:
    """The columns of `alerts`: the incidents that were resolved last, the newest first."""
    over = select(*alerts.columns).where(~_OPEN)
    return read_frame(connection, over.order_by(alerts.c.resolved_at.desc(), alerts.c.id).limit(limit))


def read_incident(connection: Connection, alert_id: int) -> dict[str, Any]:
    """One incident, with its changes as `events`, the oldest first.

    Raises:
        UnknownIncidentError: there is no such incident.
    """
    row = connection.execute(select(*alerts.columns).where(alerts.c.id == alert_id)).mappings().first()
    if row is None:
        raise UnknownIncidentError(alert_id)
    changes = select(*incident_events.columns).where(incident_events.c.alert_id == alert_id)
    events = connection.execute(changes.order_by(incident_events.c.id)).mappings().all()
    return {**row, "events": [dict(event) for event in events]}


def _lock_incidents(connection: Connection) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The newest incident of each kind and channel, held against changes by hand until the transaction ends."""
    newest = (
        select(alerts.c.id)
        .ext(distinct_on(alerts.c.alert_type, alerts.c.channel))
        .order_by(alerts.c.alert_type, alerts.c.channel, _OPEN.desc(), alerts.c.id.desc())
    )
    rows = connection.execute(select(*alerts.columns).where(alerts.c.id.in_(newest)).with_for_update()).mappings()
    return {(row["alert_type"], row["channel"]): dict(row) for row in rows}


def _open(connection: Connection, rows: Sequence[dict[str, Any]]) -> Iterable[int]:
    if not rows:
        return []
    return connection.execute(insert(alerts).returning(alerts.c.id, sort_by_parameter_order=True), rows).scalars().all()


def _renew(connection: Connection, incident: Mapping[str, Any], facts: dict[str, Any], event: Event | None) -> None:
    values: dict[str, Any] = dict(facts)
    if event:
        values |= {"told_value": facts["metric_value"], "is_read": False}
    if event == "reopened":
        values |= {"status": "open", "resolved_at": None, "resolved_by": None}
    connection.execute(update(alerts).where(alerts.c.id == incident["id"]).values(values))


def _is_silenced(incident: Mapping[str, Any], breaches: Mapping[tuple[str, str], Mapping[str, Any]]) -> bool:
    """Whether a breach of its channel keeps it from being judged."""
    return any(
        channel == incident["channel"] and silences(kind, incident["alert_type"], incident["metric"])
        for kind, channel in breaches
    )


def _change_by_hand(
    engine: Engine,
    alert_id: int,
    event: Event,
    values: dict[str, Any],
    *,
    author: str,
    moment: datetime,
    note: str,
) -> None:
    with engine.begin() as connection:
        query = select(alerts.c.status).where(alerts.c.id == alert_id).with_for_update()
        status = connection.execute(query).scalar()
        if status is None:
            raise UnknownIncidentError(alert_id)
        if status == "resolved":
            raise IncidentStateError(alert_id, status, event)
        connection.execute(update(alerts).where(alerts.c.id == alert_id).values(values))
        _record(connection, [(event, alert_id)], at=moment, author=author, note=note or None)


def _record(
    connection: Connection,
    changes: Sequence[tuple[Event, int]],
    *,
    at: datetime,
    author: str,
    note: str | None = None,
    run_id: str | None = None,
) -> None:
    """Write the changes down, and those that a run caused into the outbox: people know what they did themselves."""
    if not changes:
        return
    numbers = [number for _, number in changes]
    found = connection.execute(select(*alerts.columns).where(alerts.c.id.in_(numbers))).mappings()
    known = {row["id"]: dict(row) for row in found}
    common = {"at": at, "author": author, "note": note, "run_id": run_id}
    rows = [
        {"alert_id": number, "event": event, **common}
        | {name: known[number][name] for name in ("severity", "metric_value", "message")}
        for event, number in changes
    ]
    added = insert(incident_events).returning(incident_events.c.id, sort_by_parameter_order=True)
    events = connection.execute(added, rows).scalars().all()
    if run_id is not None:
        post_changes(
            connection,
            [(kind, number, known[alert_id]) for (kind, alert_id), number in zip(changes, events, strict=True)],
            moment=at,
        )
