"""Every table, once. Migrations create them; a test compares the two.

Published tables exist twice: in the schema `public`, where readers look, and as an unlogged twin in the schema
`staging`, where a step leaves its rows under its run's id until the run publishes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from demetra.schema import BOUNDS

STAGING = "staging"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Money = Numeric(20, 6)
Moment = DateTime(timezone=True)


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


def _created_at() -> Column[Any]:
    return Column("created_at", Moment, nullable=False, server_default=func.now())


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
    _created_at(),
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
    _created_at(),
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

model_versions = Table(
    "model_versions",
    metadata,
    Column("id", Text, primary_key=True, comment="hash of training data, code and parameters"),
    Column("run_id", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("card", JSONB, nullable=False, comment="data window, rows, metrics against baselines, drivers"),
    _created_at(),
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


def _bounds(name: str) -> list[Column[Any]]:
    return [Column(f"{name}_{bound}", Double) for bound in BOUNDS]


def _judged(metric: str) -> list[Column[Any]]:
    """A metric of a cell, its interval, what its channels give elsewhere, and whether chance explains that."""
    numbers = [Column(f"{metric}{part}", Double) for part in ("", "_lo95", "_hi95", "_expected", "_p")]
    return [*numbers, Column(f"{metric}_verdict", Text, nullable=False, comment="above, below, chance or thin")]


def _run_key() -> Column[Any]:
    return Column("run_id", Text, primary_key=True)


ml_roi_forecast = Table(
    "ml_roi_forecast",
    metadata,
    _run_key(),
    Column("channel", Text, primary_key=True),
    Column("roi_forecast", Double),
    Column("confidence_score", Double),
    *_bounds("roi"),
    Column("horizon_days", Integer, nullable=False),
    Column("method", Text, nullable=False),
    _created_at(),
)

ml_roi_timeseries = Table(
    "ml_roi_timeseries",
    metadata,
    _run_key(),
    Column("channel", Text, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("roi_actual", Double),
    Column("conversion_actual", Double),
    Column("roi_pred", Double),
    Column("conversion_pred", Double),
    *_bounds("roi"),
    *_bounds("conversion"),
    _created_at(),
)

ml_reach_ctr_timeseries = Table(
    "ml_reach_ctr_timeseries",
    metadata,
    _run_key(),
    Column("channel", Text, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("reach_actual", Double),
    Column("ctr_actual", Double),
    Column("reach_pred", Double),
    Column("ctr_pred", Double),
    *_bounds("reach"),
    *_bounds("ctr"),
    _created_at(),
)

ml_budget_rec = Table(
    "ml_budget_rec",
    metadata,
    _run_key(),
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
    _created_at(),
    CheckConstraint("evidence IN ('strong', 'moderate', 'weak', 'none')", name="evidence_known"),
)

ml_budget_outlook = Table(
    "ml_budget_outlook",
    metadata,
    _run_key(),
    Column("kind", Text, primary_key=True),
    Column("sentence", Text, nullable=False),
    Column("channel", Text),
    Column("change_pct", Double),
    Column("days", Integer),
    Column("bound", Double),
    Column("expected_uplift_pct", Double),
    Column("uplift_lo80", Double),
    Column("uplift_hi80", Double),
    _created_at(),
)

ml_audience_timing = Table(
    "ml_audience_timing",
    metadata,
    _run_key(),
    Column("dimension", Text, primary_key=True, comment="target_audience, customer_segment, location or weekday"),
    Column("value", Text, primary_key=True, comment="weekdays: 1 is Monday"),
    Column("rows", BigInteger, nullable=False),
    Column("days", BigInteger, nullable=False, comment="days with data"),
    Column("spend", Double),
    Column("revenue", Double),
    Column("conversions", Double),
    Column("clicks", Double),
    *(column for metric in ("roi", "conversion") for column in _judged(metric)),
    _created_at(),
)

ml_dashboards = Table(
    "ml_dashboards",
    metadata,
    _run_key(),
    Column("dashboard", Text, primary_key=True),
    Column("image_data", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    _created_at(),
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
    _created_at(),
)

recommendations = Table(
    "recommendations",
    metadata,
    _run_key(),
    Column("channel_comparison", JSONB, nullable=False),
    Column("ml_predictions", JSONB, nullable=False),
    Column("recommendations", JSONB, nullable=False),
    Column("summary", Text, nullable=False),
    Column("generated_by", Text, nullable=False, comment="llm or rules"),
    Column("model", Text),
    Column("rejected_reason", Text),
    _created_at(),
    Column("unanswered", Boolean, nullable=False, server_default=text("false"), comment="the next run asks again"),
    Column("prompt_tokens", BigInteger, comment="of all requests; 0: a kept answer served; NULL: none, or not told"),
    Column("completion_tokens", BigInteger),
    Column("cost_usd", Double, comment="NULL where no price is known"),
)

llm_replies = Table(
    "llm_replies",
    metadata,
    Column("question", Text, primary_key=True, comment="sha256 of what was sent, facts and all, and of whom it asked"),
    Column("model", Text, nullable=False),
    Column("reply", Text, nullable=False, comment="as it came; checked anew each time that it is used"),
    Column("cut_off", Boolean, nullable=False),
    Column("prompt_tokens", BigInteger, comment="of all requests that it took"),
    Column("completion_tokens", BigInteger),
    Column("cost_usd", Double),
    Column("used_at", Moment, nullable=False, server_default=func.now(), index=True),
    _created_at(),
    comment="a model's last reply to each question, so that it is paid for once",
)


def _evidence() -> list[Column[Any]]:
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


def _facts() -> Column[Any]:
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
    *_evidence(),
    Column("status", Text, nullable=False, server_default="open"),
    Column("snoozed_until", Moment),
    Column("as_of", Date, comment="last day of the data in which it was seen last"),
    Column("told_value", Double, comment="metric_value when it was last opened or worsened"),
    Column("resolved_by", Text, comment="demetra: it was over; else who closed it"),
    _facts(),
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
    _created_at(),
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

# Staging ------------------------------------------------------------------------------------------------------------

RUN_TABLES = (
    ml_roi_forecast,
    ml_roi_timeseries,
    ml_reach_ctr_timeseries,
    ml_budget_rec,
    ml_budget_outlook,
    ml_audience_timing,
    ml_dashboards,
    recommendations,
)
"""Published tables that carry the run's id; each has a twin in `staging` with the same columns but created_at."""


