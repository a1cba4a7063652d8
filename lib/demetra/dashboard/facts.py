"""What the page's script is told: its words, the account's currency, and how metrics are made of sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demetra.dashboard.comparison import METRICS
from demetra.metrics import PARTS
from demetra.palette import choose_colours
from demetra.schema import MEASURES, UNITS

if TYPE_CHECKING:
    from demetra.dashboard.contents import Contents
    from demetra.words import Words


def gather_facts(contents: Contents, *, words: Words) -> dict[str, Any]:
    """The facts as JSON-able values."""
    published = contents.published
    channels = sorted(contents.history["channel"].unique()) if len(contents.history) else []
    names = ("channel", "campaign_goal", "target_audience", "customer_segment", "location", "language")
    return {
        "language": words.language,
        "currency": published.currency,
        "first": contents.history["date"].min().date().isoformat() if len(contents.history) else None,
        "until": published.as_of.isoformat() if published.as_of else None,
        "empty": published.is_empty,
        "words": words.section("live"),
        "dimensions": {name: words(f"dimension.{name}") for name in names},
        "steps": words.section("title"),
        "colours": choose_colours(channels),
        "metrics": {name: {"label": words(f"metric.{name}"), **_define(name)} for name in METRICS},
    }


def _define(metric: str) -> dict[str, Any]:
    """How the browser computes a metric from sums: `over` (with signs and factor) divided by `under`, if any."""
    kind = UNITS[metric]
    if metric in MEASURES:
        return {"kind": kind, "over": {metric: 1}, "under": None}
    if metric == "roi":
        return {"kind": kind, "over": {"revenue": 1, "spend": -1}, "under": "spend"}
    if metric == "cpm":
        return {"kind": kind, "over": {"spend": 1000}, "under": "impressions"}
    over, under = PARTS[metric]
    return {"kind": kind, "over": {over: 1}, "under": under}
