"""The best plan within the limits: highest mean gain less a share of its standard deviation, over the draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize

from demetra.budget.limits import Corridor, project

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.response import Response

    FloatArray = NDArray[np.float64]

CAUTION: Final = 0.6
"""Standard deviations taken off the mean gain."""
GATE: Final = 0.85
"""Least probability, over the draws, that the plan beats the current split; below it the current split is kept."""
LEAST_GAIN: Final = 0.002
"""Least mean gain, as a share of the current return, that is worth moving money for."""


@dataclass(frozen=True, eq=False)
class Plan:
    """Budgets over the period by channel, and the draws of their relative gain over the baseline."""

    budgets: FloatArray
    gain: FloatArray
    held: bool
    why: str


def choose_plan(response: Response, corridor: Corridor) -> Plan:
    """Choose the budgets; the baseline is kept where a better plan is not likely enough or was not found.

    Method: sample-average approximation of a mean-deviation objective, sequential least squares (SLSQP).
    """
    movable = corridor.upper - corridor.lower > 1e-9 * max(corridor.total, 1.0)
    nothing = np.zeros(len(response.level))
    if movable.sum() < 2:
        return Plan(corridor.baseline, nothing, held=True, why="single")
    objective = _Objective(response, corridor, movable)
    if not objective.base > 0:
        return Plan(corridor.baseline, nothing, held=True, why="no outcome")
    solution = minimize(
        objective,
        corridor.baseline[movable] / corridor.current[movable],
        jac=True,
        method="SLSQP",
        bounds=list(zip(objective.low, objective.high, strict=True)),
        constraints={"type": "eq", "fun": objective.excess, "jac": lambda _: objective.weight},
        options={"maxiter": 60, "ftol": 1e-8},
    )
    if not np.all(np.isfinite(solution.x)):
        return Plan(corridor.baseline, nothing, held=True, why="not found")
    budgets = corridor.baseline.copy()
    budgets[movable] = solution.x * corridor.current[movable]
    budgets = project(budgets, corridor.lower, corridor.upper, corridor.total)
    gain = relative_gain(response, corridor, budgets)
    if not solution.success and gain.mean() <= CAUTION * gain.std():
        return Plan(corridor.baseline, nothing, held=True, why="not found")
    if np.mean(gain > 0) < GATE or gain.mean() < LEAST_GAIN:
        return Plan(corridor.baseline, nothing, held=True, why="not likely")
    return Plan(budgets, gain, held=False, why="")


def relative_gain(response: Response, corridor: Corridor, budgets: FloatArray) -> FloatArray:
    """Draws of the plan's outcome over the baseline's, minus 1."""
    before, after = (_outcome(response, corridor.current, plan) for plan in (corridor.baseline, budgets))
    return np.asarray(after / before - 1)


def _outcome(response: Response, current: FloatArray, budgets: FloatArray) -> FloatArray:
    ratio = np.divide(budgets, current, out=np.ones_like(budgets), where=current > 0)
    return np.asarray((response.level * np.exp(response.log_ratio(ratio))).sum(axis=1))


class _Objective:
    """Minus the cautious gain of budget ratios of the movable channels, with its gradient."""

    def __init__(self, response: Response, corridor: Corridor, movable: NDArray[np.bool_]) -> None:
        current = corridor.current
        self.response = response
        self.movable = movable
        self.ratio = np.divide(corridor.baseline, current, out=np.ones_like(current), where=current > 0)
        self.before = _outcome(response, current, corridor.baseline)
        self.base = float(self.before.mean())
        self.low, self.high = (corridor.lower / current)[movable], (corridor.upper / current)[movable]
        self.weight = current[movable] / corridor.total
        self.share = float(corridor.baseline[movable].sum()) / corridor.total

    def __call__(self, ratios: FloatArray) -> tuple[float, FloatArray]:
        ratio = self.ratio.copy()
        ratio[self.movable] = ratios
        value = self.response.level * np.exp(self.response.log_ratio(ratio))
        slope = np.einsum("sc,sck->sk", value, self.response.slope(ratio))[:, self.movable] / self.base
        gain = (value.sum(axis=1) - self.before) / self.base
        mean, spread = gain.mean(), gain.std()
        by_draw = np.full(len(gain), 1 / len(gain))
        if spread > 0:
            by_draw = by_draw * (1 - CAUTION * (gain - mean) / spread)
        return -(mean - CAUTION * spread), -(by_draw @ slope)

    def excess(self, ratios: FloatArray) -> float:
        return float(self.weight @ ratios - self.share)
