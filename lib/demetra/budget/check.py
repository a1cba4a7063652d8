"""How far the fitted response can be trusted, channel by channel: for the notebook's check cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from demetra.budget.evidence import grade_evidence
from demetra.budget.regressors import USUAL_SHAPE, build_regressors
from demetra.budget.response import fit_panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demetra.budget.panel import Panel
    from demetra.budget.response import Response

    FloatArray = NDArray[np.float64]

_TEST_DAYS: Final = 28
_LEAST_TRAINING_DAYS: Final = 42


def check_response(response: Response) -> pd.DataFrame:
    """Tell per channel how its response was learnt, and whether it predicts better than constant returns do.

    One row per channel, sorted by name: `channel, days` (with activity), `elasticity, elasticity_lo80,
    elasticity_hi80, evidence, fit_error, constant_return_error`. The errors are mean absolute relative errors of the
    weekly outcome in the last 28 days, predicted from the days before them and the actual spend, by the response and by
    "outcome is proportional to spend"; both are told each week's total for the account, so that they differ in the
    channels' spend only. NaN where the history is shorter than ten weeks.
    """
    own = response.own
    low, high = np.quantile(own, [0.1, 0.9], axis=0)
    fitted, constant = _test_fit(response)
    return pd.DataFrame(
        {
            "channel": pd.Series(response.channels, dtype="str"),
            "days": response.days,
            "elasticity": own.mean(axis=0),
            "elasticity_lo80": low,
            "elasticity_hi80": high,
            "evidence": list(grade_evidence(response)),
            "fit_error": fitted,
            "constant_return_error": constant,
        }
    ).sort_values("channel", ignore_index=True)


def _test_fit(response: Response) -> tuple[FloatArray, FloatArray]:
    """Errors of the response and of constant returns over the last four weeks, by channel."""
    panel = response.panel
    test = max(1, _TEST_DAYS // panel.period_days)
    unknown = np.full(len(panel.channels), np.nan)
    if response.outcome == "nothing" or (len(panel.dates) - test) * panel.period_days < _LEAST_TRAINING_DAYS:
        return unknown, unknown
    with threadpool_limits(limits=1, user_api="blas"):
        past = fit_panel(_cut(panel, test))
    elasticity = past.own.mean(axis=0)
    outcome = panel.conversions if np.nansum(panel.conversions) > 0 else panel.revenue
    regressors = build_regressors(panel)
    known = regressors.active & ~np.isnan(outcome)
    y, spend = np.where(known, outcome, 0.0), np.where(known, panel.spend, 0.0)
    lift = np.where(known, np.exp(elasticity * regressors.log_spend[:, :, USUAL_SHAPE]), 0.0)
    return _score(y, lift, test, panel.period_days), _score(y, spend, test, panel.period_days)


def _score(y: FloatArray, driver: FloatArray, test: int, period_days: int) -> FloatArray:
    """Mean absolute error over mean outcome of weeks predicted as proportional to a driver, by channel."""
    before = slice(-3 * test, -test)
    rate = y[before].sum(axis=0) / np.maximum(driver[before].sum(axis=0), 1e-12)
    weeks = np.arange(test) * period_days // 7
    actual, expected = (
        np.array([values[-test:][weeks == week].sum(axis=0) for week in np.unique(weeks)])
        for values in (y, driver * rate)
    )
    if y.shape[1] > 1:
        expected *= actual.sum(axis=1, keepdims=True) / np.maximum(expected.sum(axis=1, keepdims=True), 1e-12)
    total = actual.sum(axis=0)
    error = np.abs(actual - expected).sum(axis=0)
    return np.asarray(np.divide(error, total, out=np.full_like(total, np.nan), where=total > 0))


def _cut(panel: Panel, periods: int) -> Panel:
    """The panel without its last periods."""
    return replace(
        panel,
        dates=panel.dates[:-periods],
        spend=panel.spend[:-periods],
        conversions=panel.conversions[:-periods],
        revenue=panel.revenue[:-periods],
    )
