"""What audiences, segments, locations and weekdays returned.

Frozen: it says what the tables were then, and imports nothing of `demetra.store.tables`.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = ("run_id", "dimension", "value")


def upgrade() -> None:
    """Make the table and its twin in `staging`."""
    created = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    _create(created)
    _create(schema="staging", prefixes=["UNLOGGED"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("ml_audience_timing", schema="staging")
    op.drop_table("ml_audience_timing")


def _create(*more: sa.Column[Any], **options: Any) -> None:
    measures = ("spend", "revenue", "conversions", "clicks")
    judged = [column for metric in ("roi", "conversion") for column in _judge(metric, commented=not options)]
    notes = {"dimension": "target_audience, customer_segment, location or weekday", "value": "weekdays: 1 is Monday"}
    op.create_table(
        "ml_audience_timing",
        *(sa.Column(name, sa.Text(), nullable=False, comment=None if options else notes.get(name)) for name in KEY),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False, comment=None if options else "days with data"),
        *(sa.Column(name, sa.Double()) for name in measures),
        *judged,
        *more,
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_ml_audience_timing")),
        **options,
    )


def _judge(metric: str, *, commented: bool) -> list[sa.Column[Any]]:
    numbers: list[sa.Column[Any]] = [
        sa.Column(f"{metric}{part}", sa.Double()) for part in ("", "_lo95", "_hi95", "_expected", "_p")
    ]
    meaning = "above, below, chance or thin" if commented else None
    return [*numbers, sa.Column(f"{metric}_verdict", sa.Text(), nullable=False, comment=meaning)]
