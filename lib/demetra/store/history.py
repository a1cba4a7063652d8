"""What the models read: daily roll-ups, source rows and plans, as the frames of `demetra.schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from demetra.schema import BUDGETS, CAMPAIGNS, HISTORY
from demetra.store.frames import read_frame
from demetra.store.tables import budgets, campaigns, channel_daily, imports

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from sqlalchemy import Connection

SIMULATOR = "simulator"


def read_history(connection: Connection, *, until: date | None = None) -> pd.DataFrame:
    """The history frame of all channels, up to and including `until`, sorted by channel and date."""
    query = select(*(channel_daily.columns[name] for name in HISTORY)).order_by("channel", "date")
    if until is not None:
        query = query.where(channel_daily.c.date <= until)
    return read_frame(connection, query)


def read_campaigns(connection: Connection, *, since: date | None = None, until: date | None = None) -> pd.DataFrame:
    """The campaigns frame (one row per stored source row) between two days, both included."""
    query = select(*(campaigns.columns[name] for name in CAMPAIGNS)).order_by("date", "id")
    if since is not None:
        query = query.where(campaigns.c.date >= since)
    if until is not None:
        query = query.where(campaigns.c.date <= until)
    return read_frame(connection, query)


def read_budgets(connection: Connection) -> pd.DataFrame:
    """The planned amounts per channel and month."""
    return read_frame(connection, select(*(budgets.columns[name] for name in BUDGETS)).order_by("month", "channel"))


def data_version(connection: Connection) -> int:
    """A number that grows whenever stored rows or plans change; 0 for a database that never held any."""
    changed = select(func.coalesce(func.max(imports.c.id), 0)).where(imports.c.rows_changed > 0)
    return int(connection.execute(changed).scalar_one())


def is_demo(connection: Connection) -> bool:
    """Whether the simulated market feeds the figures."""
    return bool(
        connection.execute(select(select(campaigns.c.id).where(campaigns.c.source == SIMULATOR).exists())).scalar()
    )


def last_simulated_day(connection: Connection) -> date | None:
    """The newest day of the simulated market; None where the database holds none of it."""
    newest = select(func.max(campaigns.c.date)).where(campaigns.c.source == SIMULATOR)
    return connection.execute(newest).scalar()
