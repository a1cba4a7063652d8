"""A quasi-Poisson panel made linear: log expected outcome is level + weekday + day + elasticity × log spend.

The days' effect is common to all channels (times a loading), so that spend that follows demand does not pass for
response. Method: iteratively reweighted least squares with random effects (Breslow and Clayton 1993, penalised
quasi-likelihood); variances from moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.budget.nuisance import LevelBasis, Nuisance
from demetra.budget.regressors import USUAL_SHAPE, build_regressors
from demetra.budget.spreads import (
    USUAL_STEP_SD,
    estimate_dispersion,
    estimate_inflation,
    estimate_loading,
    estimate_step_sd,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.panel import Panel
    from demetra.budget.regressors import Regressors

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

USUAL_ELASTICITY: Final = 0.45
_USUAL_SD: Final = 0.2
_PASSES: Final = 3


@dataclass(frozen=True, eq=False)
class LinearPanel:
    """The working regression at convergence.

    Attributes:
        nuisance: weights and solver.
        z: working response (log outcome), periods × channels.
        regressors: log spend for every shape.
        known: rows that count, periods × channels.
        dispersion: variance over mean of the outcome, by channel.
        noise_sd: log standard deviation of one period's outcome, by channel.
        step_sd: log standard deviation of the level's step per knot (a week of days).
        demand: log effect of each period that the channels share, before their loadings.
        period_days: length of a period in days.
    """

    nuisance: Nuisance
    z: FloatArray
    regressors: Regressors
    known: BoolArray
    dispersion: FloatArray
    noise_sd: FloatArray
    step_sd: float
    demand: FloatArray
    period_days: int


def linearise(panel: Panel, outcome: FloatArray) -> LinearPanel:
    """Fit the panel with the usual shape and return the regression around that fit; `outcome` as `panel.spend`."""
    regressors = build_regressors(panel)
    known = regressors.active & ~np.isnan(outcome)
    y = np.where(known, outcome, 0.0)
    x = regressors.log_spend[:, :, USUAL_SHAPE]
    basis = LevelBasis(panel.dates, panel.period_days)
    mean = np.where(known, _guess_mean(y, known, x, basis.spacing), 0.0)
    dispersion, loading, step_sd = (np.full(y.shape[1], 1.5), np.ones(y.shape[1]), USUAL_STEP_SD)
    for iteration in range(_PASSES):
        z = _working_response(y, mean, known)
        nuisance = Nuisance(mean / dispersion, basis, step_sd, loading)
        free = z - x * _ridge(nuisance, x, z)
        level, day = nuisance.effects(free)
        mean = np.where(known, np.exp(np.clip(level + day + z - free, -12, 25)), 0.0)
        dispersion = estimate_dispersion(y, mean, known, nuisance.degrees)
        loading = estimate_loading(free - level, nuisance.weight)
        if iteration == 0:
            step_sd = estimate_step_sd(free, nuisance.weight, basis.spacing)
    z = _working_response(y, mean, known)
    residual = z - np.where(known, np.log(np.maximum(mean, 1e-9)), 0.0)
    weight = mean / dispersion / estimate_inflation(residual, x, known)
    rows = np.maximum(known.sum(axis=0), 1)
    noise_sd = np.sqrt(1 / np.maximum(weight.sum(axis=0) / rows, 1e-6))
    demand = day[:, 0] / loading[0]
    nuisance = Nuisance(weight, basis, step_sd, loading)
    return LinearPanel(nuisance, z, regressors, known, dispersion, noise_sd, step_sd, demand, panel.period_days)


def _working_response(y: FloatArray, mean: FloatArray, known: BoolArray) -> FloatArray:
    safe = np.maximum(mean, 1e-9)
    return np.where(known, np.log(safe) + (y - mean) / safe, 0.0)


def _guess_mean(y: FloatArray, known: BoolArray, x: FloatArray, spacing: int) -> FloatArray:
    """A start for the iteration: moving averages over eight weeks, the usual elasticity, and a factor for each day."""
    lift = np.where(known, np.exp(USUAL_ELASTICITY * x), 0.0)
    kernel = np.ones(min(4 * spacing + 1, len(y)))
    account = y.sum() / max(lift.sum(), 1e-9)
    mean = np.zeros(y.shape)
    for channel in range(y.shape[1]):
        above, below = (np.convolve(values[:, channel], kernel, "same") for values in (y, lift))
        usual = (y[:, channel].sum() + 0.5 * account) / (lift[:, channel].sum() + 0.5)
        mean[:, channel] = lift[:, channel] * (above + usual) / (below + 1)
    expected = mean.sum(axis=1)
    caution = max(float(expected.mean()), 1e-9)
    return np.asarray(mean * ((y.sum(axis=1) + caution) / (expected + caution))[:, None])


def _ridge(nuisance: Nuisance, x: FloatArray, z: FloatArray) -> FloatArray:
    """A first estimate of the elasticities, by channel."""
    count = x.shape[1]
    columns = x[:, :, None] * np.eye(count)
    gram, score = nuisance.reduce(columns, z)
    prior = np.eye(count) / _USUAL_SD**2
    return np.clip(np.linalg.solve(gram + prior, score + prior @ np.full(count, USUAL_ELASTICITY)), 0.0, 1.3)
