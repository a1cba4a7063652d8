"""Opening the database: which one, how a session is set up, what happens when it is lost, and how refusals are told."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from demetra.errors import ConfigurationError, DatabaseUnavailableError
from demetra.settings import Secret, Settings
from demetra.store import cluster, watchdog
from demetra.store import engine as engine_module
from demetra.store.embedded import EmbeddedServer
from demetra.store.engine import current_url, open_engine
from demetra.store.server_user import find_server_user, run_as_server_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


def ask(engine: Engine, statement: str = "SELECT 1") -> object:
    with engine.connect() as connection:
        return connection.scalar(sa.text(statement))


def at(settings: Settings, **changes: str) -> Settings:
    """The settings with another URL: query parameters or parts of it changed."""
    assert settings.database_url is not None
    url = sa.make_url(settings.database_url.reveal()).update_query_dict(changes)
    return Settings(home=settings.home, database_url=Secret(url.render_as_string(hide_password=False)))


def is_running(home: Path) -> bool:
    lock = watchdog.open_lock(home / "outputs/database" / watchdog.SERVER)
    try:
        return not watchdog.take_lock(lock, fcntl.LOCK_SH, seconds=0)
    finally:
        os.close(lock)


def wait_for_end(home: Path) -> None:
    deadline = time.monotonic() + 10
    while is_running(home):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(scope="module")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings for the embedded server, in a home in which it has run and been migrated."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    server = EmbeddedServer(settings.database_dir, options={"fsync": "off"})
    server.hold()
    (settings.database_dir / "data/postgresql.auto.conf").write_text("fsync = off\n")
    open_engine(settings).dispose()
    server.close()
    return settings


@pytest.fixture
def embedded(used_home: Settings) -> Iterator[Settings]:
    """Those settings; the test must leave no server behind."""
    yield used_home
    assert not is_running(used_home.home)


def test_sessions_speak_utc_and_say_who_they_are(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    engine = open_engine(settings)
    assert (
        ask(engine, "SELECT current_setting('timezone') || ' ' || current_setting('application_name')") == "UTC demetra"
    )
    moment = ask(engine, "SELECT timestamptz '2026-01-01 00:00+03'")
    assert moment == dt.datetime(2025, 12, 31, 21, tzinfo=dt.UTC)
    assert moment.utcoffset() == dt.timedelta(0)
    engine.dispose()


def test_what_the_url_says_wins(settings: Settings) -> None:
    engine = open_engine(at(settings, application_name="ours"))
    assert ask(engine, "SELECT current_setting('application_name')") == "ours"
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_usual_scheme_is_taken(settings: Settings, scheme: str) -> None:
    url = settings.database_url.reveal().replace("postgresql", scheme, 1)
    given = Settings(database_url=Secret(url))
    engine = open_engine(given)
    assert ask(engine) == 1
    engine.dispose()
    with closing(psycopg2.connect(current_url(given))) as connection:
        assert connection.info.dbname == engine.url.database


def test_a_url_that_cannot_be_read_is_a_mistake_of_configuration() -> None:
    with pytest.raises(ConfigurationError, match=r"DEMETRA_DATABASE_URL.*%40") as caught:
        open_engine(Settings(database_url=Secret("postgresql://me:p@ss:word@host:x/name")))
    assert "p@ss" not in str(caught.value)


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DatabaseUnavailableError) as caught:
        open_engine(Settings(database_url=Secret(f"postgres://me:geheim@127.0.0.1:{port}/x?password=geheim2")))
    assert caught.value.url == f"postgresql://me:***@127.0.0.1:{port}/x?password=%2A%2A%2A"
    assert "Connection refused" in caught.value.cause
    assert "that the server runs" in caught.value.remedy
    assert "geheim" not in str(caught.value)
    assert isinstance(caught.value.__cause__, OperationalError | psycopg2.OperationalError)


def test_a_database_that_is_missing_is_to_be_created(server: EmbeddedServer) -> None:
    with pytest.raises(DatabaseUnavailableError, match=r'"absent" does not exist.*createdb'):
        open_engine(Settings(database_url=Secret(server.url("absent"))))


@pytest.fixture(scope="module")
def postgres_16(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of one's own: an older one, over TCP, with a password that has a `%` in it. Gives its URL."""
    place = tmp_path_factory.mktemp("postgres_16")
    data, programs = place / "data", cluster.program("postgres").parents[2] / "pginstall/bin"
    data.mkdir(mode=0o700)
    (place / "password").write_text("50%")
    owner = find_server_user(data)
    for path in (data, place / "password"):
        os.chown(path, owner.uid, owner.gid)
    as_owner = run_as_server_user(data, programs / "postgres")
    facts = [
        "-D",
        data,
        "-U",
        "me",
        "-E",
        "UTF8",
        "--no-locale",
        "-N",
        "-A",
        "scram-sha-256",
        "--pwfile",
        place / "password",
    ]
    subprocess.run([*as_owner, programs / "initdb", *facts], cwd="/", capture_output=True, check=True)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [*as_owner, programs / "postgres", "-D", data, "-p", str(port), "-k", "", "-h", "127.0.0.1", "-F"]
    with subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL) as running:
        while watchdog.read_postmaster(data)[7:] != ["ready"]:
            assert running.poll() is None
            time.sleep(0.01)
        yield f"postgres://me:50%25@127.0.0.1:{port}/postgres"
        running.send_signal(signal.SIGINT)


