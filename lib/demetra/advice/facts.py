"""The facts that words may be built from: one frozen table with ids, and what the data tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from demetra.advice.measures import OF_INCIDENTS, Topic, Unit

DAYS: Final = 28
"""How far back the recent figures go."""
MOVES: Final = {1: "raise", 0: "keep", -1: "cut"}
"""The directions of budget advice, in words."""


@dataclass(frozen=True)
class Fact:
    """One figure: of a channel, of a campaign on a channel, or (both None) of the account."""

    id: str
    channel: str | None
    campaign: str | None
    topic: Topic
    measure: str
    value: float
    unit: Unit


Side = Literal["below", "above"]
Form = Literal["threshold", "account", "plan", "pace", "change", "silence"]
"""`account`: ROI against the account's; `plan`: spend so far against the month's plan, `pace`: at the month's end;
`change`: outside the expected range; `silence`: days on which nothing was heard of a channel."""


@dataclass(frozen=True)
class Incident:
    """An open incident: `value` of `measure` is the channel's own, and `whole` says that it is beyond the threshold.

    `worst` is the campaign that costs most, as (name, value). `expected` lies in the range from `low` to `high` that a
    value left, where its form is `change`. `measure` is None where facts know no such measure.
    """

    kind: str
    severity: str
    channel: str
    form: Form
    measure: str | None
    side: Side
    value: float | None
    threshold: float | None
    expected: float | None
    low: float | None
    high: float | None
    since: date | None
    campaigns: int
    whole: bool
    worst: tuple[str, float] | None


@dataclass(frozen=True)
class Facts:
    """Everything that may be said. Channel names are clean (see `names`) and stand in order of recent spend.

    `order[measure]` holds the pairs (higher, lower) that the data tell apart: ROI by forecasts whose 80 % intervals do
    not overlap, other ratios by their daily variation, sums as they are. `moves` is the direction of the budget advice
    per channel (1, 0, -1), `trends` that of ROI where the recent value lies outside the forecast's interval.
    """

    as_of: date
    first_day: date
    horizon_days: int
    budget_days: int
    currency: str
    demo: bool
    channels: tuple[str, ...]
    table: tuple[Fact, ...]
    order: Mapping[str, frozenset[tuple[str, str]]]
    ties: tuple[tuple[str, ...], ...]
    moves: Mapping[str, int]
    evidence: Mapping[str, str]
    trends: Mapping[str, int]
    incidents: tuple[Incident, ...]
    drivers: tuple[str, ...] | None
    _index: Mapping[tuple[str, str | None], float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[tuple[str, str | None], float] = {}
        for fact in self.table:
            if fact.campaign is None and fact.topic not in OF_INCIDENTS:
                index.setdefault((fact.measure, fact.channel), fact.value)
        object.__setattr__(self, "_index", index)

    def find(self, measure: str, channel: str | None = None) -> float | None:
        """The value of a measure for a channel, or for the account; None where it is not known."""
        return self._index.get((measure, channel))

    def is_higher(self, measure: str, higher: str, lower: str) -> bool:
        """Whether the data tell the two channels apart on the measure, in this order."""
        return (higher, lower) in self.order.get(measure, frozenset())

    @property
    def days(self) -> int:
        """How many days the recent figures are of: 28, or as many as there are."""
        return (self.as_of - self.first_day).days + 1

    @property
    def known_days(self) -> frozenset[date]:
        """The days that may be named: first and last of the period, of the forecast and the budget, of incidents."""
        ends = {self.as_of + timedelta(days=days) for days in (1, self.horizon_days, self.budget_days) if days}
        began = {incident.since for incident in self.incidents if incident.since is not None}
        return frozenset({self.first_day, self.as_of, *ends, *began})

    @property
    def campaigns(self) -> tuple[str, ...]:
        """Names of the campaigns that facts are about."""
        return tuple(dict.fromkeys(fact.campaign for fact in self.table if fact.campaign is not None))
