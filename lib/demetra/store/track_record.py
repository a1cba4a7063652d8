"""Published forecasts, kept until their days come and then scored: in the transaction that publishes.

What a day turned out to be is read from the table that a later run publishes: the figure on the page and the one that a
forecast is judged by are one. A figure that is corrected later is judged anew as long as the table shows its day.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Date, cast, delete, extract, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from demetra.schema import BOUNDS, FORECAST_RECORD, NAIVE
from demetra.store.frames import read_frame
from demetra.store.tables import forecast_record, ml_reach_ctr_timeseries, ml_roi_timeseries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd
    from sqlalchemy import Connection, ScalarSelect, Table

RECORDED: Final[Mapping[str, Mapping[str, str]]] = {
    ml_roi_timeseries.name: {"roi": "roi", "conversion_rate": "conversion"},
    ml_reach_ctr_timeseries.name: {"reach": "reach", "ctr": "ctr"},
}
"""The published tables that hold forecasts by day: each metric and the prefix of its columns."""

KEPT_DAYS: Final = 400
SHOWN_DAYS: Final = 90
_MEAN_DAYS: Final = 28
_TABLES: Final = {table.name: table for table in (ml_roi_timeseries, ml_reach_ctr_timeseries)}


def record_forecasts(connection: Connection, run_id: str, table: str, *, as_of: date, demo: bool) -> None:
    """Score the forecasts whose days a run's table shows, and keep those that it makes; other tables are left alone.

    Recording a table again changes nothing. Of several forecasts from one day the last one before its days come counts.
    Forecasts of the simulated market do not outlive it.
    """
    for metric, prefix in RECORDED.get(table, {}).items():
        mine = forecast_record.c.metric == metric
        outlived = forecast_record.c.date < as_of - timedelta(days=KEPT_DAYS)
        connection.execute(delete(forecast_record).where(mine, (forecast_record.c.demo != demo) | outlived))
        _score(connection, _TABLES[table], run_id, metric=metric, prefix=prefix, as_of=as_of)
        _keep(connection, _TABLES[table], run_id, metric=metric, prefix=prefix, as_of=as_of, demo=demo)


def read_forecast_record(connection: Connection) -> pd.DataFrame:
    """The forecasts whose days have come, columns `FORECAST_RECORD`: those of the last `SHOWN_DAYS` such days."""
    due = forecast_record.c.actual.is_not(None)
    newest = select(func.max(forecast_record.c.date)).where(due).scalar_subquery()
    columns = [forecast_record.columns[name] for name in FORECAST_RECORD]
    query = select(*columns).where(due, forecast_record.c.date > newest - SHOWN_DAYS)
    return read_frame(connection, query.order_by("metric", "channel", "as_of", "date"))


def _score(connection: Connection, shown: Table, run_id: str, *, metric: str, prefix: str, as_of: date) -> None:
    actual, kept = shown.columns[f"{prefix}_actual"], forecast_record.c
    arrived = (
        (shown.c.run_id == run_id)
        & (shown.c.channel == kept.channel)
        & (shown.c.date == kept.date)
        & (shown.c.date <= as_of)
        & actual.is_not(None)
    )
    news = (kept.metric == metric) & kept.actual.is_distinct_from(actual)
    connection.execute(update(forecast_record).where(arrived, news).values(actual=actual, scored_at=func.now()))


def _keep(
    connection: Connection, shown: Table, run_id: str, *, metric: str, prefix: str, as_of: date, demo: bool
) -> None:
    """Keep what a run says of the days after `as_of`, and what the naive forecasts would have said."""
    predicted = shown.columns[f"{prefix}_pred"]
    values = {
        "metric": literal(metric),
        "channel": shown.c.channel,
        "as_of": cast(literal(as_of), Date),
        "date": shown.c.date,
        "run_id": shown.c.run_id,
        "demo": literal(demo),
        "yhat": predicted,
        **{bound: shown.columns[f"{prefix}_{bound}"] for bound in BOUNDS},
        **_naive_forecasts(shown, run_id, prefix=prefix, as_of=as_of),
    }
    ahead = select(*values.values()).where(shown.c.run_id == run_id, shown.c.date > as_of, predicted.is_not(None))
    kept = upsert(forecast_record).from_select(list(values), ahead)
    news = {name: kept.excluded[name] for name in ("run_id", "yhat", *BOUNDS, *NAIVE)}
    connection.execute(
        kept.on_conflict_do_update(
            constraint=forecast_record.primary_key, set_=news, where=forecast_record.c.actual.is_(None)
        )
    )


def _naive_forecasts(shown: Table, run_id: str, *, prefix: str, as_of: date) -> dict[str, ScalarSelect[Any]]:
    """The naive forecasts of each of the table's rows, from the days up to `as_of` that the table shows."""
    past = shown.alias("past")
    actual = past.columns[f"{prefix}_actual"]
    known = select(actual).where(
        past.c.run_id == run_id, past.c.channel == shown.c.channel, past.c.date <= as_of, actual.is_not(None)
    )
    recent = known.where(past.c.date > as_of - timedelta(days=_MEAN_DAYS))
    newest = known.order_by(past.c.date.desc()).limit(1)
    same_weekday = extract("isodow", past.c.date) == extract("isodow", shown.c.date)
    found = (recent.with_only_columns(func.avg(actual)), newest, newest.where(same_weekday))
    return {name: query.correlate(shown).scalar_subquery() for name, query in zip(NAIVE, found, strict=True)}
