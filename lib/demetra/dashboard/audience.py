"""The cells of audience and timing as people read them; what chance explains is told so, and greyed by the page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from demetra.formats import is_known
from demetra.readings import name_cell, read_audience_timing
from demetra.schema import AUDIENCE_TIMING, require_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from demetra.words import Words

STEP: Final = "audience-timing"
ORDER: Final = ("target_audience", "customer_segment", "location", "weekday")
"""The dimensions as they are shown, in each the highest ROI first; weekdays in their order."""


@dataclass(frozen=True)
class Cell:
    """A metric of a group: its value, its interval, and how it stands to what was expected."""

    head: str
    text: str
    interval: str
    verdict: str
    told: str
    order: float


@dataclass(frozen=True)
class Row:
    """A group: an audience, a segment, a location or a weekday, with its number of rows."""

    name: str
    count: str
    order: int
    roi: Cell
    conversion: Cell


@dataclass(frozen=True)
class Dimension:
    """The groups of one kind."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Audience:
    """The section: a sentence, what it rests on, the tables, and the picture as a data URI."""

    reading: str
    lead: str
    dimensions: list[Dimension]
    image: str


def lay_out_audience(table: pd.DataFrame, *, as_of: date, days: int, chart: bytes | None, words: Words) -> Audience:
    """Lay out the table of the step `audience-timing`, its dimensions in the order of `ORDER`."""
    require_columns(table, AUDIENCE_TIMING, "audience and timing")
    grouped: dict[str, list[Row]] = {name: [] for name in ORDER}
    ranked = table.assign(place=table["roi"].where(table["dimension"] != "weekday"))
    for row in ranked.sort_values("place", ascending=False, kind="stable").to_dict("records"):
        cells = {
            metric: _describe(row, metric, show, words)
            for metric, show in (("roi", words.number), ("conversion", lambda value: words.percent(value, 2)))
        }
        name, count = name_cell(str(row["dimension"]), str(row["value"]), words), int(row["rows"])
        grouped[str(row["dimension"])].append(Row(name, words.count(count), count, **cells))
    lead = words("audience.lead", first=words.day(as_of - timedelta(days=days - 1)), last=words.day(as_of))
    return Audience(
        read_audience_timing(table, words=words),
        lead,
        [Dimension(words(f"dimension.{name}"), rows) for name, rows in grouped.items() if rows],
        f"data:image/png;base64,{base64.b64encode(chart).decode()}" if chart else "",
    )


def _describe(row: dict[Any, Any], metric: str, show: Callable[[Any], str], words: Words) -> Cell:
    verdict = str(row[f"{metric}_verdict"])
    told = words(f"audience.{verdict}")
    if verdict in ("above", "below"):
        told = words("audience.expected", verdict=told, value=show(row[f"{metric}_expected"]))
    interval = words.interval(show(row[f"{metric}_lo95"]), show(row[f"{metric}_hi95"]))
    value = row[metric]
    head = words("metric.roi" if metric == "roi" else "metric.conversion_rate")
    return Cell(head, show(value), interval, verdict, told, float(value) if is_known(value) else float("-inf"))
