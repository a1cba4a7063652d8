"""The steps of a run, as data: which notebook, what it needs, what it publishes, which business rules it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any, Final

from demetra.errors import ParameterError, Problem

if TYPE_CHECKING:
    from demetra.rules import Rules


@dataclass(frozen=True)
class Step:
    """A notebook of the pipeline.

    `rules` maps a notebook parameter to the path of its value in `demetra.toml`; `needs` names the steps whose results
    the notebook reads; `publishes` the tables that it stages. A step is also the name of what it publishes.
    """

    name: str
    notebook: str
    publishes: tuple[str, ...]
    needs: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    """Further values of `demetra.toml`, by their path, that the notebook reads by itself."""
    asks_model: bool = False
    """Whether the result depends on the language model that the environment names."""


_FORECAST: Final = {"horizon_days": "forecast.horizon_days"}
_SERIES: Final = {**_FORECAST, "history_days": "forecast.history_days"}

STEPS: Final = (
    Step("roi-timeseries", "01_roi_timeseries.ipynb", ("ml_roi_timeseries", "ml_dashboards"), rules=_SERIES),
    Step(
        "reach-ctr-timeseries",
        "02_reach_ctr_timeseries.ipynb",
        ("ml_reach_ctr_timeseries", "ml_dashboards"),
        rules=_SERIES,
    ),
    Step(
        "roi-forecast",
        "03_roi_forecast.ipynb",
        ("ml_roi_forecast", "model_versions", "ml_dashboards"),
        needs=("roi-timeseries",),
        rules={**_FORECAST, "high_risk_below": "risk.high_below", "medium_risk_below": "risk.medium_below"},
    ),
    Step(
        "budget-recommendation",
        "04_budget_recommendation.ipynb",
        ("ml_budget_rec", "ml_budget_outlook", "ml_dashboards"),
        needs=("roi-forecast",),
        rules={
            **{
                name: f"budget.{name}"
                for name in ("days", "bound", "total", "fixed", "minimum", "target_roi", "target_cpa", "caution")
            },
            "currency": "account.currency",
        },
    ),
    Step(
        "alerts",
        "05_alerts.ipynb",
        ("breaches",),
        rules={
            **{
                name: f"alerts.{name}"
                for name in (
                    "window_days",
                    "min_breach_share",
                    "roi_drop_below",
                    "cost_spike_above",
                    "low_conversion_below",
                    "high_ctr_above",
                    "engagement_drop_below",
                    "budget_overrun_above",
                    "underperform_ratio",
                    "rules",
                )
            },
        },
        reads=("account.currency", "recommendations.language"),
    ),
    Step(
        "audience-timing",
        "07_audience_timing.ipynb",
        ("ml_audience_timing", "ml_dashboards"),
        rules={"history_days": "forecast.history_days"},
    ),
    Step(
        "recommendations",
        "06_llm_recommendations.ipynb",
        ("recommendations",),
        needs=("roi-forecast", "budget-recommendation", "alerts"),
        rules={
            "language": "recommendations.language",
            "currency": "account.currency",
            "budget_days": "budget.days",
        },
        asks_model=True,
    ),
)
BY_NAME: Final = {step.name: step for step in STEPS}


def find_step(name: str) -> Step:
    """The step of that name; its notebook's name serves too.

    Raises:
        ParameterError: there is no such step.
    """
    for step in STEPS:
        if name in (step.name, step.notebook, step.notebook.removesuffix(".ipynb")):
            return step
    problem = Problem("--only", repr(name), "one of " + ", ".join(BY_NAME))
    raise ParameterError("There is no such step", [problem])


def rule_values(step: Step, rules: Rules) -> dict[str, Any]:
    """The business rules that a step is given, by parameter name, as JSON-able values."""
    return _pick(step.rules, rules)


def read_values(step: Step, rules: Rules) -> dict[str, Any]:
    """The business rules that a step's notebook reads by itself, by their path."""
    return _pick({path: path for path in step.reads}, rules)


def _pick(paths: Mapping[str, str], rules: Rules) -> dict[str, Any]:
    given = rules.model_dump(mode="json")
    return {name: reduce(getitem, path.split("."), given) for name, path in paths.items()}
