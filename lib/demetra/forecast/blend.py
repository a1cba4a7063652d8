"""Weights of the methods from their rolling-origin backtest, for every origin at once.

A blend of simple methods weighted steeply by backtest error does as well as the best of them known in hindsight and
better than picking one (combination: Bates and Granger 1969; simple methods: M4, Makridakis et al. 2020).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.forecast.levels import discount, divide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.forecast.methods import Method
    from demetra.forecast.panel import Array, Panel

STEEPNESS: Final = 64.0
POOLING: Final = 100.0
PRUDENCE: Final = 60.0
MEMORY: Final = 90.0
SHORT_DAYS: Final = 35
MOST_STEPS: Final = 10
REFERENCE: Final = "mean"


@dataclass(frozen=True)
class Blend:
    """Methods, their weights as known on each day, and their backtest; the arrays are (methods, days, channels).

    `weights` are not normalised; `errors` are mean absolute errors by target day over the judged steps, NaN where
    the method or the reference had no forecast.
    """

    methods: Sequence[Method]
    weights: Array
    errors: Array
    _paths: dict[int, Array] = field(default_factory=dict, repr=False)

    def ahead(self, steps: int) -> Array:
        """The blended forecast of each day for `steps` later; methods that have none are left out; NaN if all."""
        if steps not in self._paths:
            total = np.zeros_like(self.weights[0])
            mass = np.zeros_like(total)
            for weight, method in zip(self.weights, self.methods, strict=True):
                forecast = method.ahead(steps)
                known = np.isfinite(forecast)
                total += np.where(known, weight * forecast, 0.0)
                mass += np.where(known, weight, 0.0)
            self._paths[steps] = divide(total, mass)
        return self._paths[steps]


def judged_steps(horizon: int) -> list[int]:
    """The steps ahead that a backtest looks at: all of a short horizon, `MOST_STEPS` spread over a long one."""
    return sorted({round(step) for step in np.linspace(1, horizon, min(horizon, MOST_STEPS))})


def absolute_errors(forecast: Method | Blend, panel: Panel, step: int) -> Array:
    """|actual - forecast| of `step` days before, by target day: (days, channels), NaN where either is unknown."""
    errors = np.full_like(panel.actual, np.nan)
    if step < len(errors):
        errors[step:] = np.abs(panel.actual[step:] - panel.clip(forecast.ahead(step)[:-step]))
    return errors


def blend_methods(methods: Sequence[Method], panel: Panel, *, horizon: int) -> Blend:
    """Weigh methods by the inverse of their backtest error, relative to the long mean's, to a steep power.

    Errors are discounted means over the targets known by each day and over the steps of the horizon. Each channel's
    are pooled with the account's, which counts as `POOLING` targets, and that with `PRUDENCE` targets at which the
    method is as good as the mean, so that a lucky short record earns little. Below five weeks only `simple` methods
    serve.
    """
    reference = next(method for method in methods if method.name == REFERENCE)
    yardstick = {step: absolute_errors(reference, panel, step) for step in judged_steps(horizon)}
    short = np.cumsum(np.isfinite(panel.actual), axis=0) < panel.steps(SHORT_DAYS)
    weights, errors = [], []
    for method in methods:
        mine, theirs = _mean_errors(method, panel, yardstick)
        weight = np.maximum(_relative(mine, theirs), 1e-3) ** -STEEPNESS
        weights.append(weight if method.simple else np.where(short, 0.0, weight))
        errors.append(mine)
    return Blend(methods, np.array(weights), np.array(errors))


def _mean_errors(method: Method, panel: Panel, yardstick: dict[int, Array]) -> tuple[Array, Array]:
    """Errors of a method and of the reference by target day, means over the steps where both have one."""
    mine, theirs, count = (np.zeros_like(panel.actual) for _ in range(3))
    for step, reference in yardstick.items():
        error = absolute_errors(method, panel, step)
        both = np.isfinite(error) & np.isfinite(reference)
        mine += np.where(both, error, 0.0)
        theirs += np.where(both, reference, 0.0)
        count += both
    return divide(mine, count), divide(theirs, count)


def _relative(mine: Array, theirs: Array) -> Array:
    """Discounted errors over the reference's as known on each day, pooled with the account's."""
    count = discount((theirs > 0).astype("float64"), half_life=MEMORY)
    total = discount(np.nan_to_num(theirs), half_life=MEMORY)
    scaled = count * divide(discount(np.nan_to_num(mine), half_life=MEMORY), total, otherwise=0.0)
    account = (scaled.sum(axis=1, keepdims=True) + PRUDENCE) / (count.sum(axis=1, keepdims=True) + PRUDENCE)
    return np.asarray((scaled + POOLING * account) / (count + POOLING))
