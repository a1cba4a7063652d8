"""Where the channels stand now: conversions per day at the current spend, and what a conversion brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.budget.linearise import USUAL_ELASTICITY
from demetra.budget.regressors import USUAL_SHAPE
from demetra.budget.spreads import USUAL_STEP_SD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.linearise import LinearPanel
    from demetra.budget.panel import Panel

    FloatArray = NDArray[np.float64]

_PRIOR_CONVERSIONS: Final = 2.0
"""Conversions' worth of belief that a channel sells per unit of spend as the account does."""
_LEAST_STEP_SD: Final = 0.02
_FLOOR_SD: Final = 0.02
_WEEKS_AHEAD: Final = 1.0
_GAIN_RANGE: Final = (0.05, 0.7)
_VALUE_SD: Final = 0.1
_VALUE_PRIOR_SD: Final = 0.15


def draw_level(
    panel: Panel, outcome: FloatArray, linear: LinearPanel | None, *, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Outcome per day at the current rate of spend, draws × channels; 0 for a stopped channel.

    An exponentially weighted mean of outcome over what the day's spend should bring, its memory as long as the drift
    of the account allows (steady state of a local level filter), shrunk to the account's rate: few conversions on
    little spend are weak evidence.
    """
    known = ~np.isnan(outcome) & ~np.isnan(panel.spend)
    y, spend = np.where(known, outcome, 0.0), np.where(known, panel.spend, 0.0)
    active, expected, dispersion, step_sd = _expectation(panel, known, linear)
    weeks = np.arange(len(y))[::-1, None] * panel.period_days / 7
    weekly = np.maximum(y.sum(axis=0) / np.maximum(known.sum(axis=0), 1) * 7 / panel.period_days, 0.1)
    drift, noise = (max(step_sd, _LEAST_STEP_SD) ** 2, np.maximum(dispersion, 0.3) / weekly)
    gain = np.clip((np.sqrt(drift**2 + 4 * drift * noise) - drift) / (2 * noise), *_GAIN_RANGE)
    weight = np.exp(-weeks * gain) * known
    sold = (weight * y * active).sum(axis=0)
    rate = sold.sum() / max((weight * spend * active).sum(), 1e-9)
    usual = np.maximum(rate * panel.current * panel.period_days, 1e-9)
    level = (sold + _PRIOR_CONVERSIONS) / ((weight * expected).sum(axis=0) + _PRIOR_CONVERSIONS / usual)
    level *= _active_share(panel, active, known) * _idle_extra(y, active) / panel.period_days
    effective = sold**2 / np.maximum((weight**2 * y * active).sum(axis=0), 1e-9)
    variance = np.maximum(dispersion, 1.0) / (effective + _PRIOR_CONVERSIONS)
    variance += drift * (0.5 / gain + _WEEKS_AHEAD) + _FLOOR_SD**2
    return np.where(panel.stopped, 0.0, level) * _lognormal(np.sqrt(variance), draws, rng)


def draw_order_value(panel: Panel, *, draws: int, rng: np.random.Generator) -> FloatArray:
    """Revenue per conversion, draws × channels, shrunk to the account's by how much single orders differ.

    The spread of one order is pooled over channels: a channel with a few heavy orders does not know its own.
    """
    known = ~np.isnan(panel.revenue) & ~np.isnan(panel.conversions)
    revenue, sold = (np.where(known, values, 0.0) for values in (panel.revenue, panel.conversions))
    count = sold.sum(axis=0)
    live = (count > 0) & (revenue.sum(axis=0) > 0)
    account = revenue.sum() / max(count.sum(), 1e-9)
    own = np.where(live, revenue.sum(axis=0) / np.maximum(count, 1e-9), account)
    spread = (((revenue - own * sold) / own) ** 2).sum() / max(count.sum(), 1e-9)
    error = spread / np.maximum(count, 1e-9)
    log_ratio = np.log(own / account)
    trust = np.where(live, 1 / (error + _VALUE_PRIOR_SD**2), 0.0)
    centre = (trust * log_ratio).sum() / max(trust.sum(), 1e-9)
    seen = float(np.clip(((log_ratio - centre) ** 2 - error)[live].mean(), 0.0, 1.0)) if live.any() else 0.0
    between = (seen + _VALUE_SD**2) / 2
    kept = np.where(live, between / (between + error), 0.0)
    return np.asarray(
        account * np.exp(centre + kept * (log_ratio - centre)) * _lognormal(np.sqrt(between * (1 - kept)), draws, rng)
    )


def _expectation(
    panel: Panel, known: NDArray[np.bool_], linear: LinearPanel | None
) -> tuple[NDArray[np.bool_], FloatArray, FloatArray, float]:
    """Active rows, their outcome relative to the current rate's by the usual elasticity, dispersion and drift."""
    if linear is None:
        active = known & (np.nan_to_num(panel.spend) > 0)
        return active, active.astype(float), np.ones(len(panel.channels)), USUAL_STEP_SD
    active = known & linear.regressors.active
    expected = np.exp(USUAL_ELASTICITY * np.maximum(linear.regressors.log_spend[:, :, USUAL_SHAPE], -5)) * active
    return active, expected, linear.dispersion, linear.step_sd


def _active_share(panel: Panel, active: NDArray[np.bool_], known: NDArray[np.bool_]) -> FloatArray:
    recent = panel.recent
    return np.asarray(active[recent].sum(axis=0) / np.maximum(known[recent].sum(axis=0), 1))


def _idle_extra(y: FloatArray, active: NDArray[np.bool_]) -> FloatArray:
    """All outcomes over those of active periods: a flight goes on selling for a while after it ends."""
    return np.asarray(y.sum(axis=0) / np.maximum((y * active).sum(axis=0), 1e-9)).clip(1.0, 3.0)


def _lognormal(sd: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Draws with mean 1."""
    return np.exp(sd * rng.normal(size=(draws, len(sd))) - sd**2 / 2)
