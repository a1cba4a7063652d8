"""Incidents: listed, marked as read, taken on, put off, closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi import Path as InPath

from demetra.schema import Severity
from demetra.store.incidents import (
    acknowledge_incident,
    mark_incident_read,
    read_incident,
    resolve_incident,
    snooze_incident,
)
from demetra.store.pages import list_alerts
from demetra_runner.api.database import Stored
from demetra_runner.api.errors import document
from demetra_runner.api.models.alerts import Alert, AlertWithHistory, Change, Snooze
from demetra_runner.api.parameters import Channels, Limit, Skip

router = APIRouter(prefix="/api/alerts", tags=["alerts"])
AlertId = Annotated[int, InPath(ge=1, le=2**63 - 1)]


@router.get("", response_model=list[Alert])
def list_incidents(
    database: Stored,
    response: Response,
    status: Literal["open", "resolved", "all"] = "all",
    severity: Severity | None = None,
    channel: Channels = [],  # noqa: B006 - never changed
    skip: Skip = 0,
    limit: Limit = 100,
) -> list[dict[str, Any]]:
    """Incidents: those that are open first, the gravest first."""
    resolved = {"open": False, "resolved": True, "all": None}[status]
    narrow = {"resolved": resolved, "severity": severity, "channels": channel}
    with database.snapshot() as connection:
        page = list_alerts(connection, **narrow, skip=skip, limit=limit)
    response.headers["X-Total-Count"] = str(page.total)
    return page.rows


@router.get("/unread", response_model=list[Alert])
def list_unread(database: Stored, response: Response, skip: Skip = 0, limit: Limit = 100) -> list[dict[str, Any]]:
    """The incidents that are open and nobody has read."""
    with database.snapshot() as connection:
        page = list_alerts(connection, resolved=False, unread=True, skip=skip, limit=limit)
    response.headers["X-Total-Count"] = str(page.total)
    return page.rows


@router.get("/{alert_id}", response_model=AlertWithHistory, responses=document(404))
def show_incident(alert_id: AlertId, database: Stored) -> dict[str, Any]:
    """One incident with its changes, the oldest first."""
    with database.snapshot() as connection:
        return read_incident(connection, alert_id)


@router.patch("/{alert_id}/read", response_model=Alert, responses=document(404))
def mark_read(alert_id: AlertId, database: Stored) -> dict[str, Any]:
    """Note that somebody has read it; it stays open. Marking it again changes nothing."""
    with database.changing():
        mark_incident_read(database.engine, alert_id)
    return show_incident(alert_id, database)


@router.post("/{alert_id}/acknowledge", response_model=Alert, responses=document(404, 409))
def acknowledge(alert_id: AlertId, change: Change, database: Stored) -> dict[str, Any]:
    """Somebody has taken it on."""
    with database.changing():
        acknowledge_incident(database.engine, alert_id, **vars(change), moment=datetime.now(UTC))
    return show_incident(alert_id, database)


@router.post("/{alert_id}/snooze", response_model=Alert, responses=document(404, 409))
def snooze(alert_id: AlertId, change: Snooze, database: Stored) -> dict[str, Any]:
    """Nobody is told of it for so long; then a run opens it again, if it is not over."""
    now = datetime.now(UTC)
    until = now + timedelta(hours=change.hours)
    with database.changing():
        snooze_incident(database.engine, alert_id, until=until, author=change.author, note=change.note, moment=now)
    return show_incident(alert_id, database)


@router.post("/{alert_id}/resolve", response_model=Alert, responses=document(404, 409))
def resolve(alert_id: AlertId, change: Change, database: Stored) -> dict[str, Any]:
    """Close it; it opens again when data of a later day still show it."""
    with database.changing():
        resolve_incident(database.engine, alert_id, **vars(change), moment=datetime.now(UTC))
    return show_incident(alert_id, database)
