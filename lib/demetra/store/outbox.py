"""The outbox: what is to be told, written in the transaction of the change, so that both happen or neither.

A notification is a change, not a message: whoever delivers puts several into one. `deliveries` says what became of it
at each receiver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from demetra.store.tables import Moment, deliveries, notifications

if TYPE_CHECKING:
    from sqlalchemy import Connection

Wanted = Callable[[Mapping[str, Any]], bool]

TOLD_HOURS: Final = 36
"""What could not be told within so many hours is old news; longer than a night and a capped day."""
SENDING_SECONDS: Final = 300
FIRST_WAIT_SECONDS: Final = 30
MOST_TRIES: Final = 6
"""After 30 s, 90 s, 4.5 min, 13.5 min and 40 min."""
KEPT_DAYS: Final = 90

_COPIED: Final = (
    "alert_type",
    "severity",
    "channel",
    "message",
    "action",
    "metric",
    "metric_value",
    "threshold_value",
    "expected_value",
    "expected_lo",
    "expected_hi",
    "tell",
    "worst",
    "facts",
)


def post_changes(
    connection: Connection, changes: Sequence[tuple[str, int, Mapping[str, Any]]], *, moment: datetime
) -> None:
    """Post changes of incidents as (event, id of the event, row of `alerts`); the caller commits.

    What is snoozed or silenced is not told.
    """
    told = [
        {
            "key": f"event:{number}",
            "topic": "incident",
            "event_id": number,
            "severity": incident["severity"],
            "channel": incident["channel"],
            "content": _describe(event, incident),
            "created_at": moment,
        }
        for event, number, incident in changes
        if incident["status"] != "snoozed" and incident["silenced_by"] is None
    ]
    if told:
        connection.execute(upsert(notifications).values(told))


def post_notice(
    connection: Connection, *, key: str, topic: str, severity: str, content: Mapping[str, Any], moment: datetime
) -> bool:
    """Post something that is not an incident; False where the same has been posted already. The caller commits."""
    row = {"key": key, "topic": topic, "severity": severity, "content": dict(content), "created_at": moment}
    return bool(connection.execute(upsert(notifications).values(row).on_conflict_do_nothing()).rowcount)


def _describe(event: str, incident: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: incident[name] and incident[name].isoformat() for name in ("since", "as_of", "first_seen")}
    return {"event": event, "alert_id": incident["id"], **{name: incident[name] for name in _COPIED}, **days}


def open_deliveries(connection: Connection, receiver: str, *, now: datetime, wanted: Wanted) -> None:
    """Make a delivery of every notification that is new to a receiver; the caller commits.

    What it is not to be told is dropped at once, what is older than `TOLD_HOURS` is not told any more, and what a
    process was sending when it ended is uncertain: it may have arrived, so nobody sends it again.
    """
    mine = deliveries.c.receiver == receiver
    young = notifications.c.created_at > now - timedelta(hours=TOLD_HOURS)
    there = select(deliveries.c.notification_id).where(mine)
    fresh = select(*notifications.columns).where(young, notifications.c.id.not_in(there))
    rows = [
        {
            "notification_id": row["id"],
            "receiver": receiver,
            "status": "pending" if wanted(dict(row)) else "dropped",
            "due_at": row["created_at"],
        }
        for row in connection.execute(fresh).mappings()
    ]
    if rows:
        connection.execute(upsert(deliveries).values(rows).on_conflict_do_nothing())
    gone = now - timedelta(seconds=SENDING_SECONDS)
    lost = update(deliveries).where(mine, deliveries.c.status == "sending", deliveries.c.sent_at < gone)
    connection.execute(lost.values(status="uncertain", error="the process that sent it ended before it was done"))
    old = select(notifications.c.id).where(~young)
    late = update(deliveries).where(mine, deliveries.c.status == "pending", deliveries.c.notification_id.in_(old))
    connection.execute(late.values(status="dropped", error=f"not told within {TOLD_HOURS} hours"))


def claim_due(
    connection: Connection, receiver: str, *, now: datetime, severities: Sequence[str]
) -> list[dict[str, Any]]:
    """The notifications that a receiver is to be told now, held until the transaction ends; others skip them."""
    due = (
        select(*notifications.columns, deliveries.c.attempts)
        .join(deliveries, deliveries.c.notification_id == notifications.c.id)
        .where(deliveries.c.receiver == receiver, deliveries.c.status == "pending", deliveries.c.due_at <= now)
        .where(notifications.c.severity.in_(severities))
        .order_by(notifications.c.id)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    return [dict(row) for row in connection.execute(due).mappings()]


def count_messages(connection: Connection, receiver: str, *, since: datetime) -> int:
    """How many messages were sent to a receiver since a moment, the uncertain ones included."""
    sent = select(func.count(deliveries.c.message_id.distinct())).where(
        deliveries.c.receiver == receiver, deliveries.c.sent_at >= since
    )
    return int(connection.execute(sent).scalar_one())


def mark_sending(
    connection: Connection, receiver: str, numbers: Sequence[int], *, message_id: str, now: datetime
) -> None:
    """Note, before anything leaves, that a message goes out; the caller commits and then sends."""
    change = {"status": "sending", "message_id": message_id, "sent_at": now, "attempts": deliveries.c.attempts + 1}
    _change(connection, receiver, numbers, change)


def settle_deliveries(
    connection: Connection, receiver: str, numbers: Sequence[int], *, status: str, error: str | None, now: datetime
) -> None:
    """Note how a message ended: `sent`, `uncertain`, or `refused`, which is tried again later, `MOST_TRIES` times."""
    if status != "refused":
        _change(connection, receiver, numbers, {"status": status, "error": error})
        return
    again = deliveries.c.attempts < MOST_TRIES
    wait = FIRST_WAIT_SECONDS * func.power(3, deliveries.c.attempts - 1)
    values = {
        "status": case((again, "pending"), else_="failed"),
        "due_at": literal(now, Moment) + func.make_interval(0, 0, 0, 0, 0, 0, wait),
        "sent_at": None,
        "message_id": None,
        "error": error,
    }
    _change(connection, receiver, numbers, values)


def forget_told(connection: Connection, *, now: datetime) -> None:
    """Delete notifications that were told, or given up, more than `KEPT_DAYS` ago; the caller commits."""
    connection.execute(delete(notifications).where(notifications.c.created_at < now - timedelta(days=KEPT_DAYS)))


def _change(connection: Connection, receiver: str, numbers: Sequence[int], values: Mapping[str, Any]) -> None:
    mine = deliveries.c.receiver == receiver, deliveries.c.notification_id.in_(numbers)
    connection.execute(update(deliveries).where(*mine).values(values))
