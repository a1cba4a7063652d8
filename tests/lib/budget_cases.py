"""Small accounts with a known response for the tests of the budget advice; shaped unlike the benchmark's markets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from demetra.budget import BudgetAdvice
from demetra.schema import HISTORY


@dataclass(frozen=True)
class Source:
    """A channel: `elasticity` of a power curve around its usual spend, `sold` conversions a day there."""

    elasticity: float = 0.5
    spend: float = 200.0
    sold: float = 40.0
    value: float = 30.0
    claimed: float = 0.0  # organic sales a day that it records, whatever is spent
    follows: float = 0.0  # elasticity of its spend to the account's demand
    active: np.ndarray | None = None  # days on which it spends
    efficiency: np.ndarray | None = None  # by day; the last is what counts
    stolen: tuple[str, float] | None = None  # (channel, share): where a share of its sales is recorded
    swing: float = 0.3  # log standard deviation of its planned changes of spend
    planned: np.ndarray | None = None  # by day, relative to the usual spend
    bend: float = 0.0  # how much steeper, relatively, an e-th of its usual spend is


SOURCES = {
    "Search": Source(elasticity=0.8, sold=60),
    "Social": Source(elasticity=0.5),
    "Video": Source(elasticity=0.15),
}
"""The channels of an account that most tests ask about."""


@dataclass(frozen=True)
class Account:
    """A history and the truth behind it."""

    history: pd.DataFrame
    sources: dict[str, Source] = field(default_factory=dict)
    current: dict[str, float] = field(default_factory=dict)  # spend a day over the last 28 days

    def revenue(self, ratios: dict[str, float]) -> float:
        """Expected revenue a day for budgets as ratios to the current ones."""
        total = 0.0
        for name, source in self.sources.items():
            level = source.sold * (1.0 if source.efficiency is None else source.efficiency[-1])
            here = self.current[name] / source.spend / max(_share_active(source), 1e-9)
            sold = level * _respond(source, np.log(here * ratios[name])) * _share_active(source)
            target, share = source.stolen or (name, 0.0)
            value = (1 - share) * source.value + share * self.sources[target].value
            total += sold * value + source.claimed * source.value
        return total

    def gain(self, ratios: dict[str, float]) -> float:
        """True gain over the current split, as a share."""
        return self.revenue(ratios) / self.revenue(dict.fromkeys(self.sources, 1.0)) - 1


def draw_account(
    sources: dict[str, Source], *, seed: int = 0, days: int = 240, demand_sd: float = 0.15, order_sd: float = 0.4
) -> Account:
    """A daily history: spend re-planned every ten days, a demand common to all channels, Poisson sales."""
    rng = np.random.default_rng([seed, 77])
    demand = np.zeros(days)
    for day in range(1, days):
        demand[day] = 0.7 * demand[day - 1] + rng.normal(0, demand_sd * 0.7)
    lift = np.exp(demand)
    spend, caused = {}, {}
    for name, source in sources.items():
        plan = np.repeat(rng.normal(0, source.swing, days // 10 + 1), 10)[:days]
        usual = source.spend if source.planned is None else source.spend * source.planned
        daily = usual * np.exp(plan + rng.normal(0, source.swing / 3, days) + source.follows * demand)
        daily *= source.spend / daily[-28:].mean()  # the usual spend is the current one
        daily = daily if source.active is None else daily * source.active
        efficiency = np.ones(days) if source.efficiency is None else source.efficiency
        spend[name] = daily
        with np.errstate(divide="ignore"):
            step = np.log(daily / source.spend)
        caused[name] = source.sold * efficiency * _respond(source, step) * lift
    recorded = {name: caused[name] + source.claimed * lift for name, source in sources.items()}
    for name, source in sources.items():
        if source.stolen:
            target, share = source.stolen
            recorded[name] = recorded[name] - share * caused[name]
            recorded[target] = recorded[target] + share * caused[name]
    frames = [
        _to_history(name, spend[name], rng.poisson(recorded[name]), sources[name].value, order_sd, rng)
        for name in sources
    ]
    current = {name: float(daily[-28:].mean()) for name, daily in spend.items()}
    return Account(pd.concat(frames, ignore_index=True), sources, current)


def ratios_of(advice: BudgetAdvice) -> dict[str, float]:
    """Recommended over current budget by channel; 1 where nothing is spent."""
    table = advice.table
    return {
        row.channel: row.recommended_budget / row.current_budget if row.current_budget > 0 else 1.0
        for row in table.itertuples()
    }


def row_of(advice: BudgetAdvice, channel: str) -> pd.Series:
    """One channel's row of the table."""
    return advice.table.set_index("channel").loc[channel]


def _respond(source: Source, step: np.ndarray) -> np.ndarray:
    """Sales relative to those at the usual spend, for steps of log spend from there."""
    steeper = source.bend * np.minimum(step, 0) ** 2 / 2 if source.bend else 0.0
    return np.exp(source.elasticity * (step - steeper))


def _share_active(source: Source) -> float:
    return 1.0 if source.active is None else float(source.active[-28:].mean())


def _to_history(
    name: str, spend: np.ndarray, sold: np.ndarray, value: float, order_sd: float, rng: np.random.Generator
) -> pd.DataFrame:
    orders = [rng.lognormal(-(order_sd**2) / 2, order_sd, count).sum() for count in sold]
    frame = pd.DataFrame(
        {
            "channel": name,
            "date": pd.date_range("2025-02-03", periods=len(spend)),
            "spend": spend,
            "revenue": value * np.array(orders),
            "conversions": sold.astype(float),
            "clicks": sold * 15.0 + 3,
            "impressions": spend * 40 + 100,
            "reach": spend * 30,
            "engagements": np.nan,
        }
    )
    return frame[list(HISTORY)]
