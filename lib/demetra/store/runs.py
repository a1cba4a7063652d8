"""The run queue, the lock that lets one run at a time work, and the record of runs and steps.

Status is ours, never the notebook tool's. A run that says `running` while nobody holds the lock was killed: whoever
looks next marks it `interrupted`.
"""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError

from demetra.errors import LockLostError, RunLockedError, RunStoppedError
from demetra.store.frames import read_frame
from demetra.store.state import LOCK_KEY, MARK_INTERRUPTED, borrow, mark_interrupted_if_idle
from demetra.store.tables import run_steps, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    import pandas as pd
    from sqlalchemy import Connection, Engine

LOCK_POLL_SECONDS: Final = 0.2
ORPHAN_SECONDS: Final = 5
"""Who waits for its turn takes it `LOCK_POLL_SECONDS` after the lock is free; a request older than this is nobody's."""
SCHEDULED: Final = ("start", "schedule")
"""What triggers the runs that come by themselves."""
_WAIT_FOR_THEIR_TURN: Final = (*SCHEDULED, "sync")
StepStatus = Literal["pending", "running", "succeeded", "failed", "skipped", "unchanged", "interrupted"]
RunStatus = Literal["queued", "running", "succeeded", "failed", "unchanged", "interrupted"]


def new_run_id(now: datetime) -> str:
    """A run id that sorts by time: `20261122T041530Z-3f9a1c`. `now` must be in UTC."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def request_run(engine: Engine, run_id: str, *, trigger: str, options: Mapping[str, Any]) -> str:
    """Queue a run; where one with the same options is waiting already, join it. Returns the id of the queued run."""
    wanted = dict(options)
    queue = upsert(runs).values(id=run_id, trigger=trigger, status="queued", options=wanted)
    queue = queue.on_conflict_do_nothing(index_elements=["options"], index_where=text("status = 'queued'"))
    waiting = select(runs.c.id).where(runs.c.status == "queued", runs.c.options == wanted)
    while True:
        with engine.begin() as connection:
            connection.execute(queue)
            found = connection.execute(waiting).scalar()
        if found is not None:  # None: the run that we would have joined has just started
            return str(found)


def ask_for_run(engine: Engine, *, trigger: str) -> str:
    """Ask for a run and answer at once with a run's id: the one that is under way, else the one that waits.

    A request that meets a run is still queued (once), for the data may have changed since that run read them. `demetra
    up`, `schedule` and `serve` execute what is asked for within a second. `trigger` names who asks: api or dashboard.
    """
    settle_interrupted(engine)
    with engine.connect() as connection:
        running = running_run(connection)
    queued = request_run(engine, new_run_id(datetime.now(UTC)), trigger=trigger, options={})
    return running or queued


def next_request(engine: Engine) -> tuple[str, dict[str, Any]] | None:
    """Id and options of the oldest waiting run that no living process waits for; None where there is none."""
    nobody_waits = runs.c.trigger.not_in(_WAIT_FOR_THEIR_TURN)
    orphaned = runs.c.queued_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, ORPHAN_SECONDS)
    waiting = select(runs.c.id, runs.c.options).where(runs.c.status == "queued", or_(nobody_waits, orphaned))
    with engine.connect() as connection:
        found = connection.execute(waiting.order_by(runs.c.queued_at).limit(1)).first()
    return (found.id, dict(found.options)) if found else None


@contextmanager
def hold_lock(
    engine: Engine, run_id: str, *, wait: bool, stopped: Callable[[], bool] = lambda: False
) -> Iterator[Connection]:
    """Hold the run lock for the time of the block; yields the connection that holds it.

    The lock lives and dies with this connection, so publishing through it proves that the lock is still ours. On
    entry, runs that a killed process left `running` are marked `interrupted`.

    Raises:
        RunLockedError: another run holds the lock and `wait` is False.
        RunStoppedError: `stopped()` became true while waiting.
        LockLostError: the connection was lost inside the block.
    """
    with engine.connect() as connection:
        while not connection.execute(select(func.pg_try_advisory_lock(LOCK_KEY))).scalar():
            connection.rollback()
            if not wait:
                raise RunLockedError(running_run(connection))
            if stopped():
                raise RunStoppedError(run_id)
            time.sleep(LOCK_POLL_SECONDS)
        connection.commit()
        try:
            _mark_interrupted(connection)
            yield connection
        except DBAPIError as error:
            if error.connection_invalidated:
                raise LockLostError(run_id) from error
            raise
        finally:
            if not connection.invalidated:
                connection.rollback()
                connection.execute(select(func.pg_advisory_unlock(LOCK_KEY)))
                connection.commit()


def settle_interrupted(engine: Engine) -> None:
    """Mark what a killed run left `running`, unless a run is really under way."""
    with borrow(engine) as connection:
        mark_interrupted_if_idle(connection)


def _mark_interrupted(connection: Connection) -> None:
    for statement in MARK_INTERRUPTED:
        connection.exec_driver_sql(statement)
    connection.commit()


def running_run(connection: Connection) -> str | None:
    """The id of the run that is recorded as running, if any."""
    return connection.execute(select(runs.c.id).where(runs.c.status == "running")).scalar()


def abandon_run(engine: Engine, run_id: str, *, status: RunStatus, error: str) -> None:
    """Record that a run ended before it published: its unfinished steps did not happen."""
    ended = {"finished_at": func.now(), "error": error}
    unfinished = run_steps.c.status.in_(["pending", "running"])
    with engine.begin() as connection:
        going = runs.c.status.in_(["queued", "running"])
        connection.execute(update(runs).where(runs.c.id == run_id, going).values(status=status, **ended))
        mine = update(run_steps).where(run_steps.c.run_id == run_id, unfinished)
        connection.execute(mine.values(status="interrupted", **ended))


def run_status(engine: Engine, run_id: str) -> str | None:
    """The recorded status of a run; None where it is unknown."""
    with engine.connect() as connection:
        return connection.execute(select(runs.c.status).where(runs.c.id == run_id)).scalar()


def start_run(connection: Connection, run_id: str, *, steps: Sequence[str]) -> None:
    """Record that a queued run works now, with these steps pending."""
    started = {"status": "running", "started_at": func.now()}
    connection.execute(update(runs).where(runs.c.id == run_id).values(started))
    pending = [{"run_id": run_id, "step": step, "status": "pending"} for step in steps]
    connection.execute(insert(run_steps), pending)
    connection.commit()


def describe_run(connection: Connection, run_id: str, *, as_of: date, data_version: int) -> None:
    """Record which data a run works on."""
    facts = {"as_of": as_of, "data_version": data_version}
    connection.execute(update(runs).where(runs.c.id == run_id).values(facts))
    connection.commit()


def record_step(engine: Engine, run_id: str, step: str, *, status: StepStatus, **facts: Any) -> None:
    """Record a step's status and facts (columns of `run_steps`); its times are set by the status."""
    if status == "running":
        facts |= {"started_at": func.coalesce(run_steps.c.started_at, func.now())}
    elif status != "pending":
        facts |= {"finished_at": func.now()}
    change = update(run_steps).where(run_steps.c.run_id == run_id, run_steps.c.step == step)
    with engine.begin() as connection:
        connection.execute(change.values(status=status, **facts))


