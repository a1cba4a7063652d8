"""Budget advice: how the account responds to spend, and the split of a budget that is expected to return most."""

from demetra.budget.advice import BudgetAdvice, WiderBounds, allocate_budget
from demetra.budget.check import check_response
from demetra.budget.experiment import SpendExperiment
from demetra.budget.limits import BudgetLimits, read_minimum
from demetra.budget.outlook import tabulate_outlook
from demetra.budget.response import Response, fit_response

__all__ = [
    "BudgetAdvice",
    "BudgetLimits",
    "Response",
    "SpendExperiment",
    "WiderBounds",
    "allocate_budget",
    "check_response",
    "fit_response",
    "read_minimum",
    "tabulate_outlook",
]
