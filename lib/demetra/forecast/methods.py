"""The simple methods that are blended, each computed for every origin at once.

A method's forecast from day t for day t+h is `level[t] + slope[t] * damping(h)`, times the weekday's profile. All of it
uses days up to t alone, so the same arrays give the backtest, the past's one-step predictions and the future.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.signal import lfilter

if TYPE_CHECKING:
    from demetra.forecast.panel import Array, Panel

HALF_LIVES: Final = (2.0, 7.0, 21.0)
SEASONAL_HALF_LIVES: Final = (3.0, 14.0)
MONTH: Final = 28


@dataclass(frozen=True)
class Method:
    """One candidate: its name, its family (what `method` tells), and its arrays of (days, channels).

    `profile` is (days, season, channels), a factor for each phase of the season; `simple` methods also serve while the
    history is short; `baseline` ones are what the blend is judged against.
    """

    name: str
    family: str
    level: Array
    profile: Array | None = None
    simple: bool = False
    baseline: bool = False

    def ahead(self, steps: int) -> Array:
        """What each day would have forecast for `steps` later: (days, channels)."""
        if self.profile is None:
            return self.level
        days, season = self.profile.shape[:2]
        phase = (np.arange(days) + steps) % season
        return self.level * self.profile[np.arange(days), phase]


def discount(values: Array, half_life: float) -> Array:
    """Running sums over time in which a value loses half its weight every `half_life` steps."""
    decay = 0.0 if half_life == 0 else 0.5 ** (1.0 / half_life)
    return np.asarray(lfilter([1.0], [1.0, -decay], values, axis=0))


def smooth(values: Array, weights: Array, half_life: float) -> Array:
    """Weighted running mean of what is known, older days discounted; NaN before the first known day."""
    held = np.where(weights > 0, weights, 0.0)
    total = discount(held * np.nan_to_num(values), half_life)
    return _quotient(total, discount(held, half_life))


def running_mean(values: Array, weights: Array, window: int | None = None) -> Array:
    """Weighted mean of the last `window` steps (all of them without one)."""
    held = np.where(weights > 0, weights, 0.0)
    total = np.cumsum(held * np.nan_to_num(values), axis=0)
    mass = np.cumsum(held, axis=0)
    if window is not None and len(values) > window:
        total[window:], mass[window:] = total[window:] - total[:-window], mass[window:] - mass[:-window]
    return _quotient(total, mass)


def _quotient(total: Array, mass: Array) -> Array:
    return np.divide(total, mass, out=np.full_like(total, np.nan), where=mass > 1e-12)


def carry_forward(values: Array) -> Array:
    """The last known value of each day."""
    return pd.DataFrame(values).ffill().to_numpy()


def last_season(values: Array, season: int) -> Array:
    """The last known value of each phase of the season: (days, season, channels)."""
    days, channels = values.shape
    profile = np.full((days, season, channels), np.nan)
    for phase in range(season):
        only = np.where((np.arange(days) % season == phase)[:, None], values, np.nan)
        profile[:, phase] = carry_forward(only)
    return profile


def weekday_profile(values: Array, season: int, half_life: float = 84.0) -> Array:
    """Shrunk factors of each weekday as known on each day: (days, season, channels), their mean 1.

    Each day is divided by the mean of the season before it and itself; a weekday's factor is the discounted mean of
    those quotients, shrunk towards 1 by the share of the spread between weekdays that noise explains (James-Stein).
    """
    days, channels = values.shape
    known = np.isfinite(values)
    level = running_mean(values, known.astype(float), 2 * season)
    ratio = np.divide(values, level, out=np.full_like(values, np.nan), where=known & (level > 1e-12))
    usable = np.isfinite(ratio)
    usable[: 2 * season] = False
    factor = np.ones((days, season, channels))
    mass = np.zeros((days, season, channels))
    square = np.zeros((days, channels))
    for phase in range(season):
        on = usable & (np.arange(days) % season == phase)[:, None]
        weight = discount(on.astype(float), half_life)
        mean = np.divide(
            discount(np.where(on, ratio, 0.0), half_life), weight, out=np.ones_like(weight), where=weight > 1e-9
        )
        square += discount(np.where(on, np.nan_to_num(ratio) ** 2, 0.0), half_life) - weight * mean**2
        factor[:, phase], mass[:, phase] = mean, weight
    seen = mass.sum(axis=1)
    noise = _quotient(np.maximum(square, 0.0), np.maximum(seen - season, 1.0))[:, None, :] / np.maximum(mass, 1.0)
    factor -= factor.mean(axis=1, keepdims=True)
    spread = (factor**2).mean(axis=1, keepdims=True) * season / (season - 1)
    explained = np.divide(noise.mean(axis=1, keepdims=True), spread, out=np.ones_like(spread), where=spread > 0)
    enough = (mass.min(axis=1, keepdims=True) > 1.5).astype(float)
    return 1.0 + factor * np.clip(1.0 - explained, 0.0, 1.0) * enough


def compute_methods(panel: Panel) -> tuple[Method, ...]:
    """Every candidate for a panel; weighted ones weigh a day by its denominator, which forecasts from the parts."""
    values, known = panel.actual, np.isfinite(panel.actual).astype(float)
    weightings = [("", known)] if panel.metric == "reach" else [("", known), (" of parts", panel.weights)]
    month = MONTH // panel.step_days
    found = [
        Method("last value", "last value", carry_forward(values), simple=False, baseline=True),
        Method("median", "mean", pd.DataFrame(values).expanding().median().to_numpy(), simple=False),
        Method("28-day median", "28-day mean", pd.DataFrame(values).rolling(month, min_periods=1).median().to_numpy()),
    ]
    for suffix, weights in weightings:
        base = not suffix
        found.append(Method("mean" + suffix, "mean", running_mean(values, weights), simple=True, baseline=base))
        found.append(
            Method(
                "28-day mean" + suffix, "28-day mean", running_mean(values, weights, month), simple=True, baseline=base
            )
        )
        found += [
            Method(f"smoothing {half:g}{suffix}", "smoothing", smooth(values, weights, half)) for half in HALF_LIVES
        ]
    if panel.season > 1:
        profile = weekday_profile(values, panel.season)
        days = np.arange(len(values))
        today = profile[days, days % panel.season]
        found.append(
            Method(
                "seasonal naive",
                "seasonal naive",
                np.ones_like(values),
                last_season(values, panel.season),
                baseline=True,
            )
        )
        plain = np.divide(values, today, out=np.full_like(values, np.nan), where=today > 0.05)
        for suffix, weights in weightings:
            found += [
                Method(
                    f"weekday smoothing {half:g}{suffix}",
                    "weekday smoothing",
                    smooth(plain, np.where(np.isfinite(plain), weights, 0.0), half),
                    profile,
                )
                for half in SEASONAL_HALF_LIVES
            ]
            found.append(
                Method(
                    f"weekday mean{suffix}",
                    "weekday mean",
                    running_mean(plain, np.where(np.isfinite(plain), weights, 0.0)),
                    profile,
                )
            )
    return tuple(found)
