"""Runs, their steps, what is published, health."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from demetra.store.runs import RunStatus, StepStatus
from demetra_runner.api.models.base import Shape


class Health(Shape):
    """Whether the API and its database work."""

    status: Literal["ok", "unavailable"]
    database: Literal["ok", "away"]
    version: str = Field(examples=["0.1.0"])


class RequestedRun(Shape):
    """A run that was asked for."""

    run_id: str = Field(
        description="The run under way, else the one that starts next", examples=["20260401T060002Z-3f9a1c"]
    )
    status: RunStatus


class StepState(Shape):
    """One step of a run."""

    step: str
    status: StepStatus
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    notebook_path: str | None = Field(description="The executed notebook, relative to outputs/")


class RunState(Shape):
    """A run."""

    id: str
    trigger: str = Field(description="start, schedule, sync, api or dashboard")
    status: RunStatus
    options: dict[str, Any]
    as_of: date | None
    data_version: int | None
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None


class RunWithSteps(RunState):
    """A run and its steps."""

    steps: list[StepState]


class PublishedState(Shape):
    """What one step shows now."""

    step: str
    run_id: str
    as_of: date
    demo: bool
    published_at: datetime
    stale_since: datetime | None
    stale_reason: str | None


class SyncStatus(Shape):
    """What is published, what is running, what waits, and how the last run ended."""

    as_of: date | None
    demo: bool
    published: list[PublishedState]
    running: RunWithSteps | None
    queued: list[RunState]
    last_run: RunWithSteps | None
    errors: list[StepState] = Field(description="The steps of the last run that failed")
