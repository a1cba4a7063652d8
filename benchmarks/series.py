"""Generated accounts for the forecast benchmark: histories of several families, seeded by family and number.

Parts are drawn as ad accounts draw them: spend, impressions from it, clicks from those, conversions from clicks, order
values from conversions. A family says how these move. Nothing here is shared with the tests.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter

from demetra.schema import HISTORY

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Family:
    """How an account's parts move; standard deviations are of logarithms."""

    days: int = 365
    step_days: int = 1
    weekday: float = 0.0  # sd of weekday factors; 0.85 of them is the account's own
    persistence: float = 0.0  # of the slow movement, per step
    movement: float = 0.0  # sd of that movement
    walk: float = 0.0  # sd of a random walk's steps
    trend: float = 0.0  # sd of the trend over the whole history
    shifts: float = 0.0  # sd of one to three level shifts
    season: float = 0.0  # amplitude of a yearly wave
    conversions: float = 40.0  # usual conversions per day
    order_sd: float = 0.5  # sd of an order's value
    saturation: float = 1.0  # elasticity of conversions to spend
    flights: bool = False  # on and off by the fortnight or so
    missing: float = 0.0  # share of days without a row
    promotions: float = 0.0  # share of days on which conversions double


FAMILIES = {
    "noise": Family(),
    "weekday": Family(weekday=0.25),
    "strong weekday": Family(weekday=0.5, conversions=200.0),
    "slow drift": Family(persistence=0.97, movement=0.3),
    "fast drift": Family(persistence=0.6, movement=0.3),
    "random walk": Family(walk=0.06, weekday=0.15),
    "trend": Family(trend=0.8, weekday=0.15),
    "level shifts": Family(shifts=0.6, weekday=0.1),
    "few conversions": Family(conversions=1.5, order_sd=0.8),
    "heavy orders": Family(conversions=15.0, order_sd=1.5),
    "yearly": Family(days=760, season=0.5, weekday=0.15),
    "long": Family(days=1400, persistence=0.98, movement=0.25, weekday=0.2, season=0.3),
    "five weeks": Family(days=50, weekday=0.2),
    "three weeks": Family(days=36, weekday=0.15),
    "flights": Family(flights=True, weekday=0.15),
    "missing days": Family(missing=0.15, persistence=0.9, movement=0.2),
    "saturated": Family(saturation=0.5, movement=0.4, persistence=0.5, weekday=0.15),
    "promotions": Family(promotions=0.06, weekday=0.15),
    "weekly drift": Family(step_days=7, days=160 * 7, persistence=0.9, movement=0.2, season=0.3),
    "weekly noise": Family(step_days=7, days=70 * 7),
}


def draw_account(name: str, number: int, *, channels: int = 4) -> pd.DataFrame:
    """A history (columns `HISTORY`) of a family; the last channel starts after a third of a long one."""
    family = FAMILIES[name]
    rng = np.random.default_rng([zlib.crc32(name.encode()), number])
    common = rng.normal(0.0, 1.0, 7)
    rows = [_draw_channel(family, f"channel {index + 1}", common, rng) for index in range(channels)]
    if family.days > 300:
        rows[-1] = rows[-1].iloc[len(rows[-1]) // 3 :]
    return pd.concat(rows, ignore_index=True)[list(HISTORY)]


def _draw_channel(family: Family, channel: str, common: Floats, rng: np.random.Generator) -> pd.DataFrame:
    steps = family.days // family.step_days
    usual = float(np.exp(rng.normal(7.0, 0.8))) * family.step_days
    volume = usual * _draw_weekdays(family, common, rng, 1.0)
    spend = volume * np.exp(_draw_path(family, rng) + rng.normal(0.0, 0.2, steps))
    per_unit = 1000.0 / np.exp(rng.normal(2.2, 0.4))
    impressions = rng.poisson(spend * per_unit * np.exp(0.3 * _draw_path(family, rng) + rng.normal(0.0, 0.12, steps)))
    ctr = np.exp(rng.normal(-4.2, 0.4))
    clicks = rng.binomial(impressions, np.clip(ctr * np.exp(0.6 * _draw_path(family, rng)), 0.0, 0.5))
    wanted = family.conversions * family.step_days
    rate = wanted / (usual * per_unit * ctr) * _draw_weekdays(family, common[::-1], rng, 0.7)
    rate = rate * np.exp(_draw_path(family, rng)) * (spend / usual) ** (family.saturation - 1.0)
    rate = rate * np.where(rng.random(steps) < family.promotions, 2.0, 1.0)
    conversions = rng.binomial(clicks, np.clip(rate, 0.0, 0.9))
    value = usual * np.exp(rng.normal(1.0, 0.4)) / wanted
    spread = family.order_sd
    orders = [rng.lognormal(np.log(value) - spread**2 / 2, spread, count).sum() for count in conversions]
    drawn = {"spend": spend, "revenue": orders, "conversions": conversions, "clicks": clicks}
    drawn |= {"impressions": impressions, "reach": 0.7 * impressions, "engagements": 0.1 * impressions}
    dates = pd.date_range("2022-03-07", periods=steps, freq=f"{family.step_days}D")
    frame = pd.DataFrame({"channel": channel, "date": dates, **drawn}).astype(dict.fromkeys(drawn, "float64"))
    if family.flights:
        length = int(rng.integers(10, 25))
        frame.loc[(np.arange(steps) // length) % 2 == 1, list(drawn)] = 0.0
    return frame.loc[rng.random(steps) >= family.missing]


def _draw_weekdays(family: Family, common: Floats, rng: np.random.Generator, size: float) -> Floats:
    steps = np.arange(family.days // family.step_days)
    if not family.weekday:
        return np.ones(len(steps))
    own = 0.85 * common + np.sqrt(1 - 0.85**2) * rng.normal(0.0, 1.0, 7)
    return np.asarray(np.exp(size * family.weekday * own)[steps % 7])


def _draw_path(family: Family, rng: np.random.Generator) -> Floats:
    """The slow movement of a part, as a logarithm."""
    steps = family.days // family.step_days
    shocks = rng.normal(0.0, family.movement * np.sqrt(1.0 - family.persistence**2), steps)
    path = lfilter([1.0], [1.0, -family.persistence], shocks)
    path = path + np.cumsum(rng.normal(0.0, family.walk, steps))
    path = path + family.trend * rng.normal() * np.arange(steps) / steps
    for _ in range(int(rng.integers(1, 4))):
        path[rng.integers(steps) :] += rng.normal(0.0, family.shifts)
    wave = 2.0 * np.pi * (np.arange(steps) * family.step_days / 365.25 + rng.random())
    return np.asarray(path + family.season * np.sin(wave))
