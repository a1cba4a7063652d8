"""The expected range of one channel's metric, day by day, always from what was known the day before.

A metric is a ratio `over / under`. Its level is a quotient of two exponentially weighted sums, at the speed that has
predicted best so far; a day counts for its weekday. What a day adds is cut at twice the noise, and a day in alarm adds
nothing: an incident does not become the expectation, so that its end is no second incident. One that lasts for
`NEW_NORMAL` days is the new level. One, three and seven days are judged together, for a small change, or one of few
events, shows in several days only.

Method: robust exponential smoothing (Gelper, Fried and Croux 2010, doi 10.1002/for.1125).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from demetra.alerts.noise import WIDTH, Noise

if TYPE_CHECKING:
    from demetra.forecast.panel import Array

SPEEDS: Final = (0.06, 0.15, 0.35)
WARM_UP: Final = 14
"""Days that a series must have before it is judged, from its start or after a pause of as long."""
RELEASE: Final = 0.6
"""An alarm is over when a day is back within this share of the range."""
NEW_NORMAL: Final = 14
WINDOWS: Final = (1, 3, 7)
LEAST_EVENTS: Final = 12.0
"""Expected events below which days are not judged."""
CUT: Final = 2.0


@dataclass(frozen=True)
class Series:
    """One ratio on consecutive days, NaN where unknown.

    `events` is how many events the numerator rests on, NaN where it rests on none that are counted; `usual` the factor
    of each day (its weekday, a holiday) as a logarithm; `arrived` the share of the numerator that has arrived by now.
    `side` is the sign of the alarm of a factor of the ratio, 0 where none is in alarm, `low` and `high` that factor's
    range as shares of what is expected.
    """

    over: Array
    under: Array
    events: Array
    usual: Array
    arrived: Array
    side: Array
    low: Array
    high: Array


class Verdict(NamedTuple):
    """What a day showed: the ratio over the last `days` days, its expectation and range, NaN where not judged.

    `sign` is -1 or 1 while an alarm is on, else 0; `began` is the row of the alarm's first day.
    """

    value: float
    expected: float
    low: float
    high: float
    days: int = 1
    sign: int = 0
    began: int = -1


class _Day(NamedTuple):
    row: int
    over: float
    under: float
    expected: float
    events: float
    late: float


class _Factor(NamedTuple):
    side: float
    low: float
    high: float


class _Level:
    """A level at one speed, and how badly it has predicted."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.cost = 0.0
        self._over = self._under = 0.0

    def ratio(self) -> float:
        return self._over / self._under if self._under > 0 else math.nan

    def learn(self, over: float, under: float, *, seen: float) -> None:
        """Take in a day whose numerator, cut to what is plausible, is `over`; uncut it is `seen`."""
        if self._under > 0 and self._over > 0 and under > 0:
            error = abs(math.log(max(seen / under / self.ratio(), 1e-3)))
            self.cost = 0.97 * self.cost + min(error, 1.0)
        keep = 1.0 - self.speed
        self._over, self._under = keep * self._over + over, keep * self._under + under

    def restart(self, over: float, under: float) -> None:
        self._over, self._under = over / self.speed, under / self.speed


