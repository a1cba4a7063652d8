"""Incidents: listed, marked as read."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response

from demetra.store.pages import list_alerts
from demetra_runner.api.database import Stored
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
