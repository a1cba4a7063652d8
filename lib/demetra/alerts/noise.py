"""How far apart a metric and its expectation usually are, and so how wide its expected range is.

The noise has two parts: what is always there, measured by the median absolute deviation, and the chance of small
numbers, 1 / events. A range is `WIDTH` standard deviations wide to each side, or wider where what was seen has long
tails: an account whose budgets jump on Mondays is not woken on Mondays.

Method: square roots of counts (Anscombe 1948, doi 10.2307/2332343).
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEMBERED_DAYS: Final = 70
_SHIFT: Final = 0.375
WIDTH: Final = 4.0
TAIL: Final = 1.8
"""Times the 95 % quantile of what was seen: the width where that is more."""
FEWEST: Final = 5
LEAST_SPREAD: Final = 0.03
LATE_SPREAD: Final = 0.4
"""Standard deviation of what has not arrived yet, as a share of it."""


class Noise:
    """What windows of one length have shown so far, as logarithms of seen over expected.

    With `counts` the numerator counts its events: chance adds its part to the noise that is always there. Without, it
    is a sum over them of sizes that vary, and the noise shrinks with the root of their number, by a factor that is
    measured.
    """

    def __init__(self, *, width: float = WIDTH, counts: bool = True) -> None:
        self._usual_width = width
        self._counts = counts
        self._errors: deque[float] = deque(maxlen=REMEMBERED_DAYS)
        self._chances: deque[float] = deque(maxlen=REMEMBERED_DAYS)
        self._scores: deque[float] = deque(maxlen=REMEMBERED_DAYS)
        self._spread = self._width = math.nan

    def learn(self, ratio: float, events: float) -> None:
        """Add a day."""
        score = self.score(ratio, events)
        self._spread = self._width = math.nan
        error = abs(math.log(max(ratio, 1e-3)))
        self._errors.append(error if self._counts else error * math.sqrt(events))
        self._chances.append(1.0 / events if self._counts else 0.0)
        if math.isfinite(score):
            self._scores.append(abs(score))

    def spread(self) -> float:
        """Standard deviation of the noise that is always there; NaN before it can be told."""
        if math.isnan(self._spread) and len(self._errors) >= FEWEST:
            total = 1.4826 * _quantile(self._errors, 0.5)
            self._spread = max(math.sqrt(max(total**2 - _quantile(self._chances, 0.5), 0.0)), LEAST_SPREAD)
        return self._spread

    def score(self, ratio: float, events: float, *, late: float = 0.0) -> float:
        """See `score_ratio`; NaN before the noise can be told."""
        return score_ratio(ratio, *self._split(events), late=late)

    def bounds(self, events: float, *, late: float = 0.0) -> tuple[float, float]:
        """The ratios between which scores stay within the width; NaN before the noise can be told."""
        return find_bounds(self.width(), *self._split(events), late=late)

    def usual(self, events: float, *, times: float) -> float:
        """The ratio that is so many standard deviations away; infinite before the noise can be told."""
        counted, spread = self._split(events)
        return math.inf if math.isnan(spread) else math.exp(times * math.hypot(spread, 1.0 / math.sqrt(counted)))

    def _split(self, events: float) -> tuple[float, float]:
        """The events whose chance moves the numerator as it moves counts, and the noise beside it."""
        spread = self.spread()
        return (events, spread) if self._counts or math.isnan(spread) else (events / spread**2, LEAST_SPREAD)

    def width(self) -> float:
        """Half the width of the range in standard deviations; wider while little has been seen."""
        if math.isnan(self._width):
            seen = max(len(self._scores), FEWEST)
            usual = self._usual_width * (1.0 + 2.0 / seen)
            self._width = max(usual, TAIL * _quantile(self._scores, 0.95)) if self._scores else usual
        return self._width


def _quantile(values: Iterable[float], share: float) -> float:
    """A quantile of a few dozen numbers, many times faster than NumPy's."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def score_ratio(ratio: float, events: float, spread: float, *, late: float = 0.0) -> float:
    """How many standard deviations a ratio of seen to expected is from 1; NaN where the spread is not known.

    On the scale of square roots, where chance is as large for few as for many; the noise that is always there is
    multiplied, and counts as on a scale of logarithms where chance is small beside it.

    Args:
        ratio: seen over expected, not negative.
        events: how many events were expected; infinite where none are counted.
        spread: of the noise that is always there.
        late: the share that has not arrived yet, of which nobody knows how much it will be.
    """
    if math.isnan(spread):
        return math.nan
    noise = math.hypot(spread, LATE_SPREAD * late)
    if math.isinf(events):
        return math.log(max(ratio, 1e-3)) / noise
    expected = events + _SHIFT
    root = math.sqrt((events * ratio + _SHIFT) / expected)
    return 2.0 * math.sqrt(expected) * (root - 1.0) / math.sqrt(1.0 + noise**2 * expected * root)


def find_bounds(width: float, events: float, spread: float, *, late: float = 0.0) -> tuple[float, float]:
    """The ratios between which scores stay within the width: the inverse of `score_ratio`, NaN where that is."""
    if math.isnan(spread):
        return math.nan, math.nan
    noise = math.hypot(spread, LATE_SPREAD * late)
    if math.isinf(events):
        return math.exp(-width * noise), math.exp(width * noise)
    expected = events + _SHIFT  # 4 expected (root - 1)² = width² (1 + noise² expected root), solved for the root
    middle = 1.0 + (width * noise) ** 2 / 8.0
    reach = math.sqrt(middle**2 - 1.0 + width**2 / (4.0 * expected))
    low, high = (((root**2) * expected - _SHIFT) / events for root in (max(middle - reach, 0.0), middle + reach))
    return max(low, 0.0), high