class Tracker:
    """Follows one series; `step` is given its rows one after another."""

    def __init__(self, *, counts: bool = True, width: float = WIDTH) -> None:
        self._make_noise = partial(Noise, width=width, counts=counts)
        self._start()

    def _start(self) -> None:
        self._levels = [_Level(speed) for speed in SPEEDS]
        self._noise = {days: self._make_noise() for days in WINDOWS}
        self._recent: deque[_Day] = deque(maxlen=max(WINDOWS))
        self._size = math.nan
        self._known = self._unknown = 0
        self._sign, self._began, self._base = 0, -1, math.nan

    def step(self, series: Series, row: int) -> Verdict:
        """Judge a day by what was known before it, then learn from it."""
        over, under = float(series.over[row]), float(series.under[row])
        if not (math.isfinite(over) and math.isfinite(under) and under > 0):
            self._unknown += 1
            if self._unknown > WARM_UP:
                self._start()
            return Verdict(math.nan, math.nan, math.nan, math.nan, 1, self._sign, self._began)
        self._unknown = 0
        arrived = float(series.arrived[row])
        factor = math.exp(float(series.usual[row])) * arrived
        expected = self._level() * factor * under
        day = _Day(row, over, under, expected, self._expect_events(expected, float(series.events[row])), 1.0 - arrived)
        self._recent.append(day)
        verdict = (
            self._judge(row, _Factor(*(float(each[row]) for each in (series.side, series.low, series.high))))
            if self._known >= WARM_UP
            else Verdict(over / under, expected / under, math.nan, math.nan)
        )
        self._learn(day, factor, float(series.events[row]))
        return verdict

    def _level(self) -> float:
        return self._base if self._sign else min(self._levels, key=lambda level: level.cost).ratio()

    def _expect_events(self, expected: float, seen: float) -> float:
        """Events that the expected numerator would rest on; infinite where none are counted."""
        if math.isnan(seen):
            return math.inf
        return expected / self._size if self._size > 0 else 0.0

    def _judge(self, row: int, factor: _Factor) -> Verdict:
        scores = {days: self._score(days) for days in WINDOWS if len(self._recent) >= days}
        judged = {days: score for days, score in scores.items() if math.isfinite(score)}
        if self._sign:
            self._check_release(row, judged, factor)
        else:
            beyond = [days for days, score in judged.items() if abs(score) > self._noise[days].width()]
            beyond = beyond or [days for days in judged if self._is_beyond(days, factor)]
            if beyond:
                self._base = self._level()
                self._sign = 1 if judged[beyond[0]] > 0 else -1
                self._began = self._recent[-beyond[0]].row
        span = sum(day.row >= self._began for day in self._recent) if self._sign else min(judged, default=1)
        verdict = self._sum_up(max(span, min(judged, default=1)))
        if self._sign and self._is_beyond(verdict.days, factor):
            return verdict._replace(low=factor.low * verdict.expected, high=factor.high * verdict.expected)
        return verdict

    def _is_beyond(self, days: int, factor: _Factor) -> bool:
        """Whether the last days are beyond the range of a factor in alarm, on its side."""
        ratio = self._compare(days)[0]
        return ratio < factor.low if factor.side < 0 else factor.side > 0 and ratio > factor.high

    def _score(self, days: int) -> float:
        ratio, events, late = self._compare(days)
        return math.nan if events < LEAST_EVENTS else self._noise[days].score(ratio, events, late=late)

    def _compare(self, days: int) -> tuple[float, float, float]:
        """Seen over expected, expected events and the late share of the last known days."""
        window = list(self._recent)[-days:]
        expected = sum(day.expected for day in window)
        ratio = sum(day.over for day in window) / expected if expected > 0 else math.nan
        events = 0.0 if math.isnan(ratio) else sum(day.events for day in window)
        return ratio, events, sum(day.late for day in window) / days

    def _check_release(self, row: int, judged: dict[int, float], factor: _Factor) -> None:
        days = min(judged, default=0)
        held = days and self._is_beyond(days, factor)
        if days and not held and self._sign * judged[days] < RELEASE * self._noise[days].width():
            self._sign, self._began = 0, -1
        elif row - self._began >= NEW_NORMAL:
            for level in self._levels:
                level.restart(sum(day.over for day in self._recent), sum(day.under for day in self._recent))
            self._sign, self._began = 0, -1

    def _sum_up(self, days: int) -> Verdict:
        noise = self._noise[max(each for each in WINDOWS if each <= days)]
        ratio, events, late = self._compare(days)
        under = sum(day.under for day in list(self._recent)[-days:])
        expected = sum(day.expected for day in list(self._recent)[-days:]) / under
        low = high = math.nan
        if events >= LEAST_EVENTS:
            low, high = noise.bounds(events, late=late)
        return Verdict(ratio * expected, expected, low * expected, high * expected, days, self._sign, self._began)

    def _learn(self, day: _Day, factor: float, events: float) -> None:
        """Take a day into the level and the noise; of an alarm only its first day, and only into the noise."""
        self._known += 1
        if day.late > 0 or (self._sign and self._began < day.row):
            return
        for days, noise in self._noise.items():
            if len(self._recent) >= days and self._known > days:
                ratio, expected, _ = self._compare(days)
                if expected > 0:
                    noise.learn(ratio, expected)
        if self._sign:
            return
        over = day.over
        if day.expected > 0 and day.events > 0:
            cut = self._noise[1].usual(day.events, times=CUT)
            over = min(max(over, day.expected / cut), day.expected * cut)
        for level in self._levels:
            level.learn(over / factor, day.under, seen=day.over / factor)
        if events > 0 and day.over > 0:
            size = day.over / events
            self._size = size if math.isnan(self._size) else 0.9 * self._size + 0.1 * min(size, 3 * self._size)
