"""Fixtures that every test may use: a real PostgreSQL server, a fresh database, settings that point at it, public data.

The server costs each process about a second, at its first use; a database about 0.05 s.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import Engine

from demetra.settings import Secret, Settings
from demetra.store.embedded import EmbeddedServer
from demetra.store.engine import open_engine

SHARED_DATA = Path(__file__).resolve().parents[1] / "../shared/data"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """An embedded server of this test process alone, in a hurry: what it holds need not survive the machine."""
    home = tmp_path_factory.mktemp("server")
    embedded = EmbeddedServer(home / "database", options={"fsync": "off", "max_wal_size": "256MB"})
    embedded.hold()
    yield embedded
    embedded.close()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def copy_database(server: EmbeddedServer) -> Callable[[], AbstractContextManager[str]]:
    """Makes a database with all tables and no rows; gives its URL; drops it, whoever is still connected."""
    _administer(server, "CREATE DATABASE migrated")
    open_engine(Settings(database_url=Secret(server.url("migrated")))).dispose()
    numbers = itertools.count(1)

    @contextmanager
    def copy() -> Iterator[str]:
        name = f"copy_{next(numbers)}"
        _administer(server, f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY FILE_COPY")
        yield server.url(name)
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")

    return copy


@pytest.fixture
def settings(copy_database: Callable[[], AbstractContextManager[str]], tmp_path: Path) -> Iterator[Settings]:
    """Settings with a home and a database of their own; nothing is in either."""
    with copy_database() as url:
        yield Settings(home=tmp_path, database_url=Secret(url))


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine on the fresh database of `settings`."""
    opened = open_engine(settings, migrate=False)
    yield opened
    opened.dispose()


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """`settings` in this process's environment, for subprocesses; gives the whole environment."""
    assert settings.database_url is not None
    monkeypatch.setenv("DEMETRA_HOME", str(settings.home))
    monkeypatch.setenv("DEMETRA_DATABASE_URL", settings.database_url.reveal())
    return dict(os.environ)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public data sets, which lie beside the checkout and not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is absent")
    return SHARED_DATA.resolve()


def _administer(server: EmbeddedServer, statement: str) -> None:
    """Run a statement that may not stand in a transaction, on the server's own database."""
    with closing(psycopg2.connect(server.url("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