def test_a_server_of_ones_own_is_used_and_migrated(postgres_16: str) -> None:
    engine = open_engine(Settings(database_url=Secret(postgres_16)))
    assert engine.dialect.server_version_info < (17,)
    assert ask(engine, "SELECT count(*) FROM staging.ml_roi_forecast") == 0
    engine.dispose()
    with closing(psycopg2.connect(current_url(Settings(database_url=Secret(postgres_16))))) as connection:
        assert connection.info.user == "me"


def test_a_wrong_password_is_told_and_not_shown(postgres_16: str) -> None:
    given = Settings(database_url=Secret(postgres_16.replace("50%25", "geheim")))
    with pytest.raises(DatabaseUnavailableError, match=r"password authentication failed .* Check user and") as caught:
        open_engine(given)
    assert "geheim" not in str(caught.value)


@pytest.fixture
def refusing_server(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server that speaks just enough of the protocol to refuse every connection with a message. Gives its port."""
    fields = b"SFATAL\0C28P01\0M" + request.param.encode() + b"\0\0"
    refusal = b"E" + struct.pack("!i", len(fields) + 4) + fields
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    if connection.recv(1024)[4:8] == struct.pack("!i", 80877103):  # asks for TLS first
                        connection.sendall(b"N")
                        connection.recv(1024)
                    connection.sendall(refusal)

        thread = threading.Thread(target=refuse)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize(
    ("refusing_server", "remedy"),
    [
        ("sorry, too many clients already", "max_connections"),
        ('no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf"),
        ('role "me" does not exist', "Create the role"),
        ("something else", "Check host, port and network"),
    ],
    indirect=["refusing_server"],
)
def test_each_refusal_comes_with_its_remedy(refusing_server: int, remedy: str) -> None:
    with pytest.raises(DatabaseUnavailableError) as caught:
        open_engine(Settings(database_url=Secret(f"postgresql://me:geheim@127.0.0.1:{refusing_server}/x")))
    assert remedy in caught.value.remedy


def test_a_server_that_is_too_old_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "OLDEST_SERVER", 99)
    with pytest.raises(DatabaseUnavailableError, match=r"it is PostgreSQL 18.*needs 99 or newer"):
        open_engine(settings)


def test_errors_of_statements_stay_the_drivers(engine: Engine) -> None:
    with pytest.raises(sa.exc.ProgrammingError):
        ask(engine, "SELECT nonsense")
    with pytest.raises(OperationalError) as caught:
        ask(engine, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert caught.value.connection_invalidated
    assert ask(engine) == 1


def test_the_embedded_server_is_started_migrated_and_stopped_with_its_engine(embedded: Settings) -> None:
    engine = open_engine(embedded)
    assert sa.inspect(engine).has_table("campaigns")
    engine.dispose()
    assert not is_running(embedded.home)
    assert ask(engine) == 1  # an engine that is used again starts it again
    engine.dispose()


def test_it_is_stopped_by_the_normal_end_of_a_process(embedded: Settings) -> None:
    program = """
from demetra.settings import Settings
from demetra.store.engine import open_engine
engine = open_engine(Settings.from_environment())
with engine.connect() as connection:
    print(connection.exec_driver_sql("SELECT 42").scalar())
"""
    environment = {**os.environ, "DEMETRA_HOME": str(embedded.home), "DEMETRA_DATABASE_URL": ""}
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("42\n", "")
    assert not is_running(embedded.home)


def test_the_next_connection_revives_a_killed_server(embedded: Settings) -> None:
    engine = open_engine(embedded)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE kept AS SELECT 42 AS answer"))
    pid = int(watchdog.read_postmaster(embedded.database_dir / "data")[0])
    os.kill(pid, signal.SIGKILL)
    wait_for_end(embedded.home)
    assert ask(engine, "SELECT answer FROM kept") == 42
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE kept"))
    engine.dispose()


def test_connections_wait_while_the_server_recovers_from_a_killed_session(embedded: Settings) -> None:
    log = embedded.database_dir / "log"
    log.write_text("")
    engine = open_engine(embedded)
    with engine.connect() as connection:
        session = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        os.kill(session, signal.SIGKILL)  # the server ends all sessions and recovers
        while "terminated by signal 9" not in log.read_text():
            time.sleep(0.001)
        assert ask(engine) == 1
        connection.invalidate()
    engine.dispose()


def test_a_forked_child_gets_connections_of_its_own(embedded: Settings) -> None:
    engine = open_engine(embedded)
    with engine.connect() as connection:
        session = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    child = os.fork()
    if child == 0:
        mine = ask(engine, "SELECT pg_backend_pid()")
        engine.dispose()
        os._exit(0 if mine != session else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert ask(engine, "SELECT pg_backend_pid()") == session
    engine.dispose()


def test_the_url_of_the_embedded_server_works_after_the_process_that_was_told_it(
    embedded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "URL_SECONDS", 0.5)
    url = current_url(embedded)
    assert is_running(embedded.home)
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM campaigns")
        assert cursor.fetchone() == (0,)
    (embedded.database_dir / watchdog.LINGER).unlink()
    open_engine(embedded, migrate=False).dispose()


def test_the_url_of_another_server_is_shown_with_its_password() -> None:
    given = Settings(database_url=Secret("postgres://me:p%40ss@db.example/x?sslmode=require"))
    assert current_url(given) == "postgresql://me:p%40ss@db.example/x?sslmode=require"
