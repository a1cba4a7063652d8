"""The weekday's factor of a ratio, from earlier weeks alone: what Mondays usually are, beside the week around them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from demetra.forecast.panel import Array

WEEK: Final = 7
WEEKS: Final = 10


def measure_weekdays(ratio: Array) -> Array:
    """The factor of each day as a logarithm, shrunk towards none as far as chance could have made it.

    Args:
        ratio: (days, series) on consecutive days, NaN where unknown. What is late must be unknown.
    """
    days, count = ratio.shape
    if days <= 2 * WEEK:
        return np.zeros((days, count))
    log = np.where(np.isfinite(ratio) & (ratio > 0), np.log(np.where(ratio > 0, ratio, 1.0)), np.nan)
    padded = np.full((days + WEEK - 1, count), np.nan)
    padded[WEEK // 2 : WEEK // 2 + days] = log
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all unknown: NaN is the answer
        around = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, WEEK, axis=0), axis=-1)
        past = np.full((WEEKS, days, count), np.nan)
        for week in range(1, WEEKS + 1):
            past[week - 1, week * WEEK :] = (log - around)[: max(days - week * WEEK, 0)]
        factor = np.nanmedian(past, axis=0)
        spread = np.nanmedian(np.abs(past - factor), axis=0)
    seen = np.isfinite(past).sum(axis=0)
    usable = seen > 1
    error = np.where(usable, (1.4826 * spread) ** 2 * 1.57 / np.maximum(seen, 1), 0.0)
    power = _sum_week(np.where(usable, np.nan_to_num(factor) ** 2, 0.0))
    kept = np.divide(power - _sum_week(np.nan_to_num(error)), power, out=np.zeros_like(power), where=power > 0)
    return np.where(usable, np.clip(kept, 0.0, 1.0) * np.nan_to_num(factor), 0.0)


def _sum_week(values: Array) -> Array:
    """The sum over the last seven days."""
    total = np.cumsum(values, axis=0)
    total[WEEK:] -= total[:-WEEK].copy()
    return total
