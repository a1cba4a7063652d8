"""Which revision the tables have, and taking them to another: Alembic's `migrations/`, without its command line.

Alembic is imported only when there is something to do; the check that there is not costs two small queries.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from demetra.errors import DatabaseUnavailableError
from demetra.store.migrations import MIGRATIONS, head_revision
from demetra.store.refusals import first_line, mask_password

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config
    from sqlalchemy import Connection, Engine

_one_at_a_time = threading.Lock()
"""Threads of a process share Alembic's globals. Among processes, `env.py` takes a lock in the database."""


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date, when they are not; of several processes one does it and the others wait.

    Raises:
        DatabaseUnavailableError: the tables are of a newer DEMETRA or not DEMETRA's, or the role may not create any.
    """
    with engine.connect() as connection:
        current = current_revision(connection)
    if current == head_revision():
        return
    if current is not None and current > head_revision():
        cause = f"its tables are of revision {current}, newer than this DEMETRA's {head_revision()}"
        raise DatabaseUnavailableError(mask_password(engine.url), cause, "Install the newer DEMETRA.")
    from alembic import command

    _run(engine, lambda config: command.upgrade(config, "head"))


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to a revision (`base` drops all of them), with the data that only newer ones can hold.

    Raises:
        DatabaseUnavailableError: the role may not change the tables.
    """
    from alembic import command

    _run(engine, lambda config: command.downgrade(config, revision))


def draft(engine: Engine, message: str, *, directory: Path = MIGRATIONS) -> Path:
    """Write the next migration: what the up-to-date tables of `engine` lack of our `tables`. Returns its file.

    Read it before you use it: it knows nothing of check constraints, UNLOGGED or renamed columns.
    """
    from alembic import command

    number = f"{int(head_revision(directory)) + 1:04}"
    _run(engine, lambda config: command.revision(config, message, autogenerate=True, rev_id=number), directory)
    (written,) = (directory / "versions").glob(f"{number}_*.py")
    return written


def current_revision(connection: Connection) -> str | None:
    """The revision of the database's tables; None where there are none."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _run(engine: Engine, command: Callable[[Config], object], directory: Path = MIGRATIONS) -> None:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(directory).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    try:
        with _one_at_a_time, engine.begin() as connection:
            config.attributes["connection"] = connection
            command(config)
    except ProgrammingError as error:
        database, role = engine.url.database, engine.url.username
        remedies = {
            "42501": f"Let its administrator GRANT CREATE ON DATABASE and ON SCHEMA public to {role}.",
            "42P06": f"Give DEMETRA a database of its own: {database} is in use for something else.",
            "42P07": f"Give DEMETRA a database of its own: {database} is in use for something else.",
        }  # insufficient_privilege, duplicate_schema, duplicate_table
        remedy = remedies.get(getattr(error.orig, "pgcode", ""))
        if remedy is None:
            raise
        raise DatabaseUnavailableError(mask_password(engine.url), first_line(error), remedy) from error
