"""The first tables: data, runs, results, and the staging twins of the results.

Frozen: it says what the tables were then, and imports nothing of `demetra.store.tables`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, and the schema `staging`."""
    create_data()
    create_runs()
    create_results()
    create_staging()


def downgrade() -> None:
    """Drop every table with its rows, and the schema `staging`."""
    for table in (
        "breaches",
        "ml_budget_rec",
        "ml_dashboards",
        "ml_reach_ctr_timeseries",
        "ml_roi_forecast",
        "ml_roi_timeseries",
        "model_versions",
        "predictions",
        "recommendations",
    ):
        op.drop_table(table, schema="staging")
    op.execute("DROP SCHEMA staging")
    for table in (
        "alerts",
        "recommendations",
        "predictions",
        "model_versions",
        "ml_dashboards",
        "ml_budget_rec",
        "ml_reach_ctr_timeseries",
        "ml_roi_timeseries",
        "ml_roi_forecast",
        "publications",
        "run_steps",
        "runs",
        "budgets",
        "channel_daily",
        "campaigns",
        "column_maps",
        "rejected_rows",
        "imports",
    ):
        op.drop_table(table)


def create_data() -> None:
    """Imports and what they brought: rows as the sources gave them, and their daily roll-up."""
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.BigInteger(), nullable=False),
        sa.Column("rows_loaded", sa.BigInteger(), nullable=False),
        sa.Column("rows_merged", sa.BigInteger(), nullable=False),
        sa.Column("rows_rejected", sa.BigInteger(), nullable=False),
        sa.Column("rows_changed", sa.BigInteger(), nullable=False, comment="inserted, updated or deleted in campaigns"),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=True, comment="period of the rows; NULL where none were loaded"),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "rows_read = rows_loaded + rows_merged + rows_rejected", name=op.f("ck_imports_rows_accounted_for")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_source_file_name"), "imports", ["source", "file_name"], unique=False)
    op.create_table(
        "rejected_rows",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False, comment="1 is the file's first line, its header"),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_rejected_rows_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_rows")),
    )
    op.create_index(op.f("ix_rejected_rows_import_id"), "rejected_rows", ["import_id"], unique=False)
    op.create_table(
        "column_maps",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False, comment="our column -> theirs, as given by --map"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_column_maps")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, cache=1000), nullable=False),
        sa.Column("row_key", sa.Uuid(), nullable=False, comment="md5 of the key columns"),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("campaign_name", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("campaign_goal", sa.Text(), nullable=True),
        sa.Column("target_audience", sa.Text(), nullable=True),
        sa.Column("customer_segment", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("duration_days", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("spend", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("revenue", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("conversions", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("reach", sa.BigInteger(), nullable=True),
        sa.Column("engagements", sa.BigInteger(), nullable=True),
        sa.Column("engagement_score", sa.Double(), nullable=True),
        sa.CheckConstraint("clicks >= 0", name=op.f("ck_campaigns_clicks_not_negative")),
        sa.CheckConstraint("conversions >= 0", name=op.f("ck_campaigns_conversions_not_negative")),
        sa.CheckConstraint("engagements >= 0", name=op.f("ck_campaigns_engagements_not_negative")),
        sa.CheckConstraint("impressions >= 0", name=op.f("ck_campaigns_impressions_not_negative")),
        sa.CheckConstraint("reach >= 0", name=op.f("ck_campaigns_reach_not_negative")),
        sa.CheckConstraint("spend >= 0", name=op.f("ck_campaigns_spend_not_negative")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_campaigns_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("row_key", name=op.f("uq_campaigns_row_key")),
    )
    op.create_index(op.f("ix_campaigns_date_channel"), "campaigns", ["date", "channel"], unique=False)
    op.create_table(
        "channel_daily",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("spend", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("revenue", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("conversions", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("reach", sa.BigInteger(), nullable=True),
        sa.Column("engagements", sa.BigInteger(), nullable=True),
        sa.Column("reach_is_impressions", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("clicks >= 0", name=op.f("ck_channel_daily_clicks_not_negative")),
        sa.CheckConstraint("conversions >= 0", name=op.f("ck_channel_daily_conversions_not_negative")),
        sa.CheckConstraint("engagements >= 0", name=op.f("ck_channel_daily_engagements_not_negative")),
        sa.CheckConstraint("impressions >= 0", name=op.f("ck_channel_daily_impressions_not_negative")),
        sa.CheckConstraint("reach >= 0", name=op.f("ck_channel_daily_reach_not_negative")),
        sa.CheckConstraint("spend >= 0", name=op.f("ck_channel_daily_spend_not_negative")),
        sa.PrimaryKeyConstraint("channel", "date", name=op.f("pk_channel_daily")),
    )
    op.create_index(op.f("ix_channel_daily_date"), "channel_daily", ["date"], unique=False)
    op.create_table(
        "budgets",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="first day of the month"),
        sa.Column("amount", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budgets_amount_not_negative")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_budgets_month_is_first_day")),
        sa.PrimaryKeyConstraint("channel", "month", name=op.f("pk_budgets")),
    )


def create_runs() -> None:
    """Runs, their steps, and which run's result each step shows."""
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False, comment="start, schedule, sync or api"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("data_version", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'unchanged', 'interrupted')",
            name=op.f("ck_runs_status_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_queued_at"), "runs", ["queued_at"], unique=False)
    op.create_index(
        "uq_runs_queued_options", "runs", ["options"], unique=True, postgresql_where=sa.text("status = 'queued'")
    )
    op.create_table(
        "run_steps",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True, comment="hash of data, code, parameters and upstream steps"),
        sa.Column("notebook_path", sa.Text(), nullable=True, comment="executed notebook, relative to outputs/"),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'succeeded', 'failed', 'skipped', 'unchanged', 'interrupted')",
            name=op.f("ck_run_steps_status_known"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_steps_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "step", name=op.f("pk_run_steps")),
    )
    op.create_table(
        "publications",
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False, comment="computed from the simulated market"),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "stale_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="first failure since this was published; NULL while it is the newest",
        ),
        sa.Column("stale_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_publications_run_id")),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_publications")),
        comment="which run's result each step shows now",
    )


def create_results() -> None:
    """What the notebooks compute and readers see."""
    op.create_table(
        "ml_roi_forecast",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("roi_forecast", sa.Double(), nullable=True),
        sa.Column("confidence_score", sa.Double(), nullable=True),
        sa.Column("roi_lo80", sa.Double(), nullable=True),
        sa.Column("roi_hi80", sa.Double(), nullable=True),
        sa.Column("roi_lo95", sa.Double(), nullable=True),
        sa.Column("roi_hi95", sa.Double(), nullable=True),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "channel", name=op.f("pk_ml_roi_forecast")),
    )
    op.create_table(
        "ml_roi_timeseries",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("roi_actual", sa.Double(), nullable=True),
        sa.Column("conversion_actual", sa.Double(), nullable=True),
        sa.Column("roi_pred", sa.Double(), nullable=True),
        sa.Column("conversion_pred", sa.Double(), nullable=True),
        sa.Column("roi_lo80", sa.Double(), nullable=True),
        sa.Column("roi_hi80", sa.Double(), nullable=True),
        sa.Column("roi_lo95", sa.Double(), nullable=True),
        sa.Column("roi_hi95", sa.Double(), nullable=True),
        sa.Column("conversion_lo80", sa.Double(), nullable=True),
        sa.Column("conversion_hi80", sa.Double(), nullable=True),
        sa.Column("conversion_lo95", sa.Double(), nullable=True),
        sa.Column("conversion_hi95", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "channel", "date", name=op.f("pk_ml_roi_timeseries")),
    )
    op.create_table(
        "ml_reach_ctr_timeseries",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("reach_actual", sa.Double(), nullable=True),
        sa.Column("ctr_actual", sa.Double(), nullable=True),
        sa.Column("reach_pred", sa.Double(), nullable=True),
        sa.Column("ctr_pred", sa.Double(), nullable=True),
        sa.Column("reach_lo80", sa.Double(), nullable=True),
        sa.Column("reach_hi80", sa.Double(), nullable=True),
        sa.Column("reach_lo95", sa.Double(), nullable=True),
        sa.Column("reach_hi95", sa.Double(), nullable=True),
        sa.Column("ctr_lo80", sa.Double(), nullable=True),
        sa.Column("ctr_hi80", sa.Double(), nullable=True),
        sa.Column("ctr_lo95", sa.Double(), nullable=True),
        sa.Column("ctr_hi95", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "channel", "date", name=op.f("pk_ml_reach_ctr_timeseries")),
    )
    op.create_table(
        "ml_budget_rec",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("roi_pred", sa.Double(), nullable=True),
        sa.Column("conversion_pred", sa.Double(), nullable=True),
        sa.Column("acquisition_cost", sa.Double(), nullable=True),
        sa.Column("current_budget", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("recommended_budget", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("budget_change_pct", sa.Double(), nullable=True),
        sa.Column("expected_uplift_pct", sa.Double(), nullable=True),
        sa.Column("uplift_lo80", sa.Double(), nullable=True),
        sa.Column("uplift_hi80", sa.Double(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "evidence IN ('strong', 'moderate', 'weak', 'none')", name=op.f("ck_ml_budget_rec_evidence_known")
        ),
        sa.PrimaryKeyConstraint("run_id", "channel", name=op.f("pk_ml_budget_rec")),
    )
    op.create_table(
        "ml_dashboards",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("dashboard", sa.Text(), nullable=False),
        sa.Column("image_data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "dashboard", name=op.f("pk_ml_dashboards")),
    )
    op.create_table(
        "model_versions",
        sa.Column("id", sa.Text(), nullable=False, comment="hash of training data, code and parameters"),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column(
            "card", postgresql.JSONB(), nullable=False, comment="data window, rows, metrics against baselines, drivers"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_versions")),
    )
    op.create_table(
        "predictions",
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("campaign_row_id", sa.BigInteger(), nullable=False),
        sa.Column("predicted_roi", sa.Double(), nullable=False),
        sa.Column("roi_lo80", sa.Double(), nullable=False),
        sa.Column("roi_hi80", sa.Double(), nullable=False),
        sa.Column("confidence_score", sa.Double(), nullable=False),
        sa.Column("risk_level", sa.Text(), nullable=False),
        sa.Column("feature_importance", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("risk_level IN ('low', 'medium', 'high')", name=op.f("ck_predictions_risk_level_known")),
        sa.ForeignKeyConstraint(
            ["campaign_row_id"], ["campaigns.id"], name=op.f("fk_predictions_campaign_row_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["model_version"], ["model_versions.id"], name=op.f("fk_predictions_model_version"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("model_version", "campaign_row_id", name=op.f("pk_predictions")),
    )
    op.create_index(op.f("ix_predictions_campaign_row_id"), "predictions", ["campaign_row_id"], unique=False)
    op.create_table(
        "recommendations",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel_comparison", postgresql.JSONB(), nullable=False),
        sa.Column("ml_predictions", postgresql.JSONB(), nullable=False),
        sa.Column("recommendations", postgresql.JSONB(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("generated_by", sa.Text(), nullable=False, comment="llm or rules"),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("rejected_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_recommendations")),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alert_type", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("metric_value", sa.Double(), nullable=True),
        sa.Column("threshold_value", sa.Double(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurrences", sa.BigInteger(), nullable=False, comment="campaigns in breach when last seen"),
        sa.Column("worst", postgresql.JSONB(), nullable=False, comment="the worst campaigns in breach"),
        sa.Column("is_read", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False, comment="the run that saw it last"),
        sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f("ck_alerts_severity_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_is_read"), "alerts", ["is_read"], unique=False)
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["alert_type", "channel"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )


def create_staging() -> None:
    """Twins without a journal (UNLOGGED), where rows wait for their run to publish."""
    op.execute("CREATE SCHEMA staging")
    op.create_table(
        "breaches",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("alert_type", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("metric_value", sa.Double(), nullable=True),
        sa.Column("threshold_value", sa.Double(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("occurrences", sa.BigInteger(), nullable=False),
        sa.Column("worst", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "alert_type", "channel", name=op.f("pk_breaches")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "ml_budget_rec",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("roi_pred", sa.Double(), nullable=True),
        sa.Column("conversion_pred", sa.Double(), nullable=True),
        sa.Column("acquisition_cost", sa.Double(), nullable=True),
        sa.Column("current_budget", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("recommended_budget", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("budget_change_pct", sa.Double(), nullable=True),
        sa.Column("expected_uplift_pct", sa.Double(), nullable=True),
        sa.Column("uplift_lo80", sa.Double(), nullable=True),
        sa.Column("uplift_hi80", sa.Double(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "channel", name=op.f("pk_ml_budget_rec")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "ml_dashboards",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("dashboard", sa.Text(), nullable=False),
        sa.Column("image_data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "dashboard", name=op.f("pk_ml_dashboards")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "ml_reach_ctr_timeseries",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("reach_actual", sa.Double(), nullable=True),
        sa.Column("ctr_actual", sa.Double(), nullable=True),
        sa.Column("reach_pred", sa.Double(), nullable=True),
        sa.Column("ctr_pred", sa.Double(), nullable=True),
        sa.Column("reach_lo80", sa.Double(), nullable=True),
        sa.Column("reach_hi80", sa.Double(), nullable=True),
        sa.Column("reach_lo95", sa.Double(), nullable=True),
        sa.Column("reach_hi95", sa.Double(), nullable=True),
        sa.Column("ctr_lo80", sa.Double(), nullable=True),
        sa.Column("ctr_hi80", sa.Double(), nullable=True),
        sa.Column("ctr_lo95", sa.Double(), nullable=True),
        sa.Column("ctr_hi95", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "channel", "date", name=op.f("pk_ml_reach_ctr_timeseries")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "ml_roi_forecast",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("roi_forecast", sa.Double(), nullable=True),
        sa.Column("confidence_score", sa.Double(), nullable=True),
        sa.Column("roi_lo80", sa.Double(), nullable=True),
        sa.Column("roi_hi80", sa.Double(), nullable=True),
        sa.Column("roi_lo95", sa.Double(), nullable=True),
        sa.Column("roi_hi95", sa.Double(), nullable=True),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "channel", name=op.f("pk_ml_roi_forecast")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "ml_roi_timeseries",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("roi_actual", sa.Double(), nullable=True),
        sa.Column("conversion_actual", sa.Double(), nullable=True),
        sa.Column("roi_pred", sa.Double(), nullable=True),
        sa.Column("conversion_pred", sa.Double(), nullable=True),
        sa.Column("roi_lo80", sa.Double(), nullable=True),
        sa.Column("roi_hi80", sa.Double(), nullable=True),
        sa.Column("roi_lo95", sa.Double(), nullable=True),
        sa.Column("roi_hi95", sa.Double(), nullable=True),
        sa.Column("conversion_lo80", sa.Double(), nullable=True),
        sa.Column("conversion_hi80", sa.Double(), nullable=True),
        sa.Column("conversion_lo95", sa.Double(), nullable=True),
        sa.Column("conversion_hi95", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "channel", "date", name=op.f("pk_ml_roi_timeseries")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "model_versions",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("card", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_model_versions")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "predictions",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("campaign_row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("predicted_roi", sa.Double(), nullable=False),
        sa.Column("roi_lo80", sa.Double(), nullable=False),
        sa.Column("roi_hi80", sa.Double(), nullable=False),
        sa.Column("confidence_score", sa.Double(), nullable=False),
        sa.Column("risk_level", sa.Text(), nullable=False),
        sa.Column("feature_importance", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "campaign_row_id", name=op.f("pk_predictions")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "recommendations",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("channel_comparison", postgresql.JSONB(), nullable=False),
        sa.Column("ml_predictions", postgresql.JSONB(), nullable=False),
        sa.Column("recommendations", postgresql.JSONB(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("generated_by", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("rejected_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_recommendations")),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
