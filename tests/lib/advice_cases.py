"""Accounts with known facts, for the tests of advice and of the model's client."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from demetra import schema
from demetra.advice import Facts, gather_facts
from demetra.advice.checks.check import find_fault
from demetra.advice.checks.sentences import Reader

AS_OF = pd.Timestamp("2026-03-31")


@dataclass(frozen=True)
class Channel:
    """What a channel did on each of 28 days, and what is said of it."""

    name: str
    forecast: float
    half: float = 0.3
    change: float = 0.0
    spend: float = 1000.0
    roi: float | None = None
    cpc: float = 0.5
    ctr: float = 0.02
    conversion: float = 0.05
    evidence: str = "weak"


CHANNELS = (
    Channel("Facebook", 4.01, change=10.0, spend=3000.0, roi=3.9),
    Channel("Instagram", 3.95, change=10.0, spend=2000.0, roi=3.8),
    Channel("Pinterest", 0.72, half=0.1, change=-30.0, spend=1666.0, roi=0.7, cpc=0.8, evidence="moderate"),
)
"""Two that cannot be told apart, and one that is clearly behind and whose clicks cost more."""

INCIDENT = {
    "alert_type": "roi_drop",
    "severity": "high",
    "channel": "Pinterest",
    "message": "Pinterest's ROI was 0.68 over 25–31 Mar 2026, below 1.50; all 12 campaigns are in breach.",
    "metric_value": 0.68,
    "threshold_value": 1.5,
    "action": "Rework it.",
    "occurrences": 12,
    "worst": [{"campaign_id": "c7", "name": "Spring sale", "value": 0.11, "spend": 900.0}],
}


def make_history(channels: tuple[Channel, ...], days: int = 60) -> pd.DataFrame:
    """Daily rows that vary by one percent from day to day."""
    rows = []
    for day in pd.date_range(end=AS_OF, periods=days):
        for channel in channels:
            wave = 1 + 0.01 * (-1) ** day.day
            spend = channel.spend * wave
            clicks = round(spend / channel.cpc)
            roi = channel.forecast if channel.roi is None else channel.roi
            rows.append(
                {
                    "channel": channel.name,
                    "date": day,
                    "spend": spend,
                    "revenue": spend * (1 + roi),
                    "conversions": clicks * channel.conversion * wave,
                    "clicks": float(clicks),
                    "impressions": float(round(clicks / channel.ctr)),
                    "reach": float(round(clicks / channel.ctr)),
                    "engagements": np.nan,
                }
            )
    frame = pd.DataFrame(rows, columns=list(schema.HISTORY))
    return frame.sort_values(["channel", "date"], ignore_index=True)


def make_facts(
    *channels: Channel,
    incidents: tuple[dict, ...] = (INCIDENT,),
    uplift: tuple[float, float, float] = (1.2, 0.3, 2.1),
    drivers: pd.DataFrame | None = None,
    currency: str = "USD",
    demo: bool = False,
) -> Facts:
    """The facts of an account; without channels, of `CHANNELS`."""
    chosen = channels or CHANNELS
    forecast = pd.DataFrame(
        [
            {
                "channel": one.name,
                "roi_forecast": one.forecast,
                "confidence_score": 0.8,
                "roi_lo80": one.forecast - one.half,
                "roi_hi80": one.forecast + one.half,
                "roi_lo95": one.forecast - 2 * one.half,
                "roi_hi95": one.forecast + 2 * one.half,
                "horizon_days": 14,
                "method": "blend",
            }
            for one in chosen
        ],
        columns=list(schema.ROI_FORECAST),
    )
    budget = pd.DataFrame(
        [
            {
                "channel": one.name,
                "roi_pred": one.forecast,
                "conversion_pred": 100.0,
                "acquisition_cost": 10.0,
                "current_budget": 30 * one.spend,
                "recommended_budget": 30 * one.spend * (1 + one.change / 100),
                "budget_change_pct": one.change,
                "expected_uplift_pct": uplift[0],
                "uplift_lo80": uplift[1],
                "uplift_hi80": uplift[2],
                "evidence": one.evidence,
                "reason": "because",
            }
            for one in chosen
        ],
        columns=list(schema.BUDGET_REC),
    )
    breaches = pd.DataFrame(list(incidents), columns=list(schema.BREACHES))
    return gather_facts(
        forecast, budget, breaches, make_history(chosen), drivers, as_of=AS_OF, currency=currency, demo=demo
    )


GOOD = {
    "channel_comparison": {
        "top_channel": None,
        "analysis": "Pinterest is behind every other channel, with a forecast ROI of 0.72 (80% interval 0.62 to 0.82). "
        "The data cannot tell Facebook and Instagram apart.",
        "strengths": "Facebook had an ROI of 3.90 over the last 28 days.",
        "weaknesses": "CPC is highest on Pinterest, at $0.80.",
        "anomalies": "Pinterest had an ROI of 0.68, below the threshold of 1.50, with 12 campaigns in breach.",
    },
    "ml_predictions": {
        "trend": "ROI forecasts for the next 14 days: Facebook 4.01 (3.71 to 4.31), Instagram 3.95 (3.65 to 4.25).",
        "drivers": "No drivers were computed.",
    },
    "recommendations": {
        "budget_allocation": "Cut Pinterest by 30% to $34,986. Raise Facebook and Instagram by 10%.",
        "optimization": "Lower the bids on Pinterest.",
        "conversion": "Compare the landing pages of Pinterest.",
        "roi_growth": "Rework the weakest campaigns on Pinterest first.",
    },
    "summary": "Pinterest is the weakest channel. Next step: cut its budget by 30%.",
}
"""An answer that the facts of `CHANNELS` support from end to end."""


def make_answer(**texts: str | None) -> str:
    """`GOOD` as JSON with some texts replaced, by their last name."""
    answer = json.loads(json.dumps(GOOD))
    for name, text in texts.items():
        part = next((part for part in answer.values() if isinstance(part, dict) and name in part), answer)
        part[name] = text
    return json.dumps(answer, ensure_ascii=False)


FACTS = make_facts()


def find_faults(text: str, facts: Facts = FACTS) -> list[str]:
    """Why sentences of a text would be taken out, in the language that it is in."""
    language = "ru" if re.search("[а-я]", text) else "en"
    found = [find_fault(sentence, facts, language=language) for sentence in Reader(facts, language).read(text)]
    return [fault for fault in found if fault]
