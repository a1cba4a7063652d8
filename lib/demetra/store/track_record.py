"""Published forecasts, kept until their days come and then scored: in the transaction that publishes.

What a day turned out to be is read from the table that a later run publishes: the figure on the page and the one that a
forecast is judged by are one. A figure that is corrected later is judged anew as long as the table shows its day. The
forecast of a whole horizon is judged by the ratio of its days' sums once all of them have come.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Date, Double, and_, cast, delete, extract, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from demetra.schema import BOUNDS, FORECAST_RECORD, HORIZON_ROI, NAIVE
from demetra.store.frames import read_frame
from demetra.store.tables import (
    channel_daily,
    forecast_record,
    ml_reach_ctr_timeseries,
    ml_roi_forecast,
    ml_roi_timeseries,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd
    from sqlalchemy import Connection, ScalarSelect, Select, Table

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
        _forget(connection, metric, as_of=as_of, demo=demo)
        _score(connection, _TABLES[table], run_id, metric=metric, prefix=prefix, as_of=as_of)
        _keep(connection, _TABLES[table], run_id, metric=metric, prefix=prefix, as_of=as_of, demo=demo)
    if table == ml_roi_forecast.name:
        _forget(connection, HORIZON_ROI, as_of=as_of, demo=demo)
        _score_horizons(connection, as_of=as_of)
        _keep_horizons(connection, run_id, as_of=as_of, demo=demo)


def read_forecast_record(connection: Connection) -> pd.DataFrame:
    """The forecasts whose days have come, columns `FORECAST_RECORD`: those of the last `SHOWN_DAYS` such days."""
    due = forecast_record.c.actual.is_not(None)
    newest = select(func.max(forecast_record.c.date)).where(due).scalar_subquery()
    columns = [forecast_record.columns[name] for name in FORECAST_RECORD]
    query = select(*columns).where(due, forecast_record.c.date > newest - SHOWN_DAYS)
    return read_frame(connection, query.order_by("metric", "channel", "as_of", "date"))


def _forget(connection: Connection, metric: str, *, as_of: date, demo: bool) -> None:
    mine = forecast_record.c.metric == metric
    outlived = forecast_record.c.date < as_of - timedelta(days=KEPT_DAYS)
    connection.execute(delete(forecast_record).where(mine, (forecast_record.c.demo != demo) | outlived))


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
    _upsert(connection, list(values), ahead)


def _upsert(connection: Connection, names: list[str], rows: Select[Any]) -> None:
    """Keep rows, in place of earlier ones for the same days that have not been judged."""
    kept = upsert(forecast_record).from_select(names, rows)
    news = {name: kept.excluded[name] for name in ("run_id", "yhat", *BOUNDS, *NAIVE) if name in names}
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


def _score_horizons(connection: Connection, *, as_of: date) -> None:
    """Judge the horizons whose days have all come, where at least half of the days forecast have known sums.

    A naive forecast of a horizon is, as ours, the mean of what it says of its days.
    """
    kept, day, sums = forecast_record.c, forecast_record.alias("day").c, channel_daily.c
    ours = and_(day.metric == "roi", day.channel == kept.channel, day.as_of == kept.as_of, day.date <= kept.date)
    known = and_(sums.channel == day.channel, sums.date == day.date, sums.revenue.is_not(None))
    rows = forecast_record.join(day.metric.table, ours).outerjoin(channel_daily, known)
    spend, key = func.sum(sums.spend), (kept.metric, kept.channel, kept.as_of, kept.date)
    actual = cast(func.sum(sums.revenue) / spend - 1, Double)
    found = (
        select(*key, actual.label("actual"), *(func.avg(day[name]).label(name) for name in NAIVE))
        .select_from(rows)
        .where(kept.metric == HORIZON_ROI, kept.date <= as_of)
        .group_by(*key)
        .having(2 * func.count(sums.date) >= func.count(), spend > 0)
        .subquery()
    )
    news = tuple_(*key) == tuple_(*(found.c[column.name] for column in key))
    values = {name: found.c[name] for name in ("actual", *NAIVE)}
    connection.execute(
        update(forecast_record)
        .where(news, kept.actual.is_distinct_from(found.c.actual))
        .values(**values, scored_at=func.now())
    )


def _keep_horizons(connection: Connection, run_id: str, *, as_of: date, demo: bool) -> None:
    """Keep what a run says of the whole horizon after `as_of`, by the horizon's last day."""
    shown = ml_roi_forecast.c
    values = {
        "metric": literal(HORIZON_ROI),
        "channel": shown.channel,
        "as_of": cast(literal(as_of), Date),
        "date": cast(literal(as_of), Date) + shown.horizon_days,
        "run_id": literal(run_id),
        "demo": literal(demo),
        "yhat": shown.roi_forecast,
        **{bound: shown[f"roi_{bound}"] for bound in BOUNDS},
    }
    _upsert(
        connection,
        list(values),
        select(*values.values()).where(shown.run_id == run_id, shown.roi_forecast.is_not(None)),
    )
