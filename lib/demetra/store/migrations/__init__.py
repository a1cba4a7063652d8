"""Alembic migrations, run by `demetra.store.engine`."""
