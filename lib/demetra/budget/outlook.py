"""What would add to the advice, as a table and in sentences: a spend experiment, and wider bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from demetra.formats import format_change, format_percent
from demetra.schema import BUDGET_OUTLOOK

if TYPE_CHECKING:
    from demetra.budget.advice import BudgetAdvice, WiderBounds
    from demetra.budget.experiment import SpendExperiment


def tabulate_outlook(advice: BudgetAdvice) -> pd.DataFrame:
    """The experiment that is suggested, and wider bounds where they would gain more; columns `BUDGET_OUTLOOK`."""
    rows = []
    if advice.experiment:
        suggested = vars(advice.experiment) | {"kind": "experiment", "sentence": _suggest(advice.experiment)}
        rows.append(suggested)
    if advice.wider and advice.wider.expected_uplift_pct > advice.expected_uplift_pct:
        rows.append(vars(advice.wider) | {"kind": "wider bounds", "sentence": _widen(advice.wider, advice)})
    table = pd.DataFrame(rows, columns=list(BUDGET_OUTLOOK))
    texts = dict.fromkeys(("kind", "sentence", "channel"), "str")
    return table.astype({**dict.fromkeys(BUDGET_OUTLOOK[3:], "float64"), **texts})


def _suggest(experiment: SpendExperiment) -> str:
    share = format_percent(experiment.change_pct / 100, 0)
    return (
        f"Try {experiment.channel}: for {experiment.days} days, spend {share} more than now in one week and {share} "
        f"less in the next. It would tell {experiment.resolves}."
    )


def _widen(wider: WiderBounds, advice: BudgetAdvice) -> str:
    bound = format_percent(wider.bound, 0)
    gain, low, high = (
        format_change(value) for value in (wider.expected_uplift_pct, wider.uplift_lo80, wider.uplift_hi80)
    )
    return (
        f"With bounds of ±{bound} the best plan is expected to gain {gain} ({low} to {high}), "
        f"instead of {format_change(advice.expected_uplift_pct)}."
    )
