"""Predictions of every campaign's ROI, and the card that says how far to believe them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from demetra.roi_model.card import write_card
from demetra.roi_model.drivers import DRIVERS, measure_drivers
from demetra.roi_model.features import FEATURES, read_rows
from demetra.roi_model.models import TREES, fit_channel_mean, fit_trees
from demetra.roi_model.validation import ROUNDS, Validation, squares, thin, validate
from demetra.schema import CAMPAIGNS, PREDICTIONS, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from demetra.roi_model.features import CampaignRows, Floats

XGBOOST: Final = "xgboost"
CHANNEL_MEAN: Final = "channel mean"
REVISION: Final = 1
"""Raised whenever this package would predict something else from the same rows."""

MOST_FITTED: Final = 100_000
ENOUGH: Final = 40
WITHIN: Final = 0.10
LEVEL: Final = 0.80


@dataclass(frozen=True)
class CampaignPredictions:
    """Predictions of campaigns and how they came about.

    - `predictions` (`schema.PREDICTIONS`): a row per campaign row, in the order given; none where no ROI is known.
    - `method`: "xgboost" or "channel mean", whichever did better on later rows.
    - `card`: JSON-able: data window, rows, folds, metrics against the baselines, bias per channel, drivers.
    - `drivers`: `feature, importance, noise`; empty where nothing beats its noise.
    - `version`: hash of the training rows and of everything else that decides the predictions.
    """

    predictions: pd.DataFrame
    method: str
    card: dict[str, Any]
    drivers: pd.DataFrame
    version: str


def predict_campaigns(
    campaigns: pd.DataFrame,
    *,
    as_of: date | None = None,
    high_below: float = 1.0,
    medium_below: float = 2.0,
    seed: int = 0,
) -> CampaignPredictions:
    """Predict the ROI of each campaign row (columns `schema.CAMPAIGNS`) from rows up to `as_of` (default: all).

    XGBoost serves only where it beats the shrunken channel mean on later rows by more than chance. Intervals and
    `confidence_score`, the chance that the outcome lies within 10 % of the prediction, come from the held-out errors
    of the channel. `seed` decides which rows a large account is thinned to, and XGBoost's own draws.

    Raises:
        FrameError: the frame lacks columns.
    """
    require_columns(campaigns, CAMPAIGNS, "campaigns")
    risk = {"high_below": high_below, "medium_below": medium_below}
    if campaigns.empty:
        return _nothing(campaigns, risk, seed)
    rows = read_rows(campaigns)
    last = rows.day[-1] if as_of is None else (pd.Timestamp(as_of) - rows.first_day).days
    training = rows.take((rows.day <= last) & np.isfinite(rows.roi))
    if not len(training):
        return _nothing(campaigns, risk, seed)
    validation = validate(training, seed=seed)
    drivers = measure_drivers(validation, seed=seed)
    method = XGBOOST if validation.xgboost_serves else CHANNEL_MEAN
    predicted = _predict(training, rows, validation, seed=seed)
    errors = _held_out_errors(training, validation)
    half, confidence = _bound(rows, predicted, errors)
    importance = dict(zip(drivers["feature"], drivers["importance"].round(6).tolist(), strict=True))
    table = pd.DataFrame(
        {
            "campaign_row_id": rows.ids,
            "predicted_roi": predicted,
            "roi_lo80": np.maximum(predicted - half, -1.0),
            "roi_hi80": predicted + half,
            "confidence_score": confidence,
            "risk_level": grade_risk(predicted, high_below=high_below, medium_below=medium_below),
            "feature_importance": [importance] * len(rows),
        },
        columns=list(PREDICTIONS),
    )
    table = table.set_index("campaign_row_id").loc[campaigns["id"].to_numpy()].reset_index()
    card = write_card(training, validation, drivers, method=method, parameters={**risk, "seed": seed})
    return CampaignPredictions(table, method, card, drivers, _hash(training, risk, seed))


def grade_risk(predicted: Floats, *, high_below: float, medium_below: float) -> NDArray[np.str_]:
    """`high` below `high_below` predicted ROI, `medium` below `medium_below`, else `low`."""
    return np.where(predicted < high_below, "high", np.where(predicted < medium_below, "medium", "low"))


def _predict(training: CampaignRows, rows: CampaignRows, validation: Validation, *, seed: int) -> Floats:
    """The serving method, fitted on all training rows, for all rows; a ROI is never below -1."""
    if not validation.xgboost_serves:
        return np.maximum(fit_channel_mean(training).predict(rows), -1.0)
    fitted = thin(training, most=MOST_FITTED, seed=seed)
    return np.maximum(fit_trees(fitted, rounds=validation.rounds, seed=seed).predict(rows), -1.0)


def _bound(rows: CampaignRows, predicted: Floats, errors: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Half-widths of the 80 % interval and confidence by row, from sorted held-out errors by channel code."""
    half, confidence = np.zeros(len(rows)), np.zeros(len(rows))
    for channel, own in enumerate(errors):
        mine = rows.channel == channel
        level = min(1.0, LEVEL * (len(own) + 1) / len(own))
        half[mine] = np.quantile(own, level)
        near = np.searchsorted(own, WITHIN * np.abs(predicted[mine]), side="right")
        confidence[mine] = (near + 0.5) / (len(own) + 1)
    return half, confidence


def _held_out_errors(training: CampaignRows, validation: Validation) -> list[Floats]:
    """Sorted absolute errors by channel code; all channels' where one has fewer than `ENOUGH`.

    Without folds they are those of the channel's mean on its own rows.
    """
    pairs = [(fold.test, validation.predictions(fold)) for fold in validation.folds]
    pairs = pairs or [(training, fit_channel_mean(training).predict(training))]
    errors = np.concatenate([np.sqrt(squares(rows, predicted)) for rows, predicted in pairs])
    channel = np.concatenate([rows.channel for rows, _ in pairs])
    own = [np.sort(errors[channel == code]) for code in range(len(training.channels))]
    return [found if len(found) >= ENOUGH else np.sort(errors) for found in own]


def _nothing(campaigns: pd.DataFrame, risk: Mapping[str, float], seed: int) -> CampaignPredictions:
    """What is answered where no row's ROI is known: no predictions, and a card that says why."""
    card = {"method": CHANNEL_MEAN, "note": "no predictions: the ROI of no campaign is known", "rows": len(campaigns)}
    empty = pd.DataFrame(columns=list(DRIVERS)).astype({"importance": "float64", "noise": "float64"})
    version = _digest({"rows": 0, **risk, "seed": seed})
    return CampaignPredictions(pd.DataFrame(columns=list(PREDICTIONS)), CHANNEL_MEAN, card, empty, version)


def _hash(training: CampaignRows, risk: Mapping[str, float], seed: int) -> str:
    """The training rows and all that decides the predictions, as sixteen hexadecimal digits."""
    parts = (training.ids, training.day, training.channel, training.inputs, training.roi)
    rows = hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()
    return _digest(
        {"rows": rows, "channels": training.channels, "first": str(training.first_day), **risk, "seed": seed}
    )


def _digest(facts: Mapping[str, object]) -> str:
    everything = {**facts, "trees": TREES, "rounds": ROUNDS, "features": FEATURES, "revision": REVISION}
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:16]
