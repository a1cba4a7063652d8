"""The optimisation behind a plan: budgets of the movable channels, as ratios to their current ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import minimize

from demetra.budget.limits import project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from demetra.budget.grouping import Groups
    from demetra.budget.limits import Corridor
    from demetra.budget.response import Response
    from demetra.budget.targets import Target

    FloatArray = NDArray[np.float64]

_STILL: Final = 1e-6
_OPTIONS: Final = {"maxiter": 100, "ftol": 1e-8}


class Search:
    """Searches plans of one response within one corridor.

    Channels that cannot be judged keep the baseline, the others move. Method: sample-average approximation over the
    draws, sequential least squares (SLSQP, Kraft 1988).
    """

    def __init__(self, response: Response, corridor: Corridor) -> None:
        self._response, self._corridor = response, corridor
        self.movable = response.judged & (corridor.upper - corridor.lower > _STILL * corridor.current)
        self.start = corridor.ratio(corridor.baseline)

    def maximise(
        self,
        level: FloatArray,
        *,
        caution: float,
        targets: Sequence[Target] = (),
        start: FloatArray | None = None,
        groups: Groups | None = None,
    ) -> FloatArray | None:
        """Ratios of all channels with the highest mean - caution × deviation of the summed outcome; None on failure.

        `level` is the outcome at the current spend, draws × channels; `targets` are kept to. Each of `groups`, places
        among the movable channels, moves by one factor on the baseline; by default every channel has its own.
        """
        free = np.flatnonzero(self.movable)
        if not free.size:
            return self.start
        member = np.zeros((len(self.start), len(groups or free)))
        for place, group in enumerate(groups or [[place] for place in range(free.size)]):
            member[free[group], place] = 1.0
        step = self.start[:, None] * member
        rest = np.where(self.movable, 0.0, self.start)
        before = self._outcome(level, self.start)[0]

        def loss(factor: FloatArray) -> tuple[float, FloatArray]:
            value, slope = self._outcome(level, rest + step @ factor)
            score, weight = _score(value, before, caution)
            return -score, -(weight @ slope) @ step

        first = np.ones(step.shape[1])
        if start is not None:
            first = np.linalg.lstsq(step, np.where(self.movable, start, 0.0), rcond=None)[0].astype(np.float64)
        share = (self._corridor.current @ step) / self._corridor.total
        total = {"type": "eq", "fun": lambda factor: share @ (factor - first), "jac": lambda _: share}
        kept = [self._constraint(target, rest, step) for target in targets]
        search: Any = minimize  # the stubs know no list of constraints with a typed loss
        solution = search(
            loss,
            first,
            jac=True,
            method="SLSQP",
            bounds=self._bounds(member),
            constraints=[total, *kept],
            options=_OPTIONS,
        )
        factor = np.asarray(solution.x)
        if not solution.success:
            # where the search ran out of steps, what it has is a plan if it keeps the limits and is better
            inside = abs(share @ (factor - first)) < _STILL and all(limit["fun"](factor) > -_STILL for limit in kept)
            if not (inside and solution.fun < loss(first)[0]):
                return None
        return rest + step @ factor if np.all(np.isfinite(factor)) else None

    def score(self, level: FloatArray, ratios: FloatArray, *, caution: float) -> float:
        """The cautious gain of a plan over the baseline, as a share of the baseline's outcome."""
        value, before = self._outcome(level, ratios)[0], self._outcome(level, self.start)[0]
        return _score(value, before, caution)[0]

    def reached(self, target: Target, ratios: FloatArray) -> float:
        """Mean outcome per day that a target is about."""
        return float(self._outcome(target.level, ratios)[0].mean())

    def budgets(self, ratios: FloatArray) -> FloatArray:
        """Ratios as budgets that keep the bounds, and the total to rounding; immovable channels keep the baseline."""
        corridor, movable = self._corridor, self.movable
        budgets = corridor.baseline.copy()
        if movable.any():
            wanted, total = (ratios * corridor.current)[movable], float(budgets[movable].sum())
            budgets[movable] = project(wanted, corridor.lower[movable], corridor.upper[movable], total)
        return budgets

    def _outcome(self, level: FloatArray, ratios: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Draws of the summed outcome per day, and its slopes by the ratios."""
        value, slope = self._response.evaluate(level, ratios)
        return value.sum(axis=1), slope

    def _bounds(self, member: FloatArray) -> list[tuple[float, float]]:
        """Factors that keep every member of a group within its bounds."""
        corridor = self._corridor
        bounds = []
        for column in member.T.astype(bool):
            base = corridor.baseline[column]
            bounds.append((float((corridor.lower[column] / base).max()), float((corridor.upper[column] / base).min())))
        return bounds

    def _constraint(self, target: Target, rest: FloatArray, step: FloatArray) -> dict[str, Any]:
        def excess(factor: FloatArray) -> float:
            return self.reached(target, rest + step @ factor) / target.least - 1

        def slope(factor: FloatArray) -> FloatArray:
            return np.asarray(self._outcome(target.level, rest + step @ factor)[1].mean(axis=0) @ step / target.least)

        return {"type": "ineq", "fun": excess, "jac": slope}


def _score(value: FloatArray, before: FloatArray, caution: float) -> tuple[float, FloatArray]:
    """Mean - caution × deviation of the draws' gain over `before`, and its slopes by the draws' values."""
    size = max(float(before.mean()), 1e-12)
    gain = (value - before) / size
    deviation = float(gain.std())
    weight = np.full(len(gain), 1 / len(gain))
    if deviation > 0:
        weight *= 1 - caution * (gain - gain.mean()) / deviation
    return float(gain.mean()) - caution * deviation, weight / size
