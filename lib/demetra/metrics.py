"""The ratios, defined once: ratios of sums, and a zero denominator gives NaN (NULL), never 0 or infinity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from demetra.cadence import DAY, detect_step, drop_stray_days
from demetra.errors import NoDataError
from demetra.schema import HISTORY, MEASURES, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

PARTS: Final[dict[str, tuple[str, str]]] = {
    "ctr": ("clicks", "impressions"),
    "conversion_rate": ("conversions", "clicks"),
    "cpc": ("spend", "clicks"),
    "cpa": ("spend", "conversions"),
    "roas": ("revenue", "spend"),
}
"""Numerator and denominator of each plain ratio. ROI = (revenue - spend) / spend and CPM = 1000 spend / impressions
are built on the same division."""

WEEK_SHARE: Final = 0.5
"""Weeks differ less than days: one of three days or fewer shows at half of the usual."""


def divide(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Element-wise quotient as float64; NaN where the denominator is zero or either side is unknown."""
    below = denominator.astype("float64")
    return numerator.astype("float64") / below.where(below != 0)


def ratios(sums: pd.DataFrame) -> pd.DataFrame:
    """Add `roi, roas, ctr, conversion_rate, cpc, cpm, cpa` to a frame of summed measures (same rows, new frame)."""
    require_columns(sums, ("spend", "revenue", "conversions", "clicks", "impressions"), "sums")
    columns = {name: divide(sums[over], sums[under]) for name, (over, under) in PARTS.items()}
    columns["roi"] = divide(sums["revenue"] - sums["spend"], sums["spend"])
    columns["cpm"] = divide(1000 * sums["spend"], sums["impressions"])
    return sums.assign(**columns)


def split_ratio(sums: pd.DataFrame, metric: str) -> tuple[pd.Series, pd.Series]:
    """The numerator and the denominator of a ratio: of those in `PARTS`, of `roi` or of `cpm`."""
    if metric == "roi":
        return sums["revenue"] - sums["spend"], sums["spend"]
    if metric == "cpm":
        return 1000 * sums["spend"], sums["impressions"]
    over, under = PARTS[metric]
    return sums[over], sums[under]


def summarise(history: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Sums and ratios of a history over groups; without `by`, one row for the whole account.

    `reach` is summed for want of anything better: it is not additive over days, so it counts contacts, not people.
    A measure unknown in every row of a group stays unknown (NaN).
    """
    require_columns(history, HISTORY, "history")
    measures = list(MEASURES)
    if by:
        sums = history.groupby(list(by), sort=True, observed=True)[measures].sum(min_count=1).reset_index()
    else:
        sums = history[measures].sum(min_count=1).to_frame().T
    return ratios(sums)


def last_complete_day(
    history: pd.DataFrame, *, today: date | None = None, share: float = 0.4, window: int = 14
) -> pd.Timestamp:
    """The newest day (or week) that is not still being filled: `as_of` where none is given.

    The last one counts as incomplete when its impressions are below `share` (of a week: `WEEK_SHARE`) of the median of
    the `window` days or weeks before it, or when it lacks channels that reported on each of the three before it and its
    impressions are below the window's smallest. At most one is left out: a collapse that lasts is news, not a late
    import. Where `today` is given, mistyped days of the future do not count (see `drop_stray_days`).

    Raises:
        NoDataError: the history has no rows.
    """
    require_columns(history, HISTORY, "history")
    if history.empty:
        raise NoDataError("The history", "Import a file with `demetra ingest FILE`.")
    if today is not None:
        history = drop_stray_days(history, today=today)
    daily = history.groupby("date")["impressions"].sum().sort_index()
    last = pd.Timestamp(daily.index[-1])
    step = detect_step(pd.DatetimeIndex(daily.index))
    before = daily.loc[(daily.index < last) & (daily.index >= last - pd.Timedelta(days=window * step))]
    if len(before) < window // 2:
        return last
    latest = float(daily.iloc[-1])
    thin = latest < (share if step == DAY else WEEK_SHARE) * float(np.median(before))
    recent = history.loc[(history["date"] < last) & (history["date"] >= last - pd.Timedelta(days=3 * step))]
    steady = recent.groupby("channel")["date"].nunique()
    absent = set(steady.index[steady == 3]) - set(history.loc[history["date"] == last, "channel"])
    incomplete = thin or (bool(absent) and latest < float(before.min()))
    return pd.Timestamp(before.index[-1]) if incomplete else last
