"""A history as regular arrays: one row per day (or week), one column per channel, NaN where nothing is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demetra import metrics
from demetra.cadence import DAY, detect_step
from demetra.errors import FrameError, NoDataError, Problem
from demetra.schema import HISTORY, MEASURES, METRICS, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

PARTS: Final[dict[str, tuple[str, str | None]]] = {
    "roi": ("revenue", "spend"),
    "conversion_rate": metrics.PARTS["conversion_rate"],
    "reach": ("reach", None),
    "ctr": metrics.PARTS["ctr"],
}
"""Numerator and denominator of each metric. ROI is modelled as ROAS = ROI + 1, which is not negative either."""

OFFSET: Final = {"roi": -1.0}
CEILING: Final = {"conversion_rate": 1.0, "ctr": 1.0}

STOP_AFTER_DAYS: Final = 7
STOP_AFTER_WEEKS: Final = 3
FLIGHT_DAYS: Final = 28


@dataclass(frozen=True)
class Calendar:
    """A history on regular dates, `step_days` apart; the arrays are (dates, channels).

    `known` tells where the history has a row, `active` where that has spend or impressions.
    """

    dates: pd.DatetimeIndex
    step_days: int
    channels: tuple[str, ...]
    measures: dict[str, Array]
    known: Mask
    active: Mask


@dataclass(frozen=True)
class Panel:
    """One metric of all channels on a calendar; the arrays are (dates, channels).

    `actual` is the metric on its model scale (ROI + 1), NaN where undefined; `weight` its denominator, 0 there;
    `stopped` tells where the channel counted as stopped by the end of that day.
    """

    metric: str
    calendar: Calendar
    actual: Array
    weight: Array
    stopped: Mask

    @property
    def season(self) -> int:
        """Steps in a season: seven days; 1, which is none, where the data are weekly."""
        return 7 if self.calendar.step_days == DAY else 1

    def steps(self, days: int) -> int:
        """How many steps cover so many days."""
        return -(-days // self.calendar.step_days)

    def present(self, values: Array) -> Array:
        """Values of the model scale as the metric is told."""
        return values + OFFSET.get(self.metric, 0.0)

    def clip(self, values: Array) -> Array:
        """Values of the model scale within what is possible: none negative, no rate above 1."""
        return np.clip(values, 0.0, CEILING.get(self.metric, np.inf))


def lay_out(history: pd.DataFrame, *, as_of: pd.Timestamp, step_days: int | None = None) -> Calendar:
    """Put a history up to and including `as_of` on a regular calendar that starts at its first day.

    Rows of one channel and step are added together. Weekly data (by default: most dates a multiple of seven days apart)
    give a weekly calendar on the newest date's weekday. It ends at, or less than a step before, `as_of`. Infinite
    values count as unknown.

    Raises:
        FrameError: columns are missing, or `date` holds no dates.
        NoDataError: no row lies on or before `as_of`.
    """
    rows = cut_off(history, as_of=as_of)
    days = rows["date"].dt.normalize()
    step = step_days or detect_step(pd.DatetimeIndex(days.drop_duplicates().sort_values()))
    newest = as_of - (as_of - days.max()) % pd.Timedelta(days=step)
    count = (newest - days.min()).days // step + 1
    dates = newest - pd.to_timedelta(np.arange(count - 1, -1, -1) * step, unit="D")
    channels = tuple(sorted(rows["channel"].astype(str).unique()))
    column = pd.Index(channels).get_indexer(rows["channel"].astype(str))
    cells = (count - 1 - (newest - days).dt.days.to_numpy() // step, column)
    measures = {name: _add_up(rows[name], cells, (count, len(channels))) for name in MEASURES}
    known = np.zeros((count, len(channels)), dtype=bool)
    known[cells] = True
    active = (np.nan_to_num(measures["spend"]) > 0) | (np.nan_to_num(measures["impressions"]) > 0)
    return Calendar(pd.DatetimeIndex(dates), step, channels, measures, known, active)


def cut_off(history: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """The rows of a history up to and including `as_of`.

    Raises:
        FrameError: columns are missing, or `date` holds no dates.
        NoDataError: there are none.
    """
    require_columns(history, HISTORY, "history")
    if not pd.api.types.is_datetime64_any_dtype(history["date"]) and len(history):
        problem = Problem("date", str(history["date"].dtype), "datetime64", "Convert it with pandas.to_datetime.")
        raise FrameError("The history frame has a wrong type", [problem])
    rows = history.loc[history["date"] <= as_of]
    if rows.empty:
        raise NoDataError(f"The history up to {as_of.date()}", "Choose a later day or import older files.")
    return rows


def _add_up(values: pd.Series, cells: tuple[NDArray[np.int64], NDArray[np.int64]], shape: tuple[int, int]) -> Array:
    given = values.to_numpy(dtype="float64", na_value=np.nan)
    finite = np.isfinite(given)
    where = (cells[0][finite], cells[1][finite])
    total = np.zeros(shape)
    np.add.at(total, where, given[finite])
    seen = np.zeros(shape, dtype=bool)
    seen[where] = True
    return np.where(seen, total, np.nan)


def find_stops(active: Mask, *, step_days: int) -> Mask:
    """Tell for each day whether a channel counted as stopped by its end, judged from that day's past alone.

    Stopped is: no spend and no impressions for longer than ever before in its life, and for at least a week (three
    weeks in weekly data); a channel that runs in flights is waited for four weeks at most.
    """
    least = STOP_AFTER_DAYS if step_days == DAY else STOP_AFTER_WEEKS
    most = max(least, FLIGHT_DAYS // step_days)
    stopped = np.zeros_like(active)
    idle = np.zeros(active.shape[1])
    longest = np.zeros(active.shape[1])
    begun = np.zeros(active.shape[1], dtype=bool)
    for day, running in enumerate(active):
        longest = np.where(running, np.maximum(longest, idle), longest)
        begun |= running
        idle = np.where(running, 0, idle + begun)
        stopped[day] = idle >= np.clip(longest + 1, least, most)
    return stopped


def build_panels(calendar: Calendar, metrics: Sequence[str]) -> list[Panel]:
    """The metrics of a calendar as panels.

    Raises:
        FrameError: naming every metric that is not one of `schema.METRICS`.
    """
    unknown = [Problem("metrics", repr(name), f"one of {', '.join(METRICS)}") for name in metrics if name not in PARTS]
    if unknown:
        raise FrameError("These metrics cannot be forecast", unknown)
    stopped = find_stops(calendar.active, step_days=calendar.step_days)
    return [_build_panel(calendar, metric, stopped) for metric in metrics]


def _build_panel(calendar: Calendar, metric: str, stopped: Mask) -> Panel:
    over, under = PARTS[metric]
    above = calendar.measures[over]
    below = np.ones_like(above) if under is None else np.nan_to_num(calendar.measures[under])
    defined = np.isfinite(above) & (below > 0)
    actual = np.divide(above, below, out=np.full_like(above, np.nan), where=defined)
    return Panel(metric, calendar, actual, np.where(defined, below, 0.0), stopped)
