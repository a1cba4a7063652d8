"""What comes in: source rows and their daily sums, imports and what they refused, plans."""

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
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from demetra.store.tables.base import Money, created_at, metadata


def _measures() -> list[Column[Any]]:
    """Sums of a source row or a day; NULL is unknown, and nothing is negative but revenue (refunds)."""
    return [
        Column("spend", Money, nullable=False),
        Column("revenue", Money),
        Column("conversions", Numeric(20, 6)),
        Column("clicks", BigInteger),
        Column("impressions", BigInteger),
        Column("reach", BigInteger),
        Column("engagements", BigInteger),
    ]


def _no_negatives() -> list[CheckConstraint]:
    names = ("spend", "conversions", "clicks", "impressions", "reach", "engagements")
    return [CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative") for name in names]


imports = Table(
    "imports",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("rows_read", BigInteger, nullable=False),
    Column("rows_loaded", BigInteger, nullable=False),
    Column("rows_merged", BigInteger, nullable=False),
    Column("rows_rejected", BigInteger, nullable=False),
    Column("rows_changed", BigInteger, nullable=False, comment="inserted, updated or deleted in campaigns"),
    Column("seconds", Double, nullable=False),
    Column("first_date", Date, comment="period of the rows; NULL where none were loaded"),
    Column("last_date", Date),
    created_at(),
    CheckConstraint("rows_read = rows_loaded + rows_merged + rows_rejected", name="rows_accounted_for"),
    Index(None, "source", "file_name"),
)

rejected_rows = Table(
    "rejected_rows",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("import_id", ForeignKey("imports.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("line", BigInteger, nullable=False, comment="1 is the file's first line, its header"),
    Column("column_name", Text),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
)

column_maps = Table(
    "column_maps",
    metadata,
    Column("source", Text, primary_key=True),
    Column("mapping", JSONB, nullable=False, comment="our column -> theirs, as given by --map"),
    created_at(),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", BigInteger, Identity(cache=1000), primary_key=True),
    Column("row_key", Uuid, nullable=False, unique=True, comment="md5 of the key columns"),
    Column("import_id", ForeignKey("imports.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("account_id", Text),
    Column("channel", Text, nullable=False),
    Column("campaign_id", Text, nullable=False),
    Column("campaign_name", Text),
    Column("date", Date, nullable=False),
    Column("company", Text),
    Column("campaign_goal", Text),
    Column("target_audience", Text),
    Column("customer_segment", Text),
    Column("location", Text),
    Column("language", Text),
    Column("duration_days", Integer),
    Column("currency", Text, nullable=False),
    *_measures(),
    Column("engagement_score", Double),
    *_no_negatives(),
    Index(None, "date", "channel"),
)

channel_daily = Table(
    "channel_daily",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("date", Date, primary_key=True),
    *_measures(),
    Column("reach_is_impressions", Boolean, nullable=False, server_default=text("false")),
    Column("rows", BigInteger, nullable=False),
    *_no_negatives(),
    Index(None, "date"),
)

budgets = Table(
    "budgets",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("month", Date, primary_key=True, comment="first day of the month"),
    Column("amount", Money, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
    CheckConstraint("extract(day from month) = 1", name="month_is_first_day"),
)
