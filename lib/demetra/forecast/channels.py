"""Forecasts of every channel and metric from a history: the one call that the steps use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra import metrics as ratios
from demetra.cadence import DAY, MONTH, split_by_step
from demetra.forecast.blend import SHORT_DAYS, Blend, absolute_errors, blend_methods, judged_steps
from demetra.forecast.horizon import HorizonBacktest
from demetra.forecast.intervals import Backtest, past_half_widths
from demetra.forecast.lags import learn_methods
from demetra.forecast.levels import divide
from demetra.forecast.methods import compute_methods
from demetra.forecast.panel import build_panels, cut_off, lay_out
from demetra.schema import BOUNDS, METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from demetra.forecast.panel import Array, Mask, Panel

DAILY: Final = ("channel", "metric", "date", "yhat", *BOUNDS, "method")
PAST: Final = ("channel", "metric", "date", "actual", "yhat", *BOUNDS, "method")
HORIZON: Final = ("channel", "metric", "value", *BOUNDS, "confidence_score", "horizon_days", "method")
BACKTEST: Final = ("channel", "metric", "method", "error", "weight", "baseline")
NOTES: Final = ("channel", "metric", "note")
ACTUALS: Final = ("channel", "metric", "date", "actual")

FEWEST_KNOWN: Final = 3
FEWEST_PAST: Final = 7
BLEND: Final = "blend"
MEANS: Final = "means"
TOLD_SHARE: Final = 0.10
MONTHS_APART: Final = "its rows are a month or more apart; what a day or a week brings takes daily or weekly rows"
BY_THE_WEEK: Final = "by the week: its rows are a week apart, so each date stands for a week"

_TYPES: Final = {
    **dict.fromkeys(("channel", "metric", "method", "note"), "str"),
    "date": "datetime64[us]",
    "baseline": "bool",
    "horizon_days": "int64",
}


@dataclass(frozen=True)
class Forecast:
    """Everything forecast from one history; metrics as in `schema.METRICS`, reach and the rest per day (or week).

    - `daily` (`DAILY`): the days after `as_of`; `method` says what served.
    - `past` (`PAST`): one-step-ahead predictions, each from the days before it alone; `actual` NaN where undefined.
    - `horizon` (`HORIZON`): the aggregate over the horizon; `value` is the plain mean of the daily `yhat`, the
      intervals are for the ratio of sums; `confidence_score` the chance that it lands within 10 % of `value`.
    - `backtest` (`BACKTEST`): mean absolute error over all origins and steps, divided by that of the one-step
      seasonal naive (weekly data: last value), of each method and of the blend (its `weight` is 1).
    - `notes` (`NOTES`): why there is no forecast, or what limits it.
    - `actuals` (`ACTUALS`): every day that the history has a row for; NaN where the metric is undefined.
    """

    as_of: pd.Timestamp
    horizon_days: int
    daily: pd.DataFrame
    past: pd.DataFrame
    horizon: pd.DataFrame
    backtest: pd.DataFrame
    notes: pd.DataFrame
    actuals: pd.DataFrame


def forecast_channels(
    history: pd.DataFrame,
    *,
    metrics: Sequence[str] = METRICS,
    as_of: date | None = None,
    horizon_days: int = 14,
) -> Forecast:
    """Forecast each metric of each channel for the `horizon_days` days after `as_of` (default: last complete day).

    `history` has the columns `schema.HISTORY`. Channels with weekly rows are recognised and forecast by the week; of
    those whose rows are a month apart it is said that they are not forecast. Nothing is random: the same history gives
    the same forecast, and rows after `as_of` change nothing.

    Raises:
        FrameError: the history lacks columns, or a metric is unknown.
        NoDataError: the history has no rows up to `as_of`.
    """
    day = ratios.last_complete_day(history) if as_of is None else pd.Timestamp(as_of).normalize()
    parts: list[dict[str, pd.DataFrame]] = []
    for step, rows in split_by_step(cut_off(history, as_of=day)):
        panels = build_panels(lay_out(rows, as_of=day, step_days=DAY if step == MONTH else step), metrics)
        make = _decline if step == MONTH else partial(_forecast_panel, horizon_days=horizon_days)
        parts += [make(panel) for panel in panels]
    joined = {name: _join([part[name] for part in parts]) for name in parts[0]}
    return Forecast(as_of=day, horizon_days=horizon_days, **joined)


def _join(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Stack frames and give every column its type, which empty ones lack."""
    stacked = pd.concat(frames, ignore_index=True)
    return stacked.astype({column: _TYPES.get(column, "float64") for column in stacked.columns})


