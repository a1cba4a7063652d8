"""Fixtures that every test may use: a real PostgreSQL server, a fresh database per test, settings that point at it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from demetra.settings import Secret, Settings
from demetra.store import engine as store_engine
from demetra.store.embedded import EmbeddedServer

TEMPLATE = "migrated"
SHARED_DATA = Path(__file__).resolve().parents[1] / "../shared/data"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One embedded server for the session (for each xdist worker), with a migrated database to copy."""
    home = tmp_path_factory.mktemp("server")
    embedded = EmbeddedServer(home / "database", options={"fsync": "off", "max_connections": "60"})
    embedded.hold()
    _execute(embedded, f"CREATE DATABASE {TEMPLATE}")
    store_engine.open_engine(_settings(embedded, TEMPLATE, home)).dispose()
    yield embedded
    embedded.close()


@pytest.fixture
def settings(server: EmbeddedServer, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a home of their own and a fresh, migrated, empty database."""
    name = f"test_{next(_numbers)}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield _settings(server, name, tmp_path)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    """An engine on the fresh database of `settings`."""
    opened = store_engine.open_engine(settings, migrate=False)
    yield opened
    opened.dispose()


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """`settings` in os.environ, for subprocesses; gives the whole environment."""
    assert settings.database_url is not None
    monkeypatch.setenv("DEMETRA_HOME", str(settings.home))
    monkeypatch.setenv("DEMETRA_DATABASE_URL", settings.database_url.reveal())
    return dict(os.environ)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The directory of the data sets that lie beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is absent: the public data sets lie beside the checkout, not in it")
    return SHARED_DATA.resolve()


def _settings(server: EmbeddedServer, database: str, home: Path) -> Settings:
    return replace(Settings(), home=home, database_url=Secret(server.url(database)))


def _execute(server: EmbeddedServer, statement: str) -> None:
    url = sa.make_url(server.url("postgres")).set(drivername="postgresql+psycopg2")
    administration = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with administration.connect() as connection:
        connection.execute(sa.text(statement))
