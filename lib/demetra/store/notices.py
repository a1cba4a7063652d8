"""Runs that failed, work again or did not happen, posted to the outbox: a change of state once, not every failure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from demetra.store.outbox import post_notice
from demetra.store.runs import last_ended, running_run

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_ERROR: Final = 600


def post_run_end(connection: Connection, run_id: str, *, status: str, error: str | None, moment: datetime) -> None:
    """Post that a run failed where the last one did not, or that one works where the last one failed.

    In the transaction that records the run's end; the caller commits.
    """
    last = last_ended(connection, before=run_id)
    failed, failed_before = status == "failed", last is not None and last["status"] == "failed"
    if failed and not failed_before:
        reason = (error or "unknown")[:LONGEST_ERROR]
        _post(connection, f"run-failed:{run_id}", {"notice": "failed", "run": run_id, "reason": reason}, moment)
    elif failed_before and not failed:
        _post(connection, f"run-recovered:{run_id}", {"notice": "recovered", "run": run_id}, moment)


def post_missed_runs(connection: Connection, *, every_minutes: int, now: datetime) -> bool:
    """Post, once, that no run has ended for more than two intervals; False where all is well. The caller commits."""
    last = last_ended(connection)
    if last is None or running_run(connection) is not None:
        return False
    if now - last["finished_at"] <= timedelta(minutes=2 * every_minutes + 5):
        return False
    facts = {"notice": "missed", "run": last["id"], "ended": last["finished_at"].isoformat(), "minutes": every_minutes}
    return _post(connection, f"run-missed:{last['id']}", facts, now)


def _post(connection: Connection, key: str, content: dict[str, Any], moment: datetime) -> bool:
    return post_notice(connection, key=key, topic="run", severity="critical", content=content, moment=moment)
