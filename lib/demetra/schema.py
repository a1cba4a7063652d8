"""The names of things: canonical columns, frames that modules hand to each other, channels, dashboards.

Frames are contracts. A **history** is the daily roll-up: one row per channel and day that has data, columns `HISTORY`,
`date` a midnight `datetime64` without time zone (the account's own calendar day), measures `float64`, sorted by channel
and date. A missing row is a gap (nothing known), a row of zeros is a day without activity.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, get_args

from demetra.errors import FrameError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MEASURES: Final = ("spend", "revenue", "conversions", "clicks", "impressions", "reach", "engagements")
DIMENSIONS: Final = (
    "account_id",
    "company",
    "campaign_goal",
    "target_audience",
    "customer_segment",
    "location",
    "language",
    "duration_days",
)
CANONICAL_COLUMNS: Final = (
    "date",
    "channel",
    "campaign_id",
    "campaign_name",
    "spend",
    "currency",
    "impressions",
    "reach",
    "clicks",
    "conversions",
    "revenue",
    *DIMENSIONS,
    "engagements",
    "engagement_score",
)

HISTORY: Final = ("channel", "date", *MEASURES)
"""Columns of a history frame; `reach` falls back to impressions where a source has none."""

CAMPAIGNS: Final = (
    "id",
    "source",
    "channel",
    "campaign_id",
    "campaign_name",
    "date",
    *DIMENSIONS,
    *MEASURES,
    "engagement_score",
)
"""Columns of a campaigns frame: one row per stored source row; `id` is its key in the store."""

BUDGETS: Final = ("channel", "month", "amount")
"""Columns of a month's plan; `month` is the first day of the month, `amount` in the account's currency."""

METRICS: Final = ("roi", "conversion_rate", "reach", "ctr")
BOUNDS: Final = ("lo80", "hi80", "lo95", "hi95")
UNITS: Final[dict[str, Literal["money", "share", "ratio", "count", "score"]]] = {
    **dict.fromkeys(("roi", "roas"), "ratio"),
    **dict.fromkeys(("conversion_rate", "ctr"), "share"),
    **dict.fromkeys(("cpa", "cpc", "cpm", "spend", "revenue"), "money"),
    **dict.fromkeys(("conversions", "clicks", "impressions", "reach"), "count"),
    "engagement_score": "score",
}
"""What each measure and metric is counted in; shares are fractions, which people read in percent."""


def _with_bounds(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{bound}" for bound in BOUNDS)


ROI_FORECAST: Final = ("channel", "roi_forecast", "confidence_score", *_with_bounds("roi"), "horizon_days", "method")
ROI_TIMESERIES: Final = (
    "channel",
    "date",
    "roi_actual",
    "conversion_actual",
    "roi_pred",
    "conversion_pred",
    *_with_bounds("roi"),
    *_with_bounds("conversion"),
)
REACH_CTR_TIMESERIES: Final = (
    "channel",
    "date",
    "reach_actual",
    "ctr_actual",
    "reach_pred",
    "ctr_pred",
    *_with_bounds("reach"),
    *_with_bounds("ctr"),
)
BUDGET_REC: Final = (
    "channel",
    "roi_pred",
    "conversion_pred",
    "acquisition_cost",
    "current_budget",
    "recommended_budget",
    "budget_change_pct",
    "expected_uplift_pct",
    "uplift_lo80",
    "uplift_hi80",
    "evidence",
    "reason",
)
BUDGET_OUTLOOK: Final = (
    "kind",
    "sentence",
    "channel",
    "change_pct",
    "days",
    "bound",
    "expected_uplift_pct",
    "uplift_lo80",
    "uplift_hi80",
)
"""What would add to the budget advice: `kind` is "experiment" or "wider bounds"; what does not apply is missing."""
PREDICTIONS: Final = (
    "campaign_row_id",
    "predicted_roi",
    "roi_lo80",
    "roi_hi80",
    "confidence_score",
    "risk_level",
    "feature_importance",
    "features",
)
"""Columns of campaign predictions; `features` is a hash of what the row was predicted from."""
BREACHES: Final = (
    "alert_type",
    "severity",
    "channel",
    "message",
    "metric_value",
    "threshold_value",
    "action",
    "occurrences",
    "worst",
    "metric",
    "since",
    "expected_value",
    "expected_lo",
    "expected_hi",
    "silenced_by",
    "tell",
    "facts",
)
"""One row per kind and channel in breach at a run; the store turns them into incidents (`alerts`)."""

NAIVE: Final = ("mean_28", "last_value", "seasonal_naive")
"""The naive forecasts that a published one is held against: the mean of 28 days, the last value, the last weekday's."""

