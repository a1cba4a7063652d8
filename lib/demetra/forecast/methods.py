"""The methods that are blended, each computed for every origin at once.

Row t of a method's arrays uses days up to t alone, so the same arrays give the backtest, the past's one-step
predictions and the future. Half-lives and windows are in steps: days, or weeks where the data are weekly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.forecast.levels import carry_forward, divide, last_season, running_mean, smooth, weekday_profile

if TYPE_CHECKING:
    from demetra.forecast.panel import Array, Panel

HALF_LIVES: Final = (1.0, 3.0, 7.0, 14.0, 30.0, 60.0)
RAW_HALF_LIVES: Final = (3.0, 14.0)
TREND_HALF_LIVES: Final = (4.0, 10.0)
MONTH_DAYS: Final = 28
DAMPING: Final = 0.9


@dataclass(frozen=True)
class Method:
    """One candidate: `(level + slope * damping) * profile`, or a `path` of (steps, days, channels).

    `family` is what the product tells; `profile` is (days, season, channels); `simple` methods also serve while the
    history is short; `baseline` ones are what the blend is judged against. A forecast that cannot be made is NaN.
    """

    name: str
    family: str
    level: Array
    slope: Array | None = None
    profile: Array | None = None
    path: Array | None = None
    simple: bool = False
    baseline: bool = False

    def ahead(self, steps: int) -> Array:
        """What each day would have forecast for `steps` later: (days, channels)."""
        if self.path is not None:
            return np.asarray(self.path[steps - 1])
        forecast = self.level
        if self.slope is not None:
            damped = DAMPING * (1.0 - DAMPING**steps) / (1.0 - DAMPING)
            forecast = np.maximum(forecast + damped * self.slope, 0.0)
        if self.profile is not None:
            forecast = forecast * self.factor(steps)
        return forecast

    def factor(self, steps: int) -> Array:
        """The profile's factor for `steps` after each day; 1 without a profile."""
        if self.profile is None:
            return np.ones_like(self.level)
        days = np.arange(len(self.profile))
        return np.asarray(self.profile[days, (days + steps) % self.profile.shape[1]])


def compute_methods(panel: Panel) -> list[Method]:
    """Every simple candidate of a panel.

    A ratio's means and smoothings come twice: days equal, and days weighted by the ratio's denominator, which is the
    quotient of its forecast parts. Daily data add levels under a weekday profile.
    """
    known = np.isfinite(panel.actual).astype("float64")
    weightings = {"": known} if panel.metric == "reach" else {"": known, ", parts": panel.weight}
    found = [Method("last value", "last value", carry_forward(panel.actual), baseline=True)]
    for suffix, weight in weightings.items():
        found += _means(panel, weight, suffix)
        found += [
            Method(f"smoothing {half:g}{suffix}", "smoothing", smooth(panel.actual, weight, half_life=half))
            for half in (HALF_LIVES if panel.season == 1 else RAW_HALF_LIVES)
        ]
    found += _trends(panel, known)
    if panel.season > 1:
        naive = last_season(panel.actual, season=panel.season)
        ones = np.ones_like(panel.actual)
        found.append(Method("seasonal naive", "seasonal naive", ones, profile=naive, baseline=True))
        profile = weekday_profile(panel.actual, season=panel.season)
        for suffix, weight in weightings.items():
            found += _weekday_levels(panel, weight, profile, suffix)
    return found


def _means(panel: Panel, weight: Array, suffix: str) -> list[Method]:
    plain = not suffix
    month = running_mean(panel.actual, weight, window=panel.steps(MONTH_DAYS))
    return [
        Method(f"mean{suffix}", "mean", running_mean(panel.actual, weight), simple=True, baseline=plain),
        Method(f"28-day mean{suffix}", "28-day mean", month, simple=True, baseline=plain),
    ]


def _trends(panel: Panel, weight: Array) -> list[Method]:
    """Double smoothing with a damped trend (Brown 1959; damping: Gardner and McKenzie 1985)."""
    found = []
    for half in TREND_HALF_LIVES:
        once = smooth(panel.actual, weight, half_life=half)
        twice = smooth(once, np.isfinite(once).astype("float64"), half_life=half)
        gain = 1.0 - 0.5 ** (1.0 / half)
        slope = (once - twice) * gain / (1.0 - gain)
        found.append(Method(f"damped trend {half:g}", "damped trend", 2.0 * once - twice, slope=slope))
    return found


def _weekday_levels(panel: Panel, weight: Array, profile: Array, suffix: str) -> list[Method]:
    """Levels of the days divided by their weekday's factor, told with the factor of the day forecast."""
    days = np.arange(len(panel.actual))
    level = divide(panel.actual, profile[days, days % panel.season])
    mean = Method(f"weekday mean{suffix}", "weekday mean", running_mean(level, weight), profile=profile)
    smoothed = [
        Method(
            f"weekday smoothing {half:g}{suffix}",
            "weekday smoothing",
            smooth(level, weight, half_life=half),
            profile=profile,
        )
        for half in HALF_LIVES
    ]
    return [mean, *smoothed]
