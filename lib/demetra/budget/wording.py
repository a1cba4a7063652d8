"""One plain sentence per channel: why its budget moves or stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.budget.evidence import learnt_from_spend
from demetra.budget.response import LEAST_DAYS
from demetra.formats import format_change, format_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.allocation import Plan
    from demetra.budget.evidence import Evidence
    from demetra.budget.limits import BudgetLimits, Corridor
    from demetra.budget.response import Response

    FloatArray = NDArray[np.float64]

STILL_PCT: Final = 0.05
"""Changes below this many percent count as none."""
_STEADY_SD: Final = 0.1
_SHORT_DAYS: Final = 45
_FEW_CONVERSIONS: Final = 60


class Narrator:
    """Explains one plan; `explain` gives a channel's sentence by its place in the arrays."""

    def __init__(
        self, response: Response, limits: BudgetLimits, corridor: Corridor, plan: Plan, evidence: tuple[Evidence, ...]
    ) -> None:
        self.response, self.limits, self.corridor, self.plan, self.evidence = (
            response,
            limits,
            corridor,
            plan,
            evidence,
        )
        self.change = 100 * (corridor.ratio(plan.budgets) - 1)
        self.shift = plan.budgets - corridor.baseline
        self.marginal = response.marginal()

    def explain(self, place: int) -> str:
        """The sentence of one channel."""
        fact = self._fixed_fact(place)
        if fact:
            return fact
        if abs(self.shift[place]) <= STILL_PCT / 100 * self.corridor.current[place]:
            return self._explain_rest(place)
        return self._explain_move(place)

    def _fixed_fact(self, place: int) -> str:
        """A reason that holds whatever the response is."""
        response, name = self.response, self.response.channels[place]
        if response.panel.stopped[place]:
            return _explain_stop(response, place)
        if name in self.limits.fixed:
            return "unchanged: fixed by the limits"
        if not response.judged[place] and response.outcome != "nothing":
            days = int(response.days[place])
            short = f"{_count_days(days)} of history {'is' if days == 1 else 'are'} too few to judge by"
            return f"{self._rest(place)}: {'its conversions are not known' if days >= LEAST_DAYS else short}"
        return ""

    def _rest(self, place: int) -> str:
        """How a budget that keeps its share of the total is called."""
        if abs(self.change[place]) <= STILL_PCT:
            return "unchanged"
        minimum = self.limits.minimum.get(self.response.channels[place], 0.0)
        if minimum > 0 and self.plan.budgets[place] <= minimum * (1 + 1e-6):
            return f"{format_change(self.change[place], 0)}, raised to its minimum"
        return f"{format_change(self.change[place], 0)}, its share of the new total unchanged"

    def _explain_rest(self, place: int) -> str:
        rest, plan = self._rest(place), self.plan
        if plan.why == "no outcome":
            return f"{rest}: neither conversions nor revenue are known, so there is nothing to judge by"
        if plan.why == "alone":
            if self.response.judged.sum() > 1:
                return f"{rest}: the limits leave no room to move money"
            return f"{rest}: there is no other channel that money could move to or come from"
        if plan.why == "failed":
            return f"{rest}: the search for a better plan failed, so the current split is kept"
        if self.evidence[place] in ("none", "weak"):
            return f"{rest}: {self._thin_evidence(place)} cannot tell its next unit from the others'"
        return f"{rest}: its next unit {self._returns(place)}, too close to the others' to move money"

    def _thin_evidence(self, place: int) -> str:
        panel, days = self.response.panel, int(self.response.days[place])
        spend = panel.spend[:, place]
        spend = spend[np.nan_to_num(spend) > 0]
        sold = float(np.nansum(panel.conversions[:, place]))
        if spend.size and np.log(spend).std() < _STEADY_SD:
            return f"{_count_days(days)} of steady spend"
        if days < _SHORT_DAYS:
            return f"{_count_days(days)} of history"
        if 0 < sold < _FEW_CONVERSIONS or (sold == 0 and np.nansum(panel.conversions) > 0):
            return f"{sold:.0f} conversions in {_count_days(days)}"
        return f"{_count_days(days)} with this much noise"

    def _explain_move(self, place: int) -> str:
        others = np.sign(self.shift) == -np.sign(self.shift[place])
        weight = np.abs(self.shift) * others
        rival = (self.marginal @ weight / max(weight.sum(), 1e-12)).mean()
        whose = "in the channels that give money up" if self.shift[place] > 0 else "in the channels that get it"
        change = format_change(self.change[place], 0 if abs(self.change[place]) >= 1 else 1)
        text = f"{change}: its next unit {self._returns(place)}, {whose} {self._value(rival)}"
        text += self._contrast(place)
        if not learnt_from_spend(self.response)[place]:
            text += "; judged by average returns, as its own spend tells little"
        if self.plan.why == "target":
            text += "; moved to reach the target"
        return text

    def _contrast(self, place: int) -> str:
        """What the average return would have made one expect."""
        current, mean = self.response.panel.current, self.response.level.mean(axis=0)
        account = mean.sum() / current.sum()
        average = mean[place] / current[place]
        surprising = average > 1.1 * account if self.shift[place] < 0 else average < 0.9 * account
        if not surprising:
            return ""
        word = "more" if average > account else "less"
        return f", although on average it returns {word} than the account"

    def _returns(self, place: int) -> str:
        draws = self.marginal[:, place]
        low, high = np.quantile(draws, [0.1, 0.9])
        if self.response.outcome == "revenue":
            return f"is expected to return {self._value(draws.mean())} ({self._value(low)} to {self._value(high)})"
        cost = f"{self._value(draws.mean())} per conversion ({self._value(high)} to {self._value(low)})"
        return f"is expected to cost {cost}"

    def _value(self, marginal: float) -> str:
        if self.response.outcome == "revenue":
            return _figure(marginal)
        return _figure(1 / marginal) if marginal > 0 else "any amount"


def _explain_stop(response: Response, place: int) -> str:
    spend = np.nan_to_num(response.panel.spend[:, place])
    active = np.flatnonzero(spend > 0)
    if not active.size:
        return "no budget: it has not spent anything"
    last = response.panel.dates[int(active[-1])]
    return f"no budget: it has not spent anything since {last:%Y-%m-%d}, and a stopped channel is not revived"


def _count_days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


def _figure(value: float) -> str:
    size = abs(value)
    return format_number(value, 0 if size >= 100 else 1 if size >= 10 else 2)
