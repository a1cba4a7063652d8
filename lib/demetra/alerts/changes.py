"""Change detection: every channel and metric against its own expected range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.alerts.arrival import estimate_arrived
from demetra.alerts.noise import WIDTH
from demetra.alerts.season import measure_common_rise
from demetra.alerts.track import Series, Tracker, Verdict
from demetra.alerts.weekdays import measure_weekdays
from demetra.forecast.panel import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from demetra.forecast.panel import Array, Calendar

WIDE: Final = 5.0
"""Half the width of the range, in standard deviations, of what people change and of products of noisy factors."""
LONGEST_DAYS: Final = 400
"""The newest days that are followed; what was before them says nothing about today."""


@dataclass(frozen=True)
class Ratio:
    """What is tracked for a metric: `over / under`, resting on `events`; its value is told after `offset`, inverted."""

    over: str
    under: str | None
    events: str | None = None
    offset: float = 0.0
    inverted: bool = False
    late: bool = False
    """Whether the numerator arrives late: conversions and what they bring."""
    counts: bool = True
    """Whether the numerator counts `events`; else it is a sum over them of sizes that vary."""
    factors: tuple[str, ...] = ()
    """Ratios that it is a product of, and that no rule is about: what moves one shows there without the others' noise.
    The metric has left its expected range, too, where a factor has left its own and the metric is as far off."""
    width: float = WIDTH

    def tell(self, verdict: Verdict) -> Verdict:
        """The verdict on the metric's own scale."""
        if self.inverted:
            value, expected, high, low = (
                1.0 / each if each > 0 else (np.nan if np.isnan(each) else np.inf)
                for each in (verdict.value, verdict.expected, verdict.low, verdict.high)
            )
            return verdict._replace(value=value, expected=expected, low=low, high=high, sign=-verdict.sign)
        shift = self.offset
        return verdict._replace(
            value=verdict.value + shift,
            expected=verdict.expected + shift,
            low=verdict.low + shift,
            high=verdict.high + shift,
        )


RATIOS: Final = {
    "roi": Ratio(
        "revenue",
        "spend",
        "conversions",
        offset=-1.0,
        late=True,
        factors=("order value", "clicks per spend"),
        width=WIDE,
    ),
    "conversion_rate": Ratio("conversions", "clicks", "conversions", late=True),
    "cpa": Ratio(
        "conversions",
        "spend",
        "conversions",
        inverted=True,
        late=True,
        factors=("clicks per spend",),
        width=WIDE,
    ),
    "ctr": Ratio("clicks", "impressions", "clicks"),
    "spend": Ratio("spend", None, width=WIDE),
    "reach": Ratio("reach", None),
    "order value": Ratio("revenue", "conversions", "conversions", counts=False),
    "clicks per spend": Ratio("clicks", "spend", "clicks"),
    "reach per spend": Ratio("reach", "spend"),
}


