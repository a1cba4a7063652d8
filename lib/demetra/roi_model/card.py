"""The model card: what a version of the predictions was made from and how well it did on later rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demetra.roi_model.features import FEATURES
from demetra.roi_model.models import TREES, fit_channel_mean
from demetra.roi_model.validation import explained, squares
from demetra.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demetra.roi_model.features import CampaignRows, Floats
    from demetra.roi_model.validation import Fold, Validation


def write_card(
    training: CampaignRows,
    validation: Validation,
    drivers: pd.DataFrame,
    *,
    method: str,
    parameters: Mapping[str, float],
) -> dict[str, Any]:
    """A JSON-able account of the model; all metrics are of rows later than those trained on.

    `metrics` has, per method, `r2` (over the mean of the test rows of each fold), `rmse` and `mae`;
    `bias_by_channel` the serving method's mean prediction and the mean outcome.
    """
    return {
        "method": method,
        "data": {
            "from": _date(training, training.day[0]),
            "to": _date(training, training.day[-1]),
            "rows": len(training),
            "rows_by_channel": _by_channel(training),
            "mean_roi_by_channel": _rounded(training, fit_channel_mean(training).means),
        },
        "folds": [_describe_fold(fold, validation) for fold in validation.folds],
        "metrics": _measure_all(validation),
        "bias_by_channel": _measure_bias(validation),
        "drivers": drivers.round(6).to_dict("records"),
        "features": list(FEATURES),
        "parameters": {**TREES, **parameters, "rounds": validation.rounds if validation.folds else None},
        "notes": _note(validation),
    }


def tabulate_card(card: Mapping[str, Any]) -> pd.DataFrame:
    """A card as people read it: `part, item, value`, one fact a row; parts that the card lacks are left out."""
    data = card.get("data", {})
    facts: list[tuple[str, str, object]] = [("method", "serves", card["method"])]
    facts += [("method", "why", note) for note in card.get("notes", [])]
    facts += [("data", name, data[name]) for name in ("from", "to", "rows") if name in data]
    for method, figures in card.get("metrics", {}).items():
        facts += [(f"errors of {method}", name, value) for name, value in figures.items()]
    for channel, bias in card.get("bias_by_channel", {}).items():
        facts += [(f"mean ROI, {channel}", name, bias[name]) for name in ("predicted", "actual", "rows")]
    for driver in card["drivers"]:
        facts.append(("drivers", driver["feature"], f"{driver['importance']:.4f} (noise {driver['noise']:.4f})"))
    if not card["drivers"]:
        facts.append(("drivers", "none", "nothing beats its noise"))
    rows = [(part, item, "" if value is None else str(value)) for part, item, value in facts]
    return pd.DataFrame(rows, columns=["part", "item", "value"], dtype="str")


def _note(validation: Validation) -> list[str]:
    if not validation.folds:
        return [ENGLISH("trust.too_few")]
    if validation.xgboost_serves:
        return [ENGLISH("trust.trees_serve")]
    return [ENGLISH("trust.mean_serves")]


def _answers(fold: Fold, validation: Validation) -> dict[str, Floats]:
    return {
        "xgboost": fold.staged[validation.rounds],
        "channel mean": fold.channel_mean,
        "account mean": fold.account_mean,
    }


def _describe_fold(fold: Fold, validation: Validation) -> dict[str, Any]:
    return {
        "trained_until": _date(fold.train, fold.train.day[-1]),
        "tested_from": _date(fold.test, fold.test.day[0]),
        "tested_until": _date(fold.test, fold.test.day[-1]),
        "rows_trained": len(fold.train),
        "rows_tested": len(fold.test),
        "r2": {name: _round(explained(fold.test, answer)) for name, answer in _answers(fold, validation).items()},
    }


def _measure_all(validation: Validation) -> dict[str, dict[str, float | None]]:
    if not validation.folds:
        return {}
    spread = sum(float(((fold.test.roi - fold.test.roi.mean()) ** 2).sum()) for fold in validation.folds)
    found = {}
    for name in ("xgboost", "channel mean", "account mean"):
        wrong = np.concatenate([squares(fold.test, _answers(fold, validation)[name]) for fold in validation.folds])
        r2 = 1.0 - float(wrong.sum()) / spread if spread > 0 else None
        rmse, mae = float(np.sqrt(wrong.mean())), float(np.sqrt(wrong).mean())
        found[name] = {"r2": _round(r2), "rmse": _round(rmse), "mae": _round(mae)}
    return found


def _measure_bias(validation: Validation) -> dict[str, dict[str, float | None]]:
    if not validation.folds:
        return {}
    channel = np.concatenate([fold.test.channel for fold in validation.folds])
    actual = np.concatenate([fold.test.roi for fold in validation.folds])
    predicted = np.concatenate([validation.predictions(fold) for fold in validation.folds])
    found = {}
    for code, name in enumerate(validation.folds[0].test.channels):
        mine = channel == code
        if mine.any():
            said, came = float(predicted[mine].mean()), float(actual[mine].mean())
            found[name] = {"predicted": _round(said), "actual": _round(came), "rows": int(mine.sum())}
    return found


def _by_channel(rows: CampaignRows) -> dict[str, int]:
    count = np.bincount(rows.channel, minlength=len(rows.channels))
    return {name: int(count[code]) for code, name in enumerate(rows.channels)}


def _rounded(rows: CampaignRows, values: Floats) -> dict[str, float | None]:
    return {name: _round(float(values[code])) for code, name in enumerate(rows.channels)}


def _date(rows: CampaignRows, day: int) -> str:
    return str((rows.first_day + pd.Timedelta(days=int(day))).date())


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
