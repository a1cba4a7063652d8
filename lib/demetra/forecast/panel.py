"""A history as regular arrays: one row per day (or week), one column per channel, NaN where nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra import metrics
from demetra.schema import HISTORY, require_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

PARTS: Final[dict[str, tuple[str, str | None]]] = {
    "roi": ("revenue", "spend"),
    "conversion_rate": metrics.PARTS["conversion_rate"],
    "reach": ("reach", None),
    "ctr": metrics.PARTS["ctr"],
}
"""Numerator and denominator of each forecast metric. ROI is modelled as ROAS = ROI + 1, which is not negative."""

OFFSET: Final = {"roi": -1.0}
CEILING: Final = {"conversion_rate": 1.0, "ctr": 1.0}

STOP_AFTER: Final = 7
STOP_AFTER_FLIGHTS: Final = 28


@dataclass(frozen=True)
class Panel:
    """One metric of all channels on a regular calendar.

    `actual` and `weights` are (days, channels): the metric on its model scale (ROI + 1) and its denominator, NaN and 0
    where undefined. `known` tells where the history has a row, `stopped` where the channel was, as far as one could
    know on that day, no longer running.
    """

    metric: str
    dates: pd.DatetimeIndex
    step_days: int
    channels: tuple[str, ...]
    actual: Array
    weights: Array
    known: Mask
    stopped: Mask
    last_active: tuple[pd.Timestamp | None, ...]

    @property
    def season(self) -> int:
        """Steps in a season: seven days, or one step where the data are weekly."""
        return 7 if self.step_days == 1 else 1

    def horizon(self, horizon_days: int) -> int:
        """Steps ahead that cover so many days."""
        return -(-horizon_days // self.step_days)

    def future(self, steps: int) -> pd.DatetimeIndex:
        """The dates of the next so many steps."""
        return pd.DatetimeIndex([self.dates[-1] + pd.Timedelta(days=self.step_days * (i + 1)) for i in range(steps)])

    def present(self, values: Array) -> Array:
        """Values on the model scale as the metric is told."""
        return values + OFFSET.get(self.metric, 0.0)

    def clip(self, values: Array) -> Array:
        """Values on the model scale within what is possible: no negative ones, no rate above 1."""
        return np.clip(values, 0.0, CEILING.get(self.metric, np.inf))


@dataclass(frozen=True)
class Calendar:
    """The regular days of a history and where each channel has a row and runs."""

    dates: pd.DatetimeIndex
    step_days: int
    channels: tuple[str, ...]
    measures: dict[str, Array]
    known: Mask
    active: Mask


def detect_step(dates: pd.DatetimeIndex) -> int:
    """Days between observations: 7 where the dates are mostly a week apart, else 1."""
    if len(dates) < 3:
        return 1
    gaps = np.diff(dates.to_numpy()).astype("timedelta64[D]").astype(int)
    return 7 if np.mean(gaps % 7 == 0) > 0.9 else 1


def lay_out(history: pd.DataFrame, as_of: pd.Timestamp) -> Calendar:
    """Put a history up to and including `as_of` on a regular calendar that starts at its first day and ends there.

    Rows of one channel and day are added together; weekly dates fall on the weekday of the newest one.
    """
    require_columns(history, HISTORY, "history")
    rows = history.loc[history["date"] <= as_of]
    names = [column for column in HISTORY if column not in ("channel", "date")]
    step = detect_step(pd.DatetimeIndex(rows["date"].drop_duplicates().sort_values()))
    newest = rows["date"].max() if step == 7 else as_of
    count = (newest - rows["date"].min()).days // step + 1
    dates = pd.DatetimeIndex([newest - pd.Timedelta(days=step * back) for back in range(count - 1, -1, -1)])
    channels = tuple(sorted(history["channel"].astype(str).unique()))
    shape = (len(dates), len(channels))
    age = (newest - rows["date"]).dt.days.to_numpy()
    row = len(dates) - 1 - age // step
    column = np.searchsorted(np.array(channels, dtype=object), rows["channel"].astype(str).to_numpy(dtype=object))
    keep = row >= 0
    cells = (row[keep], column[keep])
    measures = {}
    for name in names:
        given = rows[name].to_numpy(dtype="float64", na_value=np.nan)[keep]
        finite = np.isfinite(given)
        total = np.zeros(shape)
        seen = np.zeros(shape, dtype=bool)
        np.add.at(total, (cells[0][finite], cells[1][finite]), given[finite])
        seen[cells[0][finite], cells[1][finite]] = True
        measures[name] = np.where(seen, total, np.nan)
    known = np.zeros(shape, dtype=bool)
    known[cells] = True
    active = (np.nan_to_num(measures["spend"]) > 0) | (np.nan_to_num(measures["impressions"]) > 0)
    return Calendar(dates, step, channels, measures, known, active)


def find_stops(active: Mask, *, step_days: int) -> Mask:
    """Tell for each day whether the channel counted as stopped by its evening, from that day's past alone.

    Stopped: without spend and impressions for longer than ever before in its life, and for at least `STOP_AFTER` days
    (weekly data: three weeks); a channel that runs in flights is given `STOP_AFTER_FLIGHTS` days at most.
    """
    floor = STOP_AFTER if step_days == 1 else 3
    ceiling = max(floor, STOP_AFTER_FLIGHTS // step_days)
    stopped = np.zeros_like(active)
    run = np.zeros(active.shape[1])
    longest = np.zeros(active.shape[1])
    begun = np.zeros(active.shape[1], dtype=bool)
    for day, running in enumerate(active):
        longest = np.where(running & begun, np.maximum(longest, run), longest)
        begun |= running
        run = np.where(running, 0, run + begun)
        stopped[day] = run >= np.clip(longest + 1, floor, ceiling)
    return stopped


def build_panel(calendar: Calendar, metric: str) -> Panel:
    """One metric of a calendar as values and weights."""
    over, under = PARTS[metric]
    values = calendar.measures[over].copy()
    weights = np.isfinite(values).astype("float64")
    if under is not None:
        below = np.nan_to_num(calendar.measures[under])
        weights = np.where(np.isfinite(values) & (below > 0), below, 0.0)
        values = np.divide(values, below, out=np.full_like(values, np.nan), where=weights > 0)
    last = [calendar.dates[np.flatnonzero(column)[-1]] if column.any() else None for column in calendar.active.T]
    return Panel(
        metric=metric,
        dates=calendar.dates,
        step_days=calendar.step_days,
        channels=calendar.channels,
        actual=values,
        weights=weights,
        known=calendar.known,
        stopped=find_stops(calendar.active, step_days=calendar.step_days),
        last_active=tuple(last),
    )
