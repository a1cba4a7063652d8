"""One small panel: a channel's metric over time, actual and predicted, with bands, gaps and the forecast's shade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from demetra import palette
from demetra.charts.timeseries_key import BAND80, BAND95, NO_DATA, PREDICTED
from demetra.charts.typeset import FAMILY, SMALL
from demetra.formats import format_short_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

_TICKS: Final = 4
_WORTH_NAMING: Final = 0.17
"""Share of a panel's width from which on a gap has room for the words "no data"."""

_DENSE: Final = 180
"""Days from which on lines are thinner, so that they do not run into each other."""


@dataclass(frozen=True)
class Timeline:
    """The days that all panels share: the first, the last with data (`as_of`), and the end of the forecast."""

    first: pd.Timestamp
    as_of: pd.Timestamp
    end: pd.Timestamp

    def choose_ticks(self) -> dict[float, str]:
        """Some four days to label, as day numbers with their labels; month starts where they fit."""
        span = max((self.end - self.first).days, 1)
        if span <= 45:
            step = max(1, round(span / _TICKS))
            days = pd.date_range(self.first, self.end, freq=f"{step}D")
            labels = [format_short_day(day) for day in days]
        else:
            days = pd.date_range(self.first, self.end, freq="MS")[:: max(1, round(span / 30.4 / _TICKS))]
            month = "{0:%y}" if span > 300 else ""
            labels = [f"{format_short_day(day)[2 if month else 0 :]} {month.format(day)}".strip() for day in days]
        return dict(zip(number_days(days), labels, strict=True))


