"""The ROI forecast by channel: bars with intervals, their confidence, and which channels cannot be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from demetra import palette
from demetra.charts.page import MARGIN, WIDTH, add_axes, no_data_page, open_page, plan_header, write
from demetra.charts.typeset import BODY, LINE_HEIGHT, SMALL, clean_text, fit_name, wrap_text
from demetra.formats import format_compact, format_number, format_percent, is_known
from demetra.readings import find_ties, rank_channels, read_roi_forecast
from demetra.schema import ROI_FORECAST, require_columns

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from demetra.charts.page import Page

_ROW: Final = 0.42
_NAMES: Final = 1.45
_LANE: Final = 0.1
_LANES: Final = 0.9
"""Inches between the lines that join channels, and what all of them may take."""
_VALUE_AT: Final = WIDTH - MARGIN - 0.72
_CONFIDENCE_AT: Final = WIDTH - MARGIN
_VALUES: Final = 0.76
_HEADS: Final = 0.26
_AXIS: Final = 0.42


def roi_forecast_chart(table: pd.DataFrame, *, as_of: date, demo: bool = False) -> Figure:
    """Bars of the forecast ROI, highest first, with 80 % (thick) and 95 % (thin) intervals.

    A vertical line with dots joins channels whose 80 % intervals overlap: they cannot be told apart. The text columns
    hold the forecast, its 80 % interval, and the confidence score, in percent.

    Raises:
        FrameError: `table` lacks columns of `schema.ROI_FORECAST`.
    """
    require_columns(table, ROI_FORECAST, "ROI forecast")
    if table["roi_forecast"].isna().all():
        return no_data_page("ROI forecast by channel", as_of=as_of, demo=demo)
    ranked = rank_channels(table.assign(channel=table["channel"].map(clean_text)))
    days = int(ranked["horizon_days"].iloc[0])
    header = plan_header(
        f"ROI forecast by channel, next {days} days", read_roi_forecast(ranked), as_of=as_of, demo=demo
    )
    ties = find_ties(ranked)
    notes = _write_notes(days, ties=bool(ties))
    plot = _ROW * len(ranked)
    page = open_page(header, height=_HEADS + plot + _AXIS + len(notes) * SMALL * LINE_HEIGHT + MARGIN)
    top = header.height + _HEADS
    lanes = _assign_lanes(ranked, ties)
    wide = min(_LANE * (1 + max(lanes, default=-1)), _LANES)
    axes = add_axes(page, MARGIN + _NAMES, top, _VALUE_AT - _VALUES - wide - 0.08 - MARGIN - _NAMES, plot)
    _draw_bars(axes, ranked)
    if ties:
        beside = add_axes(page, _VALUE_AT - _VALUES - wide - 0.02, top, wide, plot)
        _join_ties(beside, ranked, ties, lanes)
    _write_columns(page, ranked, top=top)
    write(page, MARGIN, top + plot + _AXIS, notes, size=SMALL, colour=palette.MUTED)
    return page


def _draw_bars(axes: Axes, ranked: pd.DataFrame) -> None:
    colours = palette.choose_colours(ranked["channel"])
    rows = np.arange(len(ranked))
    values = ranked["roi_forecast"].astype("float64")
    axes.set_xlim(*_choose_limits(ranked))
    axes.set_ylim(len(ranked) - 0.5, -0.5)
    axes.set_yticks([])
    axes.barh(rows, values.fillna(0), height=0.56, color="white")
    axes.barh(
        rows, values.fillna(0), height=0.56, color=[colours[name] for name in ranked["channel"]], alpha=0.6, gid="bar"
    )
    for level, width in (("95", 0.8), ("80", 2.6)):
        ends = ranked[f"roi_lo{level}"], ranked[f"roi_hi{level}"]
        axes.hlines(rows, *ends, color=palette.INK, linewidth=width, gid=f"interval{level}")
    axes.plot(values, rows, "o", color="white", markeredgecolor=palette.INK, markersize=4.2, markeredgewidth=1.0)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: format_compact(value))
    axes.grid(axis="x", color=palette.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.axvline(0, color=palette.MUTED, linewidth=0.9)
    axes.set_xlabel("ROI (0 = break-even)", fontsize=SMALL, color=palette.MUTED, labelpad=2)


def _choose_limits(ranked: pd.DataFrame) -> tuple[float, float]:
    """Zero, every 80 % interval, and as much of the 95 % ones as does not squeeze the rest."""
    core = ranked[["roi_forecast", "roi_lo80", "roi_hi80"]].astype("float64").to_numpy()
    wide = ranked[["roi_lo95", "roi_hi95"]].astype("float64").to_numpy()
    low, high = min(0.0, np.nanmin(core)), max(0.0, np.nanmax(core))
    span = (high - low) or 1.0
    low = max(np.nanmin([low, *wide.ravel()]), low - 0.35 * span)
    high = min(np.nanmax([high, *wide.ravel()]), high + 0.35 * span)
    return low - (0.03 * span if low < 0 else 0), high + 0.03 * span


def _assign_lanes(ranked: pd.DataFrame, ties: list[list[str]]) -> list[int]:
    """The column of each tie's line: the first in which no earlier line runs beside it."""
    row = {name: number for number, name in enumerate(ranked["channel"])}
    ends: list[int] = []
    lanes = []
    for group in ties:
        first, last = row[group[0]], row[group[-1]]
        lane = next((number for number, end in enumerate(ends) if end < first), len(ends))
        ends[lane:] = [last, *ends[lane + 1 :]]
        lanes.append(lane)
    return lanes