def _staged(name: str, *columns: Column[Any]) -> Table:
    return Table(name, metadata, *columns, schema=STAGING, prefixes=["UNLOGGED"])


def _copies(table: Table, *, without: tuple[str, ...] = ()) -> list[Column[Any]]:
    """A table's columns without its foreign keys: staged rows may outlive what they point at."""
    return [
        Column(column.name, column.type, primary_key=column.primary_key, nullable=column.nullable)
        for column in table.columns
        if column.name not in without
    ]


STAGED = {
    **{table.name: _staged(table.name, *_copies(table, without=("created_at",))) for table in RUN_TABLES},
    "breaches": _staged(
        "breaches",
        _run_key(),
        Column("alert_type", Text, primary_key=True),
        Column("severity", Text, nullable=False),
        Column("channel", Text, primary_key=True),
        Column("message", Text, nullable=False),
        Column("metric_value", Double),
        Column("threshold_value", Double),
        Column("action", Text, nullable=False),
        Column("occurrences", BigInteger, nullable=False),
        Column("worst", JSONB, nullable=False),
        *_evidence(),
        _facts(),
    ),
    "model_versions": _staged(
        "model_versions",
        _run_key(),
        Column("id", Text, nullable=False),
        Column("method", Text, nullable=False),
        Column("card", JSONB, nullable=False),
        Column("model", JSONB),
    ),
    "predictions": _staged(
        "predictions",
        _run_key(),
        Column("campaign_row_id", BigInteger, primary_key=True, autoincrement=False),
        *_copies(predictions, without=("model_version", "campaign_row_id")),
    ),
}
"""The staging twins by name; `breaches` become incidents in `alerts` when they are published."""
