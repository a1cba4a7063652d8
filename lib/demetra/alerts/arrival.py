"""Conversions that are still arriving: the newest days of a report are low because the clicks have yet to buy.

What is late is low on all channels at once, or on one channel more so from day to day towards the newest, and beyond
chance on more than one day; a drop is low on one channel, and as low on its second day as on its first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from demetra.forecast.panel import Array

NEWEST: Final = 7
BEFORE: Final = 28
LOW: Final = 0.85
"""A day is low below this share of the usual."""
COMPLETE: Final = 0.93
WOBBLE: Final = 0.05
STEEP: Final = 0.12
"""What is late rises by this share of the usual, at least, over its days."""
SHORT: Final = 3
"""Days for which all channels may be equally low; an account that is low for longer has lost its tracking."""
LEAST_EVENTS: Final = 8.0


def estimate_arrived(over: Array, under: Array, events: Array) -> Array:
    """The share of each day's numerator that has arrived, (days, channels): 1 but for the newest days.

    Args:
        over: (days, channels), NaN where unknown.
        under: the same.
        events: how many events `over` rests on.
    """
    days, count = over.shape
    arrived = np.ones((days, count))
    if days < NEWEST + NEWEST:
        return arrived
    ratios, weights = _compare(over, under, events)
    judged = weights >= LEAST_EVENTS
    late = _find_late(_find_common(ratios, weights), single=False)
    if late:
        arrived[-late:] = np.clip(_find_common(ratios, weights)[:late][::-1], 0.05, 1.0)[:, None]
        return arrived
    for channel in np.flatnonzero(judged):
        late = _find_late(ratios[:, channel], single=True)
        if late > 1 and ratios[1, channel] < 1.0 - max(1.0 - LOW, 3.0 / weights[channel] ** 0.5):
            arrived[-late:, channel] = np.clip(ratios[:late, channel][::-1], 0.05, 1.0)
    return arrived


def _compare(over: Array, under: Array, events: Array) -> tuple[Array, Array]:
    """The newest days' ratios beside the four weeks before them, newest first, and the channels' events a day."""
    known = np.isfinite(over) & np.isfinite(under) & (under > 0)
    top, bottom = np.where(known, over, 0.0), np.where(known, under, 0.0)
    before = slice(-NEWEST - BEFORE, -NEWEST)
    base = top[before].sum(axis=0), bottom[before].sum(axis=0)
    usual = np.divide(base[0], base[1], out=np.full(over.shape[1], np.nan), where=base[1] > 0)
    many = np.where(known, events, 0.0)[before].sum(axis=0) / np.maximum(known[before].sum(axis=0), 1)
    expected = usual * bottom[-NEWEST:]
    ratios = np.divide(top[-NEWEST:], expected, out=np.full(expected.shape, np.nan), where=expected > 0)[::-1]
    return ratios, np.where(np.isfinite(ratios[0]), many, 0.0)


def _find_common(ratios: Array, weights: Array) -> Array:
    """What the channels have in common, newest day first: the mean of all but that one without which it is highest."""
    parts = np.where(np.isfinite(ratios), weights, 0.0)
    sums = (parts * np.nan_to_num(ratios)).sum(axis=1, keepdims=True) - parts * np.nan_to_num(ratios)
    masses = parts.sum(axis=1, keepdims=True) - parts
    means = np.divide(sums, masses, out=np.full(sums.shape, np.inf), where=masses > 0)
    common: Array = means.max(axis=1, initial=0.0)
    return common


def _find_late(ratios: Array, *, single: bool) -> int:
    """How many of the newest days are late; 0 where the pattern is another."""
    if not ratios[0] < LOW:
        return 0
    complete = np.flatnonzero(ratios >= COMPLETE)
    late = int(complete[0]) if len(complete) else len(ratios)
    if not single and late <= SHORT:
        return late if ratios[0] > 0.05 else 0
    falls = np.diff(ratios[:late]) < -(WOBBLE if single else 2 * WOBBLE)
    rises = late > 1 and ratios[late - 1] - ratios[0] >= STEEP and not falls.any()
    return late if rises and late < len(ratios) else 0
