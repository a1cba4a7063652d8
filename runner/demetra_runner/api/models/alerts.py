"""Incidents and written recommendations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from demetra.schema import Severity
from demetra_runner.api.models.base import Shape


class Alert(Shape):
    """One incident: a kind of trouble on a channel, however many campaigns it takes in."""

    id: int
    alert_type: str = Field(examples=["roi_drop"])
    severity: Severity
    channel: str
    message: str
    metric_value: float | None
    threshold_value: float | None
    action: str = Field(description="What to do about it")
    first_seen: datetime
    last_seen: datetime
    occurrences: int = Field(description="Campaigns in breach when last seen")
    worst: list[Any] = Field(description="The worst campaigns in breach")
    is_read: bool
    resolved_at: datetime | None
    status: Literal["open", "acknowledged", "snoozed", "resolved"]
    snoozed_until: datetime | None
    resolved_by: str | None = Field(description="demetra where it was over by itself, else who closed it")
    since: date | None = Field(description="First day of the trouble in the data")
    expected_value: float | None = Field(description="Where the rule has an expected range")
    run_id: str = Field(description="The run that saw it last")
    created_at: datetime = Field(description="The same as `first_seen`", validation_alias="first_seen")


class AlertChange(Shape):
    """One change in the life of an incident."""

    at: datetime
    event: str = Field(examples=["acknowledged"])
    author: str = Field(description="demetra: a run")
    note: str | None
    severity: str
    metric_value: float | None
    message: str
    run_id: str | None


class AlertWithHistory(Alert):
    """An incident and its changes, the oldest first."""

    events: list[AlertChange]


class Change(Shape):
    """Who changes an incident, and why."""

    author: str = Field(default="api", min_length=1, max_length=100, examples=["ann"])
    note: str = Field(default="", max_length=1000)


class Snooze(Change):
    """Who puts an incident off, for how long, and why."""

    hours: float = Field(gt=0, le=24 * 365, examples=[24])


class Recommendation(Shape):
    """The published recommendations, in the brief's shape, and who wrote them."""

    run_id: str
    as_of: date
    created_at: datetime
    stale: bool
    channel_comparison: dict[str, Any]
    ml_predictions: dict[str, Any]
    recommendations: dict[str, Any]
    summary: str
    generated_by: Literal["llm", "rules"]
    model: str | None
    rejected_reason: str | None = Field(
        description="Why a model's text was not used, or which of its sentences were taken out why"
    )
    unanswered: bool = Field(description="A model is configured and gave no answer; the next run asks again")
    prompt_tokens: int | None = Field(description="Of all requests for this text; 0 where a kept answer served")
    completion_tokens: int | None
    cost_usd: float | None = Field(description="`null` where no price is known")
