"""A history as aligned arrays, days × channels: what the response fit reads.

Channels stand in an order that their figures decide, not their names, so that renaming or reordering channels permutes
the advice and changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.cadence import DAY, WEEK, split_by_step
from demetra.errors import NoDataError
from demetra.metrics import last_complete_day
from demetra.schema import HISTORY, require_columns

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

RATE_DAYS: Final = 28
"""The current rate of spend is the mean over so many days: whole weeks, so that no weekday counts twice."""
MAX_PERIODS: Final = 400
"""Rows further back say little about the next unit of budget, and the fit's cost grows with their cube."""
_STOP_DAYS: Final = 7
_WHOLE: Final = 0.5
_COARSE_SHARE: Final = 0.2
"""Share of the spend that weekly (or monthly) rows must report for the days of the others to be added up."""
_LEAST_PERIOD: Final = 5
"""Rows fewer days apart than this are days with gaps."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Aligned measures, `T` periods × `C` channels; NaN is unknown, 0 a period without activity.

    `dates` are the periods' first days and `period_days` their length (1 for daily rows). `current` is the spend per
    day at the current rate: the mean over the last `RATE_DAYS` days, idle days included, 0 for a stopped channel.
    """

    channels: tuple[str, ...]
    dates: pd.DatetimeIndex
    period_days: int
    spend: FloatArray
    conversions: FloatArray
    revenue: FloatArray
    current: FloatArray
    stopped: BoolArray

    @property
    def recent(self) -> slice:
        """The periods that the current rate is read from."""
        return slice(max(0, len(self.dates) - max(1, RATE_DAYS // self.period_days)), None)


def read_panel(history: pd.DataFrame, *, as_of: date | None = None) -> Panel:
    """Align a history (columns `HISTORY`) up to and including `as_of`, by default its last complete day.

    A channel's missing day is a gap where its source writes rows of zeros; where it never does, a day on which other
    channels have rows was a day without activity. A day that no channel has is a gap.

    Raises:
        FrameError: columns are missing.
        NoDataError: no row up to `as_of`.
    """
    require_columns(history, HISTORY, "history")
    until = last_complete_day(history) if as_of is None else pd.Timestamp(as_of).normalize()
    rows = history.loc[history["date"] <= until, ["channel", "date", "spend", "conversions", "revenue"]]
    if rows.empty:
        raise NoDataError(f"The history up to {until:%Y-%m-%d}", "Choose a later day or import earlier rows.")
    rows, dates, period_days = _align(rows, until)
    if period_days > 1:
        dates = _whole_periods(dates, rows.groupby("date")["spend"].sum())
    rows = rows.loc[rows["date"].between(dates[0], dates[-1])]
    measures = ("spend", "conversions", "revenue")
    wide = {name: _spread(rows, name, dates) for name in measures}
    names = _canonical_order(wide)
    spend, conversions, revenue = (wide[name][names].to_numpy(dtype="float64", copy=True) for name in measures)
    _fill_idle(spend, conversions, revenue)
    current, stopped = _current_rate(spend, period_days)
    return Panel(tuple(names), dates, period_days, spend, conversions, revenue, current, stopped)


def _spread(rows: pd.DataFrame, measure: str, dates: pd.DatetimeIndex) -> pd.DataFrame:
    # min_count keeps a sum of unknown values unknown
    sums = rows.groupby(["date", "channel"], observed=True)[measure].sum(min_count=1)
    return sums.unstack("channel").reindex(dates)  # noqa: PD010 (pivot_table drops channels that are unknown throughout)


def _align(rows: pd.DataFrame, until: pd.Timestamp) -> tuple[pd.DataFrame, pd.DatetimeIndex, int]:
    """The rows on one regular calendar, its newest `MAX_PERIODS` periods, and the length of a period in days.

    Where channels are reported by different steps, the longest counts that `_COARSE_SHARE` of the spend is reported by:
    days add up to the weeks of the channel with the most weekly rows, and so do weeks that begin on another weekday. A
    sum of days that are not all known yet is left out.
    """
    steps = dict(split_by_step(rows))
    step = _choose_step(steps)
    coarse = steps[step]
    leader = coarse.loc[coarse["channel"] == coarse["channel"].value_counts().index[0], "date"]
    gaps = np.diff(np.unique(leader.to_numpy())).astype("timedelta64[D]").astype(int)
    period_days = int(np.median(gaps)) if gaps.size else DAY
    first, last = rows["date"].min(), rows["date"].max()
    if period_days < _LEAST_PERIOD:
        return rows, pd.date_range(first, last, freq="D")[-MAX_PERIODS:], DAY
    if step == WEEK:
        dates = pd.date_range(
            leader.min() - (leader.min() - first).ceil(f"{period_days}D"), last, freq=f"{period_days}D"
        )
    else:
        dates = pd.DatetimeIndex(np.unique(coarse["date"].to_numpy()))
    place = dates.searchsorted(rows["date"], side="right") - 1
    rows = rows.assign(date=dates[np.maximum(place, 0)]).loc[place >= 0]
    unfinished = dates[-1] + pd.Timedelta(days=period_days - 1) > until
    if min(steps) < step and unfinished and len(dates) > 1:
        dates = dates[:-1]
    return rows.loc[rows["date"] <= dates[-1]], dates[-MAX_PERIODS:], period_days


def _choose_step(steps: dict[int, pd.DataFrame]) -> int:
    """The step that all are brought to; a channel of little spend that posts once a week does not make days weeks."""
    spend = {step: float(rows["spend"].sum()) for step, rows in steps.items()}
    least = _COARSE_SHARE * sum(spend.values())
    return max(step for step in steps if sum(amount for other, amount in spend.items() if other >= step) >= least)


def _whole_periods(dates: pd.DatetimeIndex, spend: pd.Series) -> pd.DatetimeIndex:
    """The periods without a last one that is still being filled: less than `_WHOLE` of the usual spend in it."""
    before = spend.iloc[-5:-1]
    thin = len(before) == 4 and float(spend.iloc[-1]) < _WHOLE * float(before.median())
    return dates[:-1] if thin else dates


def _canonical_order(wide: dict[str, pd.DataFrame]) -> list[str]:
    figures = pd.DataFrame({name: frame.sum() for name, frame in wide.items()})
    ranked = figures.sort_values(["spend", "conversions", "revenue"], ascending=False, kind="stable")
    return [str(name) for name in ranked.index]


def _fill_idle(spend: FloatArray, conversions: FloatArray, revenue: FloatArray) -> None:
    """Write zeros, in place, into the missing days that were days without activity."""
    known_day = ~np.isnan(spend).all(axis=1)
    for channel in range(spend.shape[1]):
        known = ~np.isnan(spend[:, channel])
        if not known.any() or (spend[known, channel] == 0).any():
            continue
        idle = known_day & ~known & np.isnan(conversions[:, channel])
        idle[: int(np.argmax(known))] = False
        for measure in (spend, conversions, revenue):
            measure[idle, channel] = 0.0


def _current_rate(spend: FloatArray, period_days: int) -> tuple[FloatArray, BoolArray]:
    recent = spend[-max(1, RATE_DAYS // period_days) :]
    known = ~np.isnan(recent)
    current = np.where(known, recent, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1) / period_days
    least = max(2, _STOP_DAYS // period_days)
    stopped = np.array([_has_stopped(spend[:, channel], least) for channel in range(spend.shape[1])], dtype=bool)
    stopped |= current <= 0
    return np.where(stopped, 0.0, current), stopped


def _has_stopped(spend: FloatArray, least: int) -> bool:
    """Whether the pause at the end is longer than any before it: a flight's pauses are as long as its earlier ones."""
    active = np.flatnonzero(np.nan_to_num(spend) > 0)
    if not active.size:
        return True
    pause = len(spend) - 1 - int(active[-1])
    longest = int(np.max(np.diff(active), initial=1)) - 1
    return pause >= least and pause > 1.5 * longest
