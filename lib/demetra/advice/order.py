"""Which channels the data tell apart, measure by measure, as pairs (higher, lower)."""

from __future__ import annotations

from itertools import permutations
from typing import Final

import numpy as np
import pandas as pd

from demetra import metrics

MIN_DAYS: Final = 7
APART: Final = 3.0
"""Recent ratios of two channels differ when they are so many standard errors apart: the pairs looked at are many."""
MATERIAL: Final = 0.05
"""... and by so large a share of the lower one: less is of no use to anybody."""


def order_forecasts(table: pd.DataFrame, channels: dict[str, str]) -> frozenset[tuple[str, str]]:
    """Pairs of channels, by their clean names, whose 80 % intervals of the ROI forecast do not overlap."""
    spans = table.dropna(subset=["roi_forecast", "roi_lo80", "roi_hi80"])
    rows = list(zip(spans["channel"], spans["roi_lo80"], spans["roi_hi80"], strict=True))
    return frozenset(
        (channels[high], channels[low]) for (high, bottom, _), (low, _, top) in permutations(rows, 2) if bottom > top
    )


def order_recent(recent: pd.DataFrame, channels: dict[str, str]) -> dict[str, frozenset[tuple[str, str]]]:
    """Pairs that differ, by measure: sums as they are, ratios beyond their daily variation and by a useful amount.

    The standard error is the linearised one of a ratio of daily sums (Cochran 1977, section 6.4).
    """
    known = recent.loc[recent["channel"].isin(list(channels))]
    sums = metrics.summarise(known, by=["channel"]).set_index("channel")
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for measure in ("spend", "revenue", "conversions"):
        found[measure] = _pairs_apart(sums[measure], pd.Series(0.0, index=sums.index), channels, material=0.0)
    parts = {**metrics.PARTS, "cpm": ("spend", "impressions")}
    for measure in ("conversion_rate", "cpa", "cpc", "ctr", "cpm"):
        over, under = parts[measure]
        days = known[["channel", over, under]].dropna().astype({over: "float64", under: "float64"})
        totals = days.groupby("channel")[[over, under]].sum()
        ratio = metrics.divide(totals[over], totals[under])
        rest = days[over] - days["channel"].map(ratio) * days[under]
        count = days.groupby("channel").size()
        spread = (rest**2).groupby(days["channel"]).sum() * count / (count - 1).where(count >= MIN_DAYS)
        found[measure] = _pairs_apart(ratio, np.sqrt(spread) / totals[under].abs(), channels, material=MATERIAL)
    return found


def _pairs_apart(
    values: pd.Series, errors: pd.Series, channels: dict[str, str], *, material: float
) -> frozenset[tuple[str, str]]:
    known = pd.DataFrame({"value": values, "error": errors}).dropna()
    rows = list(known.itertuples(name=None))
    return frozenset(
        (channels[str(high)], channels[str(low)])
        for (high, above, wide), (low, below, narrow) in permutations(rows, 2)
        if above > below * (1 + material) and above - below > APART * float(np.hypot(wide, narrow))
    )
