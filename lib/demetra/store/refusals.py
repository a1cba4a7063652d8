"""A server that cannot be reached or refuses us, in our own words.

Connections that cannot be made are always translated. Errors of statements, among them a connection lost in the middle,
stay SQLAlchemy's, for who sent the statement knows what to do; readers, who can do nothing, use `translate_loss`.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg2
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from demetra.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine
    from sqlalchemy.engine import ExceptionContext

REMEDIES: Final = (
    ("password authentication failed|no password supplied", "Check user and password in DEMETRA_DATABASE_URL."),
    ('database ".*" does not exist', "Create it (`createdb`), or correct its name in DEMETRA_DATABASE_URL."),
    ('role ".*" does not exist', "Create the role, or correct the user in DEMETRA_DATABASE_URL."),
    ("too many clients|remaining connection slots", "Close other clients or raise the server's max_connections."),
    ("no pg_hba.conf entry", "Allow this machine in the server's pg_hba.conf, or ask its administrator to."),
    ("SSL|certificate", "Check sslmode and its certificates in DEMETRA_DATABASE_URL."),
)


def translate_refusal(context: ExceptionContext) -> DatabaseUnavailableError | None:
    """What to raise in the driver's place, as a listener of SQLAlchemy's `handle_error`; None leaves it as it is."""
    refused = context.connection is None and not context.is_pre_ping
    if not refused or context.engine is None or not isinstance(context.sqlalchemy_exception, DBAPIError):
        return None
    cause = first_line(context.sqlalchemy_exception)
    fitting = (remedy for pattern, remedy in REMEDIES if re.search(pattern, cause))
    remedy = next(fitting, "Check host, port and network, and that the server runs.")
    return DatabaseUnavailableError(mask_password(context.engine.url), cause, remedy)


@contextmanager
def translate_loss(engine: Engine) -> Iterator[None]:
    """Raise DatabaseUnavailableError where the server goes away, or is too busy, within the block."""
    gone = (OperationalError, InterfaceError, PoolTimeoutError, psycopg2.OperationalError, psycopg2.InterfaceError)
    try:
        yield
    except gone as error:
        cause = first_line(error) if isinstance(error, DBAPIError) else str(error).strip().partition("\n")[0]
        raise DatabaseUnavailableError(mask_password(engine.url), cause, "Try again in a moment.") from error


def first_line(error: DBAPIError) -> str:
    """What the server or the driver said, without its details."""
    return str(error.orig).strip().splitlines()[0]


def mask_password(url: URL) -> str:
    """A database's URL as it may be shown."""
    if "password" in url.query:
        url = url.update_query_dict({"password": "***"})
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
