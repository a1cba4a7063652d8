"""Small drawings that need no script: sparklines, tracks of a time series, and dots with intervals on a scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.formats import is_known
from demetra.palette import choose_colours
from demetra.readings import rank_channels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from demetra.words import Words

WIDTH: Final = 300.0
HEIGHT: Final = 60.0


@dataclass(frozen=True)
class Bar:
    """A dot on a scale with its intervals, the inner one first; places and widths in percent of the scale."""

    name: str
    colour: str
    value: str
    interval: str
    at: float | None
    lines: list[tuple[float, float]]
    zero: float | None
    letters: str = ""


@dataclass(frozen=True)
class Track:
    """A channel's metric over days, as paths in a box of 300 by 60; `today` is where the forecast begins."""

    name: str
    colour: str
    value: str
    line: str
    band: str
    today: float


@dataclass(frozen=True)
class Sketch:
    """A dashboard for a narrow screen, where its picture would be too small to read."""

    key: str
    bars: list[Bar] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)


def draw_spark(values: pd.Series) -> str:
    """The path of a series in a box of 100 by 30, its gaps left open; empty for fewer than two known values."""
    known = values.astype("float64").to_numpy()
    if np.isfinite(known).sum() < 2:
        return ""
    low, high = np.nanmin(known), np.nanmax(known)
    ys = 27 - 24 * (known - low) / (high - low) if high > low else np.where(np.isnan(known), np.nan, 15.0)
    return _join(np.linspace(1, 99, len(known)), ys)


def draw_bars(
    names: Sequence[str],
    values: Sequence[float],
    intervals: Sequence[Sequence[tuple[float, float]]],
    *,
    show: Callable[[float], str],
    words: Words,
    letters: Sequence[str] = (),
) -> list[Bar]:
    """A bar per name on one scale that holds 0, all values and all intervals; unknown ones are left out."""
    ends = [end for spans in intervals for span in spans for end in span]
    known = [float(end) for end in (0.0, *values, *ends) if is_known(end)]
    low, high = min(known), max(known)
    span = (high - low) or 1.0

    def place(value: float) -> float:
        return round(100 * (value - low) / span, 2)

    colours, bars = choose_colours(names), []
    for row, (name, value, spans) in enumerate(zip(names, values, intervals, strict=True)):
        drawn = [(place(left), round(place(right) - place(left), 2)) for left, right in spans if is_known(left)]
        told = words.interval(show(spans[0][0]), show(spans[0][1])) if drawn else ""
        at = place(value) if is_known(value) else None
        letter = letters[row] if letters else ""
        bars.append(Bar(name, colours[name], show(value), told, at, drawn, place(0.0) if low < 0 else None, letter))
    return bars


def sketch_forecast(table: pd.DataFrame, *, words: Words) -> Sketch:
    """The ROI forecasts with their intervals, highest first."""
    ranked = rank_channels(table)
    rows = ranked.to_dict("records")
    intervals = [[(row[f"roi_lo{level}"], row[f"roi_hi{level}"]) for level in (80, 95)] for row in rows]
    values = [float(row["roi_forecast"]) for row in rows]
    bars = draw_bars(list(ranked["channel"]), values, intervals, show=words.number, words=words) if rows else []
    return Sketch(words("panels.forecast_key"), bars=bars)


def sketch_budget(table: pd.DataFrame, *, words: Words) -> Sketch:
    """The advised changes in percent, the largest raise first."""
    ordered = table.dropna(subset=["budget_change_pct"]).sort_values(
        ["budget_change_pct", "channel"], ascending=[False, True]
    )
    names, changes = list(ordered["channel"]), [float(change) for change in ordered["budget_change_pct"]]
    bars = draw_bars(names, changes, [[] for _ in names], show=words.change, words=words) if names else []
    return Sketch(words("panels.budget_key"), bars=bars)


def sketch_tracks(
    table: pd.DataFrame, metrics: dict[str, Callable[[float], str]], *, as_of: date, words: Words
) -> Sketch:
    """Each channel's metrics over days: actual, expected band, and the forecast."""
    dated = table.assign(date=pd.to_datetime(table["date"])).sort_values("date")
    colours = choose_colours(dated["channel"])
    tracks = [
        _draw_track(str(channel), own, metric, show, as_of, colours[str(channel)], words)
        for channel, own in dated.groupby("channel")
        for metric, show in metrics.items()
    ]
    return Sketch(words("panels.track_key"), tracks=tracks)


def _draw_track(
    channel: str, own: pd.DataFrame, metric: str, show: Callable[[float], str], as_of: date, colour: str, words: Words
) -> Track:
    days = (own["date"] - own["date"].iloc[0]).dt.days.to_numpy(dtype="float64")
    columns = {name: own[f"{metric}_{name}"].to_numpy(dtype="float64") for name in ("actual", "lo80", "hi80")}
    top = max([float(np.nanmax(each)) for each in columns.values() if np.isfinite(each).any()], default=1.0) or 1.0
    bottom = min(0.0, *[float(np.nanmin(each)) for each in columns.values() if np.isfinite(each).any()], 0.0)
    xs = WIDTH * days / max(days[-1], 1.0)
    heights = {name: HEIGHT * (1 - (each - bottom) / (top - bottom)) for name, each in columns.items()}
    inside = np.isfinite(heights["lo80"]) & np.isfinite(heights["hi80"])
    around = [*zip(xs[inside], heights["hi80"][inside], strict=True)]
    around += [*zip(xs[inside][::-1], heights["lo80"][inside][::-1], strict=True)]
    today = float(WIDTH * (pd.Timestamp(as_of) - own["date"].iloc[0]).days / max(days[-1], 1.0))
    ahead = own.loc[own["date"] > pd.Timestamp(as_of), f"{metric}_pred"].mean()
    label = words(f"reading.{metric}")
    band = "M" + "L".join(f"{x:.0f} {y:.1f}" for x, y in around) + "Z" if around else ""
    return Track(
        f"{channel} · {label}", colour, f"→ {show(ahead)}", _join(xs, heights["actual"]), band, round(today, 1)
    )


def _join(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> str:
    """A path through the known points, broken at gaps."""
    parts, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if np.isfinite(y):
            parts.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(parts)
