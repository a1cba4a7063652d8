"""Levels and weekday profiles of series as they were known on each day; every row uses that day and earlier ones only.

Arrays are (days, channels); NaN is unknown and a weight of 0 leaves a day out. Half-lives and windows are in steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from demetra.forecast.panel import Array, Mask

BLOCK_HALVINGS: Final = 200


def discount(values: Array, *, half_life: float) -> Array:
    """Running sums in which a value loses half its weight every `half_life` steps.

    Cumulative sums of values that grow instead, in blocks short enough for the growth to stay a float.
    """
    total = np.empty_like(values)
    carried = np.zeros(values.shape[1:])
    block = max(int(BLOCK_HALVINGS * half_life), 1)
    for start in range(0, len(values), block):
        part = values[start : start + block]
        growth = 2.0 ** (np.arange(1, len(part) + 1) / half_life)[:, None]
        total[start : start + block] = (np.cumsum(part * growth, axis=0) + carried) / growth
        carried = total[start + len(part) - 1]
    return total


def divide(total: Array, mass: Array, *, otherwise: float = np.nan) -> Array:
    """Element-wise quotient with `otherwise` where the divisor is not positive."""
    fill = np.full(np.broadcast_shapes(total.shape, mass.shape), otherwise)
    return np.asarray(np.divide(total, mass, out=fill, where=mass > 0), dtype="float64")


def smooth(values: Array, weights: Array, *, half_life: float) -> Array:
    """Exponential smoothing: the weighted mean of what is known, older days discounted.

    Weighted by a ratio's denominator it is the quotient of the two smoothed parts.
    """
    total = discount(weights * np.nan_to_num(values), half_life=half_life)
    return divide(total, discount(weights, half_life=half_life))


def running_mean(values: Array, weights: Array, *, window: int | None = None) -> Array:
    """Weighted mean of the last `window` days, of all of them without one."""
    total = np.cumsum(weights * np.nan_to_num(values), axis=0)
    mass = np.cumsum(weights, axis=0)
    if window is not None and len(values) > window:
        recent = np.cumsum(weights > 0, axis=0)
        total[window:] = total[window:] - total[:-window]
        mass[window:] = np.where(recent[window:] > recent[:-window], mass[window:] - mass[:-window], 0.0)
    return divide(total, mass)


def carry_forward(values: Array) -> Array:
    """The last known value of each day."""
    return pd.DataFrame(values).ffill().to_numpy()


def last_season(values: Array, *, season: int) -> Array:
    """The last known value of each phase of the season: (days, season, channels)."""
    phases = [np.where(_on_phase(len(values), season, phase), values, np.nan) for phase in range(season)]
    return np.stack([carry_forward(phase) for phase in phases], axis=1)


def _on_phase(days: int, season: int, phase: int) -> Mask:
    return np.asarray(np.arange(days) % season == phase)[:, None]


def weekday_profile(values: Array, *, season: int, half_life: float = 84.0) -> Array:
    """Factors of each weekday as known on each day: (days, season, channels), their mean 1.

    A weekday's raw factor is the discounted mean of day / level, the level being the mean of two weeks up to the day.
    The account's profile is the precision-weighted mean over channels; it is shrunk towards 1, and each channel's
    deviation from it towards 0, by the share of their spread that noise explains (positive-part James-Stein:
    Efron and Morris 1973, "Stein's estimation rule and its competitors"). Without two full weeks it is 1.
    """
    known = np.isfinite(values)
    level = running_mean(values, known.astype("float64"), window=2 * season)
    ratio = divide(values, np.where(known, level, np.nan))
    usable = np.isfinite(ratio)
    usable[: 2 * season] = False
    mean, mass, variance = _phase_moments(np.where(usable, ratio, 0.0), usable, season=season, half_life=half_life)
    error = variance[:, None, :] / np.maximum(mass, 1.0)
    noise = error.mean(axis=1, keepdims=True)
    enough = mass.min(axis=1, keepdims=True) > 1.5
    deviation = np.where(enough, mean - mean.mean(axis=1, keepdims=True), 0.0)
    precision = np.where(enough, 1.0 / np.maximum(noise, 1e-9), 0.0)
    total = precision.sum(axis=2, keepdims=True)
    account = divide((deviation * precision).sum(axis=2, keepdims=True), total, otherwise=0.0)
    share = divide(precision, total, otherwise=0.0)
    common = _shrink(account, divide(np.ones_like(total), total, otherwise=1.0))
    own = _shrink(np.where(enough, deviation - account, 0.0), noise * (1.0 - share))
    return np.asarray(np.maximum(1.0 + common + own, 0.02), dtype="float64")


def _phase_moments(ratio: Array, usable: Mask, *, season: int, half_life: float) -> tuple[Array, Array, Array]:
    """Discounted mean and mass of each phase, (days, season, channels), and the variance around them."""
    means, masses = [], []
    square = np.zeros_like(ratio)
    for phase in range(season):
        on = usable & _on_phase(len(ratio), season, phase)
        mass = discount(on.astype("float64"), half_life=half_life)
        mean = divide(discount(np.where(on, ratio, 0.0), half_life=half_life), mass, otherwise=1.0)
        square += discount(np.where(on, ratio**2, 0.0), half_life=half_life) - mass * mean**2
        means.append(mean)
        masses.append(mass)
    mass = np.stack(masses, axis=1)
    spare = np.maximum(mass.sum(axis=1) - season, 1.0)
    return np.stack(means, axis=1), mass, np.maximum(square, 0.0) / spare


def _shrink(deviation: Array, noise: Array) -> Array:
    season = deviation.shape[1]
    spread = (deviation**2).sum(axis=1, keepdims=True) / (season - 1)
    return deviation * np.clip(1.0 - divide(noise, spread, otherwise=1.0), 0.0, 1.0)
