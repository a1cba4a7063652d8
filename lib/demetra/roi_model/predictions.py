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
from demetra.roi_model.features import FEATURES, digest_features, read_rows
from demetra.roi_model.models import TREES, fit_channel_mean, fit_trees
from demetra.roi_model.serving import QUANTILES, ServingModel, describe_outcomes
from demetra.roi_model.validation import ROUNDS, Validation, squares, thin, validate
from demetra.schema import CAMPAIGNS, PREDICTIONS, require_columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from demetra.roi_model.features import CampaignRows, Floats

XGBOOST: Final = "xgboost"
CHANNEL_MEAN: Final = "channel mean"
REVISION: Final = 2
"""Raised whenever this package would predict something else from the same rows."""

MOST_FITTED: Final = 100_000
ENOUGH: Final = 40


@dataclass(frozen=True)
class EarlierModel:
    """What an earlier run kept: the model and its card, and `campaign_row_id, features` of the rows it predicted."""

    model: Mapping[str, Any]
    card: Mapping[str, Any]
    predicted: pd.DataFrame


@dataclass(frozen=True)
class CampaignPredictions:
    """Predictions of campaigns and how they came about.

    - `predictions` (`schema.PREDICTIONS`): a row per campaign row, in the order given; none where no ROI is known, and
      none for the `kept` rows that an earlier model, which still serves, has predicted from the same features.
    - `method`: "xgboost" or "channel mean", whichever did better on later rows.
    - `card`: JSON-able: data window, rows, folds, metrics against the baselines, bias per channel, drivers.
    - `drivers`: `feature, importance, noise`; empty where nothing beats its noise.
    - `version`: hash of the training rows and of everything else that decides the predictions.
    - `model`: JSON-able: what a later run predicts with, None where nothing was learnt.
    """

    predictions: pd.DataFrame
    method: str
    card: Mapping[str, Any]
    drivers: pd.DataFrame
    version: str
    model: Mapping[str, Any] | None = None
    kept: int = 0


def predict_campaigns(
    campaigns: pd.DataFrame,
    *,
    as_of: date | None = None,
    high_below: float = 1.0,
    medium_below: float = 2.0,
    seed: int = 0,
    earlier: EarlierModel | None = None,
) -> CampaignPredictions:
    """Predict the ROI of each campaign row (columns `schema.CAMPAIGNS`) from rows up to `as_of` (default: all).

    XGBoost serves only where it beats the shrunken channel mean on later rows by more than chance. Intervals and
    `confidence_score`, the chance that the outcome lies within 10 % of the prediction, come from the held-out errors
    of the channel. `seed` decides which rows a large account is thinned to, and XGBoost's own draws. An `earlier`
    model is used again while training anew would hardly change it: then only new and changed rows are predicted.

    Raises:
        FrameError: the frame lacks columns.
    """
    require_columns(campaigns, CAMPAIGNS, "campaigns")
    risk = {"high_below": high_below, "medium_below": medium_below}
    recipe = _digest({**risk, "seed": seed})
    until = pd.Timestamp(campaigns["date"].max() if as_of is None else as_of)
    if earlier is not None and len(campaigns):
        reused = _reuse(earlier, campaigns, until=until, recipe=recipe, risk=risk)
        if reused is not None:
            return reused
    rows = read_rows(campaigns) if len(campaigns) else None
    training = rows and rows.take((rows.day <= (until - rows.first_day).days) & np.isfinite(rows.roi))
    if not rows or not training:
        return _nothing(campaigns, recipe)
    validation = validate(training, seed=seed)
    drivers = measure_drivers(validation, seed=seed)
    model = _train(training, validation, drivers, recipe=recipe, seed=seed)
    table = model.predict(rows, risk=risk).set_index("campaign_row_id").loc[campaigns["id"].to_numpy()].reset_index()
    card = write_card(training, validation, drivers, method=model.method, parameters={**risk, "seed": seed})
    return CampaignPredictions(table, model.method, card, drivers, model.version, model.as_json())


