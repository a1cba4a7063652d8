"""What a run does: its steps, and which run's result each step shows."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from demetra.store.tables.base import Moment, metadata

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("trigger", Text, nullable=False, comment="start, schedule, sync or api"),
    Column("status", Text, nullable=False),
    Column("options", JSONB, nullable=False, server_default=text("'{}'")),
    Column("as_of", Date),
    Column("data_version", BigInteger),
    Column("queued_at", Moment, nullable=False, server_default=func.now()),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("error", Text),
    CheckConstraint(
        "status IN ('queued', 'running', 'succeeded', 'failed', 'unchanged', 'interrupted')", name="status_known"
    ),
    Index(None, "queued_at"),
    Index("uq_runs_queued_options", "options", unique=True, postgresql_where=text("status = 'queued'")),
)

run_steps = Table(
    "run_steps",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("error", Text),
    Column("fingerprint", Text, comment="hash of data, code, parameters and upstream steps"),
    Column("notebook_path", Text, comment="executed notebook, relative to outputs/"),
    CheckConstraint(
        "status IN ('pending', 'running', 'succeeded', 'failed', 'skipped', 'unchanged', 'interrupted')",
        name="status_known",
    ),
)

publications = Table(
    "publications",
    metadata,
    Column("step", Text, primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("demo", Boolean, nullable=False, comment="computed from the simulated market"),
    Column("fingerprint", Text, nullable=False),
    Column("published_at", Moment, nullable=False, server_default=func.now()),
    Column("stale_since", Moment, comment="first failure since this was published; NULL while it is the newest"),
    Column("stale_reason", Text),
    comment="which run's result each step shows now",
)
