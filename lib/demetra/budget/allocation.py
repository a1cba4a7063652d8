"""The plan: which budgets, how much they are expected to gain, and whether that is likely enough to move money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from demetra.budget.grouping import group_alike
from demetra.budget.search import Search
from demetra.budget.targets import TOLERANCE, read_targets, refuse_unreachable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.limits import BudgetLimits, Corridor
    from demetra.budget.response import Response
    from demetra.budget.targets import Target

    FloatArray = NDArray[np.float64]

GATE: Final = 0.8
"""Least probability, over the draws, that the plan beats the current split; below it the current split is kept."""
LEAST_GAIN: Final = 0.005
"""Least mean gain, as a share of the current return, that is worth moving money for."""
KEPT: Final = 0.95
"""Share of the cautious gain that a plan with channels moved together must keep."""

Why = Literal["better", "target", "unlikely", "alone", "no outcome", "failed"]


@dataclass(frozen=True, eq=False)
class Plan:
    """Budgets over the period by channel, draws of their relative gain over the baseline, and why they were chosen."""

    budgets: FloatArray
    gain: FloatArray
    why: Why

    @property
    def held(self) -> bool:
        """Whether the current split is kept."""
        return self.why not in ("better", "target")


def choose_plan(response: Response, limits: BudgetLimits, corridor: Corridor, *, simplest: bool = True) -> Plan:
    """Choose the budgets; the baseline is kept where a better plan is not likely enough or was not found.

    The `simplest` plan moves channels together that the history cannot rank, where that costs little.

    Raises:
        InfeasibleLimitsError: a target cannot be reached within the other limits.
    """
    search = Search(response, corridor)
    targets = read_targets(response, limits, corridor)
    if any(search.reached(target, search.start) < target.least for target in targets):
        budgets = search.budgets(_reach(search, response, targets, caution=limits.caution))
        return Plan(budgets, _relative_gain(response, corridor, budgets), "target")
    if response.outcome == "nothing":
        return _hold(response, corridor, "no outcome")
    if search.movable.sum() < 2:
        return _hold(response, corridor, "alone")
    ratios = search.maximise(response.level, caution=limits.caution, targets=targets)
    if ratios is None:
        return _hold(response, corridor, "failed")
    if simplest and not targets:
        ratios = _simplify(search, response, corridor, ratios, caution=limits.caution)
    budgets = search.budgets(ratios)
    gain = _relative_gain(response, corridor, budgets)
    if not np.mean(gain > 0) >= GATE or gain.mean() < max(LEAST_GAIN, limits.caution * float(gain.std())):
        return _hold(response, corridor, "unlikely")
    return Plan(budgets, gain, "better")


def _simplify(
    search: Search, response: Response, corridor: Corridor, best: FloatArray, *, caution: float
) -> FloatArray:
    """The plan that moves channels alike which the history cannot rank, as far as that costs little."""
    free, enough = search.movable, KEPT * search.score(response.level, best, caution=caution)
    baseline, pooled = corridor.baseline[free], (best / search.start)[free]

    def pool(group: list[int]) -> bool:
        tried = pooled.copy()
        tried[group] = np.average(pooled[group], weights=baseline[group])
        ratios = search.start.copy()
        ratios[free] *= tried
        kept = search.score(response.level, ratios, caution=caution) >= enough
        if kept:
            pooled[:] = tried
        return kept

    groups = group_alike(response.marginal()[:, free], baseline, pool)
    if len(groups) == len(baseline):
        return best
    simple = search.maximise(response.level, caution=caution, groups=groups)
    if simple is None or search.score(response.level, simple, caution=caution) < enough:
        return best
    return simple


def _hold(response: Response, corridor: Corridor, why: Why) -> Plan:
    return Plan(corridor.baseline, np.zeros(len(response.level)), why)


def _reach(search: Search, response: Response, targets: list[Target], *, caution: float) -> FloatArray:
    """Ratios of the best plan that reaches all targets.

    Raises:
        InfeasibleLimitsError: there is none.
    """
    missed, start = [], search.start
    for target in targets:
        found = search.maximise(target.level, caution=0.0)
        start = search.start if found is None else found
        best = search.reached(target, start)
        if best < target.least * (1 - TOLERANCE):
            missed.append((target, best))
    refuse_unreachable(missed)
    ratios = search.maximise(response.level, caution=caution, targets=targets, start=start)
    ratios = start if ratios is None else ratios
    reached = [(target, search.reached(target, ratios)) for target in targets]
    # each target alone can be reached, so what is missed here is in conflict with the other
    refuse_unreachable([(target, best) for target, best in reached if best < target.least * (1 - 2 * TOLERANCE)])
    return ratios


def _relative_gain(response: Response, corridor: Corridor, budgets: FloatArray) -> FloatArray:
    before, after = (
        response.evaluate(response.level, corridor.ratio(plan))[0].sum(axis=1) for plan in (corridor.baseline, budgets)
    )
    return np.asarray(np.divide(after, before, out=np.ones_like(after), where=before > 0) - 1)
