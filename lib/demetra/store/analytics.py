"""Sums and ratios over a period, computed by the database: ratios are ratios of sums, NULL where the denominator is 0.

A period is two days, both included. `channels` narrows to those named; none means all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Double, cast, func, select

from demetra.metrics import PARTS
from demetra.schema import MEASURES
from demetra.store.publication import shown_day
from demetra.store.tables import campaigns, channel_daily

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Table

PERIOD_DAYS: Final = 28
"""The length of a period whose start is not given: four whole weeks."""


@dataclass(frozen=True)
class Period:
    """Days from `since` to `until`, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    def before(self) -> Period:
        """The period of equal length that ends the day before this one begins."""
        return Period(self.since - timedelta(days=self.days), self.since - timedelta(days=1))


def choose_period(connection: Connection, *, since: date | None = None, until: date | None = None) -> Period | None:
    """The period meant: through the last published day (before the first run, the last day stored) where not given.

    None where nothing is stored and a day is missing.
    """
    last = until or shown_day(connection) or connection.execute(select(func.max(channel_daily.c.date))).scalar()
    if last is None:
        return None
    return Period(since or last - timedelta(days=PERIOD_DAYS - 1), last)


def sum_period(connection: Connection, period: Period, *, channels: Sequence[str] = ()) -> dict[str, Any]:
    """Measures and ratios of the whole period, and its number of campaigns; None where nothing is known."""
    sums = _narrow(select(*_measures(), *_ratios()), channel_daily, period, channels)
    counted = _narrow(select(func.count(campaigns.c.campaign_id.distinct())), campaigns, period, channels)
    return {**connection.execute(sums).mappings().one(), "campaigns": connection.execute(counted).scalar_one()}


def sum_channels(connection: Connection, period: Period, *, channels: Sequence[str] = ()) -> list[dict[str, Any]]:
    """As `sum_period`, a row per `channel`; by ROI, the best first, those without one last."""
    channel = channel_daily.c.channel
    sums = _narrow(select(channel, *_measures(), *_ratios()), channel_daily, period, channels)
    rows = connection.execute(sums.group_by(channel)).mappings().all()
    counted = select(campaigns.c.channel, func.count(campaigns.c.campaign_id.distinct()).label("campaigns"))
    counts = _narrow(counted, campaigns, period, channels).group_by(campaigns.c.channel)
    known = {row.channel: row.campaigns for row in connection.execute(counts)}
    named = [{**row, "campaigns": known.get(row["channel"], 0)} for row in rows]
    return sorted(named, key=lambda row: (row["roi"] is None, -(row["roi"] or 0.0), row["channel"]))


def trace_roi(
    connection: Connection, period: Period, *, channels: Sequence[str] = (), skip: int = 0, limit: int = 1000
) -> tuple[list[dict[str, Any]], int]:
    """ROI of each day and channel that has a row, oldest first, and how many rows there are in all."""
    daily = channel_daily.c
    roi = _divide(cast(daily.revenue, Double) - cast(daily.spend, Double), cast(daily.spend, Double)).label("roi")
    money = (cast(daily[name], Double).label(name) for name in ("spend", "revenue"))
    query = _narrow(select(daily.date, daily.channel, roi, *money), channel_daily, period, channels)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(daily.date, daily.channel).offset(skip).limit(limit)
    return [dict(row) for row in connection.execute(page).mappings()], total


def label_ratios(columns: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """The ratios of `metrics.ratios`, from columns that hold the measures."""
    sums = {name: cast(columns[name], Double) for name in MEASURES}
    plain = {name: _divide(sums[over], sums[under]) for name, (over, under) in PARTS.items()}
    built = {
        "roi": _divide(sums["revenue"] - sums["spend"], sums["spend"]),
        "cpm": _divide(1000 * sums["spend"], sums["impressions"]),
    }
    return [ratio.label(name) for name, ratio in {**plain, **built}.items()]


def _ratios() -> list[ColumnElement[Any]]:
    return label_ratios({name: func.sum(channel_daily.c[name]) for name in MEASURES})


def _measures() -> list[ColumnElement[Any]]:
    return [cast(func.sum(channel_daily.c[name]), Double).label(name) for name in MEASURES]


def _divide(over: ColumnElement[Any], under: ColumnElement[Any]) -> ColumnElement[Any]:
    return over / func.nullif(under, 0)


def _narrow(query: Select[Any], table: Table, period: Period, channels: Sequence[str]) -> Select[Any]:
    narrowed = query.where(table.c.date.between(period.since, period.until))
    return narrowed.where(table.c.channel.in_(channels)) if channels else narrowed
