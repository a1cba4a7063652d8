"""What the advice must keep to: limits as a value, checked against the current spend, all conflicts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.errors import InfeasibleLimitsError, Problem
from demetra.schema import normalise_channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

_MOST_CAUTION: Final = 5.0
_ROUNDING: Final = 1e-6


@dataclass(frozen=True)
class BudgetLimits:
    """Limits of the advice.

    Attributes:
        total: money for all channels over `days` days, in the account's currency; None: what is being spent now.
        days: length of the period that the advice is for.
        bound: largest change of a channel as a share of its current spend (0.30: between -30 % and +30 %).
        fixed: channels whose budget must stay as it is.
        minimum: least budget over `days` days by channel, in the account's currency.
        target_roi: least expected ROI of the whole plan, (revenue - spend) / spend.
        target_cpa: highest expected cost per conversion of the whole plan, in the account's currency.
        caution: standard deviations of the gain that are taken off its mean, so that a plan is not chosen for its luck;
            0 seeks the highest expected gain, whatever may be lost.
    """

    total: float | None = None
    days: int = 30
    bound: float = 0.30
    fixed: tuple[str, ...] = ()
    minimum: Mapping[str, float] = field(default_factory=dict)
    target_roi: float | None = None
    target_cpa: float | None = None
    caution: float = 0.7


@dataclass(frozen=True, eq=False)
class Corridor:
    """Limits as numbers, budgets over the period by channel: `lower <= budget <= upper`, summing to `total`.

    `baseline` keeps the current split: the current budgets scaled to the total, moved only where a limit demands it.
    """

    current: FloatArray
    lower: FloatArray
    upper: FloatArray
    total: float
    baseline: FloatArray

    def ratio(self, budgets: FloatArray) -> FloatArray:
        """Budgets over the current ones; 1 where nothing is spent."""
        return np.divide(budgets, self.current, out=np.ones_like(budgets), where=self.current > 0)


def read_minimum(pairs: Sequence[str]) -> dict[str, float]:
    """Least budgets by channel from `CHANNEL=AMOUNT` texts; channels may be spelt as in any file.

    Raises:
        InfeasibleLimitsError: naming every text that is not of that form.
    """
    found, problems = {}, []
    for pair in pairs:
        name, _, amount = pair.rpartition("=")
        try:
            found[normalise_channel(name)] = float(amount)
        except ValueError:
            problems.append(Problem("minimum", repr(pair), "CHANNEL=AMOUNT, e.g. Telegram=500"))
    if problems:
        raise InfeasibleLimitsError("The budget limits cannot be read", problems)
    return found


def draw_corridor(limits: BudgetLimits, channels: Sequence[str], current: FloatArray) -> Corridor:
    """Turn limits into bounds on budgets; `current` is each channel's spend over the period at its current rate.

    Raises:
        InfeasibleLimitsError: naming every value that is impossible and every pair of limits in conflict.
    """
    problems = _value_problems(limits, channels)
    if problems:
        raise InfeasibleLimitsError("The budget limits cannot be kept", problems)
    fixed = np.isin(channels, limits.fixed)
    lower = np.where(fixed, current, current * (1 - limits.bound))
    upper = np.where(fixed, current, current * (1 + limits.bound))
    for name, least in limits.minimum.items():
        place = list(channels).index(name)
        if least > upper[place] * (1 + _ROUNDING):
            problems.append(_minimum_conflict(name, least, float(upper[place]), fixed=bool(fixed[place])))
        lower[place] = min(max(lower[place], least), upper[place])
    total = float(current.sum()) if limits.total is None else float(limits.total)
    slack = _ROUNDING * max(total, 1.0)
    if total < lower.sum() - slack or total > upper.sum() + slack:
        problems.append(
            Problem(
                "total",
                f"{total:,.2f} for {limits.days} days",
                f"between {lower.sum():,.2f} and {upper.sum():,.2f}, what the channels' limits allow together",
                "Change the total, widen the bound, or free a channel.",
            )
        )
    if problems:
        raise InfeasibleLimitsError("The budget limits cannot be kept", problems)
    scaled = current * (total / current.sum()) if current.sum() > 0 else current
    inside = np.all(scaled >= lower * (1 - _ROUNDING)) and np.all(scaled <= upper * (1 + _ROUNDING))
    return Corridor(current, lower, upper, total, scaled if inside else project(scaled, lower, upper, total))


def project(budgets: FloatArray, lower: FloatArray, upper: FloatArray, total: float) -> FloatArray:
    """The nearest budgets (least squares) within the bounds that sum to the total; exact up to rounding."""
    low, high = float(np.min(lower - budgets)), float(np.max(upper - budgets))
    for _ in range(80):
        shift = (low + high) / 2
        if np.clip(budgets + shift, lower, upper).sum() < total:
            low = shift
        else:
            high = shift
    return np.clip(budgets + (low + high) / 2, lower, upper)


def _value_problems(limits: BudgetLimits, channels: Sequence[str]) -> list[Problem]:
    problems = []
    known = ", ".join(sorted(channels))
    numbers = {"total": limits.total, "target_cpa": limits.target_cpa}
    for name, value in numbers.items():
        if value is not None and not (np.isfinite(value) and value > 0):
            problems.append(Problem(name, repr(value), "a positive amount"))
    if limits.target_roi is not None and not (np.isfinite(limits.target_roi) and limits.target_roi > -1):
        problems.append(Problem("target_roi", repr(limits.target_roi), "a ratio above -1"))
    if limits.days < 1:
        problems.append(Problem("days", repr(limits.days), "at least 1 day"))
    if not 0 <= limits.bound <= 1:
        problems.append(Problem("bound", repr(limits.bound), "a share between 0 and 1"))
    if not 0 <= limits.caution <= _MOST_CAUTION:
        problems.append(Problem("caution", repr(limits.caution), f"a number between 0 and {_MOST_CAUTION:g}"))
    problems += [Problem("fixed", repr(name), f"one of {known}") for name in limits.fixed if name not in channels]
    for name, least in limits.minimum.items():
        if name not in channels:
            problems.append(Problem("minimum", repr(name), f"one of {known}"))
        elif not (np.isfinite(least) and least >= 0):
            problems.append(Problem(f"minimum of {name}", repr(least), "an amount of 0 or more"))
    return problems


def _minimum_conflict(name: str, least: float, upper: float, *, fixed: bool) -> Problem:
    where, found = f"minimum of {name}", f"{least:,.2f}"
    if upper == 0:
        remedy = "Leave the minimum out, or start the channel again first."
        return Problem(
            where, found, "nothing: the channel spends nothing now, and a stopped channel is not revived", remedy
        )
    why = "its fixed budget" if fixed else "its upper bound"
    return Problem(where, found, f"at most {upper:,.2f}, {why}", "Lower the minimum or widen the bound.")
