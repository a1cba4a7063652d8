"""Variances that the panel is weighted with, from moments of its residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

USUAL_STEP_SD: Final = 0.03
_STEP_RANGE: Final = (0.015, 0.15)
_STEP_TRUST: Final = 0.7
_PRIOR_ROWS: Final = 20.0
_LOADING_SD: Final = 0.3
_LAGS: Final = 7
_MOST_INFLATION: Final = 4.0


def estimate_dispersion(outcome: FloatArray, mean: FloatArray, known: BoolArray, degrees: FloatArray) -> FloatArray:
    """Variance over mean by channel, shrunk to the account's by `_PRIOR_ROWS` rows' worth.

    Without the shrinkage the largest channel can take the day effects for its own, look free of noise, and get all the
    weight.
    """
    left = np.maximum(known.sum(axis=0) - degrees, 0.0)
    squares = np.where(known, (outcome - mean) ** 2 / np.maximum(mean, 1e-9), 0.0).sum(axis=0)
    pooled = squares.sum() / max(left.sum(), 1.0)
    return np.asarray(np.maximum((squares + _PRIOR_ROWS * pooled) / (left + _PRIOR_ROWS), 1e-6))


def estimate_step_sd(level: FloatArray, weight: FloatArray, spacing: int) -> float:
    """Step per knot of the slow levels, from how fast differences of block means grow with their distance (variogram).

    `level` is the working response less the effect of spend, periods × channels; `spacing` the length of a block.
    """
    blocks = len(level) // spacing
    if blocks < 8:
        return USUAL_STEP_SD
    if level.shape[1] > 2:
        # what all channels share is the days' part; without their means a launch does not move it
        level = level - (weight * level).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-9)
        level = level - ((weight * level).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9))[:, None]
    cut = blocks * spacing
    sums = weight[-cut:].reshape(blocks, spacing, -1).sum(axis=1)
    means = (weight * level)[-cut:].reshape(blocks, spacing, -1).sum(axis=1) / np.maximum(sums, 1e-9)
    lags = (1, 2, 4, 6)
    spread = []
    for lag in lags:
        pair = np.minimum(sums[lag:], sums[:-lag])
        spread.append((pair * (means[lag:] - means[:-lag]) ** 2).sum() / max(pair.sum(), 1e-9))
    growth = float(np.polyfit(lags, spread, 1)[0])
    variance = max(_STEP_TRUST * growth + (1 - _STEP_TRUST) * USUAL_STEP_SD**2, 0.0)
    return float(np.clip(np.sqrt(variance), *_STEP_RANGE))


def estimate_loading(shared: FloatArray, weight: FloatArray) -> FloatArray:
    """How strongly each channel follows the common demand, mean 1, shrunk to 1.

    `shared` is what is left without level and spend. Method: one factor fitted to the covariances between channels
    only (minimum residual factor analysis), so that a channel's own noise does not count.
    """
    count = shared.shape[1]
    loading = np.ones(count)
    if count < 3:
        return loading
    root = np.sqrt(weight)
    scaled = root * np.clip(shared, -2, 2)
    moments = scaled.T @ scaled / np.maximum(root.T @ root, 1e-9)
    known = (weight > 0).astype(float)
    noise = np.outer(moments.diagonal(), moments.diagonal()) / np.maximum(known.T @ known, 1) + 1e-9
    between = 1 - np.eye(count)
    for _ in range(10):
        outer = np.outer(loading, loading) * between
        size = max((outer * moments / noise).sum() / (outer**2 / noise).sum(), 1e-6)
        target = size * loading * between
        precision = (target**2 / noise).sum(axis=1) + 1 / _LOADING_SD**2
        loading = ((target * moments / noise).sum(axis=1) + 1 / _LOADING_SD**2) / precision
        loading = np.clip(loading / loading.mean(), 0.3, 2.5)
    return loading


def estimate_inflation(residual: FloatArray, regressor: FloatArray, known: BoolArray) -> FloatArray:
    """Variance inflation of a slope, by channel, where both the noise and the regressor are autocorrelated."""
    noise = np.where(known, residual, 0.0)
    centre = np.where(known, regressor, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    spend = np.where(known, regressor - centre, 0.0)
    inflation = np.ones(residual.shape[1])
    for lag in range(1, min(_LAGS, len(residual) - 1) + 1):
        inflation += 2 * _correlate(noise, lag) * np.maximum(_correlate(spend, lag), 0.0)
    return np.clip(inflation, 1.0, _MOST_INFLATION)


def _correlate(values: FloatArray, lag: int) -> FloatArray:
    return np.asarray((values[lag:] * values[:-lag]).sum(axis=0) / np.maximum((values**2).sum(axis=0), 1e-12))
