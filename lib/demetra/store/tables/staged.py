"""Unlogged twins of published tables in the schema `staging`, where a step's rows wait under their run's id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Double, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from demetra.store.tables.advice import recommendations
from demetra.store.tables.base import STAGING, metadata, run_key
from demetra.store.tables.incidents import evidence, facts
from demetra.store.tables.results import (
    ml_audience_timing,
    ml_budget_outlook,
    ml_budget_rec,
    ml_dashboards,
    ml_reach_ctr_timeseries,
    ml_roi_forecast,
    ml_roi_timeseries,
    predictions,
)

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
        run_key(),
        Column("alert_type", Text, primary_key=True),
        Column("severity", Text, nullable=False),
        Column("channel", Text, primary_key=True),
        Column("message", Text, nullable=False),
        Column("metric_value", Double),
        Column("threshold_value", Double),
        Column("action", Text, nullable=False),
        Column("occurrences", BigInteger, nullable=False),
        Column("worst", JSONB, nullable=False),
        *evidence(),
        facts(),
    ),
    "model_versions": _staged(
        "model_versions",
        run_key(),
        Column("id", Text, nullable=False),
        Column("method", Text, nullable=False),
        Column("card", JSONB, nullable=False),
        Column("model", JSONB),
    ),
    "predictions": _staged(
        "predictions",
        run_key(),
        Column("campaign_row_id", BigInteger, primary_key=True, autoincrement=False),
        *_copies(predictions, without=("model_version", "campaign_row_id")),
    ),
}
"""The staging twins by name; `breaches` become incidents in `alerts` when they are published."""
