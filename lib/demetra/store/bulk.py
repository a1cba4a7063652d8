"""Loading many rows into `campaigns` at once: indexes and keys are dropped for the time and built in one go.

Kept up row by row they cost 300,000 rows several times what it costs to store them; built afterwards, a third of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from psycopg2 import errors
from sqlalchemy import CheckConstraint, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import AddConstraint, DropConstraint

from demetra.store.tables import campaigns, predictions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Constraint

WORTHWHILE: Final = 20_000
"""Below so many rows the indexes stay."""


@contextmanager
def without_indexes(connection: Connection, *, expected: int) -> Iterator[None]:
    """Append `expected` rows to `campaigns` inside the block, without indexes and keys where that pays.

    It pays when many rows come to few. Readers of `campaigns`, `imports` and `predictions` then wait for the
    transaction to end. Where the tables cannot be had within half a second, or are not ours to alter, everything stays
    as it is: slower, and as correct.
    """
    worthwhile = expected >= WORTHWHILE and _count_up_to(connection, expected) < expected
    dropped = worthwhile and _drop_indexes(connection)
    yield
    if dropped:
        for constraint in _list_constraints():
            connection.execute(AddConstraint(constraint, isolate_from_table=False))
        for index in campaigns.indexes:
            index.create(connection)


def _drop_indexes(connection: Connection) -> bool:
    try:
        with connection.begin_nested():
            # Shorter than the server's deadlock_timeout, so that no reader is ever the victim.
            connection.execute(text("SET LOCAL lock_timeout = '500ms'"))
            connection.execute(text("LOCK TABLE imports, campaigns, predictions IN ACCESS EXCLUSIVE MODE"))
            connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
            if connection.execute(select(func.pg_relation_size("campaigns"))).scalar_one() == 0:
                # Never written to: with wal_level=minimal, what is copied into a new file need not be logged too.
                connection.execute(text("TRUNCATE campaigns, predictions"))
            for index in campaigns.indexes:
                index.drop(connection)
            for constraint in reversed(_list_constraints()):
                connection.execute(DropConstraint(constraint))
    except DBAPIError as error:
        if isinstance(error.orig, errors.LockNotAvailable | errors.InsufficientPrivilege):
            return False
        raise
    return True


def _list_constraints() -> list[Constraint]:
    """The primary key and what else needs an index or a look at another table, in the order in which to add them."""
    own = [each for each in campaigns.constraints if not isinstance(each, CheckConstraint)]
    of_others = [each for each in predictions.foreign_key_constraints if each.referred_table is campaigns]
    return sorted(own, key=lambda each: each is not campaigns.primary_key) + of_others


def _count_up_to(connection: Connection, limit: int) -> int:
    some = select(literal_column("1")).select_from(campaigns).limit(limit).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()
