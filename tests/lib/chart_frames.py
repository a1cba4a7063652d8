"""Published tables as the steps make them, for tests of what shows them: plausible figures, odd names, gaps, spikes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

AS_OF = date(2026, 3, 31)
HORIZON = 14
TEN_CHANNELS = (
    "Instagram",
    "Facebook",
    "Google Ads",
    "TikTok",
    "Telegram",
    "Yandex.Direct",
    "VK",
    "Рекламная сеть партнёров «Северо-Запад» 2026 год",
    "<b>Display</b> $math$ & a very long odd channel name_2",
    "Newsletter",
)
BOUNDS = (("lo80", -1.28), ("hi80", 1.28), ("lo95", -1.96), ("hi95", 1.96))


def roi_forecast(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    """A forecast table from (channel, forecast, lo80, hi80)."""
    table = pd.DataFrame(rows, columns=["channel", "roi_forecast", "roi_lo80", "roi_hi80"])
    half = (table["roi_hi80"] - table["roi_lo80"]) / 2
    return table.assign(
        channel=table["channel"].astype("str"),
        confidence_score=0.62,
        roi_lo95=table["roi_lo80"] - half / 2,
        roi_hi95=table["roi_hi80"] + half / 2,
        horizon_days=HORIZON,
        method="blend",
    )


def random_forecast(channels: tuple[str, ...] = TEN_CHANNELS) -> pd.DataFrame:
    random = np.random.default_rng(1)
    middles = random.normal(3, 1, len(channels))
    return roi_forecast(*[(name, at, at - 0.4, at + 0.4) for name, at in zip(channels, middles, strict=True)])


def timeseries(
    names: tuple[str, str] = ("roi", "conversion"), channels: tuple[str, ...] = TEN_CHANNELS[:2], days: int = 60
) -> pd.DataFrame:
    """A time series table: `days` of history until `AS_OF` and a forecast of `HORIZON` days."""
    random = np.random.default_rng(2)
    dates = pd.date_range(end=pd.Timestamp(AS_OF) + pd.Timedelta(days=HORIZON), periods=days + HORIZON)
    ahead = dates > pd.Timestamp(AS_OF)
    frames = []
    for channel in channels:
        frame = pd.DataFrame({"channel": channel, "date": dates})
        for name, level in zip(names, (3.0, 0.05) if names[0] == "roi" else (40_000.0, 0.012), strict=True):
            path = level * (1 + 0.1 * np.sin(np.arange(len(dates)) * 2 * np.pi / 7))
            frame[f"{name}_actual"] = np.where(ahead, np.nan, path * (1 + 0.08 * random.normal(size=len(dates))))
            frame[f"{name}_pred"] = path
            for bound, width in BOUNDS:
                frame[f"{name}_{bound}"] = path + width * 0.08 * level
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def budget(changes: dict[str, float], *, uplift: tuple[float, float, float] = (3.14, 0.4, 5.9)) -> pd.DataFrame:
    """Budget advice from the change of each channel in percent; every channel spends 10,000 now."""
    pct = pd.Series(list(changes.values()), dtype="float64")
    words = ["unchanged: nothing to tell it from the others" if change == 0 else "its next unit" for change in pct]
    return pd.DataFrame(
        {
            "channel": pd.Series(list(changes), dtype="str"),
            "roi_pred": 2.0,
            "conversion_pred": 300.0,
            "acquisition_cost": 33.0,
            "current_budget": 10_000.0,
            "recommended_budget": 10_000 * (1 + pct / 100),
            "budget_change_pct": pct,
            "expected_uplift_pct": uplift[0],
            "uplift_lo80": uplift[1],
            "uplift_hi80": uplift[2],
            "evidence": "moderate",
            "reason": words,
        }
    )
