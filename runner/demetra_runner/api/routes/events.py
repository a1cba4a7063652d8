"""What happens, as it happens: server-sent events for runs and alerts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from demetra.errors import DatabaseUnavailableError
from demetra.store.pages import list_alerts
from demetra_runner.api.errors import AWAY
from demetra_runner.api.models.alerts import Alert
from demetra_runner.api.models.runs import SyncStatus
from demetra_runner.status import read_status

if TYPE_CHECKING:
    from demetra_runner.api.database import Database

router = APIRouter(prefix="/api", tags=["events"])
POLL_SECONDS: Final = 0.5
MOST_ALERTS: Final = 100
State = dict[str, Any]


def read_state(database: Database) -> State:
    """What the stream tells: an event's name -> what it says now."""
    with database.changing():
        status = SyncStatus.model_validate(read_status(database.engine))
    with database.snapshot() as connection:
        alerts = list_alerts(connection, resolved=False, skip=0, limit=MOST_ALERTS).rows
    return {
        "progress": status.model_dump(mode="json"),
        "alerts": [Alert.model_validate(alert).model_dump(mode="json") for alert in alerts],
    }


async def read_first_state(request: Request) -> State:
    """The state to begin with; while the database is away there is none, and the answer is 503."""
    state: State = await request.app.state.happenings.ask()
    return state


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(
    request: Request, first: Annotated[State, Depends(read_first_state)]
) -> AsyncIterator[ServerSentEvent]:
    """`progress` (as `/api/sync/status`) and `alerts` (the open ones): both at once, then each when it changes.

    `unavailable` says that the database is away; what follows is told when it is back.
    """
    told: State = {}
    state = first
    while not request.app.state.stopping:
        for name, content in state.items():
            if told.get(name) != content:
                yield ServerSentEvent(event=name, data=content)
        told |= state
        await asyncio.sleep(POLL_SECONDS)
        try:
            state = await request.app.state.happenings.ask()
        except DatabaseUnavailableError:
            state, told = {"unavailable": {"detail": AWAY}}, {"unavailable": told.get("unavailable")}
        else:
            told.pop("unavailable", None)
