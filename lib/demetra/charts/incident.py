"""One metric of one channel with its expected range: the picture of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from demetra import palette
from demetra.charts.page import MARGIN, WIDTH, add_axes, open_page, plan_header
from demetra.charts.panel import Timeline, draw_panel, join_days, write_days
from demetra.charts.timeseries_key import KEY_HEIGHT, draw_key
from demetra.charts.typeset import clean_text
from demetra.formats import format_compact, format_percent
from demetra.schema import UNITS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABELS: Final = {
    "roi": "ROI",
    "conversion_rate": "conversion rate",
    "cpa": "cost per conversion",
    "ctr": "click-through rate",
    "spend": "spend a day",
    "reach": "reach a day",
}
_PANEL: Final = 1.9
_SCALE: Final = 0.45


def incident_chart(
    table: pd.DataFrame, channel: str, metric: str, message: str, *, as_of: pd.Timestamp, demo: bool = False
) -> Figure:
    """The metric day by day, what was expected of it, and between which bounds.

    Args:
        table: `date, value, expected, low, high`, at least one row.
        channel: whose metric it is.
        metric: one of `LABELS`.
        message: what the incident says; it stands above the chart.
        as_of: the last day.
        demo: whether the figures come from the simulated market.
    """
    name = clean_text(channel)
    header = plan_header(f"{name}: {LABELS[metric]}", clean_text(message), as_of=as_of.date(), demo=demo)
    page = open_page(header, height=KEY_HEIGHT + _PANEL + 0.2 + MARGIN)
    draw_key(page, ("actual", "expected", "expected range", "no data"), top=header.height)
    columns = {"value": "actual", "expected": "pred", "low": "lo80", "high": "hi80"}
    rows = table.rename(columns={ours: f"shown_{theirs}" for ours, theirs in columns.items()})
    rows = join_days(rows.assign(shown_lo95=rows["shown_lo80"], shown_hi95=rows["shown_hi80"]))
    axes = add_axes(page, MARGIN + _SCALE, header.height + KEY_HEIGHT, WIDTH - 2 * MARGIN - _SCALE, _PANEL)
    timeline = Timeline(table["date"].min(), as_of, as_of)
    colour = palette.choose_colours([name])[name]
    show = (lambda value: format_percent(value, 1)) if UNITS[metric] == "share" else format_compact
    draw_panel(axes, rows, "shown", colour=colour, timeline=timeline, show_tick=show)
    write_days(axes, timeline.choose_ticks())
    return page
