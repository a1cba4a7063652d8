"""Targets of a whole plan, ROI and cost per conversion, as least outcomes per day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.errors import InfeasibleLimitsError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.limits import BudgetLimits, Corridor
    from demetra.budget.response import Response

    FloatArray = NDArray[np.float64]

TOLERANCE: Final = 1e-3
_WHAT: Final = "The budget limits cannot be kept"


@dataclass(frozen=True, eq=False)
class Target:
    """A least mean outcome per day; `level` holds draws of it at the current spend, `asked` the limit as given."""

    name: str
    asked: float
    level: FloatArray
    least: float
    spend: float

    def explain(self, best: float) -> Problem:
        """The conflict where `best` outcomes per day are all that the other limits allow."""
        # rounded to the side that is attainable
        if self.name == "target_roi":
            bound = f"at most {np.floor(100 * (best / self.spend - 1)) / 100:.2f}"
        else:
            bound = f"at least {np.ceil(100 * self.spend / max(best, 1e-12)) / 100:,.2f}"
        remedy = "Ask for less, widen the bound or change the total."
        return Problem(self.name, f"{self.asked:g}", f"{bound}, the best within the other limits", remedy)


def read_targets(response: Response, limits: BudgetLimits, corridor: Corridor) -> list[Target]:
    """The targets among the limits.

    Raises:
        InfeasibleLimitsError: the history does not know what a target is about.
    """
    spend = corridor.total / limits.days
    problems, targets = [], []
    if limits.target_roi is not None:
        least = spend * (1 + limits.target_roi)
        targets.append(Target("target_roi", limits.target_roi, response.level, least, spend))
        if response.outcome != "revenue":
            problems.append(_unknown("target_roi", limits.target_roi, "revenue"))
    if limits.target_cpa is not None:
        least = spend / limits.target_cpa
        conversions = np.nan_to_num(response.conversions)
        targets.append(Target("target_cpa", limits.target_cpa, conversions, least, spend))
        if not conversions.any():
            problems.append(_unknown("target_cpa", limits.target_cpa, "conversions"))
    if problems:
        raise InfeasibleLimitsError(_WHAT, problems)
    return targets


def refuse_unreachable(missed: list[tuple[Target, float]]) -> None:
    """Refuse limits under which targets are missed; `missed` pairs each with the best that is attainable.

    Raises:
        InfeasibleLimitsError: any target is missed.
    """
    if missed:
        raise InfeasibleLimitsError(_WHAT, [target.explain(best) for target, best in missed])


def _unknown(name: str, asked: float, measure: str) -> Problem:
    return Problem(name, f"{asked:g}", f"a history with {measure}", "Leave it out.")
