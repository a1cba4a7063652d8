"""Ratios of sums with intervals from how days differ, and which of several groups cannot be told apart.

A ratio's error is that of its linearised daily contributions (the influence of a ratio estimator; Cochran, Sampling
Techniques, 3rd edition, section 6.3), summed with the weights of Bartlett over a week of lags, for days resemble their
neighbours (Newey and West, 1987). Two groups are compared by the difference of their contributions day by day, so that
what moves both on a day cancels out. p-values of all pairs are adjusted together (Holm, 1979).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

LEAST_DAYS: Final = 8
"""Days with data below which no difference is claimed."""
LEVEL: Final = 0.05
_LAGS: Final = 7


@dataclass(frozen=True, eq=False)
class Comparison:
    """Groups side by side, in the order given; NaN where a group has no ratio or too few days for an interval.

    `tied` holds the largest sets of groups (their places) that cannot be told apart, all pairs considered together.
    """

    estimates: FloatArray
    low: FloatArray
    high: FloatArray
    tied: tuple[tuple[int, ...], ...]


def compare_groups(over: FloatArray, under: FloatArray) -> Comparison:
    """Compare the ratios `over / under` of groups; both have a row per calendar day and a column per group, 0 for none.

    Intervals are of 95 %; two groups are told apart at 5 % over all pairs.
    """
    values, influence = linearise(over, under)
    days = (under != 0).sum(axis=0)
    errors = np.where(days >= LEAST_DAYS, long_run_error(influence, days), np.nan)
    reach = quantile(days) * errors
    return Comparison(values, values - reach, values + reach, _find_ties(values, influence, days))


def linearise(over: FloatArray, under: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The ratio of each column's sums (NaN for a zero denominator), and what each day adds to it."""
    total = under.sum(axis=0)
    known = total != 0
    values = np.divide(over.sum(axis=0), total, out=np.full(total.shape, np.nan), where=known)
    residual = over - np.where(known, values, 0.0) * under
    return values, np.divide(residual, total, out=np.zeros_like(residual), where=known)


def long_run_error(influence: FloatArray, days: NDArray[Any]) -> FloatArray:
    """The standard error of a sum over days, by column, allowing for days that resemble their neighbours.

    `days` is how many of them have data. The weights take what the ratio itself has fitted away for granted; the factor
    gives it back.
    """
    width = _count_lags(days) + 1
    variance = (influence**2).sum(axis=0)
    for lag in range(1, min(_LAGS, len(influence) - 1) + 1):
        weight = np.maximum(1 - lag / width, 0.0)
        variance = variance + 2 * weight * (influence[lag:] * influence[:-lag]).sum(axis=0)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0) * days / np.maximum(days - width, 1)))


def quantile(days: NDArray[Any]) -> FloatArray:
    """How many standard errors an interval of 95 % reaches."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(_count_freedom(days), 1 - LEVEL / 2))


def two_sided(effects: FloatArray, errors: FloatArray, days: NDArray[Any]) -> FloatArray:
    """The chance of an effect at least as large by luck alone; NaN where the error is 0 or unknown."""
    from scipy.special import stdtr

    scores = np.divide(np.abs(effects), errors, out=np.full(np.shape(errors), np.nan), where=errors > 0)
    return np.asarray(2 * stdtr(_count_freedom(days), -scores))


def _count_lags(days: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.minimum(_LAGS, days // 4))


def _count_freedom(days: NDArray[Any]) -> FloatArray:
    """Degrees of freedom of an error with Bartlett's weights (Priestley, Spectral Analysis and Time Series, 6.2.4)."""
    return np.asarray(np.maximum(1.5 * days / (_count_lags(days) + 1), 1.0))


def _find_ties(values: FloatArray, influence: FloatArray, days: NDArray[Any]) -> tuple[tuple[int, ...], ...]:
    usable = np.flatnonzero(~np.isnan(values) & (days >= LEAST_DAYS)).tolist()
    pairs = [(first, second) for at, first in enumerate(usable) for second in usable[at + 1 :]]
    if not pairs:
        return ()
    left, right = (list(side) for side in zip(*pairs, strict=True))
    shared = np.minimum(days[left], days[right])
    errors = long_run_error(influence[:, left] - influence[:, right], shared)
    chances = two_sided(values[left] - values[right], errors, shared)
    alike = {
        pair for pair, chance in zip(pairs, _adjust(np.nan_to_num(chances, nan=1.0)), strict=True) if chance >= LEVEL
    }
    found: list[tuple[int, ...]] = []
    _grow((), usable, alike, found)
    widest = [group for group in found if not any(set(group) < set(other) for other in found)]
    return tuple(sorted(widest, key=lambda group: -float(max(values[list(group)]))))


def _adjust(chances: FloatArray) -> FloatArray:
    """Holm's step-down adjustment."""
    order = np.argsort(chances)
    factors = len(chances) - np.arange(len(chances))
    adjusted = np.empty_like(chances)
    adjusted[order] = np.minimum(np.maximum.accumulate(chances[order] * factors), 1.0)
    return adjusted


def _grow(group: tuple[int, ...], rest: list[int], alike: set[tuple[int, int]], found: list[tuple[int, ...]]) -> None:
    """Note every set of groups, of two or more, in which all are alike and which no later one can join."""
    extended = False
    for at, place in enumerate(rest):
        if all((member, place) in alike for member in group):
            extended = True
            _grow((*group, place), rest[at + 1 :], alike, found)
    if not extended and len(group) > 1:
        found.append(group)