def _forecast_panel(panel: Panel, *, horizon_days: int) -> dict[str, pd.DataFrame]:
    horizon = panel.steps(horizon_days)
    methods = compute_methods(panel)
    blend = blend_methods([*methods, *learn_methods(panel, methods, horizon=horizon)], panel, horizon=horizon)
    backtest = Backtest(panel, blend, horizon)
    reasons = {channel: _refuse(panel, channel) for channel in range(len(panel.calendar.channels))}
    served = [channel for channel, reason in reasons.items() if reason is None]
    daily = _future(backtest, served)
    notes = {channel: [reason] if reason else _find_limits(panel, channel) for channel, reason in reasons.items()}
    told = [(panel.calendar.channels[channel], panel.metric, note) for channel in notes for note in notes[channel]]
    return {
        "daily": daily,
        "past": _past(backtest),
        "horizon": _aggregate(backtest, served, daily, horizon_days=horizon_days),
        "backtest": _compare(backtest),
        "notes": pd.DataFrame(told, columns=list(NOTES)),
        "actuals": _actuals(panel),
    }


def _decline(panel: Panel) -> dict[str, pd.DataFrame]:
    """What is told of channels whose rows are too far apart: why they have no forecast, and what they did."""
    columns = {"daily": DAILY, "past": PAST, "horizon": HORIZON, "backtest": BACKTEST}
    told = [(channel, panel.metric, f"no forecast: {MONTHS_APART}") for channel in panel.calendar.channels]
    return {
        **{name: pd.DataFrame(columns=list(names)) for name, names in columns.items()},
        "notes": pd.DataFrame(told, columns=list(NOTES)),
        "actuals": _actuals(panel),
    }


def _refuse(panel: Panel, channel: int) -> str | None:
    """Why a channel gets no forecast; None where it gets one."""
    known = _count_known(panel, channel)
    if panel.stopped[-1, channel]:
        last = panel.calendar.dates[np.flatnonzero(panel.calendar.active[:, channel])[-1]]
        return f"no forecast: stopped, without spend and impressions since {last.date()}"
    if known == 0:
        return f"no forecast: {panel.metric} is not defined on any day (parts missing or zero)"
    if known < FEWEST_KNOWN:
        return f"no forecast: only {known} of at least {FEWEST_KNOWN} {_name_steps(panel)} with data"
    return None


def _find_limits(panel: Panel, channel: int) -> list[str]:
    """What a reader of a channel's forecast should know of it."""
    known = _count_known(panel, channel)
    found = [] if panel.calendar.step_days == DAY else [BY_THE_WEEK]
    if known < panel.steps(SHORT_DAYS):
        found.append(f"limited: means only, {known} {_name_steps(panel)} with data")
    return found


def _count_known(panel: Panel, channel: int) -> int:
    return int(np.isfinite(panel.actual[:, channel]).sum())


def _name_steps(panel: Panel) -> str:
    return "days" if panel.calendar.step_days == DAY else "weeks"


def _bounded(panel: Panel, value: Array, low: Array, high: Array) -> Mapping[str, Array]:
    """Values and bounds from half-widths, clipped to what is possible, as the metric is told."""
    ends = {"yhat": value, "lo80": value - low, "hi80": value + low, "lo95": value - high, "hi95": value + high}
    return {name: panel.present(panel.clip(end)) for name, end in ends.items()}


def _future(backtest: Backtest, served: Sequence[int]) -> pd.DataFrame:
    panel, steps = backtest.panel, range(1, backtest.horizon + 1)
    path = np.array([panel.clip(backtest.blend.ahead(step)[-1]) for step in steps])
    step_days = pd.to_timedelta(np.array(steps) * panel.calendar.step_days, unit="D")
    found = []
    for channel in served:
        half = np.array([backtest.half_widths(step, channel) for step in steps])
        keys = {"channel": panel.calendar.channels[channel], "metric": panel.metric}
        bounds = _bounded(panel, path[:, channel], half[:, 0], half[:, 1])
        method = _name_served(backtest.blend, channel)
        found.append(pd.DataFrame({**keys, "date": panel.calendar.dates[-1] + step_days, **bounds, "method": method}))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(DAILY))


