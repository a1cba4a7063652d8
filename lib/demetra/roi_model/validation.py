"""Time-ordered validation: what each candidate would have said of rows that came later."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.roi_model.models import Trees, fit_channel_mean, fit_trees

if TYPE_CHECKING:
    from demetra.roi_model.features import CampaignRows, Floats

FOLDS: Final = 4
FIRST_SHARE: Final = 0.5
FEWEST_TRAINING: Final = 40
FEWEST_DAYS: Final = 8
MOST_TRAINING: Final = 30_000
MOST_TESTING: Final = 15_000
ROUNDS: Final = (25, 60, 120)
CLEARLY: Final = 1.645


@dataclass(frozen=True)
class Fold:
    """Rows up to a day, and the later rows that they were tried on; predictions are of `test`."""

    train: CampaignRows
    test: CampaignRows
    trees: Trees
    account_mean: Floats
    channel_mean: Floats
    staged: dict[int, Floats]


@dataclass(frozen=True)
class Validation:
    """All folds, the number of trees that did best over them, and whether XGBoost beat the channel's mean."""

    folds: tuple[Fold, ...]

    @cached_property
    def rounds(self) -> int:
        """The number of trees with the least squared error over all folds."""
        return min(ROUNDS, key=lambda count: sum(squares(fold.test, fold.staged[count]).sum() for fold in self.folds))

    @cached_property
    def xgboost_serves(self) -> bool:
        """Whether it is better than the channel's mean by more than chance: `CLEARLY` standard errors over days.

        Days, not rows, are what is independent: rows of one day share its fortune.
        """
        if not self.folds:
            return False
        gains = [
            sum_by_day(squares(fold.test, fold.channel_mean) - squares(fold.test, fold.staged[self.rounds]), fold.test)
            for fold in self.folds
        ]
        gain = np.concatenate(gains)
        error = float(gain.std(ddof=1) * np.sqrt(len(gain)))
        return bool(gain.sum() > CLEARLY * error > 0)

    def predictions(self, fold: Fold) -> Floats:
        """What the serving method said of a fold's test rows."""
        return fold.staged[self.rounds] if self.xgboost_serves else fold.channel_mean


def squares(rows: CampaignRows, predicted: Floats) -> Floats:
    """Squared errors by row."""
    return np.asarray((rows.roi - predicted) ** 2)


def sum_by_day(values: Floats, rows: CampaignRows) -> Floats:
    """Sums over the rows of each day, for days that have rows."""
    _, position = np.unique(rows.day, return_inverse=True)
    return np.asarray(np.bincount(position, weights=values), dtype=np.float64)


def validate(rows: CampaignRows, *, seed: int) -> Validation:
    """Try the candidates on `FOLDS` later stretches of days, each trained on all days before it.

    `rows` have a ROI each. Large folds are thinned at random (seeded). Without enough rows or days there are no folds.
    """
    days = np.unique(rows.day)
    if len(days) < FEWEST_DAYS:
        return Validation(())
    edges = np.unique(np.linspace(FIRST_SHARE, 1.0, FOLDS + 1) * len(days)).astype(int)
    folds = []
    for start, end in pairwise(edges):
        train = rows.take(rows.day < days[start])
        test = rows.take((rows.day >= days[start]) & (rows.day <= days[end - 1]))
        if len(train) >= FEWEST_TRAINING and len(test):
            folds.append(_try(train, test, seed=seed))
    return Validation(tuple(folds))


def _try(train: CampaignRows, test: CampaignRows, *, seed: int) -> Fold:
    test = thin(test, most=MOST_TESTING, seed=seed)
    mean = fit_channel_mean(train)
    trees = fit_trees(thin(train, most=MOST_TRAINING, seed=seed), rounds=max(ROUNDS), seed=seed)
    staged = {rounds: trees.predict(test, rounds=rounds) for rounds in ROUNDS}
    account = np.full(len(test), train.roi.mean())
    return Fold(train, test, trees, account, mean.predict(test), staged)


def thin(rows: CampaignRows, *, most: int, seed: int) -> CampaignRows:
    """At most so many rows, drawn at random, still in order."""
    if len(rows) <= most:
        return rows
    drawn = np.random.default_rng(seed).choice(len(rows), most, replace=False)
    return rows.take(np.asarray(np.sort(drawn), dtype=np.int64))


def explained(rows: CampaignRows, predicted: Floats) -> float | None:
    """R²: the share of the rows' variance that is explained; None where they do not vary."""
    spread = float(((rows.roi - rows.roi.mean()) ** 2).sum())
    return 1.0 - float(squares(rows, predicted).sum()) / spread if spread > 0 else None
