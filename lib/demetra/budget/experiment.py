"""What would teach more: a planned change of one channel's spend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from demetra.budget.evidence import Evidence
    from demetra.budget.limits import BudgetLimits
    from demetra.budget.response import Response

_CHANGE: Final = 0.25
_DAYS: Final = (14, 56)
_LEAST_WORTH: Final = 0.001


@dataclass(frozen=True)
class SpendExperiment:
    """A change of one channel's spend whose outcome would tell more than the history does.

    `change_pct` percent on its current spend in one week and as much below it in the next, for `days` days;
    `resolves` says in a sentence what would then be known.
    """

    channel: str
    change_pct: float
    days: int
    resolves: str


def suggest_experiment(
    response: Response, limits: BudgetLimits, evidence: tuple[Evidence, ...]
) -> SpendExperiment | None:
    """The experiment worth most, among channels with weak or no evidence; None where nothing is to be learnt.

    Worth is the expected gain of moving a channel's budget to the right side after knowing its return, over moving it
    on what is known now (value of perfect information). The length is what would halve the standard deviation of the
    channel's elasticity, given the noise of its days.
    """
    current = response.panel.current
    free = response.judged & ~np.isin(response.channels, limits.fixed)
    thin = free & np.isin(evidence, ("weak", "none")) & np.isfinite(response.noise_sd)
    if free.sum() < 2 or not thin.any():
        return None
    marginal = response.marginal()
    account = marginal[:, free] @ (current[free] / current[free].sum())
    lead = marginal - account[:, None]
    worth = limits.bound * current * (np.abs(lead).mean(axis=0) - np.abs(lead.mean(axis=0))) / 2
    worth = np.where(thin, worth, 0.0)
    place = int(np.argmax(worth))
    if worth[place] < _LEAST_WORTH * response.level.sum(axis=1).mean():
        return None
    low, high = np.quantile(response.own[:, place], [0.1, 0.9])
    return SpendExperiment(
        response.channels[place],
        100 * _CHANGE,
        _choose_length(response, place),
        f"whether 10% more spend there brings {10 * low:.0f}% or {10 * high:.0f}% more sales, "
        "and so whether it should get money from the others or give it up",
    )


def _choose_length(response: Response, place: int) -> int:
    spread = float(response.own[:, place].std())
    step = float(np.log1p(_CHANGE) - np.log1p(-_CHANGE)) / 2
    periods = 3 / max(spread, 0.02) ** 2 * (float(response.noise_sd[place]) / step) ** 2
    weeks = 2 * np.ceil(periods * response.panel.period_days / 14)
    return int(np.clip(7 * weeks, *_DAYS))
