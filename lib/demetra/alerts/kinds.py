"""The kinds of incident, as data: which measure, on which side of which threshold, how grave, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Measure:
    """A ratio of sums, `over` / `under`, of campaign columns (`profit` is revenue - spend, `scored` counts rows).

    `events` says whether the ratio is a rate of events (conversions per click) or a cost of them (spend per
    conversion), so that a floor on volume can be kept; None where any volume will do.
    """

    label: str
    over: str
    under: str
    unit: Literal["ratio", "share", "money", "score"]
    events: Literal["rate", "cost"] | None = None


MEASURES: Final = {
    "roi": Measure("ROI", "profit", "spend", "ratio"),
    "cpa": Measure("cost per conversion", "spend", "conversions", "money", "cost"),
    "conversion_rate": Measure("conversion", "conversions", "clicks", "share", "rate"),
    "ctr": Measure("click-through rate", "clicks", "impressions", "share", "rate"),
    "engagement_score": Measure("mean engagement score", "engagement_score", "scored", "score"),
}


@dataclass(frozen=True)
class Condition:
    """A measure beyond a threshold, which is a field of `rules.AlertRules`."""

    measure: str
    side: Literal["below", "above"]
    threshold: str


@dataclass(frozen=True)
class Kind:
    """A kind of incident: all `conditions` hold at once; the first one's measure is reported.

    `scope` says what is judged: "campaigns", the channel as a whole or campaigns that carry `min_breach_share` of its
    spend; "account", the channel as a whole, where the threshold is a share of the account's value; "plan", the
    channel's spend of the month against its plan.
    """

    name: str
    severity: Literal["low", "medium", "high", "critical"]
    conditions: tuple[Condition, ...]
    action: str
    scope: Literal["campaigns", "account", "plan"] = "campaigns"


_LOW_CONVERSION: Final = Condition("conversion_rate", "below", "low_conversion_below")

KINDS: Final = (
    Kind(
        "roi_drop",
        "high",
        (Condition("roi", "below", "roi_drop_below"),),
        "Rework or pause the campaigns listed, the first one first; they cost the most of what is missing.",
    ),
    Kind(
        "cost_spike",
        "medium",
        (Condition("cpa", "above", "cost_spike_above"),),
        "Lower the bids or narrow the audience of the campaigns listed, and check that conversions are still recorded.",
    ),
    Kind(
        "low_conversion",
        "medium",
        (_LOW_CONVERSION,),
        "Check the landing page and the offer of the campaigns listed, and that their conversions are still recorded.",
    ),
    Kind(
        "anomaly_high_ctr_low_conv",
        "high",
        (_LOW_CONVERSION, Condition("ctr", "above", "high_ctr_above")),
        "Look for accidental or invalid clicks by placement, and compare what the ads promise with the landing page.",
    ),
    Kind(
        "engagement_drop",
        "low",
        (Condition("engagement_score", "below", "engagement_drop_below"),),
        "Renew the creatives of the campaigns listed and review whom they are shown to.",
    ),
    Kind(
        "budget_overrun",
        "critical",
        (Condition("plan_share", "above", "budget_overrun_above"),),
        "Cap the channel's daily spend for the rest of the month, or raise its plan.",
        scope="plan",
    ),
    Kind(
        "channel_underperform",
        "medium",
        (Condition("roi", "below", "underperform_ratio"),),
        "Read the budget advice for this channel before its next budget is set.",
        scope="account",
    ),
)
