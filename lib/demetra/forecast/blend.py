"""Weights of the methods from their rolling-origin backtest, for every origin at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.forecast.methods import discount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.forecast.methods import Method
    from demetra.forecast.panel import Array, Panel

STEEPNESS: Final = 8.0
POOLING: Final = 20.0
MEMORY: Final = 120.0
SHORT_HISTORY: Final = 35


@dataclass(frozen=True)
class Blend:
    """Weights (methods, days, channels) and the backtest behind them.

    `errors` is the discounted mean absolute error of each method relative to the long mean, same shape.
    """

    methods: tuple[Method, ...]
    weights: Array
    errors: Array

    def ahead(self, steps: int) -> Array:
        """The blended forecast of each day for `steps` later; methods without a forecast are left out."""
        total = np.zeros_like(self.weights[0])
        mass = np.zeros_like(total)
        for weight, method in zip(self.weights, self.methods, strict=True):
            forecast = method.ahead(steps)
            usable = np.isfinite(forecast) & (weight > 0)
            total += np.where(usable, weight * np.nan_to_num(forecast), 0.0)
            mass += np.where(usable, weight, 0.0)
        return np.divide(total, mass, out=np.full_like(total, np.nan), where=mass > 0)


def steps_judged(horizon: int, most: int = 10) -> list[int]:
    """The steps ahead that a backtest looks at: all of a short horizon, else spread over it."""
    return sorted({int(round(step)) for step in np.linspace(1, horizon, min(horizon, most))})


def measure_errors(method: Method, reference: Method, panel: Panel, steps: Sequence[int]) -> tuple[Array, Array]:
    """Absolute errors of a method and of the reference by target day, where both exist: two (days, channels) sums."""
    mine, theirs = np.zeros_like(panel.actual), np.zeros_like(panel.actual)
    for step in steps:
        if step >= len(panel.actual):
            break
        actual = panel.actual[step:]
        error = np.abs(actual - method.ahead(step)[:-step])
        other = np.abs(actual - reference.ahead(step)[:-step])
        both = np.isfinite(error) & np.isfinite(other)
        mine[step:] += np.where(both, error, 0.0)
        theirs[step:] += np.where(both, other, 0.0)
    return mine / len(steps), theirs / len(steps)


def blend_methods(methods: tuple[Method, ...], panel: Panel, horizon: int) -> Blend:
    """Weigh the methods by their errors known on each day, pooled with the other channels' where a channel is short."""
    reference = next(method for method in methods if method.name == "mean")
    steps = steps_judged(horizon)
    seen = np.cumsum(np.isfinite(panel.actual), axis=0)
    long = seen >= SHORT_HISTORY // panel.step_days
    errors, weights = [], []
    for method in methods:
        mine, theirs = (discount(sums, MEMORY) for sums in measure_errors(method, reference, panel, steps))
        count = discount((theirs > 0).astype(float), MEMORY)
        scale = np.divide(theirs, count, out=np.zeros_like(theirs), where=count > 1e-9)
        mine_scaled = np.divide(mine, scale, out=np.zeros_like(mine), where=scale > 0)
        theirs_scaled = np.divide(theirs, scale, out=np.zeros_like(mine), where=scale > 0)
        total = theirs_scaled.sum(axis=1, keepdims=True)
        pooled = np.divide(mine_scaled.sum(axis=1, keepdims=True), total, out=np.ones_like(total), where=total > 0)
        error = (mine_scaled + POOLING * pooled) / (theirs_scaled + POOLING)
        errors.append(error)
        allowed = long | method.simple
        weights.append(np.where(allowed, np.maximum(error, 1e-3) ** -STEEPNESS, 0.0))
    return Blend(methods, np.array(weights), np.array(errors))
