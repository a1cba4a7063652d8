"""Sums over parts of the data, as the explorer asks for them: the database adds up, and only totals leave it.

Whole channels are read from the daily roll-up, whatever the number of rows; anything finer from `campaigns`, where the
index on date and channel finds a period. Rows are plain dicts: no frame, and so no pandas, is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import Double, Text, cast, desc, extract, func, literal, select, tuple_, union_all

from demetra.store.frames import read_frame
from demetra.store.tables import campaigns, channel_daily

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from sqlalchemy import ColumnElement, Connection, Select, Table

By = Literal["channel", "campaign", "day"]
DIMENSIONS: Final = ("campaign_goal", "target_audience", "customer_segment", "location", "language")
"""Columns that a slice can be narrowed by, beside channel and campaign."""
MEASURES: Final = ("spend", "revenue", "conversions", "clicks", "impressions", "reach")
CHOICES: Final = 200
"""Most values of a dimension that are offered, those of the most rows first."""


@dataclass(frozen=True)
class Slice:
    """Which rows are added up: days from `since` to `until`, both included; None and absent filters take all."""

    since: date
    until: date
    channel: str | None = None
    campaign_id: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)

    def is_of_channels(self, by: By) -> bool:
        """Whether the daily roll-up can answer it."""
        return by != "campaign" and self.campaign_id is None and not self.filters


@dataclass(frozen=True)
class Groups:
    """The groups that are shown, how many there are, and the sums over all of them."""

    rows: list[dict[str, Any]]
    count: int
    total: dict[str, Any]


def list_choices(connection: Connection) -> dict[str, list[str]]:
    """The values of each of `DIMENSIONS` and the channels, the most frequent first; those without any are left out."""
    found: dict[str, list[str]] = {
        "channel": list(connection.execute(select(channel_daily.c.channel).distinct().order_by("channel")).scalars())
    }
    for name in DIMENSIONS:
        values = campaigns.c[name]
        query = select(values).where(values.is_not(None)).group_by(values).order_by(desc(func.count()), values)
        found[name] = list(connection.execute(query.limit(CHOICES)).scalars())
    return {name: values for name, values in found.items() if values}


def sum_groups(connection: Connection, part: Slice, *, by: By, limit: int) -> Groups:
    """The sums of each channel, campaign or day, the highest spend first (days: in order), and those of all of them.

    A row has `channel`, `channel` and `campaign_id` (and `name`), or `date`, then `rows` and `MEASURES`.
    """
    table, where = _choose(part, by)
    keys = _keys(table, by)
    names = [func.max(campaigns.c.campaign_name).label("name")] if by == "campaign" else []
    groups = select(*keys, *names, *_sums(table)).where(*where).group_by(*keys).cte("groups")
    added = (*MEASURES, "rows")
    totals = [func.sum(groups.c[name]).over().label(f"total_{name}") for name in added]
    order = [groups.c["date"]] if by == "day" else [desc(groups.c.spend).nulls_last(), *groups.c[: len(keys)]]
    query = select(groups, func.count().over().label("groups"), *totals).order_by(*order).limit(limit)
    found = connection.execute(query).mappings().all()
    names_shown = list(groups.c.keys())
    return Groups(
        [{name: row[name] for name in names_shown} for row in found],
        found[0]["groups"] if found else 0,
        {name: found[0][f"total_{name}"] if found else None for name in added},
    )


def sum_days(
    connection: Connection, part: Slice, *, by: By, keys: list[tuple[str, ...]], weekly: bool
) -> list[dict[str, Any]]:
    """Day by day (or by weeks, from Monday), the sums of the channels or campaigns named by `keys`."""
    table, where = _choose(part, by)
    groups = _keys(table, by)
    day = cast(func.date_trunc("week", table.c.date), table.c.date.type) if weekly else table.c.date
    query = select(*groups, day.label("day"), *_sums(table)).where(*where, tuple_(*groups).in_(keys))
    query = query.group_by(*groups, "day").order_by("day")
    return [dict(row) for row in connection.execute(query).mappings()]


def read_groups(connection: Connection, *, since: date, until: date) -> pd.DataFrame:
    """Daily sums by audience, segment, location and weekday, each with channel: the columns of `schema.GROUPS`."""
    period = campaigns.c.date.between(since, until)
    parts: list[Select[Any]] = [
        _group(literal(name), campaigns.c[name]).where(period)
        for name in ("target_audience", "customer_segment", "location")
    ]
    weekday = cast(extract("isodow", campaigns.c.date), Text)
    parts.append(_group(literal("weekday"), weekday).where(period))
    return read_frame(connection, select(*union_all(*parts).subquery().c))


def _group(name: ColumnElement[str], value: ColumnElement[Any]) -> Select[Any]:
    keys = (value, campaigns.c.channel, campaigns.c.date)
    sums = [cast(func.sum(campaigns.c[each]), Double).label(each) for each in ("spend", "revenue", "conversions")]
    clicks = cast(func.sum(campaigns.c.clicks), Double).label("clicks")
    columns = (value.label("value"), campaigns.c.channel, campaigns.c.date, func.count().label("rows"))
    return select(cast(name, Text).label("dimension"), *columns, *sums, clicks).group_by(*keys)


def _choose(part: Slice, by: By) -> tuple[Table, list[ColumnElement[bool]]]:
    table = channel_daily if part.is_of_channels(by) else campaigns
    where: list[ColumnElement[bool]] = [table.c.date.between(part.since, part.until)]
    if part.channel is not None:
        where.append(table.c.channel == part.channel)
    if part.campaign_id is not None:
        where.append(campaigns.c.campaign_id == part.campaign_id)
    where += [campaigns.c[name] == value for name, value in part.filters.items() if name in DIMENSIONS]
    return table, where


def _keys(table: Table, by: By) -> list[ColumnElement[Any]]:
    if by == "day":
        return [table.c.date]
    return [table.c.channel] if by == "channel" else [table.c.channel, campaigns.c.campaign_id]


def _sums(table: Table) -> list[ColumnElement[Any]]:
    reach = table.c.reach if table is channel_daily else func.coalesce(table.c.reach, table.c.impressions)
    added = {name: reach if name == "reach" else table.c[name] for name in MEASURES}
    rows = func.sum(table.c.rows) if table is channel_daily else func.count()
    return [
        *(cast(func.sum(value), Double).label(name) for name, value in added.items()),
        cast(rows, Double).label("rows"),
    ]
