"""Which revision the tables have, and taking them to another: Alembic's `migrations/`, without its command line.

Alembic is imported only when there is something to do; the check that there is not costs two small queries.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from demetra.errors import DatabaseUnavailableError
from demetra.store.refusals import first_line, mask_password

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

MIGRATIONS: Final = Path(__file__).with_name("migrations")


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date, when they are not; of several processes one does it and the others wait.

    Raises:
        DatabaseUnavailableError: the tables are of a newer DEMETRA, or the role may not create tables.
    """
    with engine.connect() as connection:
        current = current_revision(connection)
    if current == head_revision():
        return
    if current is not None and current > head_revision():
        cause = f"its tables are of revision {current}, newer than this DEMETRA's {head_revision()}"
        raise DatabaseUnavailableError(mask_password(engine.url), cause, "Install the newer DEMETRA.")
    from alembic.command import upgrade as run_upgrade

    _migrate(engine, run_upgrade, "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to a revision (`base` drops all of them), with the data that only newer ones can hold.

    Raises:
        DatabaseUnavailableError: the role may not change the tables.
    """
    from alembic.command import downgrade as run_downgrade

    _migrate(engine, run_downgrade, revision)


def head_revision() -> str:
    """The revision of this code's tables: the number that the newest migration's file name begins with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current_revision(connection: Connection) -> str | None:
    """The revision of the database's tables; None where there are none."""
    if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        return None
    found = connection.scalar(text("SELECT version_num FROM public.alembic_version"))
    return None if found is None else str(found)


def _migrate(engine: Engine, command: Callable[..., None], revision: str) -> None:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command(config, revision)
    except ProgrammingError as error:
        if getattr(error.orig, "pgcode", None) != "42501":  # insufficient_privilege
            raise
        remedy = f"GRANT CREATE ON DATABASE {engine.url.database} and on its schema public to {engine.url.username}."
        raise DatabaseUnavailableError(mask_password(engine.url), first_line(error), remedy) from error
