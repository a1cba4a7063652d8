"""What needs attention: incidents, their life, and who is told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from demetra.store.tables.base import Moment, created_at, metadata


def evidence() -> list[Column[Any]]:
    """What an incident and the breach behind it know beside the value and its threshold."""
    return [
        Column("metric", Text),
        Column("since", Date, comment="first day of the trouble in the data"),
        Column("expected_value", Double, comment="of the last day, where the rule has an expected range"),
        Column("expected_lo", Double),
        Column("expected_hi", Double),
        Column("silenced_by", Text, comment="the kind whose incident on this channel explains this one"),
        Column("tell", JSONB, comment="receivers that the rule names; NULL: as the routes say"),
    ]


def facts() -> Column[Any]:
    """What the message of an incident, or of the breach behind it, is composed from."""
    return Column("facts", JSONB, comment="what the message says, to say it in another language")


alerts = Table(
    "alerts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("alert_type", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("metric_value", Double),
    Column("threshold_value", Double),
    Column("action", Text, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("occurrences", BigInteger, nullable=False, comment="campaigns in breach when last seen"),
    Column("worst", JSONB, nullable=False, comment="the worst campaigns in breach"),
    Column("is_read", Boolean, nullable=False, server_default=text("false")),
    Column("resolved_at", Moment),
    Column("run_id", Text, nullable=False, comment="the run that saw it last"),
    *evidence(),
    Column("status", Text, nullable=False, server_default="open"),
    Column("snoozed_until", Moment),
    Column("as_of", Date, comment="last day of the data in which it was seen last"),
    Column("told_value", Double, comment="metric_value when it was last opened or worsened"),
    Column("resolved_by", Text, comment="demetra: it was over; else who closed it"),
    facts(),
    CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name="severity_known"),
    CheckConstraint("status IN ('open', 'acknowledged', 'snoozed', 'resolved')", name="status_known"),
    CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_at_known"),
    Index("uq_alerts_open", "alert_type", "channel", unique=True, postgresql_where=text("resolved_at IS NULL")),
    Index(None, "is_read"),
)

incident_events = Table(
    "incident_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("alert_id", ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("event", Text, nullable=False),
    Column("author", Text, nullable=False, comment="who changed it; demetra: a run"),
    Column("note", Text),
    Column("severity", Text, nullable=False),
    Column("metric_value", Double),
    Column("message", Text, nullable=False),
    Column("run_id", Text, comment="the run that caused it; NULL: a person did"),
    CheckConstraint(
        "event IN ('opened', 'worsened', 'acknowledged', 'snoozed', 'woken', 'resolved', 'reopened')",
        name="event_known",
    ),
    comment="the life of an incident, a row per change",
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True, comment="what is told; the same change is never told twice"),
    Column("topic", Text, nullable=False, comment="incident, run or test"),
    Column("event_id", ForeignKey("incident_events.id", ondelete="CASCADE"), index=True),
    Column("severity", Text, nullable=False),
    Column("channel", Text),
    Column("content", JSONB, nullable=False, comment="what is said, as it was at the change"),
    created_at(),
    CheckConstraint("topic IN ('incident', 'run', 'test')", name="topic_known"),
    Index(None, "created_at"),
    comment="outbox: written in the transaction of the change that it tells",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("notification_id", ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True),
    Column("receiver", Text, primary_key=True, comment="its name; the address is a secret of the environment"),
    Column("status", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("due_at", Moment, nullable=False, comment="not before this"),
    Column("message_id", Text, comment="those told in one message share it"),
    Column("sent_at", Moment),
    Column("error", Text),
    CheckConstraint("status IN ('pending', 'sending', 'sent', 'failed', 'uncertain', 'dropped')", name="status_known"),
    Index(None, "receiver", "status", "due_at"),
    comment="what became of a notification at each receiver",
)
