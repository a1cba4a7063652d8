"""The report's tables with every digit: typed values, for whoever writes them into cells or onto paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from demetra.formats import MISSING, is_known
from demetra.readings import rank_channels
from demetra.reports.cards import FIGURES
from demetra.reports.grids import Cell, Grid
from demetra.reports.incidents import list_incidents
from demetra.reports.panels import name_step
from demetra.words import retell

if TYPE_CHECKING:
    from demetra.reports.published import Headline, Published
    from demetra.words import Words

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


_SUMS: Final[dict[str, Kind]] = {
    "spend": "money",
    "revenue": "money",
    "roi": "ratio",
    "conversions": "count",
    "conversion_rate": "share",
    "cpa": "money",
    "clicks": "count",
    "impressions": "count",
    "ctr": "share",
    "reach": "count",
}
Columns = tuple[tuple[str, str, Kind], ...]
"""Of a table: the column's name, the key of its head in the catalogue, what it holds."""

_CHANNEL: Final[Columns] = (("channel", "column.channel", "text"),)
_FORECAST: Final[Columns] = (
    *_CHANNEL,
    ("roi_forecast", "column.roi_forecast", "ratio"),
    ("roi_lo80", "head.from80", "ratio"),
    ("roi_hi80", "head.to80", "ratio"),
    ("roi_lo95", "head.from95", "ratio"),
    ("roi_hi95", "head.to95", "ratio"),
    ("confidence_score", "column.confidence", "share"),
    ("horizon_days", "head.days_ahead", "count"),
    ("method", "column.method", "text"),
)
_BUDGET: Final[Columns] = (
    *_CHANNEL,
    ("current_budget", "column.now", "money"),
    ("recommended_budget", "column.advised", "money"),
    ("budget_change_pct", "column.change", "points"),
    ("roi_pred", "column.roi_forecast", "ratio"),
    ("conversion_pred", "column.conversions", "count"),
    ("acquisition_cost", "column.cpa", "money"),
    ("evidence", "head.evidence", "text"),
    ("reason", "head.reason", "text"),
)
_SERIES: Final[dict[str, Columns]] = {
    "roi-timeseries": (("roi", "metric.roi", "ratio"), ("conversion", "metric.conversion_rate", "share")),
    "reach-ctr-timeseries": (("reach", "metric.reach", "count"), ("ctr", "metric.ctr", "share")),
}


def list_tables(published: Published, *, words: Words) -> list[Table]:
    """Every table that is published: the account, its channels, the four dashboards, the incidents."""
    headline, shown = published.headline, published.tables
    tables = [_tabulate_figures(headline, words)] if headline else []
    if headline and not headline.channels.empty:
        tables.append(_tabulate_channels(headline, words))
    if "roi-forecast" in shown:
        tables.append(_tabulate("roi-forecast", rank_channels(shown["roi-forecast"]), _FORECAST, words))
    if "budget-recommendation" in shown:
        advice = shown["budget-recommendation"].sort_values(["budget_change_pct", "channel"], ascending=[False, True])
        grades = [words.choose(f"evidence.{grade}", str(grade)) for grade in advice["evidence"]]
        told = advice.assign(evidence=grades, reason=[retell(str(why), "reason", words) for why in advice["reason"]])
        tables.append(_tabulate("budget-recommendation", told, _BUDGET, words))
    for name, metrics in _SERIES.items():
        if name in shown:
            tables.append(_tabulate_series(name, shown[name].sort_values(["channel", "date"]), metrics, words))
    return [*tables, _tabulate_incidents(published, words)]


def lay_out_table(table: Table, *, currency: str, words: Words) -> Grid:
    """The table with its values as text."""
    rows = [[Cell(write_value(value, words=words)) for value in row] for row in table.rows]
    return Grid(head_columns(table, currency), rows)


def head_columns(table: Table, currency: str) -> tuple[str, ...]:
    """The heads, with the currency in those of columns that hold nothing but money."""
    money = [all(row[place].kind == "money" for row in table.rows) for place, _ in enumerate(table.heads)]
    return tuple(
        f"{head}, {currency}" if all_money else head for head, all_money in zip(table.heads, money, strict=True)
    )


def write_value(value: Value, *, words: Words) -> str:
    """A value as text, money to the cent; what is unknown is an en dash."""
    raw, kind = value.raw, value.kind
    if kind == "text":
        return str(raw)
    if pd.isna(raw):
        return MISSING
    if kind == "day":
        return words.day(raw)
    if kind == "moment":
        return words.moment(raw)
    if kind == "share":
        return words.percent(raw, 2)
    if kind == "points":
        return words.change(raw)
    return words.count(raw) if kind == "count" and float(raw).is_integer() else words.number(raw)


def _tabulate_figures(headline: Headline, words: Words) -> Table:
    """The account now and before; a change in percent is of the figure itself, also where that is a share."""
    rows = []
    for figure in FIGURES:
        now, before = (frame[figure.column].iloc[0] for frame in (headline.now, headline.before))
        known = is_known(now) and is_known(before) and before != 0
        change = 100 * (now - before) / abs(before) if known else float("nan")
        kind, label = _SUMS[figure.column], words(f"metric.{figure.column}")
        rows.append([Value(label), Value(now, kind), Value(before, kind), Value(change, "points")])
    periods = (words(f"head.{name}", days=headline.days) for name in ("last_days", "days_before"))
    heads = (words("head.figure"), *periods, words("column.change"))
    return Table("figures", words("report.figures"), heads, rows)


def _tabulate_channels(headline: Headline, words: Words) -> Table:
    columns = (*_CHANNEL, *((name, f"metric.{name}", kind) for name, kind in _SUMS.items()))
    ranked = headline.channels.sort_values(["roi", "channel"], ascending=[False, True])
    table = _tabulate("channels", ranked, columns, words)
    return replace(table, title=words("report.channels", days=headline.days))


def _tabulate_incidents(published: Published, words: Words) -> Table:
    names = ("severity", "channel", "what", "since", "message", "action", "campaigns")
    heads = tuple(words("column.channel" if name == "channel" else f"head.{name}") for name in names)
    rows = []
    for incident in list_incidents(published.alerts, words=words):
        more = [words("head.more", count=incident.more)] if incident.more and incident.worst else []
        texts = (incident.grade, incident.channel, incident.kind, incident.since, incident.message, incident.action)
        rows.append([Value(text) for text in (*texts, ", ".join([*incident.worst, *more]))])
    return Table("alerts", name_step("alerts", words), heads, rows)


def _tabulate_series(name: str, frame: pd.DataFrame, metrics: Columns, words: Words) -> Table:
    columns = [*_CHANNEL, ("date", "head.day", "day")]
    heads = [words(key) for _, key, _ in columns]
    for metric, label, kind in metrics:
        for part in ("actual", "pred", "lo80", "hi80"):
            columns.append((f"{metric}_{part}", label, kind))
            heads.append(words(f"head.{part}", label=words(label)))
    return replace(_tabulate(name, frame, tuple(columns), words), heads=tuple(heads))


def _tabulate(name: str, frame: pd.DataFrame, columns: Columns, words: Words) -> Table:
    cells = [[Value(raw, kind) for raw in frame[column].tolist()] for column, _, kind in columns]
    heads = tuple(words(key) for _, key, _ in columns)
    return Table(name, name_step(name, words), heads, [list(row) for row in zip(*cells, strict=True)])
