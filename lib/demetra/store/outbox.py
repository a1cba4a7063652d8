"""The outbox: what is to be told, written in the transaction of the change, so that both happen or neither.

A notification is a change, not a message: whoever delivers puts several into one. `deliveries` says what became of it
at each receiver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.dialects.postgresql import insert as upsert

from demetra.store.tables import notifications

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

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
