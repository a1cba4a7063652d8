"""What audiences, segments, locations and weekdays returned: dots with intervals, grey where chance explains them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from demetra import palette
from demetra.charts.page import MARGIN, WIDTH, add_axes, no_data_page, open_page, plan_header, write
from demetra.charts.typeset import BODY, LINE_HEIGHT, SMALL, clean_text, fit_name, wrap_text
from demetra.formats import format_compact, format_percent, is_known
from demetra.readings import name_cell, read_audience_timing
from demetra.schema import AUDIENCE_TIMING, require_columns
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd
    from matplotlib.figure import Figure

    from demetra.charts.page import Page

_TITLE: Final = "Audience and timing"
_ROW: Final = 0.21
_HEAD: Final = 0.3
_HEADS: Final = 0.22
_AXIS: Final = 0.26
_NAMES: Final = 1.5
_GAP: Final = 0.2
_COLOURS: Final = {"above": palette.RAISE, "below": palette.CUT, "chance": "#9aa6b2", "thin": "#c9d1d9"}
_NOTE: Final = (
    "Dot: value; line: 95% interval. Blue above and orange below what the group's own mix of channels gives elsewhere; "
    "grey: chance explains the difference, all cells considered together."
)


def audience_timing_chart(table: pd.DataFrame, *, as_of: date, demo: bool = False) -> Figure:
    """ROI and conversion of each group, one row per group under the name of its dimension.

    Raises:
        FrameError: `table` lacks columns of `schema.AUDIENCE_TIMING`.
    """
    require_columns(table, AUDIENCE_TIMING, "audience and timing")
    if table.empty:
        return no_data_page(_TITLE, as_of=as_of, demo=demo)
    header = plan_header(_TITLE, read_audience_timing(table), as_of=as_of, demo=demo)
    groups = [(str(name), own) for name, own in table.groupby("dimension", sort=False)]
    plot = sum(_HEAD + _ROW * len(own) for _, own in groups)
    notes = wrap_text(_NOTE, WIDTH - 2 * MARGIN, SMALL)
    page = open_page(header, height=_HEADS + plot + _AXIS + len(notes) * SMALL * LINE_HEIGHT + MARGIN)
    tops = _write_names(page, groups, top=header.height + _HEADS)
    wide = (WIDTH - 2 * MARGIN - _NAMES - _GAP) / 2
    for place, (metric, label, show) in enumerate(_columns()):
        left = MARGIN + _NAMES + place * (wide + _GAP)
        write(page, left, header.height, [label], size=SMALL, bold=True, colour=palette.MUTED)
        _draw_column(page, table, metric, show, box=(left, header.height + _HEADS, wide, plot), tops=tops)
    write(page, MARGIN, header.height + _HEADS + plot + _AXIS, notes, size=SMALL, colour=palette.MUTED)
    return page


def _columns() -> tuple[tuple[str, str, Callable[[Any], str]], ...]:
    return ("roi", "ROI", format_compact), ("conversion", "Conversion rate", lambda value: format_percent(value, 1))


def _write_names(page: Page, groups: list[tuple[str, pd.DataFrame]], *, top: float) -> list[float]:
    """Write dimensions and groups; returns the middle of each group's row, in inches below the page's top."""
    middles = []
    at = top
    for name, own in groups:
        title = ENGLISH.choose(f"dimension.{name}", name)
        write(page, MARGIN, at + _HEAD - BODY * LINE_HEIGHT - 0.03, [title], size=BODY, bold=True)
        at += _HEAD
        for value in own["value"]:
            lines, size = fit_name(clean_text(name_cell(name, str(value), ENGLISH)), _NAMES - 0.1, most=1)
            write(page, MARGIN, at + (_ROW - size * LINE_HEIGHT) / 2, lines, size=size)
            middles.append(at + _ROW / 2)
            at += _ROW
    return middles


def _draw_column(
    page: Page,
    table: pd.DataFrame,
    metric: str,
    show: Callable[[Any], str],
    *,
    box: tuple[float, float, float, float],
    tops: list[float],
) -> None:
    axes = add_axes(page, *box)
    rows = np.array(tops) - box[1]
    axes.set_ylim(box[3], 0)
    axes.set_yticks([])
    ends = table[[metric, f"{metric}_lo95", f"{metric}_hi95"]].astype("float64")
    low, high = min(0.0, np.nanmin([0.0, *ends[metric]])), np.nanmax([1e-9, *ends.to_numpy().ravel()])
    axes.set_xlim(low, high * 1.04)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: show(value))
    axes.grid(axis="x", color=palette.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    for row, cell in zip(rows, table.to_dict("records"), strict=True):
        colour = _COLOURS[str(cell[f"{metric}_verdict"])]
        if is_known(cell[f"{metric}_lo95"]):
            axes.hlines(
                row, cell[f"{metric}_lo95"], cell[f"{metric}_hi95"], color=colour, linewidth=1.6, gid="interval95"
            )
        if is_known(cell[metric]):
            axes.plot(cell[metric], row, "o", color=colour, markersize=4.4, gid=f"cell-{cell[f'{metric}_verdict']}")
