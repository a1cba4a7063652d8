"""Runs that failed, work again or did not happen, posted to the outbox: a change of state once, not every failure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from demetra.store.outbox import post_notice
from demetra.store.runs import last_ended, read_scheduled_runs

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
    """Post, once each, that a scheduled run did not begin in time, or has not ended; False where nothing is new.

    In time is within two intervals after the scheduled run before, and five minutes. What was missed while the machine
    slept is seen when it is awake again, by the runs before and after. The caller commits.
    """
    found = read_scheduled_runs(connection, limit=2)
    longest = timedelta(minutes=2 * every_minutes + 5)
    posted = False
    for run, following in zip(found, [now, *(run["started_at"] for run in found)], strict=False):
        facts: dict[str, Any] = {"run": run["id"], "minutes": every_minutes}
        if run["finished_at"] is None:
            facts |= {"notice": "stuck", "began": run["started_at"].isoformat()}
            late = run["started_at"]
        else:
            facts |= {"notice": "missed", "ended": run["finished_at"].isoformat()}
            late = run["finished_at"]
        if following - late > longest:
            posted |= _post(connection, f"run-{facts['notice']}:{run['id']}", facts, now)
    return posted


def _post(connection: Connection, key: str, content: dict[str, Any], moment: datetime) -> bool:
    return post_notice(connection, key=key, topic="run", severity="critical", content=content, moment=moment)
