"""Alembic's entry: migrates through the connection that `demetra.store.engine` hands over."""

from alembic import context
from sqlalchemy import text

LOCK = 0x44454D45545241

connection = context.config.attributes["connection"]
connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
context.configure(connection=connection, version_table_schema="public")
with context.begin_transaction():
    context.run_migrations()
