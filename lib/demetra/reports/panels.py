"""The four dashboards, each with its picture, a sentence that says what it shows, and its table."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from demetra import readings
from demetra.reports import grids
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from demetra.reports.grids import Grid
    from demetra.reports.published import Published, PublishedStep
    from demetra.words import Words

DASHBOARDS: Final = ("roi-forecast", "budget-recommendation", "roi-timeseries", "reach-ctr-timeseries")
"""The four dashboards in the order in which they are shown."""

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


def build_panels(published: Published, *, words: Words = ENGLISH) -> list[Panel]:
    """The four dashboards in the order of `DASHBOARDS`; one never published has neither picture nor table."""
    return [_build_panel(name, published, words) for name in DASHBOARDS]


def name_step(name: str, words: Words) -> str:
    """What readers call a step's result."""
    return words.choose(f"title.{name}", name)


def _build_panel(name: str, published: Published, words: Words) -> Panel:
    title, stale = name_step(name, words), published.stale.get(name)
    step = next((step for step in published.steps if step.name == name), None)
    table, as_of = published.tables.get(name), (step and step.as_of) or published.as_of
    chart = published.charts.get(name)
    image = f"data:image/png;base64,{base64.b64encode(chart).decode()}" if chart else ""
    failed = describe_stale(stale, words=words) if stale else None
    if table is None or as_of is None:
        return Panel(name, title, "", title, image, None, failed)
    reading = _read(name, table, as_of, published.currency, words)
    grid = _lay_out(name, table, as_of, published.currency, words)
    return Panel(name, title, reading, _describe_chart(title, grid, reading), image, grid, failed)


def describe_stale(step: PublishedStep, *, words: Words = ENGLISH) -> Stale:
    """A failed step in words; its reason is cut, for an error can be as long as it likes."""
    reason = " ".join((step.stale_reason or words("stale.no_reason")).split())
    return Stale(
        title=name_step(step.name, words),
        until=words.day(step.as_of) if step.as_of else "",
        since=words.moment(step.stale_since) if step.stale_since else "",
        reason=reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…",
    )


def _read(name: str, table: pd.DataFrame, as_of: date, currency: str, words: Words) -> str:
    if name == "roi-forecast":
        return readings.read_roi_forecast(table, words=words)
    if name == "budget-recommendation":
        return readings.read_budget(table, currency=currency, words=words)
    if name == "roi-timeseries":
        return readings.read_roi_timeseries(table, as_of=as_of, words=words)
    return readings.read_reach_ctr_timeseries(table, as_of=as_of, words=words)


def _lay_out(name: str, table: pd.DataFrame, as_of: date, currency: str, words: Words) -> Grid:
    if name == "roi-forecast":
        return grids.lay_out_roi_forecast(table, words=words)
    if name == "budget-recommendation":
        return grids.lay_out_budget(table, currency=currency, words=words)
    if name == "roi-timeseries":
        return grids.lay_out_roi_timeseries(table, as_of=as_of, words=words)
    return grids.lay_out_reach_ctr_timeseries(table, as_of=as_of, words=words)


def _describe_chart(title: str, grid: Grid, reading: str) -> str:
    """The picture in words, for those who do not see it: what it says, then the channels' figures."""
    figures = "; ".join(
        f"{row[0].text}: "
        + ", ".join(f"{head} {cell.text}" for head, cell in zip(grid.heads[1:4], row[1:4], strict=True))
        for row in grid.rows[:_DESCRIBED]
    )
    return f"{title}. {reading} {figures}." if figures else f"{title}. {reading}"
