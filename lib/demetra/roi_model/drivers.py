"""What the serving method's predictions rest on: permutation importance on held-out rows, with its noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from demetra.roi_model.features import FEATURES
from demetra.roi_model.models import fit_channel_mean
from demetra.roi_model.validation import squares, sum_by_day, thin

if TYPE_CHECKING:
    from demetra.roi_model.features import CampaignRows, Floats
    from demetra.roi_model.validation import Fold, Validation

DRIVERS: Final = ("feature", "importance", "noise")
REPEATS: Final = 2
MOST_ROWS: Final = 4000
CHANCE: Final = 0.05


def measure_drivers(validation: Validation, *, seed: int) -> pd.DataFrame:
    """Features whose shuffling makes held-out predictions worse by more than chance, largest first.

    `importance` is the loss of R² on held-out rows when the feature is shuffled among them (Breiman 2001); `noise` is
    what chance alone would exceed once in twenty accounts for any feature (one-sided, Bonferroni), its standard error
    taken over days. Empty where nothing beats its noise.
    """
    features = FEATURES if validation.xgboost_serves else ("channel",)
    limit = float(ndtri(1.0 - CHANCE / len(features)))
    rng = np.random.default_rng(seed)
    parts = [_measure_fold(validation, fold, features, rng) for fold in validation.folds]
    rows = []
    for index, feature in enumerate(features if parts else ()):
        losses = np.concatenate([losses[index] for losses, _ in parts])
        spread = sum(spread for _, spread in parts)
        noise = limit * float(losses.std(ddof=1)) * np.sqrt(len(losses)) if len(losses) > 1 else np.inf
        if spread > 0 and losses.sum() > noise > 0:
            rows.append((feature, float(losses.sum()) / spread, noise / spread))
    found = pd.DataFrame(rows, columns=list(DRIVERS)).astype({"importance": "float64", "noise": "float64"})
    return found.sort_values("importance", ascending=False, ignore_index=True)


def _measure_fold(
    validation: Validation, fold: Fold, features: tuple[str, ...], rng: np.random.Generator
) -> tuple[list[Floats], float]:
    """For each feature the added squared error by day, and the squares to be explained."""
    test = thin(fold.test, most=MOST_ROWS, seed=0)
    spread = float(((test.roi - test.roi.mean()) ** 2).sum())
    if not validation.xgboost_serves:
        return [_shuffle_channel(fold, test, rng)], spread
    asked = squares(test, fold.trees.predict(test, rounds=validation.rounds))
    losses = []
    for feature in features:
        added = np.zeros(len(test))
        for _ in range(REPEATS):
            order = rng.permutation(len(test))
            inputs = test.inputs.copy()
            inputs[:, FEATURES.index(feature)] = inputs[order, FEATURES.index(feature)]
            shuffled = fold.trees.predict(test, rounds=validation.rounds, inputs=inputs)
            if feature == "channel":
                base = fold.trees.base.means + fold.trees.shift
                shuffled += base[test.channel[order]] - base[test.channel]
            added += squares(test, shuffled) - asked
        losses.append(sum_by_day(added / REPEATS, test))
    return losses, spread


def _shuffle_channel(fold: Fold, test: CampaignRows, rng: np.random.Generator) -> Floats:
    mean = fit_channel_mean(fold.train)
    asked = squares(test, mean.predict(test))
    shuffles = [mean.means[rng.permutation(test.channel)] for _ in range(REPEATS)]
    added = sum(squares(test, shuffled) - asked for shuffled in shuffles) / REPEATS
    return sum_by_day(np.asarray(added), test)
