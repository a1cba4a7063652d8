"""The life of an incident: its states, a row per change, and the outbox that tells of them.

Frozen: it says what the tables were then, and imports nothing of `demetra.store.tables`.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give incidents their states and make the tables of changes, notifications and deliveries."""
    for column in _evidence():
        op.add_column("breaches", column, schema="staging")
    for column in (*_evidence(), *_states()):
        op.add_column("alerts", column)
    op.execute("UPDATE alerts SET status = 'resolved', resolved_by = 'demetra' WHERE resolved_at IS NOT NULL")
    op.execute("UPDATE alerts SET told_value = metric_value")
    states = "status IN ('open', 'acknowledged', 'snoozed', 'resolved')"
    op.create_check_constraint(op.f("ck_alerts_status_known"), "alerts", states)
    resolved = "(status = 'resolved') = (resolved_at IS NOT NULL)"
    op.create_check_constraint(op.f("ck_alerts_resolved_at_known"), "alerts", resolved)
    _create_events()
    _create_outbox()


def downgrade() -> None:
    """Forget states, changes and notifications; the incidents stay."""
    for table in ("deliveries", "notifications", "incident_events"):
        op.drop_table(table)
    for name in ("status_known", "resolved_at_known"):
        op.drop_constraint(op.f(f"ck_alerts_{name}"), "alerts")
    for column in (*_states(), *_evidence()):
        op.drop_column("alerts", column.name)
    for column in _evidence():
        op.drop_column("breaches", column.name, schema="staging")


def _evidence() -> list[sa.Column[Any]]:
    return [
        sa.Column("metric", sa.Text()),
        sa.Column("since", sa.Date(), comment="first day of the trouble in the data"),
        sa.Column("expected_value", sa.Double(), comment="of the last day, where the rule has an expected range"),
        sa.Column("expected_lo", sa.Double()),
        sa.Column("expected_hi", sa.Double()),
        sa.Column("silenced_by", sa.Text(), comment="the kind whose incident on this channel explains this one"),
        sa.Column("tell", postgresql.JSONB(), comment="receivers that the rule names; NULL: as the routes say"),
    ]


def _states() -> list[sa.Column[Any]]:
    return [
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True)),
        sa.Column("as_of", sa.Date(), comment="last day of the data in which it was seen last"),
        sa.Column("told_value", sa.Double(), comment="metric_value when it was last opened or worsened"),
        sa.Column("resolved_by", sa.Text(), comment="demetra: it was over; else who closed it"),
    ]


def _create_events() -> None:
    op.create_table(
        "incident_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False, comment="who changed it; demetra: a run"),
        sa.Column("note", sa.Text()),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("metric_value", sa.Double()),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), comment="the run that caused it; NULL: a person did"),
        sa.CheckConstraint(
            "event IN ('opened', 'worsened', 'acknowledged', 'snoozed', 'woken', 'resolved', 'reopened')",
            name=op.f("ck_incident_events_event_known"),
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_incident_events_alert_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_events")),
        comment="the life of an incident, a row per change",
    )
    op.create_index(op.f("ix_incident_events_alert_id"), "incident_events", ["alert_id"])


def _create_outbox() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="what is told; the same change is never told twice"),
        sa.Column("topic", sa.Text(), nullable=False, comment="incident, run or test"),
        sa.Column("event_id", sa.BigInteger()),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("content", postgresql.JSONB(), nullable=False, comment="what is said, as it was at the change"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("topic IN ('incident', 'run', 'test')", name=op.f("ck_notifications_topic_known")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["incident_events.id"], name=op.f("fk_notifications_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("key", name=op.f("uq_notifications_key")),
        comment="outbox: written in the transaction of the change that it tells",
    )
    op.create_index(op.f("ix_notifications_created_at"), "notifications", ["created_at"])
    op.create_index(op.f("ix_notifications_event_id"), "notifications", ["event_id"])
    op.create_table(
        "deliveries",
        sa.Column("notification_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "receiver", sa.Text(), nullable=False, comment="its name; the address is a secret of the environment"
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="not before this"),
        sa.Column("message_id", sa.Text(), comment="those told in one message share it"),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text()),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'failed', 'uncertain', 'dropped')",
            name=op.f("ck_deliveries_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_deliveries_notification_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notification_id", "receiver", name=op.f("pk_deliveries")),
        comment="what became of a notification at each receiver",
    )
    columns = ["receiver", "status", "due_at"]
    op.create_index(op.f("ix_deliveries_receiver_status_due_at"), "deliveries", columns)