def number_days(days: pd.DatetimeIndex) -> np.ndarray:
    """Days since 1970, fractions included: where a date stands on a panel's axis."""
    return ((days - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy("float64")


def join_days(rows: pd.DataFrame) -> pd.DataFrame:
    """A channel's rows by date, with an empty row in each gap, so that lines break there.

    A gap is a step of more than one and a half times the usual one: the rows may be days or weeks.
    """
    ordered = rows.sort_values("date", ignore_index=True)
    steps = ordered["date"].diff()
    wide = steps > 1.5 * steps.median()
    breaks = pd.DataFrame({"date": (ordered["date"] - steps / 2)[wide]})
    return pd.concat([ordered, breaks]).sort_values("date", ignore_index=True) if wide.any() else ordered


def draw_panel(
    axes: Axes, rows: pd.DataFrame, metric: str, *, colour: str, timeline: Timeline, show_tick: Callable[[float], str]
) -> None:
    """Draw a metric's columns of `rows` (from `join_days`): bands, gaps, prediction, then what happened."""
    days = number_days(pd.DatetimeIndex(rows["date"]))
    start, now, end = number_days(pd.DatetimeIndex([timeline.first, timeline.as_of, timeline.end]))
    low, high = _choose_limits(rows, metric)
    axes.set(xlim=(start - 0.5, end + 0.5), ylim=(low, high), xticks=[])
    if end > now:
        axes.axvspan(now + 0.5, end + 0.5, color=palette.SHADE, linewidth=0, gid="forecast")
        axes.axvline(now + 0.5, color=palette.MUTED, linewidth=0.6, linestyle=(0, (3, 2)))
    actual = rows[f"{metric}_actual"].to_numpy("float64")
    for gap in find_gaps(days[days <= now], actual[days <= now], start=start, end=now):
        _mark_gap(axes, gap, share=(gap[1] - gap[0]) / (end - start + 1))
    for level, shade in (("95", BAND95), ("80", BAND80)):
        lower, upper = (rows[f"{metric}_{side}{level}"].to_numpy("float64") for side in ("lo", "hi"))
        axes.fill_between(days, lower, upper, color=shade, linewidth=0, gid=f"band{level}")
    fine = 1.0 if end - start <= _DENSE else 0.6
    axes.plot(days, rows[f"{metric}_pred"].to_numpy("float64"), color=PREDICTED, linewidth=0.8 * fine, gid="predicted")
    axes.plot(days, actual, color=colour, linewidth=1.3 * fine, gid="actual", solid_joinstyle="round")
    _mark_points(axes, days, actual, high=high, colour=colour)
    _draw_scale(axes, low=low, high=high, show_tick=show_tick)


def find_gaps(days: np.ndarray, actual: np.ndarray, *, start: float, end: float) -> list[tuple[float, float]]:
    """Stretches of the past, as day numbers, in which nothing is known for more than one and a half usual steps."""
    known = days[np.isfinite(actual)]
    if not len(known):
        return [(start - 0.5, end + 0.5)]
    usual = float(np.median(np.diff(known))) if len(known) > 1 else 1.0
    edges = np.concatenate([[start - usual], known, [end + 1]])  # the last row reaches to the end of the last day
    begins, ends = edges[:-1] + usual / 2, np.append(known - usual / 2, end + 0.5)
    return [(float(begins[at]), float(ends[at])) for at in np.flatnonzero(np.diff(edges) > 1.5 * usual)]


def _choose_limits(rows: pd.DataFrame, metric: str) -> tuple[float, float]:
    """From zero (below it for losses) to what nearly all values and 80 % bounds reach: no spike sets the scale."""
    columns = [f"{metric}_{name}" for name in ("actual", "hi80", "lo80", "pred")]
    actual, upper, lower, predicted = (_known(rows[column]) for column in columns)
    high = max(0.0, _quantile(actual, 0.98), _quantile(upper, 0.98), max(predicted, default=0.0))
    low = min(0.0, _quantile(actual, 0.02), _quantile(lower, 0.02))
    most = max(actual, default=high)
    high = float(most) if high < most <= 1.25 * high else high
    span = (high - low) or 1.0
    return low - (0.06 * span if low < 0 else 0.0), high + 0.1 * span


def _known(values: pd.Series) -> np.ndarray:
    return values.dropna().to_numpy("float64")


def _quantile(values: np.ndarray, share: float) -> float:
    return float(np.quantile(values, share)) if len(values) else 0.0


def _mark_gap(axes: Axes, gap: tuple[float, float], *, share: float) -> None:
    axes.axvspan(*gap, **NO_DATA, gid="gap")
    if share >= _WORTH_NAMING:
        axes.text(
            sum(gap) / 2,
            0.5,
            "no data",
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="center",
            color=palette.MUTED,
            fontsize=SMALL,
            fontfamily=FAMILY,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
        )


def _mark_points(axes: Axes, days: np.ndarray, actual: np.ndarray, *, high: float, colour: str) -> None:
    """Dots for days that stand alone between gaps, triangles at the top for values beyond the scale."""
    known = np.isfinite(actual)
    neighbours = np.concatenate([[False], known[:-1]]) | np.concatenate([known[1:], [False]])
    alone = known & ~neighbours
    if alone.any():
        axes.plot(days[alone], actual[alone], "o", color=colour, markersize=2.2)
    beyond = known & (actual > high)
    if beyond.any():
        tops = np.full(beyond.sum(), high)
        axes.plot(days[beyond], tops, "^", color=colour, markersize=4, clip_on=False, gid="beyond")


def _draw_scale(axes: Axes, *, low: float, high: float, show_tick: Callable[[float], str]) -> None:
    values = [
        value for value in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= value <= high
    ]
    axes.set_yticks(values, [show_tick(value) for value in values])
    left, right = axes.get_xlim()
    colours = [palette.LINE if value else palette.MUTED for value in values]
    axes.hlines(values, left, right, color=colours, linewidth=0.5, zorder=0.9)


def write_days(axes: Axes, ticks: dict[float, str]) -> None:
    """Label days below a panel."""
    low, high = axes.get_xlim()
    shown = {day: label for day, label in ticks.items() if low + 0.04 * (high - low) <= day <= high}
    axes.set_xticks(list(shown), list(shown.values()))
    axes.tick_params(axis="x", length=2, color=palette.MUTED)
