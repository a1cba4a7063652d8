"""Opens the database: the server that the settings name, or the embedded one; and brings its tables up to date."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from demetra.errors import DatabaseUnavailableError
from demetra.settings import Settings
from demetra.store.embedded import EmbeddedServer

OLDEST_SERVER = 14
MIGRATIONS = Path(__file__).with_name("migrations")


def open_engine(settings: Settings, *, migrate: bool = True) -> Engine:
    """Open the database and migrate it when it is not current."""
    server = None
    if settings.database_url is None:
        server = EmbeddedServer(settings.database_dir)
        server.hold()
        url = make_url(server.url())
    else:
        url = make_url(settings.database_url.reveal().replace("postgres://", "postgresql://", 1))
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg2"),
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"application_name": "demetra", "connect_timeout": 10, "options": "-c timezone=UTC"},
    )
    if server is not None:
        weakref.finalize(engine, server.close)
    if migrate:
        upgrade(engine)
    return engine


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date."""
    with engine.connect() as connection:
        current = _current_revision(connection)
    if current == head_revision():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def downgrade(engine: Engine, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def head_revision() -> str:
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _current_revision(connection: Connection) -> str | None:
    if connection.scalar(sa.text("SELECT to_regclass('public.alembic_version')")) is None:
        return None
    return connection.scalar(sa.text("SELECT version_num FROM public.alembic_version"))


def current_url(settings: Settings) -> str:
    """The URL of the database in use, for psql; the embedded server stays for some seconds, or while a client is there."""
    if settings.database_url is not None:
        return settings.database_url.reveal()
    server = EmbeddedServer(settings.database_dir)
    server.hold()
    try:
        server.linger(10)
        return server.url()
    finally:
        server.close()
