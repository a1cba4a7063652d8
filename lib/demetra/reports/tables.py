"""The report's tables with every digit: typed values, for whoever writes them into cells or onto paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from demetra.formats import (
    MISSING,
    format_change,
    format_count,
    format_day,
    format_moment,
    format_number,
    format_percent,
    is_known,
)
from demetra.readings import rank_channels
from demetra.reports.cards import FIGURES
from demetra.reports.grids import Cell, Grid
from demetra.reports.incidents import list_incidents
from demetra.reports.panels import name_step
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.reports.published import Headline, Published

Kind = Literal["text", "day", "moment", "money", "ratio", "share", "points", "count"]

EXACT: Final = ("figures", "channels", "roi-forecast", "budget-recommendation")
"""Tables that every report shows to the last cent; the days of a time series are in the workbook alone."""


@dataclass(frozen=True)
class Value:
    """A cell: what the database holds, and what kind of figure it is; `points` are percent already."""

    raw: Any
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """A titled table; `name` is short, without spaces, and its own."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: list[list[Value]]


_SUMS: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("spend", "Spend", "money"),
    ("revenue", "Revenue", "money"),
    ("roi", "ROI", "ratio"),
    ("conversions", "Conversions", "count"),
    ("conversion_rate", "Conversion rate", "share"),
    ("cpa", "Cost per conversion", "money"),
    ("clicks", "Clicks", "count"),
    ("impressions", "Impressions", "count"),
    ("ctr", "CTR", "share"),
    ("reach", "Reach", "count"),
)
_KINDS: Final[dict[str, Kind]] = {column: kind for column, _, kind in _SUMS}
_FORECAST: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("channel", "Channel", "text"),
    ("roi_forecast", "ROI forecast", "ratio"),
    ("roi_lo80", "80% from", "ratio"),
    ("roi_hi80", "80% to", "ratio"),
    ("roi_lo95", "95% from", "ratio"),
    ("roi_hi95", "95% to", "ratio"),
    ("confidence_score", "Confidence", "share"),
    ("horizon_days", "Days ahead", "count"),
    ("method", "Method", "text"),
)
_BUDGET: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("channel", "Channel", "text"),
    ("current_budget", "Now", "money"),
    ("recommended_budget", "Advised", "money"),
    ("budget_change_pct", "Change", "points"),
    ("roi_pred", "ROI forecast", "ratio"),
    ("conversion_pred", "Conversions", "count"),
    ("acquisition_cost", "Cost per conversion", "money"),
    ("evidence", "Evidence", "text"),
    ("reason", "Reason", "text"),
)
_SERIES: Final[dict[str, tuple[tuple[str, str, Kind], ...]]] = {
    "roi-timeseries": (("roi", "ROI", "ratio"), ("conversion", "Conversion rate", "share")),
    "reach-ctr-timeseries": (("reach", "Reach", "count"), ("ctr", "CTR", "share")),
}


def list_tables(published: Published) -> list[Table]:
    """Every table that is published: the account, its channels, the four dashboards, the incidents."""
    headline, shown = published.headline, published.tables
    tables = [_tabulate_figures(headline)] if headline else []
    if headline and not headline.channels.empty:
        tables.append(_tabulate_channels(headline))
    if "roi-forecast" in shown:
        tables.append(_tabulate("roi-forecast", rank_channels(shown["roi-forecast"]), _FORECAST))
    if "budget-recommendation" in shown:
        advice = shown["budget-recommendation"].sort_values(["budget_change_pct", "channel"], ascending=[False, True])
        tables.append(_tabulate("budget-recommendation", advice, _BUDGET))
    for name, metrics in _SERIES.items():
        if name in shown:
            tables.append(_tabulate(name, shown[name].sort_values(["channel", "date"]), _name_series(metrics)))
    return [*tables, _tabulate_incidents(published)]


def lay_out_table(table: Table, *, currency: str) -> Grid:
    """The table with its values as text."""
    return Grid(head_columns(table, currency), [[Cell(write_value(value)) for value in row] for row in table.rows])


def head_columns(table: Table, currency: str) -> tuple[str, ...]:
    """The heads, with the currency in those of columns that hold nothing but money."""
    money = [all(row[place].kind == "money" for row in table.rows) for place, _ in enumerate(table.heads)]
    return tuple(
        f"{head}, {currency}" if all_money else head for head, all_money in zip(table.heads, money, strict=True)
    )


def write_value(value: Value) -> str:
    """A value as text, money to the cent; what is unknown is an en dash."""
    raw, kind = value.raw, value.kind
    if kind == "text":
        return str(raw)
    if pd.isna(raw):
        return MISSING
    if kind == "day":
        return format_day(raw)
    if kind == "moment":
        return format_moment(raw)
    if kind == "share":
        return format_percent(raw, 2)
    if kind == "points":
        return format_change(raw)
    return format_count(raw) if kind == "count" and float(raw).is_integer() else format_number(raw)


def _tabulate_figures(headline: Headline) -> Table:
    """The account now and before; a change in percent is of the figure itself, also where that is a share."""
    rows = []
    for figure in FIGURES:
        now, before = (frame[figure.column].iloc[0] for frame in (headline.now, headline.before))
        known = is_known(now) and is_known(before) and before != 0
        change = 100 * (now - before) / abs(before) if known else float("nan")
        kind = _KINDS[figure.column]
        label = next(label for column, label, _ in _SUMS if column == figure.column)
        rows.append([Value(label), Value(now, kind), Value(before, kind), Value(change, "points")])
    days = f"{headline.days} days"
    return Table("figures", "Key figures", ("Figure", f"Last {days}", f"{days} before", "Change"), rows)


def _tabulate_channels(headline: Headline) -> Table:
    columns = (("channel", "Channel", "text"), *_SUMS)
    ranked = headline.channels.sort_values(["roi", "channel"], ascending=[False, True])
    table = _tabulate("channels", ranked, columns)
    return Table("channels", f"Channels over the last {headline.days} days", table.heads, table.rows)


def _tabulate_incidents(published: Published) -> Table:
    heads = ("Severity", "Channel", "What", "Since", "Message", "What to do", "Campaigns")
    rows = []
    for incident in list_incidents(published.alerts):
        more = [f"and {incident.more} more"] if incident.more and incident.worst else []
        texts = (incident.severity, incident.channel, incident.kind, incident.since, incident.message, incident.action)
        rows.append([Value(text) for text in (*texts, ", ".join([*incident.worst, *more]))])
    return Table("alerts", name_step("alerts", ENGLISH), heads, rows)


def _name_series(metrics: Sequence[tuple[str, str, Kind]]) -> tuple[tuple[str, str, Kind], ...]:
    parts = (("actual", "actual"), ("pred", "predicted"), ("lo80", "80% from"), ("hi80", "80% to"))
    named: list[tuple[str, str, Kind]] = [("channel", "Channel", "text"), ("date", "Day", "day")]
    for metric, label, kind in metrics:
        named += [(f"{metric}_{part}", f"{label} {said}", kind) for part, said in parts]
    return tuple(named)


def _tabulate(name: str, frame: pd.DataFrame, columns: Sequence[tuple[str, str, Kind]]) -> Table:
    cells = [[Value(raw, kind) for raw in frame[column].tolist()] for column, _, kind in columns]
    heads = tuple(label for _, label, _ in columns)
    return Table(name, name_step(name, ENGLISH), heads, [list(row) for row in zip(*cells, strict=True)])
