"""The published tables as people read them: formatted cells, and a time series cut down to where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from demetra.formats import (
    MISSING,
    format_change,
    format_compact,
    format_count,
    format_money,
    format_number,
    format_percent,
    format_short_day,
    is_known,
)
from demetra.palette import choose_colours
from demetra.readings import MOVED_PCT, measure_coverage, rank_channels
from demetra.schema import BUDGET_REC, REACH_CTR_TIMESERIES, ROI_TIMESERIES, require_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date


@dataclass(frozen=True)
class Cell:
    """A cell's text; `colour` marks its channel, `note` is a line below the row, `tone` says how it stands out."""

    text: str
    note: str = ""
    colour: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Grid:
    """A table to be shown: the first column names the row, the others hold figures, aligned right."""

    heads: tuple[str, ...]
    rows: list[list[Cell]]


def lay_out_roi_forecast(table: pd.DataFrame) -> Grid:
    """The forecasts, highest first."""
    ranked = rank_channels(table)
    colours = choose_colours(ranked["channel"])
    rows = [
        [
            Cell(row["channel"], colour=colours[row["channel"]]),
            Cell(format_number(row["roi_forecast"])),
            Cell(_interval(row["roi_lo80"], row["roi_hi80"], format_number)),
            Cell(_interval(row["roi_lo95"], row["roi_hi95"], format_number)),
            Cell(format_percent(row["confidence_score"], 0)),
            Cell(str(row["method"])),
        ]
        for row in ranked.to_dict("records")
    ]
    return Grid(("Channel", "ROI forecast", "80% interval", "95% interval", "Confidence", "Method"), rows)


def lay_out_budget(table: pd.DataFrame, *, currency: str) -> Grid:
    """The advice, the largest raise first, with the reason below the channel."""
    require_columns(table, BUDGET_REC, "budget advice")
    ordered = table.sort_values(["budget_change_pct", "channel"], ascending=[False, True])
    colours = choose_colours(table["channel"])
    heads = ("Channel", "Now", "Advised", "Change", "ROI forecast", "Conversions", "Cost per conversion")
    rows = []
    for row in ordered.to_dict("records"):
        change = row["budget_change_pct"]
        moved = is_known(change) and abs(change) >= MOVED_PCT
        rows.append(
            [
                Cell(row["channel"], note=_give_reason(row), colour=colours[row["channel"]]),
                Cell(format_money(row["current_budget"], currency)),
                Cell(format_money(row["recommended_budget"], currency)),
                Cell(format_change(change), tone=("raise" if change > 0 else "cut") if moved else ""),
                Cell(format_number(row["roi_pred"])),
                Cell(format_count(row["conversion_pred"])),
                Cell(format_money(row["acquisition_cost"], currency)),
            ]
        )
    return Grid(heads, rows)


def lay_out_roi_timeseries(table: pd.DataFrame, *, as_of: date) -> Grid:
    """Where ROI and conversion stand, one row per channel and metric."""
    require_columns(table, ROI_TIMESERIES, "ROI time series")
    shown = {
        "roi": ("ROI", format_number),
        "conversion": ("Conversion rate", lambda value: format_percent(value, 2)),
    }
    return _lay_out_timeseries(table, shown, as_of)


def lay_out_reach_ctr_timeseries(table: pd.DataFrame, *, as_of: date) -> Grid:
    """Where reach and CTR stand, one row per channel and metric."""
    require_columns(table, REACH_CTR_TIMESERIES, "reach and CTR time series")
    shown = {"reach": ("Reach", format_compact), "ctr": ("CTR", lambda value: format_percent(value, 2))}
    return _lay_out_timeseries(table, shown, as_of)


def _lay_out_timeseries(
    table: pd.DataFrame, shown: Mapping[str, tuple[str, Callable[[Any], str]]], as_of: date
) -> Grid:
    dated = table.assign(date=pd.to_datetime(table["date"]))
    last = pd.Timestamp(as_of)
    days = max((dated["date"].max() - last).days, 0) if len(dated) else 0
    colours = choose_colours(dated["channel"])
    ahead = f"Next {days} days"
    heads = ("Channel", "Metric", "Last day", "Actual", "Expected (80%)", ahead, "Days inside 80%")
    rows = []
    for channel, own in dated.groupby("channel"):
        for metric, (label, show) in shown.items():
            inside = format_percent(measure_coverage(own, metric, as_of=as_of), 0)
            mean = show(own.loc[own["date"] > last, f"{metric}_pred"].mean())
            name = Cell(str(channel), colour=colours[str(channel)])
            newest = _describe_newest(own.loc[own["date"] <= last], metric, show)
            rows.append([name, Cell(label), *newest, Cell(mean), Cell(inside)])
    return Grid(heads, rows)


def _describe_newest(past: pd.DataFrame, metric: str, show: Callable[[Any], str]) -> list[Cell]:
    known = past.dropna(subset=[f"{metric}_actual"])
    if known.empty:
        return [Cell(MISSING), Cell("no data"), Cell(MISSING)]
    newest = known.sort_values("date").iloc[-1]
    low, high = newest[f"{metric}_lo80"], newest[f"{metric}_hi80"]
    actual = newest[f"{metric}_actual"]
    tone = "outside" if is_known(low) and not low <= actual <= high else ""
    return [Cell(format_short_day(newest["date"])), Cell(show(actual), tone=tone), Cell(_interval(low, high, show))]


def _interval(low: Any, high: Any, show: Callable[[Any], str]) -> str:
    return f"{show(low)} to {show(high)}" if is_known(low) and is_known(high) else MISSING


def _give_reason(row: Mapping[Any, Any]) -> str:
    reason = str(row["reason"] or "").strip().rstrip(".")
    return f"{reason[:1].upper()}{reason[1:]} (evidence: {row['evidence']})"