def _name_served(blend: Blend, channel: int) -> str:
    """The families that make up a channel's blend now, largest first, as a short text."""
    weights = blend.weights[:, -1, channel]
    if all(method.simple for method, weight in zip(blend.methods, weights, strict=True) if weight > 0):
        return MEANS
    shares: dict[str, float] = {}
    for method, weight in zip(blend.methods, weights / weights.sum(), strict=True):
        if np.isfinite(method.ahead(1)[-1, channel]):
            shares[method.family] = shares.get(method.family, 0.0) + float(weight)
    told = sorted((item for item in shares.items() if item[1] >= TOLD_SHARE), key=lambda item: -item[1])
    if len(told) == 1:
        return told[0][0]
    return f"{BLEND}: " + ", ".join(f"{family} {share:.0%}" for family, share in told)


def _aggregate(backtest: Backtest, served: Sequence[int], daily: pd.DataFrame, *, horizon_days: int) -> pd.DataFrame:
    panel, whole = backtest.panel, HorizonBacktest(backtest)
    rows = []
    for channel in served:
        name = panel.calendar.channels[channel]
        path = daily.loc[daily["channel"] == name]
        value = float(path["yhat"].mean())
        half = [np.array([width]) for width in whole.half_widths(channel)]
        centre = np.array([value]) - panel.present(np.zeros(1))
        bounds = {key: float(end[0]) for key, end in _bounded(panel, centre, *half).items() if key != "yhat"}
        score = whole.confidence(channel, value=value)
        row = {"channel": name, "metric": panel.metric, "value": value, **bounds, "confidence_score": score}
        rows.append({**row, "horizon_days": horizon_days, "method": path["method"].iloc[0]})
    return pd.DataFrame(rows, columns=list(HORIZON))


def _past(backtest: Backtest) -> pd.DataFrame:
    panel, calendar = backtest.panel, backtest.panel.calendar
    low, high = past_half_widths(backtest)
    forecast = panel.clip(backtest.blend.ahead(1))
    ready = np.isfinite(forecast) & (backtest.known >= FEWEST_PAST) & ~panel.stopped
    column, day = np.nonzero((ready[:-1] & calendar.known[1:]).T)
    before, today = (day, column), (day + 1, column)
    short = backtest.known[before] < panel.steps(SHORT_DAYS)
    return pd.DataFrame(
        {
            "channel": np.array(calendar.channels, dtype=object)[column],
            "metric": panel.metric,
            "date": calendar.dates[day + 1],
            "actual": panel.present(panel.actual[today]),
            **_bounded(panel, forecast[before], low[before], high[before]),
            "method": np.where(short, MEANS, BLEND),
        },
        columns=list(PAST),
    )


def _actuals(panel: Panel) -> pd.DataFrame:
    calendar = panel.calendar
    column, day = np.nonzero(calendar.known.T)
    return pd.DataFrame(
        {
            "channel": np.array(calendar.channels, dtype=object)[column],
            "metric": panel.metric,
            "date": calendar.dates[day],
            "actual": panel.present(panel.actual[day, column]),
        }
    )


def _compare(backtest: Backtest) -> pd.DataFrame:
    """MASE of every method and of the blend over the same targets (Hyndman and Koehler 2006)."""
    panel, blend = backtest.panel, backtest.blend
    usual = np.abs(panel.actual[panel.season :] - panel.actual[: -panel.season])
    unit = _mean_by_channel(usual, np.isfinite(usual))
    steps = judged_steps(backtest.horizon)
    served = np.stack([absolute_errors(blend, panel, step) for step in steps])
    judged = np.asarray(np.isfinite(served).any(axis=0))
    share = divide(blend.weights[:, -1], blend.weights[:, -1].sum(axis=0), otherwise=0.0)
    mine = _mean_by_channel(np.nansum(served, axis=0) / np.maximum(np.isfinite(served).sum(axis=0), 1), judged)
    rows = [
        (method.name, _mean_by_channel(errors, judged & np.isfinite(errors)), weight, method.baseline)
        for method, errors, weight in zip(blend.methods, blend.errors, share, strict=True)
    ]
    rows.append((BLEND, mine, np.ones_like(mine), False))
    return pd.DataFrame(
        [
            (channel, panel.metric, name, error[column] / unit[column], weight[column], baseline)
            for column, channel in enumerate(panel.calendar.channels)
            for name, error, weight, baseline in rows
            if unit[column] > 0
        ],
        columns=list(BACKTEST),
    )


def _mean_by_channel(values: Array, where: Mask) -> Array:
    return divide(np.where(where, values, 0.0).sum(axis=0), where.sum(axis=0).astype("float64"))
