"""Alembic's entry: migrates through the connection, and in the transaction, that `demetra.store.revisions` hands over.

The next migration: change `demetra.store.tables`, let `revisions.draft` write a first version, and finish it.
"""

from alembic import context
from sqlalchemy import text

from demetra.store.tables import metadata

LOCK_KEY = 0x44454D4554524130  # "DEMETRA0": one process at a time changes the tables; the runs' lock ends in 1

connection = context.config.attributes["connection"]
connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_schemas=True,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