def has_succeeded(connection: Connection, run_id: str, step: str) -> bool:
    """Whether a step of a run has succeeded."""
    query = select(run_steps.c.status).where(run_steps.c.run_id == run_id, run_steps.c.step == step)
    return connection.execute(query).scalar() == "succeeded"


def finish_run(connection: Connection, run_id: str, *, status: RunStatus, error: str | None = None) -> None:
    """Record how a run ended, within the connection's transaction."""
    change = update(runs).where(runs.c.id == run_id)
    connection.execute(change.values(status=status, finished_at=func.now(), error=error))


def read_runs(connection: Connection, *, limit: int = 20) -> pd.DataFrame:
    """The newest runs: id, trigger, status, options, as_of, data_version, queued_at, started_at, finished_at, error."""
    return read_frame(
        connection, select(*runs.columns).order_by(runs.c.queued_at.desc(), runs.c.id.desc()).limit(limit)
    )


def read_steps(connection: Connection, run_id: str) -> pd.DataFrame:
    """The steps of a run with their status, times, attempts, error, fingerprint and notebook path."""
    return read_frame(connection, select(*run_steps.columns).where(run_steps.c.run_id == run_id).order_by("step"))


def last_ended(connection: Connection, *, before: str | None = None) -> dict[str, Any] | None:
    """The run that ended last (`id, status, finished_at`), but for `before`; runs that were stopped do not count."""
    ended = runs.c.status.in_(["succeeded", "failed", "unchanged"])
    query = select(runs.c.id, runs.c.status, runs.c.finished_at).where(ended)
    if before is not None:
        query = query.where(runs.c.id != before)
    row = connection.execute(query.order_by(runs.c.finished_at.desc()).limit(1)).mappings().first()
    return None if row is None else dict(row)


def read_scheduled_runs(connection: Connection, *, limit: int) -> list[dict[str, Any]]:
    """The newest runs that a schedule or its start caused, and that began: `id, started_at, finished_at`."""
    begun = runs.c.trigger.in_(SCHEDULED) & runs.c.started_at.is_not(None)
    query = select(runs.c.id, runs.c.started_at, runs.c.finished_at).where(begun)
    rows = connection.execute(query.order_by(runs.c.started_at.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]
