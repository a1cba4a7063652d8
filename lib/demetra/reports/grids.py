"""The published tables as people read them: formatted cells, and a time series cut down to where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from demetra.formats import MISSING, is_known
from demetra.palette import choose_colours
from demetra.readings import MOVED_PCT, measure_coverage, rank_channels
from demetra.schema import BUDGET_REC, REACH_CTR_TIMESERIES, ROI_TIMESERIES, require_columns
from demetra.words import ENGLISH, retell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from demetra.words import Words


@dataclass(frozen=True)
class Cell:
    """A cell's text; `colour` marks its channel, `note` is a line below the row, `tone` says how it stands out.

    `order` is what the cell is sorted by; None: by its text.
    """

    text: str
    note: str = ""
    colour: str = ""
    tone: str = ""
    order: float | None = None


@dataclass(frozen=True)
class Grid:
    """A table to be shown: the first column names the row, the others hold figures, aligned right."""

    heads: tuple[str, ...]
    rows: list[list[Cell]]


def lay_out_roi_forecast(table: pd.DataFrame, *, words: Words = ENGLISH) -> Grid:
    """The forecasts, highest first."""
    ranked = rank_channels(table)
    colours = choose_colours(ranked["channel"])
    rows = [
        [
            Cell(row["channel"], colour=colours[row["channel"]]),
            Cell(words.number(row["roi_forecast"]), order=_order(row["roi_forecast"])),
            Cell(
                words.interval(words.number(row["roi_lo80"]), words.number(row["roi_hi80"])),
                order=_order(row["roi_lo80"]),
            ),
            Cell(
                words.interval(words.number(row["roi_lo95"]), words.number(row["roi_hi95"])),
                order=_order(row["roi_lo95"]),
            ),
            Cell(words.percent(row["confidence_score"], 0), order=_order(row["confidence_score"])),
            Cell(str(row["method"])),
        ]
        for row in ranked.to_dict("records")
    ]
    return Grid(_name(words, "channel", "roi_forecast", "interval80", "interval95", "confidence", "method"), rows)


def lay_out_budget(table: pd.DataFrame, *, currency: str, words: Words = ENGLISH) -> Grid:
    """The advice, the largest raise first, with the reason below the channel."""
    require_columns(table, BUDGET_REC, "budget advice")
    ordered = table.sort_values(["budget_change_pct", "channel"], ascending=[False, True])
    colours = choose_colours(table["channel"])
    rows = []
    for row in ordered.to_dict("records"):
        change = row["budget_change_pct"]
        moved = is_known(change) and abs(change) >= MOVED_PCT
        rows.append(
            [
                Cell(row["channel"], note=_give_reason(row, words), colour=colours[row["channel"]]),
                Cell(words.money(row["current_budget"], currency), order=_order(row["current_budget"])),
                Cell(words.money(row["recommended_budget"], currency), order=_order(row["recommended_budget"])),
                Cell(
                    words.change(change), tone=("raise" if change > 0 else "cut") if moved else "", order=_order(change)
                ),
                Cell(words.number(row["roi_pred"]), order=_order(row["roi_pred"])),
                Cell(words.count(row["conversion_pred"]), order=_order(row["conversion_pred"])),
                Cell(words.money(row["acquisition_cost"], currency), order=_order(row["acquisition_cost"])),
            ]
        )
    return Grid(_name(words, "channel", "now", "advised", "change", "roi_forecast", "conversions", "cpa"), rows)


def lay_out_roi_timeseries(table: pd.DataFrame, *, as_of: date, words: Words = ENGLISH) -> Grid:
    """Where ROI and conversion stand, one row per channel and metric."""
    require_columns(table, ROI_TIMESERIES, "ROI time series")
    shown = {
        "roi": (words("metric.roi"), words.number),
        "conversion": (words("metric.conversion_rate"), lambda value: words.percent(value, 2)),
    }
    return _lay_out_timeseries(table, shown, as_of, words)


def lay_out_reach_ctr_timeseries(table: pd.DataFrame, *, as_of: date, words: Words = ENGLISH) -> Grid:
    """Where reach and CTR stand, one row per channel and metric."""
    require_columns(table, REACH_CTR_TIMESERIES, "reach and CTR time series")
    shown = {
        "reach": (words("metric.reach"), words.compact),
        "ctr": (words("metric.ctr"), lambda value: words.percent(value, 2)),
    }
    return _lay_out_timeseries(table, shown, as_of, words)


def _lay_out_timeseries(
    table: pd.DataFrame, shown: Mapping[str, tuple[str, Callable[[Any], str]]], as_of: date, words: Words
) -> Grid:
    dated = table.assign(date=pd.to_datetime(table["date"]))
    last = pd.Timestamp(as_of)
    days = max((dated["date"].max() - last).days, 0) if len(dated) else 0
    colours = choose_colours(dated["channel"])
    heads = (
        *_name(words, "channel", "metric", "last_day", "actual", "expected"),
        words("column.ahead", days=days),
        words("column.inside"),
    )
    rows = []
    for channel, own in dated.groupby("channel"):
        for metric, (label, show) in shown.items():
            inside = measure_coverage(own, metric, as_of=as_of)
            mean = own.loc[own["date"] > last, f"{metric}_pred"].mean()
            name = Cell(str(channel), colour=colours[str(channel)])
            newest = _describe_newest(own.loc[own["date"] <= last], metric, show, words)
            held = Cell(words.percent(inside, 0), order=_order(inside))
            rows.append([name, Cell(label), *newest, Cell(show(mean), order=_order(mean)), held])
    return Grid(heads, rows)


def _describe_newest(past: pd.DataFrame, metric: str, show: Callable[[Any], str], words: Words) -> list[Cell]:
    known = past.dropna(subset=[f"{metric}_actual"])
    if known.empty:
        return [Cell(MISSING), Cell(words("column.no_data")), Cell(MISSING)]
    newest = known.sort_values("date").iloc[-1]
    low, high = newest[f"{metric}_lo80"], newest[f"{metric}_hi80"]
    actual = newest[f"{metric}_actual"]
    tone = "outside" if is_known(low) and not low <= actual <= high else ""
    expected = words.interval(show(low), show(high))
    day = Cell(words.short_day(newest["date"]), order=float(newest["date"].toordinal()))
    return [day, Cell(show(actual), tone=tone, order=_order(actual)), Cell(expected, order=_order(low))]


def _order(value: Any) -> float:
    return float(value) if is_known(value) else float("-inf")


def _name(words: Words, *columns: str) -> tuple[str, ...]:
    return tuple(words(f"column.{column}") for column in columns)


def _give_reason(row: Mapping[Any, Any], words: Words) -> str:
    reason, evidence = retell(str(row["reason"] or "").strip().rstrip("."), "reason", words), str(row["evidence"])
    told = words.choose(f"evidence.{evidence}", evidence)
    return words("budget.reason", reason=f"{reason[:1].upper()}{reason[1:]}", evidence=told)
