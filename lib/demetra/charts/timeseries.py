"""Actual against predicted, day by day: a row of two small panels per channel, with bands and the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from demetra import palette
from demetra.charts.page import MARGIN, WIDTH, add_axes, no_data_page, open_page, plan_header, write
from demetra.charts.panel import Timeline, draw_panel, join_days, write_days
from demetra.charts.timeseries_key import KEY_HEIGHT, draw_forecast_key
from demetra.charts.typeset import BODY, LINE_HEIGHT, SMALL, clean_text, measure_text, shorten_text
from demetra.formats import format_compact, format_number, format_percent
from demetra.readings import read_reach_ctr_timeseries, read_roi_timeseries
from demetra.schema import REACH_CTR_TIMESERIES, ROI_TIMESERIES, require_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from matplotlib.figure import Figure

    from demetra.charts.page import Page

_LABELS: Final = 0.4
_BETWEEN: Final = 0.16
_PANEL: Final = (WIDTH - 2 * MARGIN - 2 * _LABELS - _BETWEEN) / 2
_NAME: Final = BODY * LINE_HEIGHT + 0.05
_GAP: Final = 0.16


@dataclass(frozen=True)
class Metric:
    """A column of panels: the prefix of its columns in the table, its title, and how its values are written."""

    name: str
    title: str
    show: Callable[[float], str]
    show_tick: Callable[[float], str]


_ROI = Metric("roi", "ROI", format_number, format_compact)
_CONVERSION = Metric(
    "conversion", "Conversion rate", lambda value: format_percent(value, 1), lambda value: f"{100 * value:g}%"
)
_REACH = Metric("reach", "Reach a day", format_compact, format_compact)
_CTR = Metric(
    "ctr", "CTR (click-through rate)", lambda value: format_percent(value, 2), lambda value: f"{100 * value:g}%"
)


def roi_timeseries_chart(table: pd.DataFrame, *, as_of: date, demo: bool = False) -> Figure:
    """ROI and conversion rate, actual against predicted, with 80 % and 95 % bands; after `as_of` the forecast, shaded.

    Raises:
        FrameError: `table` lacks columns of `schema.ROI_TIMESERIES`.
    """
    require_columns(table, ROI_TIMESERIES, "ROI time series")
    shown = _clean(table)
    reading = read_roi_timeseries(shown, as_of=as_of)
    return _draw(shown, (_ROI, _CONVERSION), "ROI and conversion", reading, as_of=as_of, demo=demo)


def reach_ctr_timeseries_chart(table: pd.DataFrame, *, as_of: date, demo: bool = False) -> Figure:
    """Reach and CTR, actual against predicted, with 80 % and 95 % bands; after `as_of` the forecast, shaded.

    Raises:
        FrameError: `table` lacks columns of `schema.REACH_CTR_TIMESERIES`.
    """
    require_columns(table, REACH_CTR_TIMESERIES, "reach and CTR time series")
    shown = _clean(table)
    reading = read_reach_ctr_timeseries(shown, as_of=as_of)
    return _draw(shown, (_REACH, _CTR), "Reach and CTR", reading, as_of=as_of, demo=demo)


def _clean(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(channel=table["channel"].map(clean_text), date=pd.to_datetime(table["date"]))


def _draw(
    table: pd.DataFrame, metrics: tuple[Metric, Metric], what: str, reading: str, *, as_of: date, demo: bool
) -> Page:
    values = [f"{metric.name}_{kind}" for metric in metrics for kind in ("actual", "pred")]
    if table[values].isna().all(axis=None):
        return no_data_page(f"{what} by channel", as_of=as_of, demo=demo)
    last = pd.Timestamp(as_of)
    ahead = table.loc[table["date"] > last, "date"]
    horizon = (ahead.max() - last).days if len(ahead) else 0
    title = f"{what}, past and next {horizon} days" if horizon else f"{what} by channel"
    header = plan_header(title, reading, as_of=as_of, demo=demo)
    channels = sorted(table["channel"].unique())
    panel = 1.15 if len(channels) <= 2 else 0.95 if len(channels) <= 4 else 0.72
    row = _NAME + panel + _GAP
    heads = KEY_HEIGHT + BODY * LINE_HEIGHT + 0.1
    page = open_page(header, height=heads + row * len(channels) + 0.12 + MARGIN)
    draw_forecast_key(page, top=header.height, forecast=bool(horizon))
    top = header.height + heads
    for position, metric in enumerate(metrics):
        write(page, _left(position), top - BODY * LINE_HEIGHT - 0.04, [metric.title], size=BODY, bold=True)
    timeline = Timeline(min(table["date"].min(), last), last, max(table["date"].max(), last))
    colours = palette.choose_colours(channels)
    for number, channel in enumerate(channels):
        rows = join_days(table.loc[table["channel"] == channel])
        at = top + number * row
        lowest = number == len(channels) - 1
        _draw_row(
            page, rows, channel, metrics, colour=colours[channel], timeline=timeline, top=at, panel=panel, dated=lowest
        )
    return page


def _left(position: int) -> float:
    return MARGIN + _LABELS + position * (_PANEL + _BETWEEN + _LABELS)


def _draw_row(
    page: Page,
    rows: pd.DataFrame,
    channel: str,
    metrics: tuple[Metric, Metric],
    *,
    colour: str,
    timeline: Timeline,
    top: float,
    panel: float,
    dated: bool,
) -> None:
    days = (timeline.end - timeline.as_of).days
    room = _PANEL - measure_text(f"next {days} days: {metrics[0].show(-99.99)}", SMALL) - 0.05
    write(page, _left(0), top, [shorten_text(channel, room, BODY, bold=True)], size=BODY, bold=True, colour=colour)
    for position, metric in enumerate(metrics):
        axes = add_axes(page, _left(position), top + _NAME, _PANEL, panel)
        axes.set_label(f"{channel}: {metric.name}")
        draw_panel(axes, rows, metric.name, colour=colour, timeline=timeline, show_tick=metric.show_tick)
        if dated:
            write_days(axes, timeline.choose_ticks())
        ahead = rows.loc[rows["date"] > timeline.as_of, f"{metric.name}_pred"].mean()
        if pd.notna(ahead):
            text = f"next {days} days: {metric.show(ahead)}"
            beside = top + (BODY - SMALL) * LINE_HEIGHT * 0.76
            write(page, _left(position) + _PANEL, beside, [text], size=SMALL, colour=palette.MUTED, align="right")
