"""Spend beside the month's plan, by pace: where the month ends if the days to come are as the days so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from demetra.forecast.panel import Array

LEAST_DAYS: Final = 5
RECENT_DAYS: Final = 7
PATTERN_DAYS: Final = 56


@dataclass(frozen=True)
class Pace:
    """A channel's month so far, in the account's currency.

    `steady` is `spent` without what single days stand out by, `due` what the plan has for the days so far,
    `ahead` what the days to come cost at the recent pace.
    """

    spent: float
    steady: float
    due: float
    planned: float
    ahead: float

    @property
    def projected(self) -> float:
        """Where the month ends at this pace."""
        return self.spent + self.ahead

    def is_ahead(self, limit: float) -> bool:
        """Whether both the days so far and the month's end are beyond the plan by more than `limit` as a share."""
        return min(self.steady / self.due, (self.steady + self.ahead) / self.planned) > 1.0 + limit


def measure_paces(history: pd.DataFrame, budgets: pd.DataFrame, *, as_of: pd.Timestamp) -> dict[str, Pace]:
    """The pace of each channel that has a plan for the month of `as_of` and at least `LEAST_DAYS` days of spend in it.

    A single day moves nothing: a day counts for half as much again as the month's median day, at most.
    """
    month = as_of.replace(day=1)
    plans = budgets.loc[pd.to_datetime(budgets["month"]) == month]
    planned = plans.groupby("channel", observed=True)["amount"].sum().astype("float64")
    found = {}
    for channel in planned.index[planned > 0]:
        own = history.loc[(history["channel"] == channel) & (history["date"] <= as_of)]
        daily = own.groupby("date")["spend"].sum()
        so_far = daily.loc[daily.index >= month]
        if (so_far > 0).sum() >= LEAST_DAYS:
            found[str(channel)] = _measure(daily, so_far, float(planned[channel]), as_of)
    return found


def _measure(daily: pd.Series, so_far: pd.Series, planned: float, as_of: pd.Timestamp) -> Pace:
    weights = _weigh_weekdays(daily.loc[daily.index < as_of.replace(day=1)])
    dates = pd.date_range(as_of.replace(day=1), periods=as_of.days_in_month)
    shares = weights[dates.day_of_week] / weights[dates.day_of_week].sum()
    done = dates <= as_of
    usual = float(np.median(so_far.to_numpy()[so_far.to_numpy() > 0]))
    plain = so_far.clip(upper=1.5 * usual)
    rates = plain.to_numpy() / weights[pd.DatetimeIndex(plain.index).day_of_week]
    rate = float(np.median(rates[-RECENT_DAYS:]))
    spent, ahead = float(so_far.sum()), rate * float(weights[dates[~done].day_of_week].sum())
    due = planned * float(shares[done].sum())
    return Pace(spent, float(plain.sum()), due, planned, ahead)


def _weigh_weekdays(daily: pd.Series) -> Array:
    """What each weekday usually costs beside the others, Monday first; equal where too little is known."""
    recent = daily.iloc[-PATTERN_DAYS:]
    usual = recent.groupby(pd.DatetimeIndex(recent.index).day_of_week).median().reindex(range(7))
    if len(recent) < 4 * 7 or usual.isna().any() or not usual.sum() > 0:
        return np.ones(7)
    weights: Array = np.maximum(usual.to_numpy(dtype="float64") / float(usual.mean()), 0.05)
    return weights
