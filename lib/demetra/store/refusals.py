"""A server that cannot be reached or refuses us, in our own words.

Only connections that cannot be made are translated. Errors of statements, among them a connection lost in the middle,
stay SQLAlchemy's: who sent the statement knows what to do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError

from demetra.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import URL
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


def first_line(error: DBAPIError) -> str:
    """What the server or the driver said, without its details."""
    return str(error.orig).strip().splitlines()[0]


def mask_password(url: URL) -> str:
    """A database's URL as it may be shown."""
    if "password" in url.query:
        url = url.update_query_dict({"password": "***"})
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
