"""The two candidates: the shrunken mean of each channel, and XGBoost on what that leaves unexplained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from demetra.roi_model.features import KINDS

if TYPE_CHECKING:
    from demetra.roi_model.features import CampaignRows, Floats, Inputs

TREES: Final = {
    "objective": "reg:squarederror",
    "max_depth": 3,
    "eta": 0.1,
    "subsample": 0.8,
    "colsample_bytree": 0.8,
    "min_child_weight": 30,
    "lambda": 5.0,
    "max_bin": 64,
    "tree_method": "hist",
    "base_score": 0.0,
    "nthread": 1,  # two threads wait for each other where cores are shared, ten times as long
}
TAIL: Final = 0.005


@dataclass(frozen=True)
class ChannelMean:
    """Mean ROI per channel, shrunk towards the account's; `means` is by channel code."""

    means: Floats
    account: float

    def predict(self, rows: CampaignRows) -> Floats:
        """The channel's mean for every row."""
        return np.asarray(self.means[rows.channel])


def fit_channel_mean(rows: CampaignRows) -> ChannelMean:
    """Shrink each channel's mean by how far channels differ beyond chance (random effects by moments).

    `rows` have a ROI each. A channel without rows gets the account's mean. Source: DerSimonian and Laird 1986.
    """
    channels = len(rows.channels)
    count = np.bincount(rows.channel, minlength=channels).astype("float64")
    total = np.bincount(rows.channel, weights=rows.roi, minlength=channels)
    account = float(rows.roi.mean())
    mean = np.divide(total, count, out=np.full(channels, account), where=count > 0)
    within = float(((rows.roi - mean[rows.channel]) ** 2).sum() / max(len(rows) - (count > 0).sum(), 1))
    present = count > 0
    if present.sum() < 2 or within == 0.0:
        return ChannelMean(mean, account)
    weight = count[present] / within
    centre = float((weight * mean[present]).sum() / weight.sum())
    excess = float((weight * (mean[present] - centre) ** 2).sum()) - (present.sum() - 1)
    between = max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0)
    trust = np.divide(between, between + within / np.maximum(count, 1e-9))
    return ChannelMean(np.where(present, centre + trust * (mean - centre), centre), centre)


@dataclass(frozen=True)
class Trees:
    """XGBoost on the residuals of the channel's mean; `shift`, by channel code, takes out what bias is left."""

    base: ChannelMean
    booster: Any
    shift: Floats

    def predict(self, rows: CampaignRows, *, rounds: int = 0, inputs: Inputs | None = None) -> Floats:
        """Predicted ROI by the first `rounds` trees (0: all); `inputs` stand in for the rows' own."""
        given = rows.inputs if inputs is None else inputs
        return self.base.predict(rows) + self.shift[rows.channel] + _ask(self.booster, given, rounds)


def fit_trees(rows: CampaignRows, *, rounds: int, seed: int) -> Trees:
    """Fit to residuals whose far tails are clipped, then put back each channel's mean on the original scale."""
    import xgboost

    base = fit_channel_mean(rows)
    residual = rows.roi - base.predict(rows)
    low, high = np.quantile(residual, [TAIL, 1.0 - TAIL])
    data = xgboost.QuantileDMatrix(
        rows.inputs, np.clip(residual, low, high), feature_types=KINDS, max_bin=TREES["max_bin"], nthread=1
    )
    booster = xgboost.train({**TREES, "seed": seed}, data, num_boost_round=rounds)
    left = residual - _ask(booster, rows.inputs, 0)
    count = np.bincount(rows.channel, minlength=len(rows.channels))
    shift = np.bincount(rows.channel, weights=left, minlength=len(rows.channels)) / np.maximum(count, 1)
    return Trees(base, booster, shift)


def _ask(booster: Any, inputs: Inputs, rounds: int) -> Floats:
    import xgboost

    data = xgboost.DMatrix(inputs, feature_types=KINDS, nthread=1)
    return np.asarray(booster.predict(data, iteration_range=(0, rounds)), dtype="float64")


def ask_booster(kept: str, inputs: Inputs) -> Floats:
    """What a booster that was kept as JSON says of rows."""
    import xgboost

    booster = xgboost.Booster()
    booster.load_model(bytearray(kept, "utf-8"))
    return _ask(booster, inputs, 0)
