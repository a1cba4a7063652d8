"""The cells of audience and timing as people read them; what chance explains is told so, and greyed by the page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from demetra.formats import is_known
from demetra.schema import AUDIENCE_TIMING, require_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from demetra.words import Words

STEP: Final = "audience-timing"
NAMED: Final = 4
"""Most cells that the sentence names."""


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
    """Lay out the table of the step `audience-timing`, its dimensions in the table's order."""
    require_columns(table, AUDIENCE_TIMING, "audience and timing")
    grouped: dict[str, list[Row]] = {}
    standing_out: list[str] = []
    for row in table.to_dict("records"):
        name = words.choose(f"weekday.{row['value']}", row["value"]) if row["dimension"] == "weekday" else row["value"]
        cells = {
            metric: _describe(row, metric, show, words)
            for metric, show in (("roi", words.number), ("conversion", lambda value: words.percent(value, 2)))
        }
        standing_out += [
            f"{name}, {cell.head.lower() if metric == 'conversion' else cell.head} {cell.text} ({cell.told})"
            for metric, cell in cells.items()
            if cell.verdict in ("above", "below")
        ]
        count = int(row["rows"])
        grouped.setdefault(str(row["dimension"]), []).append(Row(name, words.count(count), count, **cells))
    shown = standing_out[:NAMED]
    more = [words("more", count=len(standing_out) - NAMED)] if len(standing_out) > NAMED else []
    names = words.join([*shown, *more])
    lead = words("audience.lead", first=words.day(as_of - timedelta(days=days - 1)), last=words.day(as_of))
    return Audience(
        words("audience.found", names=names) if names else words("audience.nothing"),
        lead,
        [Dimension(words(f"dimension.{name}"), rows) for name, rows in grouped.items()],
        f"data:image/png;base64,{base64.b64encode(chart).decode()}" if chart else "",
    )


def _describe(row: dict[Any, Any], metric: str, show: Callable[[Any], str], words: Words) -> Cell:
    verdict = str(row[f"{metric}_verdict"])
    told = words(f"audience.{verdict}")
    if verdict in ("above", "below"):
        told = f"{told}: {words('audience.expected').lower()} {show(row[f'{metric}_expected'])}"
    interval = words.interval(show(row[f"{metric}_lo95"]), show(row[f"{metric}_hi95"]))
    value = row[metric]
    head = words("metric.roi" if metric == "roi" else "metric.conversion_rate")
    return Cell(head, show(value), interval, verdict, told, float(value) if is_known(value) else float("-inf"))
