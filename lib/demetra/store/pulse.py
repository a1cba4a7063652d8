"""What an open page asks every few seconds, in as few and small queries as can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from demetra.store.tables import alerts, publications, run_steps, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class Pulse:
    """What is shown (`published` changes whenever a page would), and what is under way.

    `run` is the run that was asked about, else the one that runs: its id, status, error and `steps` (name, status).
    """

    published: str
    working: bool
    run: dict[str, Any] | None


def feel_pulse(connection: Connection, *, run_id: str | None = None) -> Pulse:
    """Read it; an unknown `run_id` gives no run."""
    shown = select(func.max(publications.c.published_at), func.max(publications.c.stale_since), func.count())
    newest, stale, steps = connection.execute(shown).one()
    reading = select(func.count(), func.max(alerts.c.last_seen), func.count().filter(alerts.c.is_read))
    incidents = connection.execute(reading).one()
    working = connection.execute(select(runs.c.id).where(runs.c.status == "running").limit(1)).scalar()
    token = "|".join(str(part) for part in (newest, stale, steps, *incidents))
    return Pulse(token, working is not None, _describe_run(connection, run_id or working))


def _describe_run(connection: Connection, run_id: str | None) -> dict[str, Any] | None:
    if run_id is None:
        return None
    found = connection.execute(select(runs.c.id, runs.c.status, runs.c.error).where(runs.c.id == run_id)).mappings()
    run = found.first()
    if run is None:
        return None
    query = select(run_steps.c.step, run_steps.c.status).where(run_steps.c.run_id == run_id)
    return {**run, "steps": [dict(row) for row in connection.execute(query).mappings()]}
