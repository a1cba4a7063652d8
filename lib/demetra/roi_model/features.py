"""What is known of a campaign row besides its return, as numbers.

Spend, revenue and conversions of the row are left out: ROI is made of them. Names that are rare count as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
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
class Coding:
    """What the codes stand for: `channels` in order, and for each of `NAMES` the names that are told apart."""

    channels: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class CampaignRows:
    """Campaign rows ordered by date and id: `inputs` (rows, FEATURES), NaN unknown; `roi` NaN where undefined.

    `channel` is a code into `channels`; `day` counts days from the first row.
    """

    ids: NDArray[np.int64]
    day: NDArray[np.int64]
    first_day: pd.Timestamp
    coding: Coding
    channel: NDArray[np.int64]
    inputs: Inputs
    roi: Floats

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels in the order of their codes."""
        return self.coding.channels

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


def read_coding(campaigns: pd.DataFrame) -> Coding:
    """The channels and the most frequent names of a campaigns frame, in alphabetical order."""
    levels = {
        feature: tuple(sorted(campaigns[column].value_counts().head(MOST_LEVELS).index.astype(str)))
        for feature, column in NAMES.items()
    }
    return Coding(tuple(sorted(campaigns["channel"].astype("str").unique())), levels)


def read_rows(campaigns: pd.DataFrame, *, coding: Coding | None = None) -> CampaignRows:
    """The rows of a campaigns frame (columns `schema.CAMPAIGNS`), at least one, as numbers.

    `coding` is that of an earlier frame, which has all channels of this one; by default the frame's own.
    """
    coding = coding or read_coding(campaigns)
    ordered = campaigns.sort_values(["date", "id"], ignore_index=True)
    roi = metrics.divide(ordered["revenue"] - ordered["spend"], ordered["spend"]).to_numpy(dtype="float64")
    dates = pd.to_datetime(ordered["date"])
    return CampaignRows(
        ids=ordered["id"].to_numpy(dtype="int64"),
        day=np.asarray((dates - dates.iloc[0]).dt.days, dtype=np.int64),
        first_day=pd.Timestamp(dates.iloc[0]),
        coding=coding,
        channel=pd.Categorical(ordered["channel"].astype("str"), categories=coding.channels).codes.astype("int64"),
        inputs=_compute_inputs(ordered, dates, coding),
        roi=np.where(np.isfinite(roi), roi, np.nan),
    )


def digest_features(rows: CampaignRows) -> NDArray[np.int64]:
    """A number for each row that changes when anything changes that the row is predicted from."""
    known = pd.DataFrame(rows.inputs).assign(code=rows.channel)
    return pd.util.hash_pandas_object(known, index=False).to_numpy().view("int64")


def _compute_inputs(rows: pd.DataFrame, dates: pd.Series, coding: Coding) -> Inputs:
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
        **{feature: _code(rows[column], coding.levels[feature]) for feature, column in NAMES.items()},
    }
    stacked = np.column_stack([np.asarray(columns[name], dtype="float32") for name in FEATURES])
    return np.where(np.isfinite(stacked), stacked, np.float32(np.nan))


def _code(names: pd.Series, levels: tuple[str, ...]) -> Floats:
    """Codes of the names that are told apart; NaN for unknown and rare ones."""
    codes = pd.Categorical(names.astype("str").where(names.notna()), categories=levels).codes
    return np.where(codes >= 0, codes.astype("float64"), np.nan)
