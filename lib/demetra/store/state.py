"""The state of runs and publications by the bare driver: `demetra status` answers before SQLAlchemy is imported."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg2
from psycopg2.extras import RealDictCursor

from demetra.store.embedded import EmbeddedServer
from demetra.store.migrations import head_revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg2.extensions import connection as DriverConnection  # noqa: N812 - a class with a lower-case name
    from sqlalchemy import Engine

    from demetra.settings import Settings

LOCK_KEY: Final = 0x44454D4554524131  # "DEMETRA1": one run at a time in this database
MARK_INTERRUPTED: Final = (
    """UPDATE runs SET status = 'interrupted', finished_at = now(),
        error = 'The process that ran this ended before it was done.' WHERE status = 'running'""",
    """UPDATE run_steps SET status = 'interrupted', finished_at = now(),
        error = 'The process that ran this ended before it was done.' WHERE status IN ('pending', 'running')""",
)
_RUN: Final = "id, trigger, status, options, as_of, data_version, queued_at, started_at, finished_at, error"
_STEP: Final = "step, status, attempts, started_at, finished_at, error, notebook_path"
_RECENT: Final = 50


@contextmanager
def connect_directly(settings: Settings) -> Iterator[DriverConnection | None]:
    """A connection of the driver, in UTC, with the embedded server held for the time of the block.

    None where `open_engine` has something to do or to say first: the server cannot be reached, or the tables are not
    there or not of this DEMETRA.

    Raises:
        DatabaseUnavailableError: the embedded server does not start.
    """
    server = EmbeddedServer(settings.database_dir) if settings.database_url is None else None
    if server:
        server.hold()
    given = settings.database_url.reveal() if settings.database_url else ""
    url = server.url() if server else given.replace("+psycopg2", "", 1)
    try:
        connection = psycopg2.connect(url, connect_timeout=10, application_name="demetra")
    except psycopg2.Error:
        connection = None
    try:
        yield connection if connection and _is_current(connection) else None
    finally:
        if connection:
            connection.close()
        if server:
            server.close()


@contextmanager
def borrow(engine: Engine) -> Iterator[DriverConnection]:
    """A connection of the driver out of an engine's pool."""
    with closing(engine.raw_connection()) as pooled:
        yield pooled.driver_connection  # type: ignore[misc]


def read_state(connection: DriverConnection) -> dict[str, list[Any]]:
    """Rows of the state at one moment, times in UTC.

    `published` (a row per step), `runs` (the newest 50, newest first), `steps` (of the running and the last ended run,
    with `run_id`). What a killed run left `running` is marked interrupted first.
    """
    mark_interrupted_if_idle(connection)
    with connection, connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(
            "SELECT step, run_id, as_of, demo, published_at, stale_since, stale_reason FROM publications ORDER BY step"
        )
        published = cursor.fetchall()
        cursor.execute(f"SELECT {_RUN} FROM runs ORDER BY queued_at DESC, id DESC LIMIT {_RECENT}")  # noqa: S608
        runs = cursor.fetchall()
        ended = [run["id"] for run in runs if run["status"] not in ("queued", "running")]
        wanted = [*ended[:1], *(run["id"] for run in runs if run["status"] == "running")]
        cursor.execute(
            f"SELECT run_id, {_STEP} FROM run_steps WHERE run_id = ANY(%s) ORDER BY step",  # noqa: S608
            [wanted],
        )
        return {"published": published, "runs": runs, "steps": cursor.fetchall()}


def mark_interrupted_if_idle(connection: DriverConnection) -> None:
    """Mark what a killed run left `running`, unless a run is really under way."""
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM runs WHERE status = 'running')")
        if cursor.fetchall() == [(False,)]:
            return
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        if cursor.fetchall() == [(True,)]:
            for statement in MARK_INTERRUPTED:
                cursor.execute(statement)


def _is_current(connection: DriverConnection) -> bool:
    with connection, connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute("SELECT to_regclass('alembic_version')")
        if cursor.fetchall() == [(None,)]:
            return False
        cursor.execute("SELECT version_num FROM alembic_version")
        return bool(cursor.fetchall() == [(head_revision(),)])
