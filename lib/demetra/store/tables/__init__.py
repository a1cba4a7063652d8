"""Every table, once. Migrations create them; a test compares the two.

Published tables exist twice: in the schema `public`, where readers look, and as an unlogged twin in the schema
`staging`, where a step leaves its rows under its run's id until the run publishes.
"""

from demetra.store.tables.advice import llm_replies, recommendations
from demetra.store.tables.base import STAGING, Moment, metadata
from demetra.store.tables.incidents import alerts, deliveries, incident_events, notifications
from demetra.store.tables.incoming import budgets, campaigns, channel_daily, column_maps, imports, rejected_rows
from demetra.store.tables.results import (
    forecast_record,
    ml_audience_timing,
    ml_budget_outlook,
    ml_budget_rec,
    ml_dashboards,
    ml_reach_ctr_timeseries,
    ml_roi_forecast,
    ml_roi_timeseries,
    model_versions,
    predictions,
)
from demetra.store.tables.running import publications, run_steps, runs
from demetra.store.tables.staged import RUN_TABLES, STAGED

__all__ = [
    "RUN_TABLES",
    "STAGED",
    "STAGING",
    "Moment",
    "alerts",
    "budgets",
    "campaigns",
    "channel_daily",
    "column_maps",
    "deliveries",
    "forecast_record",
    "imports",
    "incident_events",
    "llm_replies",
    "metadata",
    "ml_audience_timing",
    "ml_budget_outlook",
    "ml_budget_rec",
    "ml_dashboards",
    "ml_reach_ctr_timeseries",
    "ml_roi_forecast",
    "ml_roi_timeseries",
    "model_versions",
    "notifications",
    "predictions",
    "publications",
    "recommendations",
    "rejected_rows",
    "run_steps",
    "runs",
]
