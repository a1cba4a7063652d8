"""Incidents: listed, marked as read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Response
from fastapi import Path as InPath

from demetra.store.pages import list_alerts, mark_alert_read
from demetra_runner.api.database import Stored
from demetra_runner.api.errors import document
from demetra_runner.api.models.alerts import Alert
from demetra_runner.api.parameters import Channels, Limit, Skip

router = APIRouter(prefix="/api/alerts", tags=["alerts"])
Severity = Literal["low", "medium", "high", "critical"]


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


@router.patch("/{alert_id}/read", response_model=Alert, responses=document(404))
def mark_read(alert_id: Annotated[int, InPath(ge=1, le=2**63 - 1)], database: Stored) -> dict[str, Any]:
    """Note that somebody has read it; it stays open. Marking it again changes nothing."""
    with database.changing():
        alert = mark_alert_read(database.engine, alert_id)
    if alert is None:
        raise HTTPException(404, f"There is no alert {alert_id}.")
    return alert
