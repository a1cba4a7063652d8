"""What a channel's next unit of budget returns: draws of response curves around the current plan.

First version: a ridge regression of log conversions on log spend within channel, month and day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from demetra.budget.panel import Panel, read_panel

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

DRAWS: Final = 256
_SMALLEST_RATIO: Final = 0.02


@dataclass(frozen=True, eq=False)
class Response:
    """Posterior draws of the account's response, `S` draws × `C` channels in the panel's order.

    Attributes:
        panel: the aligned history that was fitted.
        outcome: what is maximised, "revenue", "conversions" (revenue unknown) or "nothing" (neither is known).
        level: expected outcome per day by recording channel at the current spend, S × C.
        conversions: expected conversions per day at the current spend, S × C.
        elasticity: relative change of channel `c`'s outcome per relative change of channel `k`'s spend, S × C × C.
        curvature: 0 for a power curve, 1 for a saturating (Michaelis-Menten) one, by draw.
    """

    panel: Panel
    outcome: str
    level: FloatArray
    conversions: FloatArray
    elasticity: FloatArray
    curvature: FloatArray

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel names in the order of the arrays."""
        return self.panel.channels

    def log_ratio(self, budget_ratio: FloatArray) -> FloatArray:
        """Log of outcome over outcome at the current spend, S × C, for budgets as ratios to the current ones."""
        step = np.log(np.maximum(budget_ratio, _SMALLEST_RATIO))
        bend = self.curvature[:, None, None] * self.elasticity * (1 - self.elasticity) / 2
        return np.asarray(self.elasticity @ step - bend @ step**2)

    def slope(self, budget_ratio: FloatArray) -> FloatArray:
        """Derivative of `log_ratio` by each budget ratio, S × C × C."""
        ratio = np.maximum(budget_ratio, _SMALLEST_RATIO)
        bend = self.curvature[:, None, None] * self.elasticity * (1 - self.elasticity)
        return np.asarray((self.elasticity - bend * np.log(ratio)) / ratio)


def fit_response(history: pd.DataFrame, *, as_of: pd.Timestamp | None = None, seed: int = 0) -> Response:
    """Fit the account's response to spend from a history (columns `HISTORY`) up to `as_of`.

    Raises:
        FrameError: columns are missing.
        NoDataError: there is no row up to `as_of`.
    """
    panel = read_panel(history, as_of=as_of)
    count = len(panel.channels)
    y, x = panel.conversions, panel.spend
    outcome = "revenue" if np.nansum(panel.revenue) > 0 else "conversions" if np.nansum(y) > 0 else "nothing"
    use = (x > 0) & ~np.isnan(y)
    lx = np.where(use, np.log(np.where(use, x, 1.0)), np.nan)
    ly = np.where(use, np.log(np.where(use, y, 0.0) + 0.5), np.nan)
    for _ in range(4):
        for start in range(0, len(lx), 28):
            _centre(lx[start : start + 28], 0)
            _centre(ly[start : start + 28], 0)
        _centre(lx, 1)
        _centre(ly, 1)
    n = np.maximum(use.sum(axis=0), 1)
    variance = np.nansum(ly**2, axis=0) / n + 1e-6
    precision = np.nansum(lx**2, axis=0) / variance / 3 + 1 / 0.2**2
    mean = (np.nansum(lx * ly, axis=0) / variance / 3 + 0.45 / 0.2**2) / precision
    normal = ndtri(np.clip(qmc.Sobol(2 * count + 1, seed=seed).random(DRAWS), 1e-6, 1 - 1e-6))
    own = np.clip(mean + normal[:, :count] / np.sqrt(precision), 0.02, 1.2)
    elasticity = own[:, :, None] * np.eye(count)
    days = np.maximum(np.sum(~np.isnan(y[panel.recent]), axis=0), 1) * panel.period_days
    sold = np.nansum(y[panel.recent], axis=0)
    conversions = np.exp(normal[:, count : 2 * count] / np.sqrt(sold + 4)) * (sold / days)
    value = np.nansum(panel.revenue) / max(np.nansum(y), 1e-9) if outcome == "revenue" else 1.0
    return Response(panel, outcome, conversions * value, conversions, elasticity, np.full(DRAWS, 0.5))


def _centre(values: FloatArray, axis: int) -> None:
    known = np.maximum(np.sum(~np.isnan(values), axis=axis, keepdims=True), 1)
    values -= np.nansum(values, axis=axis, keepdims=True) / known
