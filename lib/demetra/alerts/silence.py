"""Channels of which nothing is heard: rows of zeros, no rows up to the last day, days that are missing in between."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from demetra.forecast.panel import Array, Calendar, Mask

REGULAR_DAYS: Final = 10
"""A channel is expected on a day when it was heard of on each of so many days before the trouble,"""
REGULAR_WEEKS: Final = 3
"""or on this weekday of each of so many weeks, where it has been there for as long."""
LONGEST: Final = 35
"""After so many days the channel is taken to be closed."""
NEARLY_NOTHING: Final = 0.02
LEAST_IMPRESSIONS: Final = 30.0
LOOKED_AT: Final = 7
USUAL_DAYS: Final = 56


@dataclass(frozen=True)
class Silence:
    """Days on which a channel was expected and not heard of: how many, the first and the last row among them."""

    days: int
    first: int
    last: int


def find_silences(calendar: Calendar) -> dict[str, list[Silence | None]]:
    """By kind of rule (`silence`, `gap`, `holes`), what each channel shows at the end of the calendar."""
    found: dict[str, list[Silence | None]] = {"silence": [], "gap": [], "holes": []}
    for channel in range(len(calendar.channels)):
        known, heard = calendar.known[:, channel], _is_heard(calendar, channel)
        end = int(np.flatnonzero(heard)[-1]) + 1 if heard.any() else 0
        trouble = _count(heard, end, len(heard), before=end, step_days=calendar.step_days)
        kind = "silence" if known[-1] else "gap"
        recent = max(len(heard) - LOOKED_AT, 0)
        missing = [row for row in range(recent, end) if not known[row]]
        holes = [row for row in missing if _is_expected(heard, row, before=recent, step_days=calendar.step_days)]
        for name, rows in found.items():
            rows.append(trouble if name == kind else None)
            if name == "holes" and holes and calendar.step_days == 1:
                rows[-1] = Silence(len(holes), holes[0], holes[-1])
    return found


def _is_heard(calendar: Calendar, channel: int) -> Mask:
    """Days with more than next to nothing of the channel's usual impressions (its spend, where there are none)."""
    shown = np.nan_to_num(calendar.measures["impressions"][:, channel])
    paid = np.nan_to_num(calendar.measures["spend"][:, channel])
    size = shown if (shown > 0).any() else paid
    usual = _measure_usual(size)
    many = usual >= (LEAST_IMPRESSIONS if (shown > 0).any() else 0.0)
    heard: Mask = calendar.known[:, channel] & np.where(many, size > NEARLY_NOTHING * usual, size >= 0)
    return heard


def _measure_usual(size: Array) -> Array:
    """The median of the positive values of the eight weeks before each day, 0 where there are none."""
    positive = np.where(size > 0, size, np.nan)
    padded = np.concatenate([np.full(USUAL_DAYS, np.nan), positive])[: len(size) + USUAL_DAYS - 1]
    windows = np.lib.stride_tricks.sliding_window_view(padded, USUAL_DAYS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing before: NaN is the answer
        usual: Array = np.nan_to_num(np.nanmedian(windows, axis=1))
    return usual


def _count(heard: Mask, first: int, stop: int, *, before: int, step_days: int) -> Silence | None:
    rows = [row for row in range(first, stop) if _is_expected(heard, row, before=before, step_days=step_days)]
    if not rows or stop - first > LONGEST // step_days:
        return None
    return Silence(len(rows), rows[0], rows[-1])


def _is_expected(heard: Mask, row: int, *, before: int, step_days: int) -> bool:
    """Whether a channel that was heard of on these days, up to `before`, is expected on another."""
    if before >= REGULAR_DAYS and heard[before - REGULAR_DAYS : before].all():
        return True
    season = 7 if step_days == 1 else 1
    weeks = [past for past in range(row - season, -1, -season) if past < before][:REGULAR_WEEKS]
    return len(weeks) == REGULAR_WEEKS and bool(heard[weeks].all())