class Tracks:
    """The verdicts on the metrics of a calendar, each followed once, when it is first asked for.

    With `arrive`, conversions that are still arriving are allowed for.
    """

    def __init__(self, calendar: Calendar, *, arrive: bool = True) -> None:
        self.calendar = calendar
        self._arrive = arrive
        self._followed: dict[str, list[list[Verdict]]] = {}

    def tell(self, metric: str) -> list[list[Verdict]]:
        """The verdicts on a metric, by channel and day of the calendar, on the metric's own scale.

        A fall of reach that a fall of spend explains is no alarm: of `reach`, only what is also one of reach per spend.
        """
        told = [[RATIOS[metric].tell(verdict) for verdict in verdicts] for verdicts in self._follow(metric)]
        if metric != "reach":
            return told
        return [
            [
                verdict if verdict.sign == beside.sign else verdict._replace(sign=0, began=-1)
                for verdict, beside in zip(*pair, strict=True)
            ]
            for pair in zip(told, self._follow("reach per spend"), strict=True)
        ]

    def _follow(self, metric: str) -> list[list[Verdict]]:
        if metric not in self._followed:
            self._followed[metric] = list(self._step(metric))
        return self._followed[metric]

    def _step(self, metric: str) -> Iterator[list[Verdict]]:
        ratio, calendar = RATIOS[metric], self.calendar
        over, under, events = _take(calendar, ratio)
        arrived = _estimate_arrived(calendar, ratio) if self._arrive else np.ones(over.shape)
        complete = np.where(arrived >= 1.0, over, np.nan)
        quotient = np.divide(complete, under, out=np.full(over.shape, np.nan), where=under > 0)
        usual = measure_weekdays(quotient) if calendar.step_days == 1 else np.zeros(over.shape)
        if ratio.under is None:
            usual = usual + np.log(measure_common_rise(quotient / np.exp(usual)))
        if ratio.events is None:
            events = np.full(over.shape, np.nan)
        factor = self._follow_factors(ratio, over.shape)
        for channel in range(over.shape[1]):
            series = Series(*(each[:, channel] for each in (over, under, events, usual, arrived, *factor)))
            tracker = Tracker(counts=ratio.counts, width=ratio.width)
            yield [tracker.step(series, row) for row in range(over.shape[0])]

    def _follow_factors(self, ratio: Ratio, shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
        """Side, low and high of a factor that is in alarm; see `Series`."""
        side, low, high = np.zeros(shape), np.full(shape, np.nan), np.full(shape, np.nan)
        for factor in ratio.factors:
            for channel, verdicts in enumerate(self._follow(factor)):
                for row, verdict in enumerate(verdicts):
                    if verdict.sign and verdict.expected > 0:
                        side[row, channel] = verdict.sign
                        low[row, channel], high[row, channel] = np.array(verdict[2:4]) / verdict.expected
        return side, low, high


def is_late(calendar: Calendar, metrics: Iterable[str]) -> bool:
    """Whether conversions are still arriving for any of the metrics."""
    return any((_estimate_arrived(calendar, RATIOS[metric]) < 1.0).any() for metric in metrics)


def _estimate_arrived(calendar: Calendar, ratio: Ratio) -> Array:
    over, under, events = _take(calendar, ratio)
    return estimate_arrived(over, under, events) if ratio.late and calendar.step_days == 1 else np.ones(over.shape)


def _take(calendar: Calendar, ratio: Ratio) -> tuple[Array, Array, Array]:
    """Numerator, denominator and events; what is spent and reached on days without activity is unknown, not zero."""
    measures = calendar.measures
    over = measures[ratio.over]
    under = np.ones(over.shape) if ratio.under is None else measures[ratio.under]
    events = measures[ratio.events] if ratio.events else np.ones(over.shape)
    known = calendar.active & np.isfinite(over) & np.isfinite(under) & (under > 0)
    if ratio.under is None:
        known &= over > 0
    return np.where(known, over, np.nan), np.where(known, under, np.nan), np.where(known, np.nan_to_num(events), np.nan)


def shorten(history: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The newest `LONGEST_DAYS` of a history."""
    return history.loc[(history["date"] <= as_of) & (history["date"] > as_of - pd.Timedelta(days=LONGEST_DAYS))]


def track_table(history: pd.DataFrame, channel: str, metric: str, *, as_of: pd.Timestamp) -> pd.DataFrame | None:
    """A channel's metric day by day beside its expected range: `date, value, expected, low, high`, NaN where unknown.

    None where the metric is not tracked, or nothing is known of the channel.
    """
    own = shorten(history, as_of)
    if metric not in RATIOS or channel not in set(own["channel"]):
        return None
    calendar = lay_out(own, as_of=as_of)
    verdicts = Tracks(calendar).tell(metric)[calendar.channels.index(channel)]
    names = ("value", "expected", "low", "high")
    table = pd.DataFrame([[getattr(each, name) for name in names] for each in verdicts], columns=list(names))
    return table.replace([np.inf, -np.inf], np.nan).assign(date=calendar.dates)
