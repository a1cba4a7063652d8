"""The budget advice: a table with one row per channel, the plan's gain with its interval, and what would teach more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.budget.allocation import Plan, choose_plan
from demetra.budget.evidence import grade_evidence
from demetra.budget.experiment import SpendExperiment, suggest_experiment
from demetra.budget.limits import BudgetLimits, draw_corridor
from demetra.budget.wording import Narrator
from demetra.schema import BUDGET_REC, require_columns

if TYPE_CHECKING:
    from demetra.budget.limits import Corridor
    from demetra.budget.response import Response

_WIDER: Final = 0.2
_SPREAD: Final = 1.1
"""How much wider the interval is than the draws': neither the curve nor the drift of the model's is exactly the
market's. Measured on generated markets, where intervals of the draws alone cover some 77 %."""


@dataclass(frozen=True)
class WiderBounds:
    """What the best plan under a wider bound is expected to gain, percent, with its 80 % interval."""

    bound: float
    expected_uplift_pct: float
    uplift_lo80: float
    uplift_hi80: float


@dataclass(frozen=True, eq=False)
class BudgetAdvice:
    """The advice for a set of limits.

    `table` has the columns `BUDGET_REC`, one row per channel, sorted by name: `conversion_pred` conversions and money
    over the limits' `days`, changes and uplifts in percent; `current_budget` is the channel's mean spend per day over
    its last 28 days, idle days included, times `days`. The uplift is the whole plan's, against keeping the current
    split of the same total; 0 where the plan is `held`. `wider` is what a bound of 20 points more would gain, searched
    for when it is asked for; None where there is no wider one.
    """

    table: pd.DataFrame
    held: bool
    expected_uplift_pct: float
    uplift_lo80: float
    uplift_hi80: float
    experiment: SpendExperiment | None
    response: Response = field(repr=False)
    limits: BudgetLimits = field(repr=False)

    @cached_property
    def wider(self) -> WiderBounds | None:
        """What the best plan under a wider bound is expected to gain."""
        return _widen(self.response, self.limits)


def allocate_budget(
    response: Response, limits: BudgetLimits | None = None, *, roi_forecast: pd.DataFrame | None = None
) -> BudgetAdvice:
    """Advise how to split the budget under the limits; reuses the fit, and the same input gives the same answer.

    `roi_forecast` (columns `channel, roi_forecast`) fills the table's `roi_pred`; NaN without it.

    Raises:
        InfeasibleLimitsError: naming every conflict among the limits.
        FrameError: `roi_forecast` lacks a column.
    """
    limits = limits or BudgetLimits()
    corridor = draw_corridor(limits, response.channels, response.panel.current * limits.days)
    plan = choose_plan(response, limits, corridor)
    evidence = grade_evidence(response)
    narrator = Narrator(response, limits, corridor, plan, evidence)
    uplift, low, high = _summarise_gain(plan)
    columns = {
        **_tabulate(response, corridor, plan, limits.days),
        "roi_pred": _look_up(roi_forecast, response.channels),
        "expected_uplift_pct": uplift,
        "uplift_lo80": low,
        "uplift_hi80": high,
        "evidence": pd.Series(evidence, dtype="str"),
        "reason": pd.Series([narrator.explain(place) for place in range(len(evidence))], dtype="str"),
    }
    return BudgetAdvice(
        table=pd.DataFrame(columns, columns=list(BUDGET_REC)).sort_values("channel", ignore_index=True),
        held=plan.held,
        expected_uplift_pct=uplift,
        uplift_lo80=low,
        uplift_hi80=high,
        experiment=suggest_experiment(response, limits, evidence),
        response=response,
        limits=limits,
    )


def _summarise_gain(plan: Plan) -> tuple[float, float, float]:
    mean = float(100 * plan.gain.mean())
    low, high = mean + _SPREAD * (np.quantile(100 * plan.gain, [0.1, 0.9]) - mean)
    return mean, float(low), float(high)


def _widen(response: Response, limits: BudgetLimits) -> WiderBounds | None:
    bound = min(1.0, limits.bound + _WIDER)
    if bound <= limits.bound:
        return None
    wider = replace(limits, bound=bound)
    corridor = draw_corridor(wider, response.channels, response.panel.current * limits.days)
    return WiderBounds(bound, *_summarise_gain(choose_plan(response, wider, corridor, simplest=False)))


def _tabulate(response: Response, corridor: Corridor, plan: Plan, days: int) -> dict[str, object]:
    ratio = corridor.ratio(plan.budgets)
    conversions = response.evaluate(response.conversions, ratio)[0].mean(axis=0) * days
    unknown = np.full_like(conversions, np.nan)
    return {
        "channel": pd.Series(response.channels, dtype="str"),
        "conversion_pred": conversions,
        "acquisition_cost": np.divide(plan.budgets, conversions, out=unknown, where=conversions > 0),
        "current_budget": corridor.current,
        "recommended_budget": plan.budgets,
        "budget_change_pct": 100 * (ratio - 1),
    }


def _look_up(roi_forecast: pd.DataFrame | None, channels: tuple[str, ...]) -> list[float]:
    if roi_forecast is None:
        return [np.nan] * len(channels)
    require_columns(roi_forecast, ("channel", "roi_forecast"), "ROI forecast")
    known = dict(zip(roi_forecast["channel"], roi_forecast["roi_forecast"].astype("float64"), strict=True))
    return [float(known.get(name, np.nan)) for name in channels]
