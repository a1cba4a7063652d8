"""What an open page asks every few seconds, by the bare driver: a page that is only read needs no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from psycopg2.extras import RealDictCursor

if TYPE_CHECKING:
    from psycopg2.extensions import connection as DriverConnection  # noqa: N812 - a class with a lower-case name

_PULSE: Final = """
    SELECT
        concat_ws('|', newest, stale, steps, last_event, read_count, last_failure) AS published,
        (SELECT id FROM runs WHERE status = 'running' LIMIT 1) AS working
    FROM
        (SELECT max(published_at) AS newest, max(stale_since) AS stale, count(*) AS steps FROM publications) AS shown,
        (SELECT max(id) AS last_event FROM incident_events) AS events,
        (SELECT count(*) AS read_count FROM alerts WHERE is_read) AS readings,
        (SELECT max(finished_at) AS last_failure FROM run_steps WHERE error IS NOT NULL) AS failures
"""
_RUN: Final = "SELECT id, status, error FROM runs WHERE id = %s"
_STEPS: Final = "SELECT step, status FROM run_steps WHERE run_id = %s"


@dataclass(frozen=True)
class Pulse:
    """What is shown (`published` changes whenever a page would), and what is under way.

    `run` is the run that was asked about, else the one that runs: its id, status, error and `steps` (name, status).
    """

    published: str
    working: bool
    run: dict[str, Any] | None


def feel_pulse(connection: DriverConnection, *, run_id: str | None = None) -> Pulse:
    """Read it; an unknown `run_id` gives no run."""
    with connection, connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(_PULSE)
        (state,) = cursor.fetchall()
        cursor.execute(_RUN, [run_id or state["working"]])
        run = next(map(dict, cursor.fetchall()), None)
        if run:
            cursor.execute(_STEPS, [run["id"]])
            run["steps"] = [dict(step) for step in cursor.fetchall()]
    return Pulse(state["published"], state["working"] is not None, run)
