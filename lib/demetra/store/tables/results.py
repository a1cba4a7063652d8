"""What steps find: forecasts and what became of them, budgets, audiences, predictions, pictures."""

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
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from demetra.schema import BOUNDS
from demetra.store.tables.base import Moment, Money, created_at, metadata, run_key


def _bounds(name: str) -> list[Column[Any]]:
    return [Column(f"{name}_{bound}", Double) for bound in BOUNDS]


def _judged(metric: str) -> list[Column[Any]]:
    """A metric of a cell, its interval, what its channels give elsewhere, and whether chance explains that."""
    numbers = [Column(f"{metric}{part}", Double) for part in ("", "_lo95", "_hi95", "_expected", "_p")]
    return [*numbers, Column(f"{metric}_verdict", Text, nullable=False, comment="above, below, chance or thin")]


model_versions = Table(
    "model_versions",
    metadata,
    Column("id", Text, primary_key=True, comment="hash of training data, code and parameters"),
    Column("run_id", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("card", JSONB, nullable=False, comment="data window, rows, metrics against baselines, drivers"),
    created_at(),
    Column("model", JSONB, comment="what predicts rows that come later; NULL where nothing was learnt"),
)

predictions = Table(
    "predictions",
    metadata,
    Column("model_version", ForeignKey("model_versions.id", ondelete="CASCADE"), primary_key=True),
    Column("campaign_row_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("predicted_roi", Double, nullable=False),
    Column("roi_lo80", Double, nullable=False),
    Column("roi_hi80", Double, nullable=False),
    Column("confidence_score", Double, nullable=False),
    Column("risk_level", Text, nullable=False),
    Column("feature_importance", JSONB, nullable=False),
    Column(
        "features",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="hash of what the row was predicted from",
    ),
    CheckConstraint("risk_level IN ('low', 'medium', 'high')", name="risk_level_known"),
)

ml_roi_forecast = Table(
    "ml_roi_forecast",
    metadata,
    run_key(),
    Column("channel", Text, primary_key=True),
    Column("roi_forecast", Double),
    Column("confidence_score", Double),
    *_bounds("roi"),
    Column("horizon_days", Integer, nullable=False),
    Column("method", Text, nullable=False),
    created_at(),
)

ml_roi_timeseries = Table(
    "ml_roi_timeseries",
    metadata,
    run_key(),
    Column("channel", Text, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("roi_actual", Double),
    Column("conversion_actual", Double),
    Column("roi_pred", Double),
    Column("conversion_pred", Double),
    *_bounds("roi"),
    *_bounds("conversion"),
    created_at(),
)

ml_reach_ctr_timeseries = Table(
    "ml_reach_ctr_timeseries",
    metadata,
    run_key(),
    Column("channel", Text, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("reach_actual", Double),
    Column("ctr_actual", Double),
    Column("reach_pred", Double),
    Column("ctr_pred", Double),
    *_bounds("reach"),
    *_bounds("ctr"),
    created_at(),
)

ml_budget_rec = Table(
    "ml_budget_rec",
    metadata,
    run_key(),
    Column("channel", Text, primary_key=True),
    Column("roi_pred", Double),
    Column("conversion_pred", Double),
    Column("acquisition_cost", Double),
    Column("current_budget", Money),
    Column("recommended_budget", Money),
    Column("budget_change_pct", Double),
    Column("expected_uplift_pct", Double),
    Column("uplift_lo80", Double),
    Column("uplift_hi80", Double),
    Column("evidence", Text, nullable=False),
    Column("reason", Text, nullable=False),
    created_at(),
    CheckConstraint("evidence IN ('strong', 'moderate', 'weak', 'none')", name="evidence_known"),
)

ml_budget_outlook = Table(
    "ml_budget_outlook",
    metadata,
    run_key(),
    Column("kind", Text, primary_key=True),
    Column("sentence", Text, nullable=False),
    Column("channel", Text),
    Column("change_pct", Double),
    Column("days", Integer),
    Column("bound", Double),
    Column("expected_uplift_pct", Double),
    Column("uplift_lo80", Double),
    Column("uplift_hi80", Double),
    created_at(),
)

ml_audience_timing = Table(
    "ml_audience_timing",
    metadata,
    run_key(),
    Column("dimension", Text, primary_key=True, comment="target_audience, customer_segment, location or weekday"),
    Column("value", Text, primary_key=True, comment="weekdays: 1 is Monday"),
    Column("rows", BigInteger, nullable=False),
    Column("days", BigInteger, nullable=False, comment="days with data"),
    Column("spend", Double),
    Column("revenue", Double),
    Column("conversions", Double),
    Column("clicks", Double),
    *(column for metric in ("roi", "conversion") for column in _judged(metric)),
    created_at(),
)

ml_dashboards = Table(
    "ml_dashboards",
    metadata,
    run_key(),
    Column("dashboard", Text, primary_key=True),
    Column("image_data", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    created_at(),
)

forecast_record = Table(
    "forecast_record",
    metadata,
    Column("metric", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("as_of", Date, primary_key=True, comment="the last day that the forecast knew"),
    Column("date", Date, primary_key=True, comment="the day forecast"),
    Column("run_id", Text, nullable=False, comment="the run that published it"),
    Column("demo", Boolean, nullable=False),
    Column("yhat", Double, nullable=False),
    *(Column(bound, Double) for bound in BOUNDS),
    Column("mean_28", Double, comment="mean of the last 28 days known; this and the next two are the naive forecasts"),
    Column("last_value", Double),
    Column("seasonal_naive", Double, comment="last known value of the same weekday"),
    Column("actual", Double, comment="NULL until the day has come"),
    Column("scored_at", Moment),
    created_at(),
)
