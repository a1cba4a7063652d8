"""The kinds of incident, as data: which measure, on which side of which threshold, how grave, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from demetra.rules import AlertRule, AlertRules
from demetra.schema import Severity
from demetra.words import ENGLISH


@dataclass(frozen=True)
class Measure:
    """A ratio of sums, `over` / `under`, of campaign columns; `profit` is revenue - spend, `mille` 1000 spend.

    `scored` counts rows. `events` says whether the ratio is a rate of events (conversions per click) or a cost of them
    (spend per conversion), so that a floor on volume can be kept; None where any volume will do.
    """

    over: str
    under: str
    events: Literal["rate", "cost"] | None = None


MEASURES: Final = {
    "roi": Measure("profit", "spend"),
    "cpa": Measure("spend", "conversions", "cost"),
    "conversion_rate": Measure("conversions", "clicks", "rate"),
    "ctr": Measure("clicks", "impressions", "rate"),
    "cpc": Measure("spend", "clicks", "cost"),
    "cpm": Measure("mille", "impressions"),
    "engagement_score": Measure("engagement_score", "scored"),
}


@dataclass(frozen=True)
class Condition:
    """A measure beyond a threshold: a value, or the name of a field of `rules.AlertRules`."""

    measure: str
    side: Literal["below", "above"]
    threshold: str | float

    def find_limit(self, thresholds: AlertRules) -> float:
        """The threshold's value."""
        if isinstance(self.threshold, str):
            return float(getattr(thresholds, self.threshold))
        return self.threshold


@dataclass(frozen=True)
class Kind:
    """A kind of incident: all `conditions` hold at once; the first one's measure is reported.

    `scope` says what is judged: "campaigns", the channel as a whole or campaigns that carry `min_breach_share` of its
    spend; "account", the channel as a whole, where the threshold is a share of the account's value; "plan", the
    channel's spend of the month against its plan.
    """

    name: str
    severity: Severity
    conditions: tuple[Condition, ...]
    action: str
    scope: Literal["campaigns", "account", "plan"] = "campaigns"
    window_days: int | None = None
    """The days that are judged; None: `AlertRules.window_days`."""
    channels: tuple[str, ...] = ()
    """Those that are judged; empty: all."""
    tell: tuple[str, ...] = ()


_LOW_CONVERSION: Final = Condition("conversion_rate", "below", "low_conversion_below")

KINDS: Final = (
    Kind(
        "roi_drop",
        "high",
        (Condition("roi", "below", "roi_drop_below"),),
        ENGLISH("action.roi_drop"),
    ),
    Kind(
        "cost_spike",
        "medium",
        (Condition("cpa", "above", "cost_spike_above"),),
        ENGLISH("action.cost_spike"),
    ),
    Kind(
        "low_conversion",
        "medium",
        (_LOW_CONVERSION,),
        ENGLISH("action.low_conversion"),
    ),
    Kind(
        "anomaly_high_ctr_low_conv",
        "high",
        (_LOW_CONVERSION, Condition("ctr", "above", "high_ctr_above")),
        ENGLISH("action.anomaly_high_ctr_low_conv"),
    ),
    Kind(
        "engagement_drop",
        "low",
        (Condition("engagement_score", "below", "engagement_drop_below"),),
        ENGLISH("action.engagement_drop"),
    ),
    Kind(
        "budget_overrun",
        "critical",
        (Condition("plan_share", "above", "budget_overrun_above"),),
        ENGLISH("action.budget_overrun"),
        scope="plan",
    ),
    Kind(
        "channel_underperform",
        "medium",
        (Condition("roi", "below", "underperform_ratio"),),
        ENGLISH("action.channel_underperform"),
        scope="account",
    ),
)


RULES: Final = (
    AlertRule(
        name="channel_silent",
        kind="silence",
        limit=1,
        severity="critical",
        action=ENGLISH("action.channel_silent"),
    ),
    AlertRule(
        name="data_gap",
        kind="gap",
        limit=1,
        severity="high",
        action=ENGLISH("action.data_gap"),
    ),
    AlertRule(
        name="missing_days",
        kind="holes",
        limit=1,
        severity="low",
        action=ENGLISH("action.missing_days"),
    ),
    AlertRule(
        name="spend_pace",
        kind="pace",
        limit=0.10,
        severity="high",
        action=ENGLISH("action.spend_pace"),
    ),
    AlertRule(
        name="roi_change",
        kind="change",
        metric="roi",
        condition="below",
        limit=0.20,
        severity="high",
        action=ENGLISH("action.roi_change"),
    ),
    AlertRule(
        name="conversion_change",
        kind="change",
        metric="conversion_rate",
        condition="below",
        limit=0.20,
        severity="high",
        action=ENGLISH("action.conversion_change"),
    ),
    AlertRule(
        name="cpa_change",
        kind="change",
        metric="cpa",
        condition="above",
        limit=0.25,
        severity="medium",
        action=ENGLISH("action.cpa_change"),
    ),
    AlertRule(
        name="ctr_change",
        kind="change",
        metric="ctr",
        condition="outside",
        limit=0.20,
        severity="medium",
        action=ENGLISH("action.ctr_change"),
    ),
    AlertRule(
        name="spend_change",
        kind="change",
        metric="spend",
        condition="outside",
        limit=0.45,
        severity="medium",
        action=ENGLISH("action.spend_change"),
    ),
    AlertRule(
        name="reach_change",
        kind="change",
        metric="reach",
        condition="below",
        limit=0.25,
        severity="low",
        action=ENGLISH("action.reach_change"),
    ),
)
"""The rules beside the brief's thresholds; `limit` is the least that is worth a word."""


def make_kind(rule: AlertRule) -> Kind:
    """A rule of kind `threshold` as a kind of incident."""
    side: Literal["below", "above"] = "below" if rule.condition == "below" else "above"
    return Kind(
        rule.name,
        rule.severity,
        (Condition(str(rule.metric), side, rule.limit),),
        rule.action,
        window_days=rule.window_days,
        channels=tuple(rule.channels),
        tell=tuple(rule.tell),
    )


def choose_kinds(own: Sequence[AlertRule]) -> tuple[Kind, ...]:
    """The thresholds that are switched on: the brief's seven, with an analyst's rules in their place or after them."""
    named = {rule.name: rule for rule in own}
    kept = tuple(kind for kind in KINDS if kind.name not in named)
    return (*kept, *(make_kind(rule) for rule in own if rule.enabled and rule.kind == "threshold"))


def choose_rules(own: Sequence[AlertRule]) -> tuple[AlertRule, ...]:
    """The rules that are switched on: the built-in ones, with an analyst's in their place or after them."""
    named = {rule.name: rule for rule in (*RULES, *own)}
    return tuple(rule for rule in named.values() if rule.enabled)
