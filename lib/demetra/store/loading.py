"""Deliveries into the database: one load at a time, in one transaction, and nothing written that does not change."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow.compute as pc
from sqlalchemy import func, insert, select, text, update

from demetra.sources.base import Stored
from demetra.store.frames import copy_frame
from demetra.store.plans import store_plans, withdraw_plans
from demetra.store.rows import delete_rows, store_rows
from demetra.store.tables import campaigns, imports, rejected_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from demetra.sources.base import Delivery

LOCK_KEY: Final = 0x44454D4554524132  # "DEMETRA2": one load at a time in this database
_SETTINGS: Final = {
    "jit": "off",  # compiling a query that runs once costs more than it gains
    "work_mem": "64MB",
    "maintenance_work_mem": "128MB",
}


@contextmanager
def open_load(engine: Engine) -> Iterator[Connection]:
    """A transaction in which alone rows are loaded: others wait for it. An error in the block undoes all of it."""
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK_KEY)))
        for name, value in _SETTINGS.items():
            connection.execute(text(f"SET LOCAL {name} = '{value}'"))
        yield connection


def store_delivery(connection: Connection, delivery: Delivery, *, source: str, currency: str, started: float) -> int:
    """Store a delivery, its rejected rows and its import record; returns how many rows and plans changed.

    A stored row with the same key is replaced if it differs, and keeps its `id`. Rows that the former version of the
    same file brought and that this one lacks are deleted: those within the period of this version and, unless its
    period moved on as a rolling export's does, those at the ends that it no longer reaches. A file that shares no row
    with the former one of its name is no version of it, and deletes nothing.

    Args:
        connection: in a transaction of `open_load`.
        delivery: what a source handed over.
        source: the name that its rows are stored under; part of their key.
        currency: the account's, ISO 4217.
        started: `time.perf_counter()` when work on the delivery began, for the import's `seconds`.
    """
    import_id = _record_import(connection, delivery, source=source)
    changed = store_plans(connection, delivery.plans, source=source)
    if delivery.rows.num_rows:
        changed += store_rows(connection, delivery, import_id=import_id, source=source, currency=currency)
    if delivery.rejected:
        rows = [(row.line, row.column, row.reason, row.raw) for row in delivery.rejected]
        frame = pd.DataFrame(rows, columns=["line", "column_name", "reason", "raw"])
        copy_frame(connection, rejected_rows, frame, import_id=import_id)
    finished = {"rows_changed": changed, "seconds": time.perf_counter() - started}
    connection.execute(update(imports).where(imports.c.id == import_id).values(finished))
    return changed


def withdraw_source(connection: Connection, source: str) -> int:
    """Delete a source's rows and plans, in a transaction of `open_load`; returns the number of rows."""
    withdraw_plans(connection, source)
    return delete_rows(connection, campaigns.c.source == source)


def read_stored(connection: Connection, source: str) -> Stored:
    """What the database holds of a source, and whether it holds rows of others."""
    own = campaigns.c.source == source
    first, last = connection.execute(select(func.min(campaigns.c.date), func.max(campaigns.c.date)).where(own)).one()
    others = connection.execute(select(select(campaigns.c.id).where(~own).exists())).scalar_one()
    return Stored(first=first, last=last, has_others=bool(others))


def _record_import(connection: Connection, delivery: Delivery, *, source: str) -> int:
    days = pc.min_max(delivery.rows.column("date")).as_py()
    record = insert(imports).values(
        source=source,
        file_name=delivery.file_name,
        sha256=delivery.sha256,
        format=delivery.format,
        rows_read=delivery.rows_read,
        rows_loaded=delivery.rows_loaded,
        rows_merged=delivery.rows_merged,
        rows_rejected=len(delivery.rejected),
        rows_changed=0,
        seconds=0,
        first_date=days["min"],
        last_date=days["max"],
    )
    return int(connection.execute(record.returning(imports.c.id)).scalar_one())
