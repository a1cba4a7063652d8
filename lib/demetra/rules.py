"""The business rules of `demetra.toml`, typed and checked; all problems of the file are told at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from demetra.errors import ConfigurationError, Problem
from demetra.schema import Severity

RULE_METRICS: Final = {
    "threshold": ("roi", "cpa", "conversion_rate", "ctr", "cpc", "cpm", "engagement_score"),
    "change": ("roi", "conversion_rate", "cpa", "ctr", "spend", "reach"),
}
"""The metrics that a rule of each kind takes; the other kinds take none."""

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=3660)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class AccountRules(_Section):
    """What holds for the whole account."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"


class ForecastRules(_Section):
    """How far the forecasts look, and how much of the past the charts show (days)."""

    horizon_days: Annotated[int, Field(ge=1, le=365)] = 14
    history_days: Days = 90


class RiskRules(_Section):
    """Predicted campaign ROI below which the risk is high, then medium."""

    high_below: float = 1.0
    medium_below: float = 2.0


class BudgetRules(_Section):
    """Limits of the budget advice; amounts are in the account's currency for `days` days, None is no limit.

    `minimum` holds `CHANNEL=AMOUNT`, `total` None is to spend as much as now, `caution` is in standard deviations of
    the gain.
    """

    days: Days = 30
    bound: Share = 0.30
    total: Annotated[float, Field(gt=0)] | None = None
    fixed: list[str] = Field(default_factory=list)
    minimum: list[Annotated[str, Field(pattern=r"^.+=\s*\d+(\.\d+)?\s*$")]] = Field(default_factory=list)
    target_roi: Annotated[float, Field(gt=-1)] | None = None
    target_cpa: Annotated[float, Field(gt=0)] | None = None
    caution: Annotated[float, Field(ge=0, le=5)] = 0.7


class AlertRule(_Section):
    """One rule of detection.

    `threshold`: the metric over `window_days` days is below or above `limit`. `change`: the metric has left its
    expected range, on the side of `condition`, and is off what was expected by `limit` as a share. `pace`: spend is
    ahead of the month's plan by `limit` as a share. `silence`: a channel reports nothing but zeros, `gap`: it has no
    rows up to the last day, `holes`: days of the last week are missing; each for `limit` days at least.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    kind: Literal["threshold", "change", "pace", "silence", "gap", "holes"]
    metric: str | None = None
    condition: Literal["below", "above", "outside"] = "above"
    limit: Annotated[float, Field(ge=0)] = 0.0
    severity: Severity = "medium"
    action: Annotated[str, Field(min_length=1, max_length=300)]
    tell: list[str] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list)
    window_days: Annotated[int, Field(ge=1, le=31)] = 7
    enabled: bool = True

    @model_validator(mode="after")
    def _check_metric(self) -> Self:
        known = RULE_METRICS.get(self.kind, (None,))
        if self.metric not in known:
            found = "no metric" if self.metric is None else f"the metric {self.metric!r}"
            wanted = " or ".join(str(name) for name in known) if known != (None,) else "none"
            raise ValueError(f"{found}; a rule of kind {self.kind!r} takes {wanted}")
        if self.kind == "threshold" and self.condition == "outside":
            raise ValueError("a threshold has one side: the condition is 'below' or 'above'")
        return self


class AlertRules(_Section):
    """Thresholds of the alerts; rates as fractions, costs in the account's currency.

    `rules` are an analyst's own; one with the name of a built-in rule takes its place. A relapse within
    `cool_down_days` reopens an incident.
    """

    window_days: Days = 7
    cool_down_days: Annotated[int, Field(ge=0, le=365)] = 3
    min_breach_share: Share = 0.25
    roi_drop_below: float = 1.5
    cost_spike_above: float = 600.0
    low_conversion_below: Share = 0.05
    high_ctr_above: Share = 0.15
    engagement_drop_below: float = 3.0
    budget_overrun_above: float = 0.90
    underperform_ratio: float = 0.70
    rules: list[AlertRule] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"a name for each rule; given twice: {', '.join(twice)}")
        return self


ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Route(_Section):
    """What a receiver of `DEMETRA_NOTIFY_URLS` is told: from a severity on, of some channels (empty: all)."""

    to: Annotated[str, Field(min_length=1)]
    least_severity: Severity = "medium"
    channels: list[str] = Field(default_factory=list)


class NotificationRules(_Section):
    """Who is told what, and when not; a receiver without a route is told everything from `least_severity` on.

    Between `quiet_from` and `quiet_until` (clock times of `time_zone`; both empty: never quiet) only what is at least
    `quiet_except` is told; the rest waits for one digest in the morning. No receiver gets more than `daily_cap`
    messages a day.
    """

    least_severity: Severity = "medium"
    quiet_from: ClockTime | Literal[""] = "22:00"
    quiet_until: ClockTime | Literal[""] = "08:00"
    quiet_except: Severity = "critical"
    time_zone: str = "UTC"
    daily_cap: Annotated[int, Field(ge=1, le=1000)] = 20
    routes: list[Route] = Field(default_factory=list)

    @field_validator("time_zone")
    @classmethod
    def _check_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("a time zone of the IANA database, like Europe/Berlin") from error
        return name


class RecommendationRules(_Section):
    """The language that recommendations are written in, and alerts stored and delivered."""

    language: Literal["en", "ru"] = "en"


class RunRules(_Section):
    """Which runs are kept on disk."""

    keep_count: Annotated[int, Field(ge=1)] = 48
    keep_days: Days = 14


class LimitRules(_Section):
    """What one step of a run may take: wall time, and its kernel's memory, processor time and open files."""

    cell_seconds: Annotated[int, Field(ge=1)] = 300
    step_seconds: Annotated[int, Field(ge=1)] = 900
    memory_mib: Annotated[int, Field(ge=64)] = 4096
    cpu_seconds: Annotated[int, Field(ge=1)] = 1800
    open_files: Annotated[int, Field(ge=64)] = 1024


