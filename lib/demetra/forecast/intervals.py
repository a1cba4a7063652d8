"""Intervals from absolute rolling-origin residuals of the blend, by horizon bucket.

Residuals are divided by the size of the errors usual at their origin, so that a channel with a short history can
borrow the account's, and by what the few days known there add. Absolute ones, because signed residuals of a short
backtest are too narrow (Lei et al. 2018, "Distribution-free predictive inference for regression"; scaled as in section
5.2 there).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from demetra.forecast.blend import absolute_errors, judged_steps
from demetra.forecast.levels import discount, divide

if TYPE_CHECKING:
    from demetra.forecast.blend import Blend
    from demetra.forecast.panel import Array, Panel

LEVELS: Final = (0.80, 0.95)
BUCKETS: Final = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 90), (91, 10**6))
SCALE_MEMORY: Final = 60.0
SETTLED: Final = 10
ENOUGH: Final = 40
PRIOR: Final = 10.0
MEAN_ABSOLUTE_NORMAL: Final = math.sqrt(2.0 / math.pi)
FRESH_SHARE: Final = 4


@dataclass(frozen=True)
class Backtest:
    """The blend's errors: `scaled[step]` is by target day, |error| over the `scale` of its origin; (days, channels)."""

    panel: Panel
    blend: Blend
    horizon: int

    @cached_property
    def scale(self) -> Array:
        """The usual absolute one-step error as known on each day, without its `youth`; NaN before the first one."""
        known = np.isfinite(self._one_step).astype("float64")
        total = discount(np.nan_to_num(self._one_step), half_life=SCALE_MEMORY)
        return divide(total, discount(known, half_life=SCALE_MEMORY))

    @cached_property
    def known(self) -> Array:
        """How many defined days each channel had by each day."""
        return np.cumsum(np.isfinite(self.panel.actual), axis=0).astype("float64")

    @cached_property
    def scaled(self) -> dict[int, Array]:
        """Scaled absolute errors of each judged step, by target day."""
        return {step: self._scale(absolute_errors(self.blend, self.panel, step), step) for step in self._steps()}

    @cached_property
    def _one_step(self) -> Array:
        errors = absolute_errors(self.blend, self.panel, 1)
        errors[1:] /= self.youth()[:-1]
        return errors

    def youth(self, *, days: int = 1) -> Array:
        """By how much the error of a mean over `days` days is larger as only so many days are known by each day."""
        return np.asarray(np.sqrt(1.0 + days / np.maximum(self.known, 1.0)))

    def _steps(self) -> list[int]:
        return sorted({1, *judged_steps(self.horizon)})

    def _scale(self, errors: Array, step: int) -> Array:
        """Errors over their origin's scale, left out where that rests on too few errors: quotients have long tails."""
        settled = np.cumsum(np.isfinite(self._one_step), axis=0) >= SETTLED
        origin = np.full_like(errors, np.nan)
        origin[step:] = np.where(settled, self.scale * self.youth(), np.nan)[:-step]
        return divide(errors, origin)

    def half_widths(self, step: int, channel: int) -> tuple[float, float]:
        """Half-widths of the 80 and 95 % intervals of a future step, on the model scale."""
        low, high = next(bucket for bucket in BUCKETS if bucket[0] <= step <= bucket[1])
        chosen = [errors for judged, errors in self.scaled.items() if low <= judged <= high]
        return self.widen(np.stack(chosen) if chosen else np.empty((1, 0, 1)), channel)

    def widen(self, errors: Array, channel: int, *, days: int = 1, prior: float = PRIOR) -> tuple[float, float]:
        """Half-widths from scaled errors (steps, days, channels) of means over `days` days.

        The errors' quantile is averaged with what independent normal errors would give, which counts as `prior`
        errors of its own: it decides while there is hardly a backtest. Windows of several days overlap: so many of
        them are worth `FRESH_SHARE` times the windows that would not.
        """
        scale = self.scale[-1, channel] if np.isfinite(self.scale[-1, channel]) else 0.0
        own = sample(errors, channel) * self.youth(days=days)[-1, channel]
        count = len(own) / len(errors) / max(days / FRESH_SHARE, 1)
        usual = usual_quantiles(self.known[-1, channel], days=days)
        low, high = (
            float(scale * (count * empirical(own, level, count=count) + prior * guess) / (count + prior))
            for level, guess in zip(LEVELS, usual, strict=True)
        )
        return low, high


def sample(errors: Array, channel: int) -> Array:
    """A channel's own scaled errors (steps, days, channels), or all channels' where it has fewer than `ENOUGH` days."""
    if not errors.size:
        return np.empty(0)
    own = errors[:, :, channel]
    finite = own[np.isfinite(own)]
    return finite if len(finite) >= ENOUGH * len(errors) else errors[np.isfinite(errors)]


def empirical(errors: Array, level: float, *, count: float) -> float:
    """The quantile that a new error stays below with this probability, the sample worth `count` errors; 0 without."""
    return float(np.quantile(errors, min(1.0, level * (count + 1.0) / count))) if len(errors) else 0.0


def usual_spread(known: float, *, days: int = 1) -> float:
    """Standard error of a forecast, over the mean absolute error: a mean of `days` days about a mean of `known` days.

    As if errors were independent and normal: what is assumed while there is hardly a backtest.
    """
    return math.sqrt(1.0 / days + 1.0 / max(known, 1.0)) / MEAN_ABSOLUTE_NORMAL


@cache
def usual_quantiles(known: float, *, days: int = 1) -> tuple[float, float]:
    """The 80 and 95 % points of such a forecast's absolute error, by Student's t as the spread is estimated too."""
    freedom = max(known - 1.0, 1.0)
    low, high = (float(stdtrit(freedom, (1.0 + level) / 2.0)) * usual_spread(known, days=days) for level in LEVELS)
    return low, high


def past_half_widths(backtest: Backtest) -> tuple[Array, Array]:
    """Half-widths, on each day, of the intervals for the day after, from what was known by then: (days, channels)."""
    errors = pd.DataFrame(backtest.scaled[1])
    count = np.cumsum(np.isfinite(backtest.scaled[1]), axis=0)
    days, channels = count.shape
    everyone = pd.Series(errors.to_numpy().reshape(-1)).expanding()
    found = []
    for level in LEVELS:
        own = errors.expanding().quantile(level).to_numpy()
        account = everyone.quantile(level).to_numpy().reshape(days, channels)[:, -1:]
        borrowed = count < ENOUGH
        quantile = np.nan_to_num(np.where(borrowed, account, own)) * backtest.youth()
        size = np.where(borrowed, count.sum(axis=1, keepdims=True), count)
        known = np.maximum(backtest.known, 2.0)
        prior = stdtrit(known - 1.0, (1.0 + level) / 2.0) * np.sqrt(1.0 + 1.0 / known) / MEAN_ABSOLUTE_NORMAL
        found.append(np.nan_to_num(backtest.scale) * (size * quantile + PRIOR * prior) / (size + PRIOR))
    return found[0], found[1]
