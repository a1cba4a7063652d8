"""The forecast of the whole horizon: its value, its intervals and how likely it is to come within a tenth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtr

from demetra.forecast.intervals import sample, usual_spread
from demetra.forecast.levels import divide

if TYPE_CHECKING:
    from demetra.forecast.intervals import Backtest
    from demetra.forecast.panel import Array

WITHIN: Final = 0.10
FEWEST_SHARE: Final = 0.5
PRIOR: Final = 1.0


@dataclass(frozen=True)
class HorizonBacktest:
    """Backtest of the aggregate: the plain mean of the daily path against the ratio of the realised sums."""

    backtest: Backtest

    @cached_property
    def scaled(self) -> Array:
        """|realised - forecast| over the origin's scale: (1, origins, channels); NaN with under half the days known."""
        panel, steps = self.backtest.panel, self.backtest.horizon
        if len(panel.actual) <= steps:
            return np.full((1, 0, panel.actual.shape[1]), np.nan)
        path = np.mean([panel.clip(self.backtest.blend.ahead(step))[:-steps] for step in range(1, steps + 1)], axis=0)
        held = np.nan_to_num(panel.actual) * panel.weight
        total, mass, days = (_sum_ahead(values, steps) for values in (held, panel.weight, np.sign(panel.weight)))
        realised = np.where(days >= FEWEST_SHARE * steps, divide(total, mass), np.nan)
        usual = self.backtest.scale * self.backtest.youth(days=steps)
        return divide(np.abs(realised - path), usual[:-steps])[None]

    def half_widths(self, channel: int) -> tuple[float, float]:
        """Half-widths of the 80 and 95 % intervals of the horizon's value."""
        steps = self.backtest.horizon
        return self.backtest.widen(self.scaled, channel, days=steps, prior=PRIOR)

    def confidence(self, channel: int, *, value: float) -> float:
        """The chance that the realised value lies within a tenth of the forecast `value` (as told, not model scale)."""
        scale = float(self.backtest.scale[-1, channel])
        if not scale > 0:
            return 1.0  # it has never been wrong
        allowed = WITHIN * abs(value) / scale
        own = sample(self.scaled, channel) * self.backtest.youth(days=self.backtest.horizon)[-1, channel]
        count = len(own) / self.backtest.horizon
        hit = float(np.mean(own <= allowed)) if len(own) else 0.0
        known = float(self.backtest.known[-1, channel])
        spread = usual_spread(known, days=self.backtest.horizon)
        usual = float(2.0 * stdtr(max(known - 1.0, 1.0), allowed / spread) - 1.0)
        return (count * hit + PRIOR * usual) / (count + PRIOR)


def _sum_ahead(values: Array, steps: int) -> Array:
    """Sums over the next `steps` days of each origin that has so many after it."""
    total = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    return np.asarray(total[steps + 1 :] - total[1:-steps], dtype="float64")