def _reuse(
    earlier: EarlierModel, campaigns: pd.DataFrame, *, until: pd.Timestamp, recipe: str, risk: Mapping[str, float]
) -> CampaignPredictions | None:
    """Predictions of new and changed rows by the earlier model; None where it must be trained anew."""
    model = ServingModel.from_json(earlier.model)
    if not campaigns["channel"].astype("str").isin(model.coding.channels).all():
        return None
    rows = read_rows(campaigns, coding=model.coding)
    if not model.still_serves(rows, until=until, recipe=recipe):
        return None
    place = pd.Index(earlier.predicted["campaign_row_id"]).get_indexer(pd.Index(rows.ids))
    told = np.append(earlier.predicted["features"].to_numpy(dtype="int64"), 0)  # place -1: never predicted
    news = rows.take((place < 0) | (told[place] != digest_features(rows)))
    drivers = pd.DataFrame(list(earlier.card["drivers"]), columns=list(DRIVERS))
    table = model.predict(news, risk=risk)
    kept = len(rows) - len(news)
    return CampaignPredictions(table, model.method, earlier.card, drivers, model.version, earlier.model, kept)


def _train(
    training: CampaignRows, validation: Validation, drivers: pd.DataFrame, *, recipe: str, seed: int
) -> ServingModel:
    """The serving method, fitted on all training rows, as it is kept."""
    if validation.xgboost_serves:
        fitted = fit_trees(thin(training, most=MOST_FITTED, seed=seed), rounds=validation.rounds, seed=seed)
        means, booster = fitted.base.means + fitted.shift, bytes(fitted.booster.save_raw("json")).decode()
    else:
        means, booster = fit_channel_mean(training).means, ""
    return ServingModel(
        version=_digest({"rows": _hash(training), "recipe": recipe}),
        method=XGBOOST if validation.xgboost_serves else CHANNEL_MEAN,
        recipe=recipe,
        coding=training.coding,
        until=str((training.first_day + pd.Timedelta(days=int(training.day[-1]))).date()),
        outcomes=describe_outcomes(training),
        means=means.tolist(),
        errors=[own.tolist() for own in _held_out_errors(training, validation)],
        booster=booster,
        importance=dict(zip(drivers["feature"], drivers["importance"].round(6).tolist(), strict=True)),
    )


def _held_out_errors(training: CampaignRows, validation: Validation) -> list[Floats]:
    """Quantiles of absolute errors by channel code; of all channels' where one has fewer than `ENOUGH`.

    Without folds they are those of the channel's mean on its own rows. A quantile is the one that a further error stays
    below with its probability.
    """
    pairs = [(fold.test, validation.predictions(fold)) for fold in validation.folds]
    pairs = pairs or [(training, fit_channel_mean(training).predict(training))]
    errors = np.concatenate([np.sqrt(squares(rows, predicted)) for rows, predicted in pairs])
    channel = np.concatenate([rows.channel for rows, _ in pairs])
    found = []
    for code in range(len(training.channels)):
        own = errors[channel == code]
        own = own if len(own) >= ENOUGH else errors
        found.append(np.quantile(own, np.minimum(QUANTILES * (len(own) + 1) / len(own), 1.0)))
    return found


def _nothing(campaigns: pd.DataFrame, recipe: str) -> CampaignPredictions:
    """What is answered where no row's ROI is known: no predictions, and a card that says why."""
    note = "No predictions: the ROI of no campaign is known."
    card = {"method": CHANNEL_MEAN, "notes": [note], "data": {"rows": len(campaigns)}, "drivers": []}
    empty = pd.DataFrame(columns=list(DRIVERS)).astype({"importance": "float64", "noise": "float64"})
    version = _digest({"rows": 0, "recipe": recipe})
    return CampaignPredictions(pd.DataFrame(columns=list(PREDICTIONS)), CHANNEL_MEAN, card, empty, version)


def _hash(rows: CampaignRows) -> str:
    """The rows and what their codes stand for."""
    parts = (rows.ids, rows.day, rows.channel, rows.inputs, rows.roi)
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts))
    digest.update(json.dumps([vars(rows.coding), str(rows.first_day)]).encode())
    return digest.hexdigest()


def _digest(facts: Mapping[str, object]) -> str:
    """All of it and what the code itself decides, as sixteen hexadecimal digits."""
    everything = {**facts, "trees": TREES, "rounds": ROUNDS, "features": FEATURES, "revision": REVISION}
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:16]
