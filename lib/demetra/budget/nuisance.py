"""Levels, weekdays and days projected out of a weighted regression of many channels at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve, solve_triangular

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

DAY_SD: Final = 5.0
"""Log standard deviation of the effect of a day. Wide on purpose: where spend follows demand, a narrower one leaves
a part of demand in the channels and calls it response."""
WEEKDAY_SD: Final = 0.1
_LONE_WEEKDAY_SD: Final = 0.3  # one channel: no day effects take the common weekday pattern up


class LevelBasis:
    """A channel's slow level (straight lines between knots, a random walk) and its weekday pattern.

    `spacing` is the distance between knots in periods: a week of days, or four longer periods.
    """

    def __init__(self, dates: pd.DatetimeIndex, period_days: int) -> None:
        periods = len(dates)
        self.spacing = 7 if period_days == 1 else 4
        knots = max(2, -(-(periods - 1) // self.spacing) + 1)
        place = np.linspace(0, max(periods - 1, 1), knots)
        hats = np.maximum(0, 1 - np.abs(np.arange(periods)[:, None] - place) / (place[1] - place[0]))
        weekdays = dates.day_of_week.to_numpy()[:, None] == np.arange(7 if period_days == 1 else 0)
        self.columns = np.hstack([hats, weekdays.astype(float)])
        step = np.diff(np.eye(knots), axis=0)
        size = self.columns.shape[1]
        self._walk, self._weekday = np.zeros((size, size)), np.zeros((size, size))
        # the tiny ridge makes the level itself free, and the matrix regular
        self._walk[:knots, :knots] = step.T @ step + 1e-7 * np.eye(knots)
        self._weekday[knots:, knots:] = np.eye(size - knots)

    def precision(self, step_sd: float, *, lone: bool) -> FloatArray:
        """Prior precision of the coefficients, for a log standard deviation of the level's step per knot."""
        weekday_sd = _LONE_WEEKDAY_SD if lone else WEEKDAY_SD
        return np.asarray(self._walk / step_sd**2 + self._weekday / weekday_sd**2)


class Nuisance:
    """Solves `z = columns @ b + level + loading * day + noise` for fixed weights, level and day integrated out.

    `weight` (periods × channels) is the inverse variance of the noise, 0 where nothing is known. `degrees` are the
    degrees of freedom that each channel spends on its level and its part of the days.
    """

    def __init__(self, weight: FloatArray, basis: LevelBasis, step_sd: float, loading: FloatArray) -> None:
        count = weight.shape[1]
        self.weight, self.loading = weight, loading
        self._columns = basis.columns
        prior = basis.precision(step_sd, lone=count == 1)
        heavy = weight * loading**2
        day_precision = 1e8 if count == 1 else 1 / DAY_SD**2
        day = np.diag(heavy.sum(axis=1) + day_precision)
        self.degrees = (heavy / (heavy.sum(axis=1, keepdims=True) + day_precision)).sum(axis=0)
        self._factors = []
        for channel in range(count):
            weighted = weight[:, channel, None] * self._columns
            inner = self._columns.T @ weighted
            factor = cho_factor(inner + prior, lower=True)
            self._factors.append(factor)
            self.degrees[channel] += np.trace(cho_solve(factor, inner))
            half = loading[channel] * solve_triangular(factor[0], weighted.T, lower=True)
            day -= half.T @ half
        self._day = cho_factor(day, lower=True)

    def reduce(self, columns: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Gram matrix and score of the columns' coefficients.

        `columns` is periods × channels × k, zero in the channels that a column says nothing about; `z` periods ×
        channels.
        """
        periods, count, size = columns.shape
        gram, score = np.zeros((size, size)), np.zeros(size)
        across = np.zeros((periods, size + 1))
        for channel in range(count):
            live = np.flatnonzero(columns[:, channel].any(axis=0))
            block = columns[:, channel][:, live]
            inside = self._within(np.column_stack([block, z[:, channel]]), channel)
            gram[np.ix_(live, live)] += block.T @ inside[:, :-1]
            score[live] += block.T @ inside[:, -1]
            across[:, np.append(live, size)] += self.loading[channel] * inside
        solved = cho_solve(self._day, across)
        return gram - across[:, :-1].T @ solved[:, :-1], score - across[:, :-1].T @ solved[:, -1]

    def effects(self, residual: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Best predictions of levels and of the days' part in each channel, both periods × channels."""
        count = residual.shape[1]
        inside = np.column_stack([self._within(residual[:, [channel]], channel) for channel in range(count)])
        day = np.outer(cho_solve(self._day, inside @ self.loading), self.loading)
        level = np.empty(residual.shape)
        for channel in range(count):
            left = self.weight[:, channel] * (residual[:, channel] - day[:, channel])
            level[:, channel] = self._columns @ cho_solve(self._factors[channel], self._columns.T @ left)
        return level, day

    def _within(self, values: FloatArray, channel: int) -> FloatArray:
        """Weighted values with the channel's level projected out."""
        weight = self.weight[:, channel, None]
        weighted = weight * values
        level = self._columns @ cho_solve(self._factors[channel], self._columns.T @ weighted)
        return np.asarray(weighted - weight * level)
