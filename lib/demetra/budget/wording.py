"""One plain sentence per channel: why its budget moves or stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.budget.evidence import learnt_from_spend
from demetra.budget.response import LEAST_DAYS
from demetra.formats import format_change, format_number
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from demetra.budget.allocation import Plan
    from demetra.budget.evidence import Evidence
    from demetra.budget.limits import BudgetLimits, Corridor
    from demetra.budget.response import Response

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
            return ENGLISH("reason.fixed")
        if not response.judged[place] and response.outcome != "nothing":
            days, rest = int(response.days[place]), self._rest(place)
            if days >= LEAST_DAYS:
                return ENGLISH("reason.unknown", rest=rest)
            return ENGLISH("reason.one_day" if days == 1 else "reason.few_days", rest=rest, days=_count_days(days))
        return ""

    def _rest(self, place: int) -> str:
        """How a budget that keeps its share of the total is called."""
        if abs(self.change[place]) <= STILL_PCT:
            return ENGLISH("reason.unchanged")
        change = format_change(self.change[place], 0)
        minimum = self.limits.minimum.get(self.response.channels[place], 0.0)
        if minimum > 0 and self.plan.budgets[place] <= minimum * (1 + 1e-6):
            return ENGLISH("reason.minimum", change=change)
        return ENGLISH("reason.share", change=change)

    def _explain_rest(self, place: int) -> str:
        rest, plan = self._rest(place), self.plan
        if plan.why == "no outcome":
            return ENGLISH("reason.no_sales" if self._sales_known() else "reason.no_outcome", rest=rest)
        if plan.why == "alone":
            return ENGLISH("reason.no_room" if self.response.judged.sum() > 1 else "reason.alone", rest=rest)
        if plan.why == "failed":
            return ENGLISH("reason.failed", rest=rest)
        if self.evidence[place] in ("none", "weak"):
            return ENGLISH("reason.thin", rest=rest, evidence=self._thin_evidence(place))
        return ENGLISH("reason.close", rest=rest, returns=self._returns(place))

    def _sales_known(self) -> bool:
        panel = self.response.panel
        return not (np.isnan(panel.conversions).all() and np.isnan(panel.revenue).all())

    def _thin_evidence(self, place: int) -> str:
        panel, days = self.response.panel, int(self.response.days[place])
        spend = panel.spend[:, place]
        spend = spend[np.nan_to_num(spend) > 0]
        sold = float(np.nansum(panel.conversions[:, place]))
        if spend.size and np.log(spend).std() < _STEADY_SD:
            return ENGLISH("reason.steady", days=_count_days(days))
        if days < _SHORT_DAYS:
            return ENGLISH("reason.history", days=_count_days(days))
        if 0 < sold < _FEW_CONVERSIONS or (sold == 0 and np.nansum(panel.conversions) > 0):
            return ENGLISH("reason.conversions", count=f"{sold:.0f}", days=_count_days(days))
        return ENGLISH("reason.noise", days=_count_days(days))

    def _explain_move(self, place: int) -> str:
        others = np.sign(self.shift) == -np.sign(self.shift[place])
        weight = np.abs(self.shift) * others
        rival = (self.marginal @ weight / max(weight.sum(), 1e-12)).mean()
        change = format_change(self.change[place], 0 if abs(self.change[place]) >= 1 else 1)
        if self.change[place] * self.shift[place] < 0:
            change = ENGLISH("reason.larger" if self.shift[place] > 0 else "reason.smaller", change=change)
        facts = {"change": change, "returns": self._returns(place), "rival": self._value(rival)}
        text = ENGLISH("reason.gets" if self.shift[place] > 0 else "reason.gives", **facts)
        added = [
            self._contrast(place),
            "" if learnt_from_spend(self.response)[place] else "reason.and_average",
            "reason.and_target" if self.plan.why == "target" else "",
        ]
        for key in filter(None, added):
            text = ENGLISH(key, reason=text)
        return text

    def _contrast(self, place: int) -> str:
        """The key of what the average return would have made one expect; nothing where it is no surprise."""
        current, mean = self.response.panel.current, self.response.level.mean(axis=0)
        account = mean.sum() / current.sum()
        average = mean[place] / current[place]
        surprising = average > 1.1 * account if self.shift[place] < 0 else average < 0.9 * account
        if not surprising:
            return ""
        return "reason.and_more" if average > account else "reason.and_less"

    def _returns(self, place: int) -> str:
        draws = self.marginal[:, place]
        low, high = np.quantile(draws, [0.1, 0.9])
        if self.response.outcome == "revenue":
            key, ends = "reason.revenue", (low, high)
        else:
            key, ends = "reason.cost", (high, low)
        first, last = (self._value(end) for end in ends)
        return ENGLISH(key, value=self._value(draws.mean()), low=first, high=last)

    def _value(self, marginal: float) -> str:
        if self.response.outcome == "revenue":
            return _figure(marginal)
        return _figure(1 / marginal) if marginal > 0 else ENGLISH("reason.any")


def _explain_stop(response: Response, place: int) -> str:
    spend = np.nan_to_num(response.panel.spend[:, place])
    active = np.flatnonzero(spend > 0)
    if not active.size:
        return ENGLISH("reason.never_spent")
    last = response.panel.dates[int(active[-1])]
    return ENGLISH("reason.stopped", day=f"{last:%Y-%m-%d}")


def _count_days(days: int) -> str:
    return ENGLISH("reason.day" if days == 1 else "reason.days", count=days)


def _figure(value: float) -> str:
    size = abs(value)
    return format_number(value, 0 if size >= 100 else 1 if size >= 10 else 2)
