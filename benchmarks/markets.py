"""Generated markets whose true response is known: what the budget advice is measured on.

A market is a history (columns `HISTORY`) and the function from budgets to expected revenue behind it. What they are
like is drawn by `market_kinds`; nothing here is shared with the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.signal import lfilter

from demetra.schema import HISTORY

FloatArray = np.ndarray
PATTERN_DAYS = 28


@dataclass
class Spec:
    """A market before its history is drawn: arrays are per channel."""

    channels: int
    days: int
    spend: FloatArray  # usual spend per day
    curve: FloatArray  # 0 Hill, 1 power, 2 logarithm
    bend: FloatArray  # half-saturation (Hill), exponent (power), scale (log), relative to the usual spend
    steep: FloatArray  # Hill exponent
    carry: FloatArray  # adstock decay per day
    yield_: FloatArray  # conversions per day at the usual spend
    order: FloatArray  # mean revenue per conversion
    order_sd: float = 0.5  # log standard deviation of one order
    claimed: FloatArray = field(default_factory=lambda: np.zeros(0))  # organic sales per day that a channel claims
    noise: float = 0.15  # log sd of daily multiplicative noise
    noise_rho: float = 0.2
    demand_sd: float = 0.2  # log sd of the common demand
    demand_rho: float = 0.8
    season: float = 0.1
    weekday: float = 0.15
    drift: float = 0.0  # log sd of the slow efficiency per year
    follow: float = 0.0  # elasticity of spend to the common demand
    follow_own: float = 0.0  # elasticity of spend to the channel's own demand shocks
    replan_days: float = 14.0
    replan_sd: float = 0.3
    wobble_sd: float = 0.12
    halo: list[tuple[int, int, float]] = field(default_factory=list)  # share of k's sales that are recorded on c
    flights: dict[int, tuple[int, int]] = field(default_factory=dict)  # days on, days off
    stopped: dict[int, int] = field(default_factory=dict)  # channel: days before the end
    start: dict[int, int] = field(default_factory=dict)  # channel: first day
    omit_idle: bool = False
    weekly: bool = False
    equal: bool = False


@dataclass
class Market:
    """A history with the truth behind it; budgets are ratios to the channel's spend over the last 28 days."""

    kind: str
    history: pd.DataFrame
    names: list[str]
    current: FloatArray  # spend per day
    expected: Callable[[FloatArray], float]  # ratios to revenue per day
    recorded: Callable[[FloatArray], FloatArray]  # the same by channel of origin, organic sales with their claimer

    def uplift(self, ratios: FloatArray) -> float:
        """True relative gain over the current plan."""
        base = self.expected(np.ones(len(self.names)))
        return self.expected(ratios) / base - 1

    def best(self, bound: float = 0.3) -> float:
        """The attainable gain: the true optimum within the bound at the same total."""
        live = self.current > 0
        weight = self.current / self.current.sum()
        best = 0.0
        rng = np.random.default_rng(0)
        for attempt in range(4):
            start = np.ones(live.sum()) if attempt == 0 else 1 + rng.uniform(-bound, bound, live.sum())

            def loss(values: FloatArray) -> float:
                ratios = np.ones(len(live))
                ratios[live] = values
                return -1e3 * self.uplift(ratios)

            found = minimize(
                loss,
                start,
                method="SLSQP",
                bounds=[(1 - bound, 1 + bound)] * int(live.sum()),
                constraints={"type": "eq", "fun": lambda v: weight[live] @ v - weight[live].sum()},
                options={"maxiter": 100, "ftol": 1e-7},
            )
            if abs(weight[live] @ found.x - weight[live].sum()) < 1e-6:
                best = max(best, -found.fun / 1e3)
        return best


def saturate(spec: Spec, stock: FloatArray) -> FloatArray:
    """Response, 1 at the usual spend, to adstocked spend relative to the usual (days × channels)."""
    x = np.maximum(stock, 0)
    hill = x**spec.steep * (1 + spec.bend**spec.steep) / (x**spec.steep + spec.bend**spec.steep)
    power = x**spec.bend
    log = np.log1p(x / spec.bend) / np.log1p(1 / spec.bend)
    return np.select([spec.curve == 0, spec.curve == 1], [hill, power], log)


def adstock(spec: Spec, relative: FloatArray) -> FloatArray:
    """Geometric carry-over with unit sum, days × channels."""
    return np.column_stack(
        [lfilter([1 - c], [1, -c], relative[:, i], zi=[c * relative[0, i]])[0] for i, c in enumerate(spec.carry)]
    )


def _ar(rng: np.random.Generator, days: int, columns: int, rho: float, sd: float) -> FloatArray:
    shocks = rng.normal(0, sd * np.sqrt(1 - rho**2), (days, columns))
    shocks[0] = rng.normal(0, sd, columns)
    return lfilter([1], [1, -rho], shocks, axis=0)


