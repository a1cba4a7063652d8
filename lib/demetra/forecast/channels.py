"""Forecasts of every channel and metric from a history: the one call that the steps use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra import metrics as ratios
from demetra.forecast.blend import Blend, blend_methods, steps_judged
from demetra.forecast.intervals import Residuals, measure_residuals, past_widths, widths
from demetra.forecast.methods import compute_methods
from demetra.forecast.panel import Panel, build_panel, lay_out
from demetra.schema import BOUNDS, METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.forecast.panel import Array

LEAST: Final = 3
DAILY: Final = ("channel", "metric", "date", "yhat", *BOUNDS, "method")
PAST: Final = ("channel", "metric", "date", "actual", "yhat", *BOUNDS, "method")
HORIZON: Final = ("channel", "metric", "value", *BOUNDS, "confidence_score", "horizon_days", "method")
BACKTEST: Final = ("channel", "metric", "method", "error", "weight", "baseline")
NOTES: Final = ("channel", "metric", "note")


@dataclass(frozen=True)
class Forecast:
    """Everything forecast from one history: frames whose columns are `DAILY`, `PAST`, `HORIZON`, `BACKTEST`, `NOTES`."""

    as_of: pd.Timestamp
    horizon_days: int
    daily: pd.DataFrame
    past: pd.DataFrame
    horizon: pd.DataFrame
    backtest: pd.DataFrame
    notes: pd.DataFrame


def forecast_channels(
    history: pd.DataFrame,
    *,
    metrics: Sequence[str] = METRICS,
    as_of: pd.Timestamp | None = None,
    horizon_days: int = 14,
) -> Forecast:
    """Forecast each metric of each channel for the days after `as_of` (default: the last complete day)."""
    day = ratios.last_complete_day(history) if as_of is None else pd.Timestamp(as_of)
    calendar = lay_out(history, day)
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in ("daily", "past", "horizon", "backtest", "notes")}
    for metric in metrics:
        for name, frame in _forecast_metric(build_panel(calendar, metric), horizon_days).items():
            parts[name].append(frame)
    columns = {"daily": DAILY, "past": PAST, "horizon": HORIZON, "backtest": BACKTEST, "notes": NOTES}
    frames = {
        name: pd.concat(found, ignore_index=True).reindex(columns=list(columns[name])) for name, found in parts.items()
    }
    return Forecast(as_of=day, horizon_days=horizon_days, **frames)


def _forecast_metric(panel: Panel, horizon_days: int) -> dict[str, pd.DataFrame]:
    horizon = panel.horizon(horizon_days)
    blend = blend_methods(compute_methods(panel), panel, horizon)
    steps = sorted({1, *steps_judged(horizon)})
    residuals = measure_residuals(blend, panel, steps)
    path = np.array([panel.clip(blend.ahead(step)[-1]) for step in range(1, horizon + 1)])
    daily, horizons, notes = [], [], []
    for column, channel in enumerate(panel.channels):
        note = _why_not(panel, column)
        if note:
            notes.append({"channel": channel, "metric": panel.metric, "note": note})
        if note is None or note.startswith("limited"):
            rows = _daily(panel, column, path[:, column], residuals)
            daily.append(rows)
            horizons.append(_horizon(rows, panel, column, blend, residuals, horizon_days))
    return {
        "daily": pd.concat(daily, ignore_index=True) if daily else pd.DataFrame(columns=list(DAILY)),
        "past": _past(panel, blend, residuals),
        "horizon": pd.DataFrame(horizons, columns=list(HORIZON)),
        "backtest": _backtest(panel, blend),
        "notes": pd.DataFrame(notes, columns=list(NOTES)),
    }


def _why_not(panel: Panel, column: int) -> str | None:
    known = int(np.isfinite(panel.actual[:, column]).sum())
    last = panel.last_active[column]
    if known == 0:
        return f"no forecast: {panel.metric} is not known on any day"
    if panel.stopped[-1, column] and last is not None:
        return f"no forecast: stopped since {last.date()}"
    if known < LEAST:
        return f"no forecast: only {known} days"
    if known < 35 // panel.step_days:
        return f"limited: means only, {known} days"
    return None


def _bounds(panel: Panel, value: Array, half80: Array, half95: Array) -> dict[str, Array]:
    raw = {
        "yhat": value,
        "lo80": value - half80,
        "hi80": value + half80,
        "lo95": value - half95,
        "hi95": value + half95,
    }
    return {name: panel.present(panel.clip(values)) for name, values in raw.items()}


def _daily(panel: Panel, column: int, path: Array, residuals: Residuals) -> pd.DataFrame:
    spread = float(np.nanstd(panel.actual[:, column]))
    halves = [
        widths(residuals, step, column, len(path)) or (1.28 * spread, 1.96 * spread) for step in range(1, len(path) + 1)
    ]
    half = np.array(halves)
    return pd.DataFrame(
        {
            "channel": panel.channels[column],
            "metric": panel.metric,
            "date": panel.future(len(path)),
            **_bounds(panel, path, half[:, 0], half[:, 1]),
            "method": "blend",
        }
    )


def _horizon(
    rows: pd.DataFrame, panel: Panel, column: int, blend: Blend, residuals: Residuals, horizon_days: int
) -> dict[str, object]:
    steps = len(rows)
    value = float(rows["yhat"].mean())
    path = np.array([blend.ahead(step)[:, column] for step in range(1, steps + 1)])
    predicted = path.mean(axis=0)
    held = panel.weights[:, column] * np.nan_to_num(panel.actual[:, column])
    total = np.convolve(held, np.ones(steps), "valid")[1:]
    mass = np.convolve(panel.weights[:, column], np.ones(steps), "valid")[1:]
    realised = np.divide(total, mass, out=np.full_like(total, np.nan), where=mass > 0)
    errors = np.abs(realised - predicted[: len(realised)])
    errors = errors[np.isfinite(errors)]
    if len(errors) < 3:
        errors = np.array([float(np.nanstd(panel.actual[:, column]))])
    half80, half95 = np.quantile(errors, [0.8, 0.95])
    hits = float((errors <= 0.1 * abs(value)).sum()) / steps
    score = (hits + 1) / (len(errors) / steps + 2)
    floor, ceiling = panel.present(panel.clip(np.array([-np.inf, np.inf])))
    low = {"lo80": value - half80, "hi80": value + half80, "lo95": value - half95, "hi95": value + half95}
    return {
        "channel": panel.channels[column],
        "metric": panel.metric,
        "value": value,
        **{name: float(np.clip(bound, floor, ceiling)) for name, bound in low.items()},
        "confidence_score": score,
        "horizon_days": horizon_days,
        "method": "blend",
    }


def _past(panel: Panel, blend: Blend, residuals: Residuals) -> pd.DataFrame:
    yesterday = pd.DataFrame(blend.ahead(1)).shift(1).to_numpy()
    half80, half95 = (pd.DataFrame(half).shift(1).to_numpy() for half in past_widths(residuals))
    stopped = np.vstack([np.zeros((1, len(panel.channels)), dtype=bool), panel.stopped[:-1]])
    enough = np.vstack([np.zeros((1, len(panel.channels))), np.cumsum(np.isfinite(panel.actual), axis=0)[:-1]]) >= LEAST
    day, column = np.nonzero(panel.known & ~stopped & enough & np.isfinite(yesterday) & np.isfinite(half80))
    cells = (day, column)
    frame = pd.DataFrame(
        {
            "channel": np.array(panel.channels, dtype=object)[column],
            "metric": panel.metric,
            "date": panel.dates[day],
            "actual": panel.present(panel.actual[cells]),
            **_bounds(panel, panel.clip(yesterday[cells]), half80[cells], half95[cells]),
            "method": "blend",
        },
        columns=list(PAST),
    )
    return frame.sort_values(["channel", "date"], ignore_index=True)


def _backtest(panel: Panel, blend: Blend) -> pd.DataFrame:
    latest = blend.weights[:, -1, :]
    share = np.divide(latest, latest.sum(axis=0), out=np.zeros_like(latest), where=latest.sum(axis=0) > 0)
    rows = [
        {
            "channel": channel,
            "metric": panel.metric,
            "method": method.name,
            "error": float(blend.errors[index, -1, column]),
            "weight": float(share[index, column]),
            "baseline": method.baseline,
        }
        for column, channel in enumerate(panel.channels)
        for index, method in enumerate(blend.methods)
    ]
    return pd.DataFrame(rows, columns=list(BACKTEST))
