"""What is known of a campaign row besides its return, as numbers.

Spend, revenue and conversions of the row are left out: ROI is made of them. Names that are rare count as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demetra import metrics

Floats: TypeAlias = NDArray[np.float64]
Inputs: TypeAlias = NDArray[np.float32]

NUMBERS: Final = (
    "ctr",
    "engagement rate",
    "log impressions",
    "log clicks",
    "duration",
    "weekday",
    "day of month",
    "month",
)
NAMES: Final = {
    "channel": "channel",
    "audience": "target_audience",
    "goal": "campaign_goal",
    "segment": "customer_segment",
    "location": "location",
    "language": "language",
}
"""Feature and column of the campaigns frame."""

FEATURES: Final = (*NUMBERS, *NAMES)
KINDS: Final = ["q"] * len(NUMBERS) + ["c"] * len(NAMES)
"""XGBoost's feature types: quantities and categories."""

MOST_LEVELS: Final = 60


@dataclass(frozen=True)
class CampaignRows:
    """Campaign rows ordered by date and id: `inputs` (rows, FEATURES), NaN unknown; `roi` NaN where undefined.

    `channel` is a code into `channels`; `day` counts days from the first row.
    """

    ids: NDArray[np.int64]
    day: NDArray[np.int64]
    first_day: pd.Timestamp
    channels: tuple[str, ...]
    channel: NDArray[np.int64]
    inputs: Inputs
    roi: Floats

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> CampaignRows:
        """Some of the rows, in order."""
        return replace(
            self,
            ids=self.ids[rows],
            day=self.day[rows],
            channel=self.channel[rows],
            inputs=self.inputs[rows],
            roi=self.roi[rows],
        )

    def __len__(self) -> int:
        return len(self.ids)


def read_rows(campaigns: pd.DataFrame) -> CampaignRows:
    """The rows of a campaigns frame (columns `schema.CAMPAIGNS`), at least one, as numbers."""
    ordered = campaigns.sort_values(["date", "id"], ignore_index=True)
    roi = metrics.divide(ordered["revenue"] - ordered["spend"], ordered["spend"]).to_numpy(dtype="float64")
    dates = pd.to_datetime(ordered["date"])
    channel = pd.Categorical(ordered["channel"].astype("str"))
    return CampaignRows(
        ids=ordered["id"].to_numpy(dtype="int64"),
        day=np.asarray((dates - dates.iloc[0]).dt.days, dtype=np.int64),
        first_day=pd.Timestamp(dates.iloc[0]),
        channels=tuple(map(str, channel.categories)),
        channel=channel.codes.astype("int64"),
        inputs=_compute_inputs(ordered, dates),
        roi=np.where(np.isfinite(roi), roi, np.nan),
    )


def _compute_inputs(rows: pd.DataFrame, dates: pd.Series) -> Inputs:
    engaged = metrics.divide(rows["engagements"], rows["impressions"])
    columns = {
        "ctr": metrics.divide(rows["clicks"], rows["impressions"]),
        "engagement rate": engaged.fillna(rows["engagement_score"].astype("float64")),
        "log impressions": np.log1p(rows["impressions"].astype("float64")),
        "log clicks": np.log1p(rows["clicks"].astype("float64")),
        "duration": rows["duration_days"].astype("float64"),
        "weekday": dates.dt.day_of_week,
        "day of month": dates.dt.day,
        "month": dates.dt.month,
        **{feature: _code(rows[column]) for feature, column in NAMES.items()},
    }
    stacked = np.column_stack([np.asarray(columns[name], dtype="float32") for name in FEATURES])
    return np.where(np.isfinite(stacked), stacked, np.float32(np.nan))


def _code(names: pd.Series) -> Floats:
    """Codes of the most frequent names in alphabetical order; NaN for unknown and rare ones."""
    common = sorted(names.value_counts().head(MOST_LEVELS).index.astype(str))
    codes = pd.Categorical(names.astype("str").where(names.notna()), categories=common).codes
    return np.where(codes >= 0, codes.astype("float64"), np.nan)
