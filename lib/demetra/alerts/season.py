"""Days on which all channels rise at once: a holiday, a sale. What all have in common is no channel's own change.

A fall of all channels is not taken for one: when money stops everywhere somebody should know.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from demetra.forecast.panel import Array

DAYS: Final = 14
FEWEST: Final = 3
"""Channels, of which all but one, or but a fifth, must rise."""
LEAST: Final = 1.2


def measure_common_rise(volume: Array) -> Array:
    """How many times as large as usual the volume of nearly every channel is on each day, (days, 1); 1 on most days.

    Args:
        volume: (days, channels), freed of weekdays, NaN where unknown. A day is compared with the `DAYS` before it.
    """
    days = len(volume)
    padded = np.concatenate([np.full((DAYS, volume.shape[1]), np.nan), volume])[: days + DAYS - 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing before: NaN is the answer
        usual = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, DAYS, axis=0), axis=-1)
    rises = np.sort(np.divide(volume, usual, out=np.full(volume.shape, np.nan), where=usual > 0), axis=1)
    known = np.isfinite(rises).sum(axis=1)
    place = np.minimum(np.maximum(known // 5, 1), volume.shape[1] - 1)
    common = np.take_along_axis(rises, place[:, None], axis=1)
    risen = (known >= FEWEST)[:, None] & (np.nan_to_num(common) >= LEAST)
    return np.where(risen, common, 1.0)
