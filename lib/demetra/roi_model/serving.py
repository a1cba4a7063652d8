"""A trained model as it is kept between runs: it predicts rows that come later, and knows when to be trained anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from demetra.roi_model.features import Coding, digest_features
from demetra.roi_model.models import ask_booster
from demetra.schema import PREDICTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from demetra.roi_model.features import CampaignRows, Floats

WITHIN: Final = 0.10
LEVEL: Final = 0.80
QUANTILES: Final = np.linspace(0.0, 1.0, 401)
MOST_GROWTH: Final = 0.10
"""A model serves until the rows with a known ROI are so many more, as a share of those that it was trained on."""


@dataclass(frozen=True)
class ServingModel:
    """All that a prediction needs; plain values, so that it can be kept as JSON.

    Attributes:
        version: hash of the training rows and of `recipe`.
        method: what serves, "xgboost" or "channel mean".
        recipe: hash of the code's revision and of every parameter.
        coding: the channels and names that the codes stand for.
        until: the last day of the training rows, ISO.
        outcomes: by channel, how many training rows, their mean ROI and its standard error.
        means: by channel, the shrunken mean ROI, and what bias XGBoost left.
        errors: by channel, the `QUANTILES` of the absolute held-out errors.
        booster: XGBoost's own JSON, on what the means leave; empty where the channel's mean serves.
        importance: the drivers' importance by feature.
    """

    version: str
    method: str
    recipe: str
    coding: Coding
    until: str
    outcomes: Sequence[Sequence[float]]
    means: Sequence[float]
    errors: Sequence[Sequence[float]]
    booster: str
    importance: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """The model as JSON-able values."""
        return {**vars(self), "coding": vars(self.coding)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ServingModel:
        """The model that was kept."""
        levels = {feature: tuple(names) for feature, names in kept["coding"]["levels"].items()}
        return cls(**{**kept, "coding": Coding(tuple(kept["coding"]["channels"]), levels)})

    def still_serves(self, rows: CampaignRows, *, until: pd.Timestamp, recipe: str) -> bool:
        """Whether training on the rows up to `until` would hardly change it.

        It would where the code or a parameter changed, `until` is before its own last day, the rows with a known ROI
        grew by more than `MOST_GROWTH`, or a correction moved a channel's mean by more than its standard error. `rows`
        are coded by `coding`.
        """
        if recipe != self.recipe or until < pd.Timestamp(self.until):
            return False
        day = (pd.Timestamp(self.until) - rows.first_day).days
        trained = sum(count for count, _, _ in self.outcomes)
        known = rows.take(np.isfinite(rows.roi) & (rows.day <= (until - rows.first_day).days))
        if abs(len(known) / trained - 1) > MOST_GROWTH:
            return False
        now = describe_outcomes(known.take(known.day <= day))
        return all(
            abs(count - before[0]) <= MOST_GROWTH * before[0] and abs(mean - before[1]) <= before[2]
            for (count, mean, _), before in zip(now, self.outcomes, strict=True)
        )

    def predict(self, rows: CampaignRows, *, risk: Mapping[str, float]) -> pd.DataFrame:
        """Predictions of rows coded by `coding`, `schema.PREDICTIONS`, in the order of the rows."""
        predicted = np.asarray(self.means, dtype="float64")[rows.channel]
        if self.booster and len(rows):
            predicted = predicted + ask_booster(self.booster, rows.inputs)
        predicted = np.maximum(predicted, -1.0)
        half, confidence = self._bound(rows.channel, predicted)
        return pd.DataFrame(
            {
                "campaign_row_id": rows.ids,
                "predicted_roi": predicted,
                "roi_lo80": np.maximum(predicted - half, -1.0),
                "roi_hi80": predicted + half,
                "confidence_score": confidence,
                "risk_level": grade_risk(predicted, **risk),
                "feature_importance": [self.importance] * len(rows),
                "features": digest_features(rows),
            },
            columns=list(PREDICTIONS),
        )

    def _bound(self, channel: NDArray[np.int64], predicted: Floats) -> tuple[Floats, Floats]:
        """Half-widths of the 80 % interval, and the chance to land within a tenth of the prediction, by row."""
        half, confidence = np.zeros(len(channel)), np.zeros(len(channel))
        for code, own in enumerate(self.errors):
            mine = channel == code
            half[mine] = np.interp(LEVEL, QUANTILES, own)
            confidence[mine] = np.interp(WITHIN * np.abs(predicted[mine]), own, QUANTILES)
        return half, confidence


def describe_outcomes(rows: CampaignRows) -> list[list[float]]:
    """Of each channel: how many rows, their mean ROI, and its standard error. `rows` have a ROI each."""
    found = []
    for code in range(len(rows.channels)):
        own = rows.roi[rows.channel == code]
        if len(own):
            found.append([float(len(own)), float(own.mean()), float(own.std() / np.sqrt(len(own)))])
        else:
            found.append([0.0, 0.0, 0.0])
    return found


def grade_risk(predicted: Floats, *, high_below: float, medium_below: float) -> NDArray[np.str_]:
    """`high` below `high_below` predicted ROI, `medium` below `medium_below`, else `low`."""
    return np.where(predicted < high_below, "high", np.where(predicted < medium_below, "medium", "low"))
