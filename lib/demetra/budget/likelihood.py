"""What the history says about elasticities: a quadratic form, for every candidate shape and every pair of channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.budget.linearise import USUAL_ELASTICITY
from demetra.budget.regressors import SHAPES, USUAL_SHAPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from demetra.budget.linearise import LinearPanel

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

_PAIR_Z: Final = 1.5
_MOST_PAIRS: Final = 8
_QUICK_PERIODS: Final = 40
_QUICK_WINDOW: Final = 7
_QUICK_LEAST_SD: Final = 0.03
_GIVEN_SD: Final = 0.25
_FREE_SD: Final = 1.0
_LOADING_ERROR: Final = 0.2
"""Standard deviation of what a channel's loading on demand may be wrong by: spend that follows demand would show it as
response."""


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Log likelihood `score @ b - b @ gram @ b / 2` of coefficients `b`.

    `b` holds, for every channel in turn, one elasticity per shape of which one is in force, then one for each of
    `pairs` (channel recorded on, channel spent on).
    """

    gram: FloatArray
    score: FloatArray
    channels: int
    pairs: tuple[tuple[int, int], ...] = ()

    def own(self, channel: int) -> slice:
        """Columns of a channel's own elasticity, one per shape."""
        return slice(channel * len(SHAPES), (channel + 1) * len(SHAPES))

    def cross(self, pair: int) -> int:
        """Column of a pair."""
        return self.channels * len(SHAPES) + pair


def no_likelihood(channels: int) -> Likelihood:
    """A history that says nothing."""
    size = channels * len(SHAPES)
    return Likelihood(np.zeros((size, size)), np.zeros(size), channels)


def build_likelihood(
    linear: LinearPanel, *, pairs: Sequence[tuple[int, int]] = (), shape: IntArray | None = None
) -> Likelihood:
    """Reduce the panel to its elasticities; a pair's second channel responds in that channel's `shape`.

    Two more coefficients per channel are integrated out. A day's deviation from its week gets one that is as free as
    the account's figures demand: bids that rise within a day with that day's own demand make quick changes of spend
    look better than lasting ones are. Demand gets one that is `_LOADING_ERROR` free, as loadings are estimates.
    """
    x, known = linear.regressors.log_spend, linear.known
    periods, count, grid = x.shape
    quick = linear.period_days == 1 and periods >= _QUICK_PERIODS
    size = count * grid + len(pairs)
    columns = np.zeros((periods, count, size + (2 if quick else 1) * count))
    for channel in range(count):
        columns[:, channel, channel * grid : (channel + 1) * grid] = x[:, channel]
    for place, (recorded, spent) in enumerate(pairs):
        chosen = USUAL_SHAPE if shape is None else shape[spent]
        columns[:, recorded, count * grid + place] = np.where(known[:, recorded], x[:, spent, chosen], 0.0)
    if quick:
        columns[:, :, size:-count] = _quick_spend(linear)[:, :, None] * np.eye(count)
    columns[:, :, -count:] = (known * linear.demand[:, None])[:, :, None] * np.eye(count)
    gram, score = _absorb(*linear.nuisance.reduce(columns, linear.z), count, _LOADING_ERROR**2)
    if quick:
        gram, score = _absorb(gram, score, count, _quick_variance(gram, score, count, grid))
    return Likelihood(gram, score, count, tuple(pairs))


def find_pairs(
    linear: LinearPanel, elasticity: FloatArray, shape: IntArray, live: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Pairs where one channel's sales may be recorded on another: those with a score test above `_PAIR_Z`.

    `elasticity` and `shape` are the channels' own; `live` channels are looked at, at most `_MOST_PAIRS` returned.
    """
    places = np.flatnonzero(live)
    pairs = [(int(recorded), int(spent)) for recorded in places for spent in places if recorded != spent]
    if not pairs:
        return []
    count = len(live)
    full = build_likelihood(linear, pairs=pairs, shape=shape)
    own = np.arange(count) * len(SHAPES) + shape
    cross = np.arange(full.cross(0), full.cross(len(pairs)))
    score, information = _residual_score(full.gram, full.score, cross, own, elasticity, _GIVEN_SD)
    strength = score / np.sqrt(np.maximum(information, 1e-9))
    strongest = np.argsort(-strength, kind="stable")[:_MOST_PAIRS]
    return [pairs[place] for place in strongest if strength[place] > _PAIR_Z]


def _residual_score(
    gram: FloatArray, score: FloatArray, columns: IntArray, given: IntArray, mean: FloatArray, sd: float
) -> tuple[FloatArray, FloatArray]:
    """Score and information of some coefficients at 0, those of `given` columns integrated out around `mean`."""
    prior = np.eye(len(given)) / sd**2
    inverse = np.linalg.inv(gram[np.ix_(given, given)] + prior)
    link = gram[np.ix_(columns, given)] @ inverse
    left = score[columns] - link @ (score[given] + prior @ mean)
    return left, gram[columns, columns] - np.einsum("cg,cg->c", link, gram[np.ix_(columns, given)])


def _quick_spend(linear: LinearPanel) -> FloatArray:
    """Deviation of log spend from its centred weekly mean, periods × channels."""
    x, known = linear.regressors.log_spend[:, :, 0], linear.known.astype(float)
    kernel = np.ones(_QUICK_WINDOW)
    quick = np.zeros(x.shape)
    for channel in range(x.shape[1]):
        sums, days = (np.convolve(v[:, channel], kernel, "same") for v in (x * known, known))
        quick[:, channel] = known[:, channel] * (x[:, channel] - sums / np.maximum(days, 1))
    return quick


def _absorb(gram: FloatArray, score: FloatArray, count: int, variance: float) -> tuple[FloatArray, FloatArray]:
    """Integrate the last `count` coefficients out, with this prior variance."""
    kept, gone = slice(-count), slice(-count, None)
    link = gram[kept, gone] @ np.linalg.inv(gram[gone, gone] + np.eye(count) / variance)
    return gram[kept, kept] - link @ gram[gone, kept], score[kept] - link @ score[gone]


def _quick_variance(gram: FloatArray, score: FloatArray, count: int, grid: int) -> float:
    """The prior variance of the last `count` coefficients that their moments show."""
    own = np.arange(count) * grid + _best_shape(gram, score, count, grid)
    quick = np.arange(len(score) - count, len(score))
    left, information = _residual_score(gram, score, quick, own, np.full(count, USUAL_ELASTICITY), _FREE_SD)
    weight = np.clip(information, 1e-9, 1e4)
    excess = (weight * ((left / np.maximum(information, 1e-9)) ** 2 - 1 / weight)).sum() / weight.sum()
    return max(float(excess), 0.0) + _QUICK_LEAST_SD**2


def _best_shape(gram: FloatArray, score: FloatArray, count: int, grid: int) -> IntArray:
    """The shape under which each channel's own spend alone explains most."""
    own = slice(0, count * grid)
    information = np.maximum(gram.diagonal()[own], 1e-9).reshape(count, grid)
    return np.asarray((score[own].reshape(count, grid) ** 2 / information).argmax(axis=1))
