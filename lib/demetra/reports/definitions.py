"""What the words of a report mean."""

from __future__ import annotations

from typing import Final

DEFINITIONS: Final = (
    ("ROI", "(revenue − spend) / spend; 0 is break-even. Ratios are ratios of sums."),
    ("Conversion rate, CTR", "conversions / clicks, and clicks / impressions."),
    ("Cost per conversion", "spend / conversions (CPA)."),
    (
        "80% interval",
        "where the value lands four times out of five, judged by past forecasts. What overlaps cannot be told apart.",
    ),
    ("Confidence", "the chance that the ROI over the forecast's days lands within ±10% of the forecast."),
    ("Reach", "summed over days, so it counts contacts, not people; impressions where a source has no reach."),
)
"""Each word with its meaning."""
