"""Month plans and remembered column maps: small tables that imports keep up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from demetra.store.tables import budgets, column_maps

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from sqlalchemy import Connection


def store_plans(connection: Connection, plans: pa.Table, *, source: str) -> int:
    """Add planned amounts, or replace those of the same channel and month; returns how many changed."""
    if not plans.num_rows:
        return 0
    added = upsert(budgets).values([{**plan, "source": source} for plan in plans.to_pylist()])
    new = added.excluded
    replaced = added.on_conflict_do_update(
        index_elements=["channel", "month"],
        set_={"amount": new.amount, "source": new.source},
        where=or_(budgets.c.amount != new.amount, budgets.c.source != new.source),
    )
    return len(connection.execute(replaced.returning(budgets.c.channel)).all())


def withdraw_plans(connection: Connection, source: str) -> None:
    """Delete a source's planned amounts."""
    connection.execute(delete(budgets).where(budgets.c.source == source))


def has_plans(connection: Connection) -> bool:
    """Whether any amount is planned."""
    return bool(connection.execute(select(select(budgets.c.channel).exists())).scalar_one())


def read_column_map(connection: Connection, source: str) -> dict[str, str]:
    """What `--map` once said about a source's columns: ours -> theirs."""
    mapping = connection.execute(select(column_maps.c.mapping).where(column_maps.c.source == source)).scalar()
    return dict(mapping or {})


def remember_column_map(connection: Connection, source: str, mapping: Mapping[str, str]) -> None:
    """Add to what is remembered of a source's columns; what is said anew replaces what was said before."""
    if mapping:
        added = upsert(column_maps).values(source=source, mapping=dict(mapping))
        merged = column_maps.c.mapping.concat(added.excluded.mapping)
        connection.execute(added.on_conflict_do_update(index_elements=["source"], set_={"mapping": merged}))
