"""Learned methods: a ridge regression and XGBoost on lags, one model for all channels of a metric.

Both work on days divided by their weekday's factor and predict the quotient of a later day and the channel's present
level from other levels over that level, the weekday and the distance. They are refitted as the history grows, always
on what was known by then, and serve as far as their backtest earns them weight in the blend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.forecast.levels import divide
from demetra.forecast.methods import MONTH_DAYS, Method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.forecast.panel import Array, Panel

LONGEST_HORIZON: Final = 35
BASE: Final = "smoothing 14"
LEVELS: Final = ("smoothing 1", "smoothing 3", "smoothing 7", "smoothing 30", "mean")
RIDGE: Final = 20.0
REFIT_EVERY: Final = 7
FEWEST_ROWS: Final = 60
FIRST_FIT: Final = {1: 70, 7: 30}
GROWTH: Final = 1.6
MOST_ROWS: Final = 2000
WILD: Final = 5.0
ROUNDS: Final = 25
TREES: Final = {
    "objective": "reg:squarederror",
    "max_depth": 3,
    "eta": 0.15,
    "min_child_weight": 20,
    "max_bin": 32,
    "tree_method": "hist",
    "base_score": 1.0,
    "nthread": 1,  # thousands of rows: more threads are slower, and one is deterministic
    "seed": 0,
}


def learn_methods(panel: Panel, methods: Sequence[Method], *, horizon: int) -> list[Method]:
    """Ridge and XGBoost on lags; none where the horizon is long or the history short."""
    if horizon > LONGEST_HORIZON or len(panel.actual) <= FIRST_FIT[panel.calendar.step_days]:
        return []
    prefix = "weekday " if panel.season > 1 else ""
    named = {method.name: method for method in methods}
    base = named[prefix + BASE]
    levels = [named["last value"].level / base.factor(0), *(named[prefix + name].level for name in LEVELS)]
    ratios = [divide(level, base.level) for level in levels]
    features, targets, units = [], [], []
    for step in range(1, horizon + 1):
        unit = base.level * base.factor(step)
        seasonal = [divide(named["seasonal naive"].ahead(step), unit), base.factor(step)] if panel.season > 1 else []
        weekday = np.broadcast_to(((np.arange(len(unit)) + step) % panel.season)[:, None], unit.shape)
        features.append(np.stack([*ratios, *seasonal, weekday, np.full_like(unit, step)], axis=-1))
        target = np.full_like(unit, np.nan)
        target[:-step] = divide(panel.actual[step:], unit[:-step])
        targets.append(target)
        units.append(unit)
    inputs, goals, scale = np.stack(features), np.stack(targets), np.stack(units)
    first = FIRST_FIT[panel.calendar.step_days]
    ridge = fit_ridge(inputs[..., :-2], goals) * scale
    trees = fit_trees(inputs, goals, first=first, skip=panel.steps(MONTH_DAYS)) * scale
    for path in (ridge, trees):
        path[:, :first] = np.nan  # a history that ends there has neither
    return [
        Method("regression on lags", "regression", base.level, path=ridge),
        Method("xgboost on lags", "xgboost", base.level, path=trees),
    ]


def fit_ridge(features: Array, targets: Array) -> Array:
    """Direct forecasts by ridge regression, (steps, days, channels), NaN before `FEWEST_ROWS` rows are known.

    `features` are (steps, days, channels, features), near 1 where nothing happens, like the `targets`. Normal
    equations are running sums over time; coefficients are renewed every `REFIT_EVERY` days.
    """
    found = np.full_like(targets, np.nan)
    renewed = np.arange(targets.shape[1]) // REFIT_EVERY * REFIT_EVERY
    for index, (ratios, target) in enumerate(zip(features, targets, strict=True)):
        inputs = np.concatenate([np.clip(ratios - 1.0, -1.0, 2.0), np.ones((*target.shape, 1))], axis=-1)
        usable = np.isfinite(target) & np.isfinite(inputs).all(axis=-1)
        held = np.where(usable[..., None], inputs, 0.0)
        goal = np.where(usable, np.clip(target - 1.0, -1.0, 2.0), 0.0)
        newest = renewed - (index + 1)
        gram = np.cumsum(np.einsum("tci,tcj->tij", held, held), axis=0)[np.maximum(newest, 0)]
        moment = np.cumsum(np.einsum("tci,tc->ti", held, goal), axis=0)[np.maximum(newest, 0)]
        rows = np.where(newest >= 0, gram[:, -1, -1], 0.0)
        power = np.einsum("tii->ti", gram).mean(axis=-1) / np.maximum(rows, 1.0)
        penalty = (RIDGE * power + 1e-6)[:, None, None] * np.eye(gram.shape[-1])
        weights = np.linalg.solve(gram + penalty, moment[..., None])[..., 0]
        forecast = np.maximum(1.0 + np.einsum("tci,ti->tc", inputs, weights), 0.0)
        found[index] = np.where((rows >= FEWEST_ROWS)[:, None], forecast, np.nan)
    return found


def fit_trees(features: Array, targets: Array, *, first: int, skip: int) -> Array:
    """Forecasts by XGBoost, shapes as in `fit_ridge`, fitted on the first `first` days and again as they grow.

    Refits come whenever the history is `GROWTH` times longer than at the last one; origins of the first `skip` days,
    whose levels are raw, do not teach.
    """
    import xgboost

    days = targets.shape[1]
    fits = [first]
    while fits[-1] * GROWTH < days:
        fits.append(int(fits[-1] * GROWTH) + 1)
    found = np.full_like(targets, np.nan)
    for known, until in zip(fits, [*fits[1:], days + 1], strict=True):
        rows, goals = _training_rows(features, targets, known=known, skip=skip)
        if len(goals) < FEWEST_ROWS:
            continue
        model = xgboost.train(TREES, xgboost.DMatrix(rows, goals, nthread=1), num_boost_round=ROUNDS)
        asked = features[:, known - 1 : until - 1]
        answer = model.predict(xgboost.DMatrix(asked.reshape(-1, asked.shape[-1]), nthread=1))
        answer = np.maximum(answer.reshape(asked.shape[:-1]), 0.0)
        found[:, known - 1 : until - 1] = np.where(np.isfinite(asked).all(axis=-1), answer, np.nan)
    return found


def _training_rows(features: Array, targets: Array, *, known: int, skip: int) -> tuple[Array, Array]:
    """Rows whose target lies in the first `known` days, thinned evenly to some `MOST_ROWS`.

    They are put in an order of their own values, so that the order of the channels makes no difference.
    """
    steps = np.arange(1, len(targets) + 1)[:, None]
    origins = np.arange(targets.shape[1])[None, :]
    seen = (origins >= skip) & (origins + steps < known)
    usable = seen[:, :, None] & np.isfinite(targets) & np.isfinite(features).all(axis=-1) & (targets < WILD)
    thin = max(int(np.ceil(usable.sum() / MOST_ROWS)), 1)
    usable &= ((origins + 5 * steps) % thin == 0)[:, :, None]
    rows, goals = features[usable], targets[usable]
    order = np.lexsort((*rows.T, goals))
    return rows[order], goals[order]
