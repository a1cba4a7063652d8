"""The record of published forecasts, the outlook of the budget advice, and the campaign model as it is kept."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create `forecast_record`; add `model_versions.model` and `predictions.features`, here and in `staging`."""
    op.create_table(
        "forecast_record",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False, comment="the last day that the forecast knew"),
        sa.Column("date", sa.Date(), nullable=False, comment="the day forecast"),
        sa.Column("run_id", sa.Text(), nullable=False, comment="the run that published it"),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("yhat", sa.Double(), nullable=False),
        sa.Column("lo80", sa.Double()),
        sa.Column("hi80", sa.Double()),
        sa.Column("lo95", sa.Double()),
        sa.Column("hi95", sa.Double()),
        sa.Column(
            "mean_28",
            sa.Double(),
            comment="mean of the last 28 days known; this and the next two are the naive forecasts",
        ),
        sa.Column("last_value", sa.Double()),
        sa.Column("seasonal_naive", sa.Double(), comment="last known value of the same weekday"),
        sa.Column("actual", sa.Double(), comment="NULL until the day has come"),
        sa.Column("scored_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("metric", "channel", "as_of", "date", name=op.f("pk_forecast_record")),
    )
    key = sa.PrimaryKeyConstraint("run_id", "kind", name=op.f("pk_ml_budget_outlook"))
    moment = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    op.create_table("ml_budget_outlook", *outlook_columns(), moment, key)
    key = sa.PrimaryKeyConstraint("run_id", "kind", name=op.f("pk_ml_budget_outlook"))
    op.create_table("ml_budget_outlook", *outlook_columns(), key, schema="staging", prefixes=["UNLOGGED"])
    learnt = "what predicts rows that come later; NULL where nothing was learnt"
    op.add_column("model_versions", sa.Column("model", postgresql.JSONB(), comment=learnt))
    told = "hash of what the row was predicted from"
    op.add_column(
        "predictions",
        sa.Column("features", sa.BigInteger(), nullable=False, server_default=sa.text("0"), comment=told),
    )
    op.add_column("model_versions", sa.Column("model", postgresql.JSONB()), schema="staging")
    op.execute("TRUNCATE staging.predictions")  # what an interrupted run left
    op.add_column("predictions", sa.Column("features", sa.BigInteger(), nullable=False), schema="staging")


def outlook_columns() -> list[sa.Column[Any]]:
    """The columns that `ml_budget_outlook` has in both schemas."""
    return [
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("change_pct", sa.Double()),
        sa.Column("days", sa.Integer()),
        sa.Column("bound", sa.Double()),
        sa.Column("expected_uplift_pct", sa.Double()),
        sa.Column("uplift_lo80", sa.Double()),
        sa.Column("uplift_hi80", sa.Double()),
    ]


def downgrade() -> None:
    """Take them away again; the record is lost."""
    for schema in ("staging", None):
        op.drop_column("predictions", "features", schema=schema)
        op.drop_column("model_versions", "model", schema=schema)
    op.drop_table("ml_budget_outlook", schema="staging")
    op.drop_table("ml_budget_outlook")
    op.drop_table("forecast_record")
