"""Spend as the response sees it: carried over from day to day, on a log scale, relative to the current rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.signal import lfilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.panel import Panel

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

_DECAYS: Final = (0.0, 0.3, 0.5, 0.7, 0.85)
"""Candidate shares of a day's effect that are left on the next day (geometric adstock; Broadbent 1979)."""
_BENDS: Final = (0.14, 0.45)
"""Candidate curvatures of log outcome in log spend, relative to the elasticity, so that a history at other levels of
spend tells the elasticity at the current one: half way between a power curve and a saturating one of elasticity 0.45,
and the sharp one of a threshold (S-shaped) or of saturation."""
SHAPES: Final = tuple((decay, bend) for bend in _BENDS for decay in _DECAYS)
"""Candidate shapes of a channel's response: decay per day and curvature."""
SHAPE_CHANCE: Final = np.repeat([0.8, 0.2], len(_DECAYS)) / len(_DECAYS)
"""Chance of each shape before any data."""
USUAL_SHAPE: Final = 1
"""Index of the shape that first passes assume."""
EXPECTED_BEND: Final = float(SHAPE_CHANCE @ np.array(SHAPES)[:, 1])
_IDLE_SHARE: Final = 0.05
"""Days with less than this share of the usual spend are pauses: they tell of average returns, not of the next unit."""
_LOG_RANGE: Final = (-5.0, 2.0)


@dataclass(frozen=True, eq=False)
class Regressors:
    """`log_spend`, periods × channels × shapes, 0 at the current rate; `active`, periods × channels, without pauses."""

    log_spend: FloatArray
    active: BoolArray


def build_regressors(panel: Panel) -> Regressors:
    """Adstocked log spend for every candidate shape."""
    log_spend = np.zeros((*panel.spend.shape, len(SHAPES)))
    active = np.zeros(panel.spend.shape, dtype=bool)
    for channel in range(panel.spend.shape[1]):
        spend = panel.spend[:, channel]
        if not np.nansum(spend) > 0:
            continue
        usual = float(np.median(spend[spend > 0]))
        active[:, channel] = np.nan_to_num(spend) > _IDLE_SHARE * usual
        recent = spend[panel.recent][active[panel.recent, channel]]
        now = float(recent.mean()) if recent.size else usual
        filled = _fill_gaps(spend)
        for place, (daily, bend) in enumerate(SHAPES):
            decay = daily**panel.period_days
            # the days before the history are taken to be like its first one
            stock, _ = lfilter([1 - decay], [1, -decay], filled, zi=[decay * filled[0]])
            # a parabola, flat beyond its top
            step = np.minimum(np.log(np.maximum(stock, 0.01 * now) / now), 0.5 / bend)
            log_spend[:, channel, place] = np.clip(step - bend * step**2, *_LOG_RANGE)
    return Regressors(log_spend, active)


def _fill_gaps(spend: FloatArray) -> FloatArray:
    """Carry the last known spend over gaps; 0 before the first known day."""
    known = ~np.isnan(spend)
    last = np.maximum.accumulate(np.where(known, np.arange(len(spend)), -1))
    return np.where(last >= 0, spend[np.maximum(last, 0)], 0.0)
