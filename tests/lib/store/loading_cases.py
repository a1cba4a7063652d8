"""Deliveries and queries for tests of loading."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from demetra.sources.base import ROWS, Delivery, RejectedRow
from demetra.store.loading import open_load, store_delivery
from demetra.store.tables import campaigns

DAY = date(2026, 3, 14)


def row(
    day: int = 14, channel: str = "Instagram", campaign: str = "c1", spend: float = 10, **more: Any
) -> dict[str, Any]:
    """A row of a delivery."""
    measures = {"impressions": 1000, "clicks": 100, "conversions": 5.0, "revenue": 30.0}
    return {
        "date": DAY.replace(day=day),
        "channel": channel,
        "campaign_id": campaign,
        "spend": float(spend),
        **measures,
    } | more


def delivery(*rows: dict[str, Any], name: str = "a.csv", rejected: Sequence[RejectedRow] = ()) -> Delivery:
    """A delivery of rows."""
    return Delivery(
        file_name=name,
        format="canonical",
        sha256="0" * 64,
        rows_read=len(rows) + len(rejected),
        rows=pa.Table.from_pylist(list(rows), schema=ROWS),
        rejected=tuple(rejected),
    )


def load(engine: sa.Engine, *rows: dict[str, Any], name: str = "a.csv", source: str = "files") -> int:
    """Store rows as a file; returns how many changed."""
    with open_load(engine) as connection:
        given = delivery(*rows, name=name)
        return store_delivery(connection, given, source=source, currency="USD", started=time.perf_counter())


def stored(engine: sa.Engine, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of all rows of `campaigns`, by date, channel and campaign."""
    query = sa.select(*(campaigns.c[name] for name in columns)).order_by("date", "channel", "campaign_id")
    with engine.connect() as connection:
        return [tuple(found) for found in connection.execute(query)]


def ask(engine: sa.Engine, query: str) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with engine.connect() as connection:
        return [tuple(found) for found in connection.execute(sa.text(query))]
