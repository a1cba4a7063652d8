"""Intervals from absolute rolling-origin residuals, by horizon bucket, scaled so that channels can be pooled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.forecast.methods import discount

if TYPE_CHECKING:
    from demetra.forecast.blend import Blend
    from demetra.forecast.panel import Array, Panel

LEVELS: Final = (0.80, 0.95)
ENOUGH: Final = 40
SCALE_MEMORY: Final = 60.0
BUCKETS: Final = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 90), (91, 10_000))


@dataclass(frozen=True)
class Residuals:
    """What the blend got wrong: `scaled[h]` is (origins, channels), |error| over the origin's usual one-step error."""

    scale: Array
    scaled: dict[int, Array]


def measure_residuals(blend: Blend, panel: Panel, steps: list[int]) -> Residuals:
    """Backtest the blend itself from every origin for each of the steps."""
    first = _absolute_errors(blend, panel, 1)
    known = np.isfinite(first)
    by_target = np.zeros_like(first)
    by_target[1:] = np.nan_to_num(first[:-1])
    seen = np.zeros_like(first)
    seen[1:] = known[:-1]
    mass = discount(seen, SCALE_MEMORY)
    scale = np.divide(discount(by_target, SCALE_MEMORY), mass, out=np.full_like(first, np.nan), where=mass > 1e-9)
    scaled = {}
    for step in steps:
        error = _absolute_errors(blend, panel, step)
        scaled[step] = np.divide(error, scale, out=np.full_like(error, np.nan), where=scale > 0)
    return Residuals(scale, scaled)


def _absolute_errors(blend: Blend, panel: Panel, step: int) -> Array:
    errors = np.full_like(panel.actual, np.nan)
    if step < len(panel.actual):
        errors[:-step] = np.abs(panel.actual[step:] - blend.ahead(step)[:-step])
    return errors


def bucket_of(step: int) -> tuple[int, int]:
    """The bucket of horizons that a step is judged with."""
    return next(bucket for bucket in BUCKETS if bucket[0] <= step <= bucket[1])


def widths(residuals: Residuals, step: int, channel: int, horizon: int) -> tuple[float, float] | None:
    """Half-widths of the 80 and 95 % intervals for a step ahead, pooled over channels where this one is short."""
    low, high = bucket_of(step)
    samples = [residuals.scaled[h] for h in range(low, min(high, horizon) + 1) if h in residuals.scaled]
    stacked = np.concatenate(samples) if samples else np.empty((0, 1))
    own = stacked[:, channel]
    own = own[np.isfinite(own)]
    if len(own) < ENOUGH:
        own = stacked[np.isfinite(stacked)]
    scale = residuals.scale[-1, channel]
    if len(own) < 3 or not np.isfinite(scale):
        return None
    low80, high95 = (float(np.quantile(own, min(1.0, level * (len(own) + 1) / len(own)))) for level in LEVELS)
    return low80 * scale, high95 * scale


def past_widths(residuals: Residuals) -> tuple[Array, Array]:
    """Half-widths of the one-step intervals as known on each day: two (days, channels)."""
    known = pd.DataFrame(residuals.scaled[1]).shift(1)
    found = [known.expanding(min_periods=5).quantile(level).to_numpy() * residuals.scale for level in LEVELS]
    return found[0], found[1]
