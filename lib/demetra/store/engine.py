"""Opens the database: the server that the settings name, or the embedded one."""

from __future__ import annotations

import os
import re
import time
import weakref
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from demetra.errors import ConfigurationError, DatabaseUnavailableError, Problem
from demetra.store.embedded import EmbeddedServer
from demetra.store.refusals import mask_password, translate_refusal
from demetra.store.revisions import downgrade, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Engine
    from sqlalchemy.engine import Dialect
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from demetra.settings import Secret, Settings

__all__ = ["current_url", "downgrade", "open_engine", "upgrade"]

OLDEST_SERVER: Final = 14
CONNECT_SECONDS: Final = 10
RESTART_SECONDS: Final = 30.0
"""How long a connection to the embedded server waits for it to come back after a crash."""
URL_SECONDS: Final = 10.0
"""How long the embedded server stays for a client that was only told its URL."""


def open_engine(settings: Settings, *, migrate: bool = True) -> Engine:
    """Open the database and, unless told otherwise, bring its tables up to date.

    Sessions speak UTC and call themselves `demetra`. With the embedded server, the engine holds it: until the engine is
    disposed of, collected or the process ends; an engine used again holds it again. After a crash of the embedded
    server the next connection restarts it. A forked child may go on using the engine: it gets connections of its own.

    Raises:
        ConfigurationError: the URL cannot be read.
        DatabaseUnavailableError: the server cannot be reached, refuses us, is older than PostgreSQL 14, or holds tables
            of a newer DEMETRA.
    """
    if settings.database_url is not None:
        engine = _make_engine(_read_url(settings.database_url), _connect)
    else:
        server = EmbeddedServer(settings.database_dir)
        server.hold()
        engine = _make_engine(make_url(server.url()), _connect_to(server))
        event.listen(engine, "engine_disposed", lambda _: server.close())
        weakref.finalize(engine, server.close)
    try:
        _refuse_old_server(engine)
        if migrate:
            upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def current_url(settings: Settings) -> str:
    """The URL of the database in use, password included, as psql takes it.

    The embedded server is started when it does not run. It then stays for ten seconds, and after that for as long as
    any client is connected.

    Raises:
        ConfigurationError: the URL cannot be read.
        DatabaseUnavailableError: the embedded server does not start.
    """
    if settings.database_url is not None:
        return _read_url(settings.database_url).render_as_string(hide_password=False)
    server = EmbeddedServer(settings.database_dir)
    server.hold()
    try:
        server.linger(URL_SECONDS)
        return server.url()
    finally:
        server.close()


def _make_engine(url: URL, connect: Callable[..., DBAPIConnection]) -> Engine:
    wishes = {"application_name": "demetra", "connect_timeout": CONNECT_SECONDS}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg2"),
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={name: value for name, value in wishes.items() if name not in url.query},
    )
    event.listen(engine, "do_connect", connect)
    event.listen(engine, "handle_error", translate_refusal)
    _engines.add(engine)
    return engine


def _read_url(given: Secret) -> URL:
    try:
        return make_url(given.reveal()).set(drivername="postgresql")
    except (ArgumentError, ValueError) as error:
        problem = Problem(
            "DEMETRA_DATABASE_URL",
            "a URL that cannot be read",
            "postgresql://user:password@host:port/name",
            "Write special characters of the password as %XX, `@` as %40.",
        )
        raise ConfigurationError("The environment cannot be used", [problem]) from error


def _connect(dialect: Dialect, _record: object, arguments: tuple[Any, ...], named: dict[str, Any]) -> DBAPIConnection:
    """Connect and speak UTC: by a statement, as PGTZ in the environment wins over options, and poolers refuse those."""
    connection = dialect.connect(*arguments, **named)
    with closing(connection.cursor()) as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()
    return connection


def _connect_to(server: EmbeddedServer) -> Callable[..., DBAPIConnection]:
    """A connector that holds the server, and brings it back when it has crashed."""

    def connect(dialect: Dialect, *facts: Any) -> DBAPIConnection:
        if not server.is_held:
            server.hold()
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                return _connect(dialect, *facts)
            except dialect.loaded_dbapi.OperationalError as error:
                gone = re.search("No such file|Connection refused|server closed|the database system is", str(error))
                if gone is None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
                server.hold()

    return connect


def _refuse_old_server(engine: Engine) -> None:
    with engine.connect() as connection:
        version = connection.dialect.server_version_info or ()
    if version < (OLDEST_SERVER,):
        found = ".".join(str(part) for part in version)
        cause = f"it is PostgreSQL {found}, and DEMETRA needs {OLDEST_SERVER} or newer"
        remedy = "Upgrade it, or unset DEMETRA_DATABASE_URL to use the embedded server."
        raise DatabaseUnavailableError(mask_password(engine.url), cause, remedy)


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _leave_connections_to_the_parent() -> None:
    for engine in list(_engines):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_connections_to_the_parent)