HORIZON_ROI: Final = "roi_horizon"
"""In a forecast's record: the ROI of a whole horizon, `roi_forecast` of the table `ROI_FORECAST`."""
RECORDED_METRICS: Final = ("roi", HORIZON_ROI, "conversion_rate", "reach", "ctr")

FORECAST_RECORD: Final = ("metric", "channel", "as_of", "date", "yhat", *BOUNDS, *NAIVE, "actual")
"""One row per published forecast of a day, or of a horizon (`HORIZON_ROI`) by its last day.

`as_of` is the last day it knew, `actual` NaN until its day has come.
"""

TRACK_RECORD: Final = (
    "metric",
    "channel",
    "forecasts",
    "days",
    "first_day",
    "last_day",
    "error",
    *(f"error_{name}" for name in NAIVE),
    "ratio_to_best_naive",
    "inside_80",
    "inside_95",
)
"""How published forecasts did; see `track_record.summarise_track_record`."""

ALL_CHANNELS: Final = "(all channels)"
"""In place of a channel's name: a row about all of them together."""
GROUPS: Final = ("dimension", "value", "channel", "date", "rows", "spend", "revenue", "conversions", "clicks")
"""Daily sums by the value of a dimension (an audience, a weekday …) and channel."""

AUDIENCE_TIMING: Final = (
    "dimension",
    "value",
    "rows",
    "days",
    "spend",
    "revenue",
    "conversions",
    "clicks",
    *(
        f"{metric}{part}"
        for metric in ("roi", "conversion")
        for part in ("", "_lo95", "_hi95", "_expected", "_p", "_verdict")
    ),
)
"""What a group of campaigns or a weekday returned.

`_p` is adjusted for all cells together; `_verdict` is above, below, chance or thin.
"""

DASHBOARDS: Final = ("roi-forecast", "roi-timeseries", "reach-ctr-timeseries", "budget-recommendation")
Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

_CHANNEL_ALIASES: Final = {
    "Instagram": ("instagram", "ig", "insta", "instagram ads", "инстаграм", "инстаграмм"),
    "Facebook": ("facebook", "fb", "facebook ads", "meta", "meta ads", "фейсбук"),
    "Google Ads": ("google ads", "google", "adwords", "google adwords", "googleads", "гугл", "гугл реклама"),
    "TikTok": ("tiktok", "tik tok", "tt", "tiktok ads", "тикток", "тик ток"),
    "Telegram": ("telegram", "tg", "telegram ads", "телеграм", "телеграмм"),
    "Yandex.Direct": ("yandex direct", "yandex", "yandexdirect", "direct", "яндекс директ", "яндекс", "директ"),
    "VK": ("vk", "vk ads", "vkontakte", "вк", "вконтакте", "vk реклама"),
    "Pinterest": ("pinterest", "pinterest ads", "пинтерест"),
    "Twitter": ("twitter", "twitter ads", "твиттер"),
    "X": ("x", "x ads"),
    "YouTube": ("youtube", "youtube ads", "ютуб"),
    "LinkedIn": ("linkedin", "linkedin ads", "линкедин"),
    "Snapchat": ("snapchat", "snap", "snapchat ads"),
    "Microsoft Ads": ("microsoft ads", "microsoft", "bing", "bing ads"),
}
KNOWN_CHANNELS: Final = tuple(_CHANNEL_ALIASES)
_CHANNEL_OF: Final = {alias: name for name, aliases in _CHANNEL_ALIASES.items() for alias in aliases}


def normalise_channel(name: str) -> str:
    """One spelling per channel: `google_ads`, `AdWords` and ` Google  Ads ` are all `Google Ads`.

    A channel that is not in the catalogue keeps its own letters, with white space and underscores folded; where it is
    written all in one case it is capitalised word by word, so that `my_channel` and `MY CHANNEL` are one.
    """
    folded = " ".join(re.sub(r"[\s_\-.]+", " ", name).split())
    known = _CHANNEL_OF.get(folded.casefold())
    if known:
        return known
    cleaned = " ".join(re.sub(r"[\s_]+", " ", name).split())
    return cleaned.title() if cleaned in (cleaned.lower(), cleaned.upper()) else cleaned


def require_columns(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Check that a frame has the columns of its contract.

    Raises:
        FrameError: naming every missing column and what the frame has.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        found = ", ".join(map(str, frame.columns)) or "no columns"
        raise FrameError(
            f"The {what} frame lacks columns", [Problem(name, found, f"a column {name!r}") for name in missing]
        )
