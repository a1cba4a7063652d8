"""How far apart the rows of a history are: a day, a week, or so far that they are no series of days or weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

DAY: Final = 1
WEEK: Final = 7
MONTH: Final = 30

_WHOLE_WEEKS: Final = 0.9
_FEWEST_GAPS: Final = 3
_MONTH_APART: Final = 26
_STRAY_GAP: Final = 14


def detect_step(dates: pd.DatetimeIndex) -> int:
    """Days between observations: 7 where nearly all of the sorted dates are whole weeks apart, else 1."""
    gaps = _measure_gaps(dates)
    return WEEK if len(gaps) > 1 and np.mean(gaps % WEEK == 0) > _WHOLE_WEEKS else DAY


def split_by_step(history: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """The rows of a history by the step of their channel: `DAY`, `WEEK`, or `MONTH` for a month and more.

    Each channel's own dates decide; too few to tell count as the account's others are. A row that stands for a month
    is not what a day is, so the three are never modelled together.
    """
    days = history["date"].dt.normalize()
    own = {channel: _find_step(_sort(dates)) for channel, dates in days.groupby(history["channel"].astype(str))}
    told = [step for step in own.values() if step is not None]
    usual = max(sorted(set(told)), key=told.count) if told else detect_step(_sort(days))
    steps = history["channel"].astype(str).map({channel: step or usual for channel, step in own.items()})
    for step in sorted(steps.unique()):
        yield int(step), history.loc[steps == step]


def drop_stray_days(history: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """The rows without those of mistyped dates: days after tomorrow that follow on a gap of more than two weeks.

    A gap no longer than an earlier one is the account's own, as of rows for months. One such row would otherwise be
    the day that the data end, and every channel would have stopped long before it.
    """
    days = _sort(history["date"].dt.normalize())
    gaps = _measure_gaps(days)
    longest_before = np.maximum.accumulate(np.append(_STRAY_GAP, gaps))[:-1]
    stray = (gaps > longest_before) & (days[1:] > pd.Timestamp(today) + pd.Timedelta(days=1))
    return history.loc[history["date"] < days[1:][stray].min()] if stray.any() else history


def _find_step(dates: pd.DatetimeIndex) -> int | None:
    gaps = _measure_gaps(dates)
    if len(gaps) < _FEWEST_GAPS:
        return None
    return MONTH if np.median(gaps) >= _MONTH_APART else detect_step(dates)


def _measure_gaps(dates: pd.DatetimeIndex) -> np.ndarray:
    return np.asarray(np.diff(dates.to_numpy()).astype("timedelta64[D]").astype(int))


def _sort(days: pd.Series) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(days.drop_duplicates().sort_values())