class ReportRules(_Section):
    """Reports that the schedule writes into `outputs/reports/`; a week begins on Monday, days are UTC."""

    every: Literal["never", "day", "week"] = "never"
    kinds: list[Literal["xlsx", "pdf", "html"]] = ["pdf", "xlsx"]
    language: Literal["en", "ru"] = "en"
    keep_count: Annotated[int, Field(ge=1)] = 60


class DemoRules(_Section):
    """The simulated market that fills an empty database."""

    seed: int = 20260101
    history_days: Annotated[int, Field(ge=28, le=3660)] = 365


class Rules(_Section):
    """Everything that `demetra.toml` decides; a section left out keeps its defaults."""

    account: AccountRules = AccountRules()
    forecast: ForecastRules = ForecastRules()
    risk: RiskRules = RiskRules()
    budget: BudgetRules = BudgetRules()
    alerts: AlertRules = AlertRules()
    notifications: NotificationRules = NotificationRules()
    recommendations: RecommendationRules = RecommendationRules()
    runs: RunRules = RunRules()
    limits: LimitRules = LimitRules()
    reports: ReportRules = ReportRules()
    demo: DemoRules = DemoRules()


def read_rules(path: Path) -> Rules:
    """Read and check a rules file.

    Raises:
        ConfigurationError: the file is missing, is not TOML, or has unknown, ill-typed or impossible values.
    """
    what = f"The rules file {path} cannot be used"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        problem = Problem(str(path), "no such file", "a TOML file", "Restore demetra.toml from the repository.")
        raise ConfigurationError(what, [problem]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(what, [Problem(str(path), str(error), "TOML in UTF-8")]) from error
    try:
        return Rules.model_validate(content)
    except ValidationError as error:
        problems = [
            Problem(_name_place(item["loc"], content), _show(item["input"]), item["msg"].removeprefix("Value error, "))
            for item in error.errors()
        ]
        raise ConfigurationError(what, problems) from error


def _name_place(path: tuple[int | str, ...], content: dict[str, Any]) -> str:
    """Where a value stands, with the name of the rule where it is one of several: `alerts.rules.my_rule.severity`."""
    names: list[str] = []
    value: Any = content
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = None
        own = value.get("name") if isinstance(part, int) and isinstance(value, dict) else None
        names.append(str(own or part))
    return ".".join(names)


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:99]}…"