def _plan(rng: np.random.Generator, spec: Spec, demand: FloatArray, own: FloatArray, week: FloatArray) -> FloatArray:
    """Spend relative to the usual, days × channels."""
    level = np.empty((spec.days, spec.channels))
    for c in range(spec.channels):
        day = 0
        while day < spec.days:
            length = 1 + rng.geometric(1 / spec.replan_days)
            level[day : day + length, c] = rng.normal(0, spec.replan_sd)
            day += length
    log = level + rng.normal(0, spec.wobble_sd, level.shape) + spec.follow * demand + spec.follow_own * own
    relative = np.exp(log + 0.3 * week)
    for c, (on, off) in spec.flights.items():
        phase = rng.integers(on + off)
        relative[(np.arange(spec.days) + phase) % (on + off) >= on, c] = 0
    for c, before in spec.stopped.items():
        relative[spec.days - before :, c] = 0
    return relative


def build(kind: str, spec: Spec, seed: int) -> Market:
    """Draw a history from a specification."""
    rng = np.random.default_rng(seed)
    days, count = spec.days, spec.channels
    day = np.arange(days)
    season = spec.season * np.sin(2 * np.pi * (day / 365 + rng.uniform()))
    demand = (_ar(rng, days, 1, spec.demand_rho, spec.demand_sd)[:, 0] + season)[:, None]
    loading = rng.uniform(0.7, 1.3, count)
    own = _ar(rng, days, count, spec.noise_rho, spec.noise)
    slow = _ar(rng, days, count, 0.99, spec.drift)
    pattern = rng.normal(0, spec.weekday, 7)
    week = pattern[(day + rng.integers(7)) % 7][:, None]
    relative = _plan(rng, spec, demand, own, week)
    if spec.equal:  # the same point of the same curve
        relative /= relative[-PATTERN_DAYS:].mean(axis=0)
        loading[:] = 1.0
    incremental = spec.yield_ * saturate(spec, adstock(spec, relative)) * np.exp(slow)
    claimed = spec.claimed if spec.claimed.size else np.zeros(count)
    lift = np.exp(loading * demand + own + week)
    caused = incremental * lift
    recorded = caused.copy()
    for source, target, share in spec.halo:
        recorded[:, target] += share * caused[:, source]
        recorded[:, source] -= share * caused[:, source]
    live = relative > 0
    recorded += claimed * np.exp(1.2 * demand + week) * live
    sold = rng.poisson(recorded * rng.gamma(60, 1 / 60, recorded.shape))
    revenue = _orders(rng, spec, sold)
    spend = relative * spec.spend
    history = _frame(spec, spend, sold, revenue)
    # the next month's mean lift, transient shocks averaged out
    ahead = loading * season[-1] + (loading**2 * spec.demand_sd**2 + spec.noise**2) / 2
    return Market(kind, history, list(_names(spec)), *_truth(spec, relative, slow[-1], claimed, np.exp(ahead)))


def _orders(rng: np.random.Generator, spec: Spec, sold: FloatArray) -> FloatArray:
    revenue = np.zeros(sold.shape)
    for c in range(spec.channels):
        sizes = np.exp(rng.normal(-(spec.order_sd**2) / 2, spec.order_sd, sold[:, c].sum())) * spec.order[c]
        ends = np.cumsum(sold[:, c])
        total = np.concatenate([[0.0], np.cumsum(sizes)])
        revenue[:, c] = total[ends] - total[ends - sold[:, c]]
    return revenue


def _names(spec: Spec) -> list[str]:
    return [f"Channel {chr(65 + c)}" for c in range(spec.channels)]


def _frame(spec: Spec, spend: FloatArray, sold: FloatArray, revenue: FloatArray) -> pd.DataFrame:
    dates = pd.date_range("2024-03-04", periods=spec.days)
    frames = []
    for c, name in enumerate(_names(spec)):
        frame = pd.DataFrame({"date": dates, "spend": spend[:, c], "revenue": revenue[:, c], "conversions": sold[:, c]})
        frame = frame.iloc[spec.start.get(c, 0) :]
        if spec.omit_idle:
            frame = frame.loc[frame["spend"] > 0]
        if spec.weekly:
            frame = frame.set_index("date").resample("W-MON", label="left", closed="left").sum().reset_index()
        frames.append(frame.assign(channel=name))
    history = pd.concat(frames, ignore_index=True)
    history["clicks"] = history["conversions"] * 20.0 + 1
    history["impressions"] = history["spend"] * 50.0
    history["reach"] = history["impressions"]
    history["engagements"] = np.nan
    return history[list(HISTORY)].astype(dict.fromkeys(HISTORY[2:], "float64"))


def _truth(
    spec: Spec, relative: FloatArray, slow: FloatArray, claimed: FloatArray, lift: FloatArray
) -> tuple[FloatArray, Callable[[FloatArray], float], Callable[[FloatArray], FloatArray]]:
    recent = relative[-PATTERN_DAYS:].copy()
    recent[:, list(spec.stopped)] = 0.0
    repeats = np.vstack([recent] * max(3, -(-60 // len(recent))))
    organic = claimed * spec.order * (recent > 0).mean(axis=0) * lift
    value = spec.yield_ * np.exp(slow) * lift * spec.order
    values = np.array(value, dtype=float)
    for source, target, share in spec.halo:
        values[source] += share * value[source] / spec.order[source] * (spec.order[target] - spec.order[source])

    def caused(ratios: FloatArray) -> FloatArray:
        response = saturate(spec, adstock(spec, repeats * ratios))[-len(recent) :]
        return np.asarray(values * response.mean(axis=0) + organic)

    return recent.mean(axis=0) * spec.spend, lambda ratios: float(caused(ratios).sum()), caused