def _join_ties(axes: Axes, ranked: pd.DataFrame, ties: list[list[str]], lanes: list[int]) -> None:
    axes.set(xlim=(-0.5, 0.5 + max(lanes)), ylim=(len(ranked) - 0.5, -0.5), xticks=[], yticks=[])
    row = {name: number for number, name in enumerate(ranked["channel"])}
    for group, lane in zip(ties, lanes, strict=True):
        members = [row[name] for name in group]
        axes.plot([lane] * len(members), members, "-o", color=palette.MUTED, linewidth=1.1, markersize=3, gid="tie")


def _write_columns(page: Page, ranked: pd.DataFrame, *, top: float) -> None:
    heads = top - SMALL * LINE_HEIGHT - 0.04
    write(page, _VALUE_AT, heads, ["ROI, 80% interval"], size=SMALL, colour=palette.MUTED, align="right")
    write(page, _CONFIDENCE_AT, heads, ["Confidence"], size=SMALL, colour=palette.MUTED, align="right")
    for number, row in enumerate(ranked.to_dict("records")):
        middle = top + (number + 0.5) * _ROW
        name, size = fit_name(row["channel"], _NAMES - 0.1, most=3)
        write(page, MARGIN, middle - len(name) * size * LINE_HEIGHT / 2, name, size=size, bold=True)
        lines = middle - (BODY + SMALL) * LINE_HEIGHT / 2
        known = is_known(row["roi_forecast"])
        value = format_number(row["roi_forecast"]) if known else "no data"
        lines = write(page, _VALUE_AT, lines, [value], size=BODY, bold=known, align="right")
        if is_known(row["roi_lo80"]):
            interval = f"{format_number(row['roi_lo80'])} to {format_number(row['roi_hi80'])}"
            write(page, _VALUE_AT, lines, [interval], size=SMALL, colour=palette.MUTED, align="right")
        confidence = format_percent(row["confidence_score"], 0)
        at = middle - BODY * LINE_HEIGHT / 2
        write(page, _CONFIDENCE_AT, at, [confidence], size=BODY, align="right")


def _write_notes(days: int, *, ties: bool) -> list[str]:
    text = "Thick line: 80% interval; thin: 95%."
    if ties:
        text += " Dots joined by a line: intervals overlap, so these channels cannot be told apart."
    text += f" Confidence: the chance that ROI over the {days} days lands within ±10% of the forecast."
    return wrap_text(text, WIDTH - 2 * MARGIN, SMALL)
