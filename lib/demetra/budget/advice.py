"""The budget advice: a table with one row per channel, the plan's gain with its interval, and what would teach more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demetra.budget.allocation import Plan, choose_plan
from demetra.budget.limits import BudgetLimits, draw_corridor
from demetra.schema import BUDGET_REC

if TYPE_CHECKING:
    from demetra.budget.limits import Corridor
    from demetra.budget.response import Response


@dataclass(frozen=True)
class SpendExperiment:
    """A change of one channel's spend whose outcome would tell more than the history does."""

    channel: str
    change_pct: float
    days: int
    resolves: str


@dataclass(frozen=True)
class WiderBounds:
    """What the best plan under a wider bound is expected to gain, percent, with its 80 % interval."""

    bound: float
    expected_uplift_pct: float
    uplift_lo80: float
    uplift_hi80: float


@dataclass(frozen=True, eq=False)
class BudgetAdvice:
    """The advice for `limits`.

    `table` has the columns `BUDGET_REC`, one row per channel, sorted by name: `conversion_pred` conversions and money
    over the limits' `days`, changes and uplifts in percent. The uplift is the whole plan's, against keeping the
    current split of the same total; 0 where the plan is `held`.
    """

    table: pd.DataFrame
    held: bool
    expected_uplift_pct: float
    uplift_lo80: float
    uplift_hi80: float
    experiment: SpendExperiment | None
    wider: WiderBounds | None


def allocate_budget(
    response: Response, limits: BudgetLimits | None = None, *, roi_forecast: pd.DataFrame | None = None
) -> BudgetAdvice:
    """Advise how to split the budget under the limits; reuses the fit, and the same input gives the same answer.

    Raises:
        InfeasibleLimitsError: naming every conflict among the limits.
    """
    limits = limits or BudgetLimits()
    current = response.panel.current * limits.days
    corridor = draw_corridor(limits, response.channels, current)
    plan = choose_plan(response, corridor)
    uplift, low, high = _summary(plan)
    table = _table(response, corridor, plan, limits, roi_forecast)
    table[["expected_uplift_pct", "uplift_lo80", "uplift_hi80"]] = uplift, low, high
    ordered = table[list(BUDGET_REC)].sort_values("channel", ignore_index=True)
    return BudgetAdvice(ordered, plan.held, uplift, low, high, None, _widen(response, limits))


def _summary(plan: Plan) -> tuple[float, float, float]:
    low, high = np.quantile(100 * plan.gain, [0.1, 0.9])
    return float(100 * plan.gain.mean()), float(low), float(high)


def _widen(response: Response, limits: BudgetLimits) -> WiderBounds | None:
    bound = min(1.0, limits.bound + 0.2)
    if bound <= limits.bound:
        return None
    current = response.panel.current * limits.days
    wide = choose_plan(response, draw_corridor(replace(limits, bound=bound), response.channels, current))
    return WiderBounds(bound, *_summary(wide))


def _table(
    response: Response, corridor: Corridor, plan: Plan, limits: BudgetLimits, roi_forecast: pd.DataFrame | None
) -> pd.DataFrame:
    current, budgets = corridor.current, plan.budgets
    ratio = np.divide(budgets, current, out=np.ones_like(budgets), where=current > 0)
    conversions = (response.conversions * np.exp(response.log_ratio(ratio))).mean(axis=0) * limits.days
    known: dict[str, float] = {}
    if roi_forecast is not None:
        known = dict(zip(roi_forecast["channel"], roi_forecast["roi_forecast"].astype("float64"), strict=True))
    return pd.DataFrame(
        {
            "channel": pd.Series(response.channels, dtype="str"),
            "roi_pred": [float(known.get(name, np.nan)) for name in response.channels],
            "conversion_pred": conversions,
            "acquisition_cost": np.divide(
                budgets, conversions, out=np.full_like(budgets, np.nan), where=conversions > 0
            ),
            "current_budget": current,
            "recommended_budget": budgets,
            "budget_change_pct": 100 * (ratio - 1),
            "evidence": "weak",
            "reason": [_reason(change, plan) for change in 100 * (ratio - 1)],
        }
    )


def _reason(change: float, plan: Plan) -> str:
    if plan.held:
        return "unchanged: no other split is likely enough to return more"
    if abs(change) < 0.05:
        return "unchanged: its next unit returns about as much as the others'"
    word = "more" if change > 0 else "less"
    return f"{change:+.0f} %: its next unit is expected to return {word} than the others'"
