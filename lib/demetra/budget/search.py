"""The optimisation behind a plan: budgets of the movable channels, as ratios to their current ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import minimize

from demetra.budget.limits import project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from demetra.budget.limits import Corridor
    from demetra.budget.response import Response
    from demetra.budget.targets import Target

    FloatArray = NDArray[np.float64]

_STILL: Final = 1e-6
_OPTIONS: Final = {"maxiter": 100, "ftol": 1e-8}


class Search:
    """Searches plans of one response within one corridor.

    Channels that cannot be judged keep the baseline, the others move together. Method: sample-average approximation
    over the draws, sequential least squares (SLSQP, Kraft 1988).
    """

    def __init__(self, response: Response, corridor: Corridor) -> None:
        self._response, self._corridor = response, corridor
        self.movable = response.judged & (corridor.upper - corridor.lower > _STILL * corridor.current)
        self.start = corridor.ratio(corridor.baseline)
        current = corridor.current[self.movable]
        low, high = corridor.lower[self.movable] / current, corridor.upper[self.movable] / current
        self._bounds = list(zip(low, high, strict=True))
        self._share = current / current.sum() if current.size else current

    def maximise(
        self, level: FloatArray, *, caution: float, targets: Sequence[Target] = (), start: FloatArray | None = None
    ) -> FloatArray | None:
        """Ratios of all channels with the highest mean - caution × deviation of the summed outcome, or None.

        `level` is the outcome at the current spend, draws × channels; `targets` are kept to; None where the search
        failed or reached nothing better than its start.
        """
        if not self.movable.any():
            return self.start
        before = self._outcome(level, self.start)[0]
        size = max(float(before.mean()), 1e-12)

        def loss(free: FloatArray) -> tuple[float, FloatArray]:
            value, slope = self._outcome(level, self._fill(free))
            gain = (value - before) / size
            deviation = float(gain.std())
            weight = np.full(len(gain), 1 / len(gain))
            if deviation > 0:
                weight *= 1 - caution * (gain - gain.mean()) / deviation
            return caution * deviation - float(gain.mean()), -(weight @ slope) / size

        place = (self.start if start is None else start)[self.movable]
        share = self._share
        total = {"type": "eq", "fun": lambda free: share @ (free - place), "jac": lambda _: share}
        search: Any = minimize  # the stubs know no dictionary of constraints with a typed loss
        solution = search(
            loss,
            place,
            jac=True,
            method="SLSQP",
            bounds=self._bounds,
            constraints=[total, *map(self._constraint, targets)],
            options=_OPTIONS,
        )
        found = bool(solution.success) and bool(np.all(np.isfinite(solution.x)))
        return self._fill(np.asarray(solution.x)) if found else None

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
        """Draws of the summed outcome per day, and its slopes by the movable channels' ratios."""
        value, slope = self._response.evaluate(level, ratios)
        return value.sum(axis=1), slope[:, self.movable]

    def _fill(self, free: FloatArray) -> FloatArray:
        ratios = self.start.copy()
        ratios[self.movable] = free
        return ratios

    def _constraint(self, target: Target) -> dict[str, object]:
        def excess(free: FloatArray) -> float:
            return self.reached(target, self._fill(free)) / target.least - 1

        def slope(free: FloatArray) -> FloatArray:
            return np.asarray(self._outcome(target.level, self._fill(free))[1].mean(axis=0) / target.least)

        return {"type": "ineq", "fun": excess, "jac": slope}
