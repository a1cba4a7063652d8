"""Rows into `campaigns`, and `channel_daily` kept in step with them.

The first load of a source goes straight into the table; later ones through a temporary one, because their rows have to
be compared with those that are there. Only the touched channels and days are rolled up again.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)

from demetra.schema import MEASURES
from demetra.store.binary_copy import COLUMNS, RowStream
from demetra.store.bulk import without_indexes
from demetra.store.tables import campaigns, channel_daily, imports

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Delete, Insert, Select, Update

    from demetra.sources.base import Delivery

_CHUNK: Final = 1 << 24
_VALUES: Final = ("currency", *MEASURES, "engagement_score")
_temporary: Final = MetaData()
_staged: Final = Table(
    "staged",
    _temporary,
    *(Column(name, campaigns.c[name].type) for name in COLUMNS),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
_touched: Final = Table(
    "touched",
    _temporary,
    Column("channel", Text),
    Column("date", Date),
    Column("rows", BigInteger),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def store_rows(connection: Connection, delivery: Delivery, *, import_id: int, source: str, currency: str) -> int:
    """Add a delivery's rows or replace those with the same keys; returns how many changed. See `store_delivery`."""
    if connection.execute(select(exists().where(campaigns.c.source == source))).scalar_one():
        return _merge_rows(connection, delivery, import_id=import_id, source=source, currency=currency)
    return _append_rows(connection, delivery.rows, import_id=import_id, source=source, currency=currency)


def delete_rows(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Delete rows; returns how many."""
    _touched.create(connection)
    deleted = _note_changes(connection, delete(campaigns).where(condition))
    _roll_up(connection)
    return deleted


def _append_rows(connection: Connection, rows: pa.Table, *, import_id: int, source: str, currency: str) -> int:
    """Add the first rows of a source: none can be there already, and `merge_alike` has made them distinct."""
    with without_indexes(connection, expected=rows.num_rows):
        _copy(connection, campaigns, _sort(rows), import_id=import_id, source=source, currency=currency)
    _touched.create(connection)
    pairs = rows.group_by(["channel", "date"]).aggregate([])
    lists = [
        bindparam(name, pairs.column(name).to_pylist(), type_=ARRAY(_touched.c[name].type))
        for name in ("channel", "date")
    ]
    connection.execute(
        insert(_touched).from_select(["channel", "date"], select(*(func.unnest(values) for values in lists)))
    )
    _roll_up(connection)
    return int(rows.num_rows)


def _merge_rows(connection: Connection, delivery: Delivery, *, import_id: int, source: str, currency: str) -> int:
    """Bring stored rows up to a delivery; returns how many were inserted, updated and deleted."""
    _staged.create(connection)
    _touched.create(connection)
    _copy(connection, _staged, delivery.rows, import_id=import_id, source=source, currency=currency)
    versions = select(imports.c.id).filter_by(source=source, file_name=delivery.file_name)
    own = campaigns.c.import_id.in_(versions)
    same = campaigns.c.row_key == _staged.c.row_key
    period = _find_replaced_period(connection, own & exists().where(same), versions)
    differs = tuple_(*(campaigns.c[name] for name in _VALUES)).is_distinct_from(
        tuple_(*(_staged.c[name] for name in _VALUES))
    )
    replacing = {name: _staged.c[name] for name in ("import_id", *_VALUES)}
    changed = _note_changes(connection, update(campaigns).values(replacing).where(same, differs))
    connection.execute(update(campaigns).values(import_id=_staged.c.import_id).where(same, ~own))
    new = select(*_staged.c).where(~exists().where(same))
    changed += _note_changes(connection, insert(campaigns).from_select(COLUMNS, new))
    if period is not None:
        lacking = own & campaigns.c.date.between(*period) & ~exists().where(same)
        changed += _note_changes(connection, delete(campaigns).where(lacking))
    _staged.drop(connection)
    _roll_up(connection)
    return changed


def _find_replaced_period(
    connection: Connection, kept: ColumnElement[bool], versions: Select[tuple[int]]
) -> tuple[date, date] | None:
    """Between which days rows of the file's former version go if the new one lacks them; None: it has no former one.

    Args:
        connection: in the load's transaction.
        kept: which rows of `campaigns` the former version owns and the new one has too.
        versions: the ids of the file's imports, the new one's among them.
    """
    if not connection.execute(select(exists().where(kept))).scalar_one():
        return None
    periods = select(imports.c.first_date, imports.c.last_date).where(imports.c.id.in_(versions))
    newest = periods.where(imports.c.first_date.is_not(None)).order_by(imports.c.id.desc()).limit(2)
    (first, last), (former_first, former_last) = connection.execute(newest).all()
    return (
        first if last > former_last else min(first, former_first),
        last if first < former_first else max(last, former_last),
    )


def _note_changes(connection: Connection, change: Insert | Update | Delete) -> int:
    """Change rows of `campaigns`, note their channels and days in `touched`, and count them."""
    changed = change.returning(campaigns.c.channel, campaigns.c.date).cte("changed")
    counted = select(changed.c.channel, changed.c.date, func.count()).group_by(changed.c.channel, changed.c.date)
    noted = insert(_touched).from_select(_touched.c.keys(), counted).returning(_touched.c.rows).cte("noted")
    return int(connection.execute(select(func.coalesce(func.sum(noted.c.rows), 0))).scalar_one())


def _roll_up(connection: Connection) -> None:
    """Compute the touched channels and days of `channel_daily` anew, from all their rows."""
    touched = select(_touched.c.channel, _touched.c.date).distinct().subquery()
    this = (channel_daily.c.channel == touched.c.channel, channel_daily.c.date == touched.c.date)
    connection.execute(delete(channel_daily).where(*this))
    sums = {name: func.sum(campaigns.c[name]) for name in MEASURES}
    sums["reach"] = func.sum(func.coalesce(campaigns.c.reach, campaigns.c.impressions))
    fallback = campaigns.c.reach.is_(None) & campaigns.c.impressions.is_not(None)
    rolled_up = {
        "channel": campaigns.c.channel,
        "date": campaigns.c.date,
        **sums,
        "reach_is_impressions": func.bool_or(fallback),
        "rows": func.count(),
    }
    rows = select(*rolled_up.values()).where(
        campaigns.c.channel == touched.c.channel, campaigns.c.date == touched.c.date
    )
    grouped = rows.group_by(campaigns.c.channel, campaigns.c.date)
    connection.execute(insert(channel_daily).from_select(list(rolled_up), grouped))
    _touched.drop(connection)


def _copy(connection: Connection, table: Table, rows: pa.Table, *, import_id: int, source: str, currency: str) -> None:
    stream = RowStream(rows, import_id=import_id, source=source, currency=currency)
    with closing(stream), closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert(f"COPY {table.name} ({', '.join(COLUMNS)}) FROM STDIN WITH (FORMAT binary)", stream, _CHUNK)


def _sort(rows: pa.Table) -> pa.Table:
    """By channel and day: rows that are read together lie together, and indexes are built faster."""
    channels = rows.column("channel").combine_chunks().indices.to_numpy()
    days = rows.column("date").combine_chunks().cast(pa.int32()).to_numpy()
    return rows.take(pa.array(np.argsort((channels.astype(np.int64) << 32) + days, kind="stable")))
