"""The four dashboards, each with its picture, a sentence that says what it shows, and its table."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from demetra import readings
from demetra.formats import format_day, format_moment
from demetra.reports import grids

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from demetra.reports.grids import Grid
    from demetra.reports.published import Published, PublishedStep

TITLES: Final = {
    "roi-forecast": "ROI forecast",
    "budget-recommendation": "Budget advice",
    "roi-timeseries": "ROI and conversion over time",
    "reach-ctr-timeseries": "Reach and CTR over time",
    "alerts": "Alerts",
    "recommendations": "Recommendations",
}
"""What readers call each step, dashboards in the order in which they are shown."""

DASHBOARDS: Final = tuple(TITLES)[:4]
LONGEST_REASON: Final = 400
_DESCRIBED: Final = 12


@dataclass(frozen=True)
class Stale:
    """A step that failed: what shows its last good result, of which day, since when it fails, and why."""

    title: str
    until: str
    since: str
    reason: str


@dataclass(frozen=True)
class Panel:
    """One dashboard; `image` is a data URI, empty where there is no picture; `grid` is None without a table."""

    name: str
    title: str
    reading: str
    alt: str
    image: str
    grid: Grid | None
    stale: Stale | None


def build_panels(published: Published) -> list[Panel]:
    """The four dashboards in the order of `TITLES`; one that was never published has neither picture nor table."""
    return [_build_panel(name, published) for name in DASHBOARDS]


def _build_panel(name: str, published: Published) -> Panel:
    title, stale = TITLES[name], published.stale.get(name)
    step = next((step for step in published.steps if step.name == name), None)
    table, as_of = published.tables.get(name), (step and step.as_of) or published.as_of
    chart = published.charts.get(name)
    image = f"data:image/png;base64,{base64.b64encode(chart).decode()}" if chart else ""
    failed = describe_stale(stale) if stale else None
    if table is None or as_of is None:
        return Panel(name, title, "", title, image, None, failed)
    reading = _read(name, table, as_of, published.currency)
    grid = _lay_out(name, table, as_of, published.currency)
    return Panel(name, title, reading, _describe_chart(title, grid, reading), image, grid, failed)


def describe_stale(step: PublishedStep) -> Stale:
    """A failed step in words; its reason is cut, for an error can be as long as it likes."""
    reason = " ".join((step.stale_reason or "no reason was recorded").split())
    return Stale(
        title=TITLES.get(step.name, step.name),
        until=format_day(step.as_of) if step.as_of else "",
        since=format_moment(step.stale_since) if step.stale_since else "",
        reason=reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…",
    )


def _read(name: str, table: pd.DataFrame, as_of: date, currency: str) -> str:
    if name == "roi-forecast":
        return readings.read_roi_forecast(table)
    if name == "budget-recommendation":
        return readings.read_budget(table, currency=currency)
    if name == "roi-timeseries":
        return readings.read_roi_timeseries(table, as_of=as_of)
    return readings.read_reach_ctr_timeseries(table, as_of=as_of)


def _lay_out(name: str, table: pd.DataFrame, as_of: date, currency: str) -> Grid:
    if name == "roi-forecast":
        return grids.lay_out_roi_forecast(table)
    if name == "budget-recommendation":
        return grids.lay_out_budget(table, currency=currency)
    if name == "roi-timeseries":
        return grids.lay_out_roi_timeseries(table, as_of=as_of)
    return grids.lay_out_reach_ctr_timeseries(table, as_of=as_of)


def _describe_chart(title: str, grid: Grid, reading: str) -> str:
    """The picture in words, for those who do not see it: what it says, then the channels' figures."""
    figures = "; ".join(
        f"{row[0].text}: "
        + ", ".join(f"{head} {cell.text}" for head, cell in zip(grid.heads[1:4], row[1:4], strict=True))
        for row in grid.rows[:_DESCRIBED]
    )
    return f"{title}. {reading} {figures}." if figures else f"{title}. {reading}"
