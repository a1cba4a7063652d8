"""Runs that failed, work again or did not happen, posted to the outbox: a change of state once, not every failure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from demetra.formats import format_moment
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
        text = f"Run {run_id}: {reason}\nWhat is shown is the last good result. `demetra status` has the rest."
        _post(connection, f"run-failed:{run_id}", "DEMETRA: a run failed", text, moment)
    elif failed_before and not failed:
        _post(connection, f"run-recovered:{run_id}", "DEMETRA: runs work again", f"Run {run_id} {status}.", moment)


def post_missed_runs(connection: Connection, *, every_minutes: int, now: datetime) -> bool:
    """Post, once, that no run has ended for more than two intervals; False where all is well. The caller commits."""
    last = last_ended(connection)
    if last is None or running_run(connection) is not None:
        return False
    if now - last["finished_at"] <= timedelta(minutes=2 * every_minutes + 5):
        return False
    ended = format_moment(last["finished_at"])
    text = f"The last run, {last['id']}, ended on {ended}; one was due every {every_minutes} minutes."
    return _post(connection, f"run-missed:{last['id']}", "DEMETRA: runs were missed", text, now)


def _post(connection: Connection, key: str, title: str, text: str, moment: datetime) -> bool:
    content = {"title": title, "text": text}
    return post_notice(connection, key=key, topic="run", severity="critical", content=content, moment=moment)
