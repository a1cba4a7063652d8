"""Draws of elasticities: the panel's likelihood under one prior that all channels share.

Prior: a channel's elasticity is normal around `centre - slope × log(its average return / the account's)`, kept
between 0 and `UPPER`; centre, slope and spread are learnt from all channels. The slope shrinks the elasticity of a
channel with a high average return harder: part of such a return is usually sales that would have come anyway. A pair
of channels is linked with probability `_PAIR_CHANCE` (spike and slab), likelier where the channel that records returns
more than the account: the sales may be another's. Method: Gibbs sampling, all chains side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr, ndtri

from demetra.budget.regressors import SHAPE_CHANCE, SHAPES, USUAL_SHAPE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.likelihood import Likelihood

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

UPPER: Final = 1.3
CENTRE, CENTRE_SD = 0.5, 0.15
SLOPE, SLOPE_SD = 0.15, 0.15
SPREADS: Final = np.array([0.03, 0.06, 0.1, 0.15, 0.22, 0.3, 0.4])
_SPREAD_CHANCE: Final = np.array([0.5, 0.7, 1.0, 1.5, 2.0, 2.0, 1.0])
_USUAL_SPREAD: Final = 3
_PAIR_CHANCE: Final = 0.03
_PAIR_LEAN: Final = 2.0
_PAIR_SD: Final = 0.2
_TEMPER: Final = 1.25
"""Variance inflation of the likelihood: no curve of the model's is exactly the market's."""
_EDGE: Final = 1e-10


@dataclass(frozen=True, eq=False)
class Elasticities:
    """Draws × channels: own elasticity and index of the shape in force; draws × pairs: cross elasticity."""

    own: FloatArray
    shape: IntArray
    cross: FloatArray

    @property
    def usual_shape(self) -> IntArray:
        """Each channel's most frequent shape."""
        return np.array([np.bincount(column, minlength=len(SHAPES)).argmax() for column in self.shape.T])


def draw_elasticities(
    likelihood: Likelihood, log_return: FloatArray, *, draws: int, sweeps: int, rng: np.random.Generator
) -> Elasticities:
    """Sample the posterior; `log_return` is each channel's log average return relative to the account's."""
    chains = _Chains(likelihood, log_return, draws, rng)
    for _ in range(sweeps):
        for channel in range(likelihood.channels):
            chains.draw_own(channel)
        for pair in range(len(likelihood.pairs)):
            chains.draw_cross(pair)
        chains.draw_prior()
    return Elasticities(chains.own, chains.shape, chains.beta[:, likelihood.cross(0) :])


class _Chains:
    """State of the sampler: one row per chain."""

    def __init__(self, likelihood: Likelihood, log_return: FloatArray, draws: int, rng: np.random.Generator) -> None:
        self.likelihood, self.log_return, self.rng = likelihood, log_return, rng
        self.gram, self.score = likelihood.gram / _TEMPER, likelihood.score / _TEMPER
        self.row = np.arange(draws)
        self.own = np.full((draws, likelihood.channels), CENTRE)
        self.shape = np.full((draws, likelihood.channels), USUAL_SHAPE)
        self.centre, self.slope = np.full(draws, CENTRE), np.full(draws, SLOPE)
        self.spread = np.full(draws, SPREADS[_USUAL_SPREAD])
        self.beta = np.zeros((draws, len(self.score)))
        self.beta[:, USUAL_SHAPE : likelihood.cross(0) : len(SHAPES)] = CENTRE

    def draw_own(self, channel: int) -> None:
        """Shape and elasticity of a channel, given all else."""
        columns = self.likelihood.own(channel)
        self.beta[:, columns] = 0.0
        score = self.score[columns] - self.beta @ self.gram[:, columns]
        prior = self.centre - self.slope * self.log_return[channel]
        variance = 1 / (self.gram.diagonal()[columns] + 1 / self.spread[:, None] ** 2)
        mean = variance * (score + (prior / self.spread**2)[:, None])
        sd = np.sqrt(variance)
        low, high = ndtr(-mean / sd), ndtr((UPPER - mean) / sd)
        weight = np.log(SHAPE_CHANCE) + 0.5 * mean**2 / variance + np.log(sd) + np.log(np.maximum(high - low, _EDGE))
        chosen = self._choose(weight)
        at = (self.row, chosen)
        share = low[at] + self.rng.uniform(size=len(self.row)) * (high[at] - low[at])
        value = np.clip(mean[at] + sd[at] * ndtri(np.clip(share, _EDGE, 1 - _EDGE)), 0.0, UPPER)
        self.own[:, channel], self.shape[:, channel] = value, chosen
        self.beta[self.row, columns.start + chosen] = value

    def draw_cross(self, pair: int) -> None:
        """Whether a pair is linked, and how strongly, given all else."""
        column = self.likelihood.cross(pair)
        self.beta[:, column] = 0.0
        sd = 1 / np.sqrt(self.gram[column, column] + 1 / _PAIR_SD**2)
        mean = sd**2 * (self.score[column] - self.beta @ self.gram[:, column])
        above = ndtr(mean / sd)
        odds = np.log(2 * np.maximum(above, _EDGE) * sd / _PAIR_SD) + 0.5 * (mean / sd) ** 2
        recorded, _ = self.likelihood.pairs[pair]
        odds += np.log(_PAIR_CHANCE / (1 - _PAIR_CHANCE)) + _PAIR_LEAN * self.log_return[recorded]
        linked = self.rng.uniform(size=len(self.row)) < 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
        share = 1 - above + self.rng.uniform(size=len(self.row)) * above
        value = np.clip(mean + sd * ndtri(np.clip(share, _EDGE, 1 - _EDGE)), 0.0, 1.0)
        self.beta[:, column] = np.where(linked, value, 0.0)

    def draw_prior(self) -> None:
        """Centre, slope and spread of the shared prior, given the elasticities."""
        noise = self.rng.normal(size=(2, len(self.row)))
        lean = self.log_return
        precision = len(lean) / self.spread**2 + 1 / CENTRE_SD**2
        total = (self.own + self.slope[:, None] * lean).sum(axis=1) / self.spread**2 + CENTRE / CENTRE_SD**2
        self.centre = total / precision + noise[0] / np.sqrt(precision)
        precision = (lean**2).sum() / self.spread**2 + 1 / SLOPE_SD**2
        total = ((self.centre[:, None] - self.own) * lean).sum(axis=1) / self.spread**2 + SLOPE / SLOPE_SD**2
        self.slope = total / precision + noise[1] / np.sqrt(precision)
        error = self.own - self.centre[:, None] + self.slope[:, None] * lean
        square = (error**2).sum(axis=1, keepdims=True)
        weight = np.log(_SPREAD_CHANCE) - len(lean) * np.log(SPREADS) - square / (2 * SPREADS**2)
        self.spread = SPREADS[self._choose(weight)]

    def _choose(self, log_weight: FloatArray) -> IntArray:
        """A column for every row, with probability proportional to the exponential."""
        total = np.cumsum(np.exp(log_weight - log_weight.max(axis=1, keepdims=True)), axis=1)
        return np.asarray((total < self.rng.uniform(size=(len(total), 1)) * total[:, -1:]).sum(axis=1))
