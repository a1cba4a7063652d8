"""Runs: ask for one, follow it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from demetra.store.runs import ask_for_run, run_status
from demetra_runner.api.database import Stored
from demetra_runner.api.models.runs import RequestedRun, SyncStatus
from demetra_runner.status import read_status

router = APIRouter(prefix="/api/sync", tags=["runs"])


@router.post("/run-now", status_code=202, response_model=RequestedRun)
def request_run_now(database: Stored) -> dict[str, Any]:
    """Ask for a run and answer at once: with the run under way where there is one, else with the one that starts next.

    A request that meets a run is done after it, once, however many ask.
    """
    with database.changing():
        run_id = ask_for_run(database.engine, trigger="api")
        return {"run_id": run_id, "status": run_status(database.engine, run_id)}


@router.get("/status", response_model=SyncStatus)
def tell_status(database: Stored) -> dict[str, Any]:
    """What is published, what runs and how far each of its steps is, what waits, and how the last run ended."""
    with database.changing():
        return read_status(database.engine)
