"""Generated accounts with injected incidents of known kind, channel and day: what detection is measured on.

An account has 2 to 10 channels and 30 to 400 days: weekdays, trends, launches, budgets that are changed, noise that
lasts for days, channels with few events. All is seeded; nothing here is shared with the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from demetra.schema import HISTORY

Frame = dict[str, np.ndarray]
Injection = Callable[[np.random.Generator, Frame, slice], Frame]
LASTS = 7
LATE_DAYS = 3


@dataclass(frozen=True)
class Incident:
    """What was done to a channel from a day on: `kinds` are the alerts that tell of it, `follows` those it explains."""

    name: str
    kinds: frozenset[str]
    follows: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Account:
    """A history and its plans; `incident` happened on `channel` from `start` on (None: a quiet account)."""

    seed: int
    history: pd.DataFrame
    budgets: pd.DataFrame
    incident: Incident | None
    channel: str | None
    start: pd.Timestamp

    def until(self, day: pd.Timestamp) -> pd.DataFrame:
        """What had been delivered by a day."""
        return self.history.loc[self.history["date"] <= day]


def _scale(frame: Frame, where: slice, factors: dict[str, float]) -> Frame:
    changed = {name: values.copy() for name, values in frame.items()}
    for name, factor in factors.items():
        changed[name][where] = np.round(changed[name][where] * factor, 2 if name in ("spend", "revenue") else 0)
    return changed


def _thin(rng: np.random.Generator, frame: Frame, where: slice, share: float, names: tuple[str, ...]) -> Frame:
    """Counts thinned at random, and revenue by the same share of conversions."""
    changed = {name: values.copy() for name, values in frame.items()}
    for name in names:
        changed[name][where] = rng.binomial(changed[name][where].astype(int), share)
    if "conversions" in names:
        kept = np.divide(
            changed["conversions"][where],
            frame["conversions"][where],
            out=np.zeros(len(frame["spend"][where])),
            where=frame["conversions"][where] > 0,
        )
        changed["revenue"][where] = np.round(frame["revenue"][where] * kept, 2)
    return changed


def _worth_less(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    return _scale(frame, where, {"revenue": rng.uniform(0.3, 0.55)})


def _buys_less(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    return _thin(rng, frame, where, rng.uniform(0.1, 0.5), ("conversions",))


def _clicks_dearer(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    return _scale(frame, where, {"spend": rng.uniform(1.9, 3.0)})


def _clicked_less(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    return _thin(rng, frame, where, rng.uniform(0.3, 0.6), ("clicks", "conversions"))


def _invalid_clicks(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    return _scale(frame, where, {"clicks": rng.uniform(1.7, 3.0)})


def _spends_more(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    factor = rng.uniform(2.3, 3.5)
    bought = factor ** rng.uniform(0.8, 1.0)
    names = ("impressions", "reach", "clicks", "conversions", "revenue")
    return _scale(frame, where, {"spend": factor, **dict.fromkeys(names, bought)})


def _spends_less(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    factor = rng.uniform(0.15, 0.4)
    names = ("spend", "impressions", "reach", "clicks", "conversions", "revenue")
    return _scale(frame, where, dict.fromkeys(names, factor))


def _reaches_less(rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    return _scale(frame, where, {"reach": rng.uniform(0.3, 0.55)})


def _dies(_rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    return _scale(frame, where, dict.fromkeys(frame, 0.0))


def _goes_missing(_rng: np.random.Generator, frame: Frame, where: slice) -> Frame:
    changed = {name: values.copy() for name, values in frame.items()}
    for values in changed.values():
        values[where] = np.nan
    return changed


_SALES = frozenset({"roi_change", "cpa_change", "conversion_change"})
_ALL = _SALES | {"ctr_change", "spend_change", "reach_change"}
INCIDENTS: dict[Incident, Injection] = {
    Incident("roi", frozenset({"roi_change"})): _worth_less,
    Incident("conversion", frozenset({"conversion_change"}), _SALES): _buys_less,
    Incident("cpa", frozenset({"cpa_change"}), _SALES | {"spend_change", "spend_pace", "reach_change"}): _clicks_dearer,
    Incident("ctr drop", frozenset({"ctr_change"}), _SALES): _clicked_less,
    Incident("ctr rise", frozenset({"ctr_change"}), frozenset({"conversion_change"})): _invalid_clicks,
    Incident("spend rise", frozenset({"spend_change"}), _ALL | {"spend_pace"}): _spends_more,
    Incident("spend drop", frozenset({"spend_change"}), _ALL): _spends_less,
    Incident("reach", frozenset({"reach_change"})): _reaches_less,
    Incident("silence", frozenset({"channel_silent"}), _ALL): _dies,
    Incident("gap", frozenset({"data_gap"}), _ALL): _goes_missing,
}
PACE = Incident("pace", frozenset({"spend_pace"}), frozenset({"spend_change", "budget_overrun"}))
LATE = Incident("late conversions", frozenset())


def make_account(seed: int, incident: Incident | None) -> Account:
    """An account whose incident (any of `INCIDENTS`, `PACE`, `LATE`) is over its last `LASTS` days."""
    rng = np.random.default_rng([seed, 7])
    count, days = int(rng.integers(2, 11)), int(rng.triangular(30, 60, 401))
    dates = pd.date_range(pd.Timestamp("2025-01-06") + pd.Timedelta(days=int(rng.integers(365))), periods=days)
    start, where = dates[-LASTS], slice(days - LASTS, days)
    chosen = int(rng.integers(count))
    low = rng.uniform(size=count) < 0.2
    low[chosen] &= incident is None
    frames, names = [], [f"Channel {chr(65 + place)}" for place in range(count)]
    shared = _draw_week(rng, 0.15)
    demand = _walk(rng, days, 0.7, rng.uniform(0, 0.06))
    for place in range(count):
        launch = int(days * rng.uniform(0.2, 0.6)) if rng.uniform() < 0.15 and place != chosen and days > 60 else 0
        frame = _draw_channel(rng, dates, shared=shared, demand=demand, low=bool(low[place]))
        if place == chosen and incident in INCIDENTS:
            frame = INCIDENTS[incident](rng, frame, where)
        if place == chosen and incident is PACE:
            frame = _scale(frame, slice(days - dates[-1].day, days), dict.fromkeys(frame, 1.0))
        if incident is LATE:
            frame = _delay(rng, frame)
        table = pd.DataFrame({"date": dates, **frame}).iloc[launch:]
        frames.append(table.dropna(subset=["spend"]).assign(channel=names[place]))
    history = pd.concat(frames, ignore_index=True)
    history["engagements"] = np.nan
    history = history[list(HISTORY)].astype(dict.fromkeys(HISTORY[2:], "float64"))
    budgets = _plan(rng, history, names, tight=names[chosen] if incident is PACE else None)
    quiet = incident is None or incident is LATE
    return Account(seed, history, budgets, incident, None if quiet else names[chosen], start)


def _draw_channel(
    rng: np.random.Generator, dates: pd.DatetimeIndex, *, shared: np.ndarray, demand: np.ndarray, low: bool
) -> Frame:
    days, day = len(dates), np.arange(len(dates))
    week = np.exp(shared + _draw_week(rng, 0.12))[dates.day_of_week]
    growth = np.exp(rng.normal(0, 0.5) * day / 365)
    base = np.exp(rng.normal(np.log(25 if low else 900), 0.2 if low else 0.6))
    steps = np.zeros(days)
    if rng.uniform() < 0.3:  # somebody who changes budgets every week or two
        for at in range(0, days, int(rng.integers(7, 21))):
            steps[at:] = rng.normal(0, 0.12)
    spend = base * week * growth * np.exp(steps + _walk(rng, days, 0.3, rng.uniform(0.04, 0.12)))
    cpm, ctr = rng.uniform(3, 12), rng.uniform(0.008, 0.03)
    cvr, order = rng.uniform(0.02, 0.09), rng.uniform(20, 90)
    impressions = rng.poisson(1000 * spend / cpm * np.exp(rng.normal(0, 0.05, days)))
    clicks = rng.binomial(impressions, ctr * np.exp(_walk(rng, days, 0.5, rng.uniform(0.02, 0.07))))
    buys = np.clip(
        cvr
        * np.exp(demand + _walk(rng, days, 0.4, rng.uniform(0.02, 0.08)) + _draw_week(rng, 0.06)[dates.day_of_week]),
        0,
        1,
    )
    conversions = rng.binomial(clicks, buys)
    revenue = np.where(conversions > 0, rng.gamma(np.maximum(conversions, 1) / rng.uniform(0.2, 1.0)), 0.0)
    mean = np.divide(revenue.sum(), conversions.sum(), out=np.array(1.0), where=conversions.sum() > 0)
    reach = np.floor(impressions / rng.uniform(1.2, 2.5) * np.exp(rng.normal(0, 0.03, days)))
    return {
        "spend": np.round(spend, 2),
        "revenue": np.round(revenue / float(mean) * order, 2),
        "conversions": conversions.astype(float),
        "clicks": clicks.astype(float),
        "impressions": impressions.astype(float),
        "reach": reach,
    }


def _draw_week(rng: np.random.Generator, spread: float) -> np.ndarray:
    pattern = rng.normal(0, spread, 7)
    return pattern - pattern.mean()


def _walk(rng: np.random.Generator, days: int, rho: float, spread: float) -> np.ndarray:
    """Noise that lasts: an autoregression of first order with standard deviation `spread`."""
    shocks = rng.normal(0, spread * np.sqrt(1 - rho**2), days)
    values = np.zeros(days)
    for day in range(days):
        values[day] = rho * values[day - 1] + shocks[day] if day else rng.normal(0, spread)
    return values


def _delay(rng: np.random.Generator, frame: Frame) -> Frame:
    shares = np.sort(rng.uniform(0.35, 0.95, LATE_DAYS))[::-1]
    for back, share in enumerate(shares[::-1]):
        at = slice(len(frame["spend"]) - 1 - back, len(frame["spend"]) - back)
        frame = _thin(rng, frame, at, float(np.clip(share + rng.normal(0, 0.03), 0, 1)), ("conversions",))
    return frame


def _plan(rng: np.random.Generator, history: pd.DataFrame, names: list[str], *, tight: str | None) -> pd.DataFrame:
    """Plans for the last month and the one before: near what is being spent, far below it for the one that is tight."""
    last = history["date"].max()
    rows = []
    for name in names:
        daily = history.loc[history["channel"] == name].set_index("date")["spend"].iloc[:-LASTS].tail(28).mean()
        for month in pd.date_range(end=last, periods=2, freq="MS"):
            share = rng.uniform(0.6, 0.75) if name == tight else rng.uniform(1.05, 1.4)
            rows.append({"channel": name, "month": month, "amount": float(daily) * month.days_in_month * share})
    return pd.DataFrame(rows, columns=["channel", "month", "amount"])
