"""Learned methods: a ridge regression and XGBoost on lags, one model for all channels of a metric.

Both predict the quotient of a later day and the channel's present level from other levels over that level, the
weekday and the distance. They are refitted as the history grows, always on what was known by then, and serve as
far as their backtest earns them weight in the blend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from demetra.forecast.levels import divide
from demetra.forecast.methods import Method

if TYPE_CHECKING:
    from demetra.forecast.panel import Array, Panel

LONGEST_HORIZON: Final = 35
BASE: Final = "smoothing 14"
INPUTS: Final = ("last value", "smoothing 1", "smoothing 3", "smoothing 7", "smoothing 30", "mean")
RIDGE: Final = 20.0
REFIT_EVERY: Final = 7
FEWEST_ROWS: Final = 60
FIRST_FIT: Final = {1: 70, 7: 30}
GROWTH: Final = 1.6
MOST_ROWS: Final = 2000
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


def learn_methods(panel: Panel, methods: list[Method], *, horizon: int) -> list[Method]:
    """Ridge and XGBoost on lags; none where the horizon is long or the history short."""
    if horizon > LONGEST_HORIZON or len(panel.actual) <= FIRST_FIT[panel.calendar.step_days]:
        return []
    named = {method.name: method for method in methods}
    base = named[BASE].level
    features = np.stack([_features(panel, named, base, step) for step in range(1, horizon + 1)])
    targets = np.full((horizon, *base.shape), np.nan)
    for step in range(1, min(horizon, len(base) - 1) + 1):
        targets[step - 1, :-step] = divide(panel.actual[step:], base[:-step])
    return [
        Method("regression on lags", "regression", base, path=fit_ridge(features, targets) * base),
        Method("xgboost on lags", "xgboost", base, path=fit_trees(features, targets, panel) * base),
    ]


def _features(panel: Panel, named: dict[str, Method], base: Array, step: int) -> Array:
    """(days, channels, features): levels over the base, last week's value, the weekday's factor, weekday, distance."""
    columns = [divide(named[name].level, base) for name in INPUTS]
    if panel.season > 1:
        columns.append(divide(named["seasonal naive"].ahead(step), base))
        columns.append(divide(named["weekday mean"].ahead(step), named["weekday mean"].level))
        weekday = (np.arange(len(base)) + step) % panel.season
        columns.append(np.broadcast_to(weekday[:, None], base.shape))
    columns.append(np.full_like(base, step))
    return np.stack(columns, axis=-1)


def fit_ridge(features: Array, targets: Array) -> Array:
    """Direct forecasts by ridge regression for each step ahead, over the base level; (steps, days, channels).

    Normal equations are running sums over time, so each day's coefficients cost one solve; they are renewed every
    `REFIT_EVERY` days.
    """
    found = np.full_like(targets, np.nan)
    for index, target in enumerate(targets):
        step = index + 1
        ratios = features[index, :, :, : -2 if features.shape[-1] > len(INPUTS) + 1 else -1]
        inputs = np.concatenate([np.clip(ratios - 1.0, -1.0, 2.0), np.ones((*target.shape, 1))], axis=-1)
        usable = np.isfinite(target) & np.isfinite(inputs).all(axis=-1)
        held = np.where(usable[..., None], inputs, 0.0)
        goal = np.where(usable, np.clip(target - 1.0, -1.0, 2.0), 0.0)
        renewed = np.arange(len(target)) // REFIT_EVERY * REFIT_EVERY
        known = np.maximum(renewed - step, -1)
        gram = np.cumsum(np.einsum("tci,tcj->tij", held, held), axis=0)[known]
        moment = np.cumsum(np.einsum("tci,tc->ti", held, goal), axis=0)[known]
        rows = np.where(known >= 0, gram[:, -1, -1], 0.0)
        power = np.einsum("tii->ti", gram).mean(axis=-1) / np.maximum(rows, 1.0)
        penalty = (RIDGE * power + 1e-6)[:, None, None] * np.eye(gram.shape[-1])
        weights = np.linalg.solve(gram + penalty, moment[..., None])[..., 0]
        forecast = np.maximum(1.0 + np.einsum("tci,ti->tc", inputs, weights), 0.0)
        found[index] = np.where((rows >= FEWEST_ROWS)[:, None], forecast, np.nan)
    return found


def fit_trees(features: Array, targets: Array, panel: Panel) -> Array:
    """Forecasts by XGBoost over the base level, refitted whenever the history has grown by `GROWTH`."""
    import xgboost

    days = targets.shape[1]
    first = FIRST_FIT[panel.calendar.step_days]
    fits = [first]
    while fits[-1] * GROWTH < days:
        fits.append(int(fits[-1] * GROWTH) + 1)
    found = np.full_like(targets, np.nan)
    for known, until in zip(fits, [*fits[1:], days + 1], strict=True):
        rows, goals = _training_rows(features, targets, known=known, season=panel.steps(28))
        if len(goals) < FEWEST_ROWS:
            continue
        model = xgboost.train(TREES, xgboost.DMatrix(rows, goals), num_boost_round=ROUNDS)
        asked = features[:, known - 1 : until - 1]
        answer = model.predict(xgboost.DMatrix(asked.reshape(-1, asked.shape[-1])))
        found[:, known - 1 : until - 1] = np.maximum(answer.reshape(asked.shape[:-1]), 0.0)
    return found


def _training_rows(features: Array, targets: Array, *, known: int, season: int) -> tuple[Array, Array]:
    """Rows whose target lies in the first `known` days, evenly thinned to some `MOST_ROWS`.

    They are put in an order of their own values, so that the order of the channels makes no difference.
    """
    steps = np.arange(1, len(targets) + 1)[:, None]
    origins = np.arange(targets.shape[1])[None, :]
    seen = (origins >= season) & (origins + steps < known)
    usable = seen[:, :, None] & np.isfinite(targets) & np.isfinite(features).all(axis=-1) & (targets < 5.0)
    thin = int(np.ceil(usable.sum() / MOST_ROWS))
    usable &= ((origins + 5 * steps) % max(thin, 1) == 0)[:, :, None]
    rows, goals = features[usable], targets[usable]
    order = np.lexsort((*rows.T, goals))
    return rows[order], goals[order]
