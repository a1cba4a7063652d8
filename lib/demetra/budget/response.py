"""What a channel's next unit of budget returns: posterior draws of response curves around the current plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from threadpoolctl import threadpool_limits

from demetra.budget.level import draw_level, draw_order_value
from demetra.budget.likelihood import build_likelihood, find_pairs, no_likelihood
from demetra.budget.linearise import LinearPanel, linearise
from demetra.budget.panel import Panel, read_panel
from demetra.budget.posterior import draw_elasticities
from demetra.budget.regressors import EXPECTED_BEND, SHAPES

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

DRAWS: Final = 256
LEAST_DAYS: Final = 14
"""A channel with a shorter history stays where it is."""
_FIRST_SWEEPS: Final = 12
_SWEEPS: Final = 30
_LEAST_PERIODS: Final = 10
_SMALLEST_RATIO: Final = 0.02
_RETURN_RANGE: Final = 1.5
_LEAST_CURVATURE: Final = 0.1
"""Least curvature over elasticity: nowhere do returns rise with spend, whatever a draw of the shape says."""


@dataclass(frozen=True, eq=False)
class Response:
    """Posterior draws of the account's response, `S` draws × `C` channels in the panel's order.

    Attributes:
        panel: the aligned history that was fitted.
        outcome: what is maximised: "revenue", "conversions" (revenue is unknown) or "nothing" (neither is known).
        level: expected outcome per day by recording channel at the current spend, S × C.
        conversions: expected conversions per day at the current spend, S × C; NaN where conversions are unknown.
        elasticity: relative change of `recorded[p]`'s outcome per relative change of `spending[p]`'s spend, S × P; the
            first C are the channels' own, the others pairs where one channel's sales are recorded on another.
        recorded, spending: places of channels, P each.
        curvature: how fast those changes fall as log spend grows, S × P.
        noise_sd: log standard deviation of one period's outcome, by channel; NaN where nothing could be fitted.
        days: days with activity, by channel.
        judged: channels whose budget can be judged: active, long enough, with a known outcome.
    """

    panel: Panel
    outcome: str
    level: FloatArray
    conversions: FloatArray
    elasticity: FloatArray
    recorded: NDArray[np.int64]
    spending: NDArray[np.int64]
    curvature: FloatArray
    noise_sd: FloatArray
    days: NDArray[np.int64]
    judged: NDArray[np.bool_]

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel names in the order of the arrays."""
        return self.panel.channels

    @property
    def own(self) -> FloatArray:
        """Each channel's elasticity of its own recorded outcome to its own spend, S × C."""
        return self.elasticity[:, : len(self.channels)]

    def evaluate(self, level: FloatArray, budget_ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Outcome per day by recording channel for budgets as ratios to the current ones, and the slopes of its sum.

        `level` is the outcome at the current spend, S × C; returns S × C, and S × C by spending channel's ratio.
        """
        ratio = np.maximum(budget_ratio, _SMALLEST_RATIO)
        # more spend never sells less: the curve is flat beyond its top
        step = np.minimum(np.log(ratio)[self.spending], self.elasticity / np.maximum(self.curvature, 1e-12))
        rise = (self.elasticity - self.curvature * step / 2) * step
        places = np.arange(len(self.channels))
        value = level * np.exp(rise @ (self.recorded[:, None] == places))
        slope = value[:, self.recorded] * (self.elasticity - self.curvature * step)
        return value, slope @ (self.spending[:, None] == places) / ratio

    def marginal(self) -> FloatArray:
        """Outcome of the next unit of spend by spending channel, S × C; 0 where nothing is spent."""
        current = self.panel.current
        _, gained = self.evaluate(self.level, np.ones(len(current)))
        return np.divide(gained, current, out=np.zeros_like(gained), where=current > 0)


def fit_response(history: pd.DataFrame, *, as_of: date | None = None, seed: int = 0) -> Response:
    """Fit the account's response to spend from a history (columns `HISTORY`) up to `as_of`.

    `as_of` is by default the last complete day of the history; the newest 400 periods are used. The sampler is seeded
    by `seed`: the same rows and seed give the same draws.

    Raises:
        FrameError: columns are missing.
        NoDataError: there is no row up to `as_of`.
    """
    # more threads only get in each other's way on matrices this small: forty times slower where the cores are busy
    with threadpool_limits(limits=1, user_api="blas"):
        return fit_panel(read_panel(history, as_of=as_of), seed=seed)


def fit_panel(panel: Panel, *, seed: int = 0) -> Response:
    """Fit the response to an aligned history; see `fit_response`."""
    rng = np.random.default_rng(seed)
    name, outcome, unit = _choose_outcome(panel)
    linear = linearise(panel, outcome) if name != "nothing" and len(panel.dates) >= _LEAST_PERIODS else None
    units = draw_level(panel, outcome, linear, draws=DRAWS, rng=rng)
    counted = np.nansum(panel.conversions) > 0
    level = units * unit
    if name == "revenue" and counted:
        level = units * draw_order_value(panel, draws=DRAWS, rng=rng)
    elasticity, curvature, ends = _draw_response(panel, linear, _relative_return(panel, level), rng)
    days = (np.nan_to_num(panel.spend) > 0).sum(axis=0) * panel.period_days
    known = (~np.isnan(outcome)).any(axis=0)
    return Response(
        panel=panel,
        outcome=name,
        level=level,
        conversions=np.where(counted & ~np.isnan(panel.conversions).all(axis=0), units, np.nan),
        elasticity=elasticity,
        recorded=ends[:, 0],
        spending=ends[:, 1],
        curvature=curvature,
        noise_sd=np.full(len(panel.channels), np.nan) if linear is None else linear.noise_sd,
        days=days,
        judged=known & ~panel.stopped & (days >= LEAST_DAYS) & (name != "nothing"),
    )


def _choose_outcome(panel: Panel) -> tuple[str, FloatArray, float]:
    """What is maximised, the counts that the panel is fitted to, and what one of them is worth without an order value.

    Revenue alone is counted in units of a twentieth of a usual day, so that it has the size of counts.
    """
    paid = np.nansum(panel.revenue) > 0
    if np.nansum(panel.conversions) > 0:
        return ("revenue" if paid else "conversions"), panel.conversions, 1.0
    if paid:
        unit = float(np.nanmean(panel.revenue)) / 20
        return "revenue", panel.revenue / unit, unit
    return "nothing", np.zeros_like(panel.spend), 1.0


def _relative_return(panel: Panel, level: FloatArray) -> FloatArray:
    """Log of each channel's average return over the account's; 0 where nothing is spent."""
    mean = level.mean(axis=0)
    account = mean.sum() / max(panel.current.sum(), 1e-9)
    own = np.divide(mean, panel.current, out=np.full_like(mean, account), where=panel.current > 0)
    log_return = np.log(np.maximum(own, 1e-12) / max(account, 1e-12))
    return np.asarray(np.clip(log_return, -_RETURN_RANGE, _RETURN_RANGE))


def _draw_response(
    panel: Panel, linear: LinearPanel | None, log_return: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Elasticities and curvatures, draws × P, and the channels recorded and spending, P × 2."""
    count = len(panel.channels)
    likelihood = no_likelihood(count) if linear is None else build_likelihood(linear)
    drawn = draw_elasticities(likelihood, log_return, draws=DRAWS, sweeps=_FIRST_SWEEPS, rng=rng)
    if linear is not None:
        shape = drawn.usual_shape
        pairs = find_pairs(linear, drawn.own.mean(axis=0), shape, ~panel.stopped)
        likelihood = build_likelihood(linear, pairs=pairs, shape=shape)
        drawn = draw_elasticities(likelihood, log_return, draws=DRAWS, sweeps=_SWEEPS, rng=rng)
    ends = [*((place, place) for place in range(count)), *likelihood.pairs]
    elasticity = np.hstack([drawn.own, drawn.cross])
    # between a power curve and a saturating (Michaelis-Menten) one; more where the history shows a sharper bend
    curvature = rng.permutation(DRAWS)[:, None] / (DRAWS - 1) * elasticity * (1 - elasticity)
    curvature[:, :count] += 2 * (np.array(SHAPES)[drawn.shape, 1] - EXPECTED_BEND) * drawn.own
    curvature = np.maximum(curvature, _LEAST_CURVATURE * elasticity)
    return elasticity, curvature, np.array(ends, dtype=np.int64)
