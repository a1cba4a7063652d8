"""Histories with known properties, for the tests of forecasts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from demetra.forecast import Forecast
from demetra.schema import BOUNDS, HISTORY, MEASURES

NUMBERS = ["yhat", *BOUNDS]
START = pd.Timestamp("2025-01-06")  # a Monday
WEEKDAYS = (1.0, 1.0, 1.1, 1.2, 1.5, 0.6, 0.5)


def make_channel(
    days: int,
    *,
    name: str = "Instagram",
    seed: int = 0,
    roi: float | np.ndarray = 2.0,
    spread: float = 0.2,
    weekday: bool = False,
    start: pd.Timestamp = START,
    step_days: int = 1,
) -> pd.DataFrame:
    """One channel whose days are independent around a level (`roi` may be a path); `spread` is relative."""
    rng = np.random.default_rng([seed, days])
    steps = np.arange(days)
    factor = np.array(WEEKDAYS)[steps % 7] if weekday else np.ones(days)
    impressions = np.round(10_000 * factor * np.exp(rng.normal(0.0, spread, days)))
    clicks = np.round(impressions * 0.03 * np.exp(rng.normal(0.0, spread, days)))
    spend = 200.0 * np.exp(rng.normal(0.0, spread, days))
    history = {
        "channel": name,
        "date": start + pd.to_timedelta(steps * step_days, unit="D"),
        "spend": spend,
        "revenue": spend * (1.0 + roi) * (1.0 + spread * rng.uniform(-1.7, 1.7, days)),
        "conversions": clicks * 0.1 * (1.0 + spread * rng.uniform(-1.7, 1.7, days)),
        "clicks": clicks,
        "impressions": impressions,
        "reach": np.round(0.8 * impressions),
        "engagements": np.nan,
    }
    return pd.DataFrame(history)[list(HISTORY)]


def make_history(*channels: pd.DataFrame) -> pd.DataFrame:
    """Channels as one history."""
    return pd.concat(channels, ignore_index=True).sort_values(["channel", "date"], ignore_index=True)


def make_account(
    days: int = 150, names: Sequence[str] = ("Facebook", "Instagram", "TikTok"), *, seed: int = 0
) -> pd.DataFrame:
    """Channels that differ in level and in their weekdays; the last one starts a third later."""
    channels = [
        make_channel(days, name=name, seed=seed + index, roi=1.0 + index, weekday=index % 2 == 0)
        for index, name in enumerate(names)
    ]
    channels[-1] = channels[-1].iloc[days // 3 :]
    return make_history(*channels)


def set_measures(history: pd.DataFrame, value: float, *, since: int = 0, until: int | None = None) -> pd.DataFrame:
    """A one-channel history with all measures of some rows set to one value."""
    changed = history.copy()
    changed.loc[changed.index[since:until], list(MEASURES)] = value
    return changed


def check_sound(forecast: Forecast) -> None:
    """What holds of every forecast: finite numbers, ordered bounds, possible values."""
    for frame in (forecast.daily, forecast.past):
        values = frame[NUMBERS].to_numpy()
        assert np.isfinite(values).all()
        ordered = frame[["lo95", "lo80", "yhat", "hi80", "hi95"]].to_numpy()
        assert (np.diff(ordered, axis=1) >= 0).all()
        rates = frame["metric"].isin(["ctr", "conversion_rate"])
        assert ((values[rates] >= 0) & (values[rates] <= 1)).all()
        assert (values[frame["metric"] == "roi"] >= -1).all()
        assert (values[frame["metric"] == "reach"] >= 0).all()
    assert np.isfinite(forecast.horizon[["value", *BOUNDS, "confidence_score"]].to_numpy()).all()
    assert forecast.horizon["confidence_score"].between(0, 1).all()
