"""Channels side by side on any metric, and which of them cannot be told apart."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from demetra.contrasts import LEAST_DAYS, Comparison, compare_groups
from demetra.dashboard.drawings import Bar, draw_bars
from demetra.metrics import split_ratio
from demetra.schema import MEASURES, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from demetra.dashboard.contents import Contents
    from demetra.words import Words

METRICS: Final = (
    *("roi", "conversion_rate", "cpa", "ctr", "cpc", "cpm", "roas"),
    *("spend", "revenue", "conversions", "clicks", "impressions", "reach"),
)
PERIODS: Final = (7, 28, 90, 365)
DEFAULT_DAYS: Final = 28


@dataclass(frozen=True)
class Compared:
    """What the comparison shows: its choices, a sentence, and a bar per channel, the highest value first."""

    metric: str
    days: int
    period: str
    reading: str
    bars: list[Bar]
    metrics: tuple[str, ...] = METRICS
    periods: tuple[int, ...] = PERIODS

    @property
    def lettered(self) -> bool:
        """Whether channels are joined by letters."""
        return any(bar.letters for bar in self.bars)


def compare_channels(
    contents: Contents, *, metric: str = METRICS[0], days: int = DEFAULT_DAYS, words: Words
) -> Compared:
    """Compare over the last `days` days of what is published.

    Raises:
        KeyError: there is no such metric.
    """
    history, as_of = contents.history, contents.as_of
    first = as_of - timedelta(days=days - 1)
    recent = history.loc[history["date"].between(pd.Timestamp(first), pd.Timestamp(as_of))]
    period = words("compare.period_shown", first=words.day(first), last=words.day(as_of))
    show = choose_format(metric, contents.published.currency, words)
    if recent.empty:
        return Compared(metric, days, period, "", [])
    if metric in MEASURES:
        return Compared(metric, days, period, *_compare_totals(recent, metric, show, words))
    daily = recent.groupby(["date", "channel"])[list(MEASURES)].sum(min_count=1)
    over, under = (np.nan_to_num(_spread(part, first, as_of)) for part in split_ratio(daily, metric))
    names = sorted(recent["channel"].unique())
    found = compare_groups(over, under)
    letters = name_ties(found)
    order = sorted(range(len(names)), key=lambda at: (np.isnan(found.estimates[at]), -found.estimates[at]))
    bars = draw_bars(
        [names[at] for at in order],
        [float(found.estimates[at]) for at in order],
        [[(float(found.low[at]), float(found.high[at]))] for at in order],
        show=show,
        words=words,
        letters=[letters[at] for at in order],
    )
    return Compared(metric, days, period, _read(found, names, words), bars)


def _spread(part: pd.Series, first: date, last: date) -> pd.DataFrame:
    """A measure by date and channel as a table of days × channels."""
    table = part.rename("measure").reset_index().pivot_table("measure", "date", "channel", "sum", dropna=False)
    return table.reindex(pd.date_range(first, last))


def choose_format(metric: str, currency: str, words: Words) -> Callable[[Any], str]:
    """How values of a metric are written."""
    forms: dict[str, Callable[[Any], str]] = {
        "money": lambda value: words.money(value, currency, compact=True),
        "share": lambda value: words.percent(value, 2),
        "ratio": words.number,
        "count": lambda value: words.count(value, compact=True),
    }
    return forms[UNITS[metric]]


def name_ties(found: Comparison) -> list[str]:
    """For each channel the letters of the sets that it cannot be told apart in."""
    marks = [""] * len(found.estimates)
    for letter, group in zip(string.ascii_lowercase, found.tied, strict=False):
        for place in group:
            marks[place] += letter
    return marks


def _compare_totals(
    recent: pd.DataFrame, metric: str, show: Callable[[Any], str], words: Words
) -> tuple[str, list[Bar]]:
    totals = recent.groupby("channel")[metric].sum(min_count=1).sort_values(ascending=False)
    names = [str(name) for name in totals.index]
    bars = draw_bars(names, [float(value) for value in totals], [[] for _ in names], show=show, words=words)
    return words("compare.total"), bars


def _read(found: Comparison, names: list[str], words: Words) -> str:
    if len(names) == 1:
        return words("compare.alone")
    if np.isnan(found.low).all():
        return words("compare.thin", days=LEAST_DAYS)
    groups = [words.join([names[place] for place in group]) for group in found.tied]
    return words("compare.tied", groups="; ".join(groups)) if groups else words("compare.apart")
