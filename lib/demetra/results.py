"""Everything that is published, read at one moment: what the dashboard, the report and the disk show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from demetra.metrics import summarise
from demetra.reports.published import Headline, Published, PublishedStep
from demetra.rules import read_rules
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra.store.history import read_history
from demetra.store.publication import read_publications
from demetra.store.published import read_charts, read_published, snapshot
from demetra.store.runs import read_runs, read_steps

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Engine

HEADLINE_DAYS = 28


def read_published_results(settings: Settings | None = None, engine: Engine | None = None) -> Published:
    """Read what every step shows now; an empty `Published` where nothing has been published.

    Args:
        settings: where the database is; default the environment's.
        engine: an engine that is open already.
    """
    settings = settings or Settings.from_environment()
    currency = read_rules(settings.rules_file).account.currency
    with snapshot(engine or open_engine(settings)) as connection:
        publications = read_publications(connection)
        steps = tuple(_read_steps(connection, publications))
        if publications.empty:
            return Published(steps=steps, currency=currency)
        newest = publications.sort_values("published_at").iloc[-1]
        as_of = publications["as_of"].max().date()
        tables = {name: read_published(connection, name) for name in publications["step"]}
        return Published(
            as_of=as_of,
            generated_at=newest["published_at"].to_pydatetime(),
            run_id=newest["run_id"],
            demo=bool(publications["demo"].any()),
            currency=currency,
            steps=steps,
            headline=_headline(connection, as_of),
            tables=tables,
            charts=read_charts(connection),
            alerts=tables.get("alerts", pd.DataFrame()),
            recommendations=_first_record(tables.get("recommendations")),
        )


def _read_steps(connection: Connection, publications: pd.DataFrame) -> list[PublishedStep]:
    """The steps that show something, and those of the last run that failed and never did."""
    shown = [
        PublishedStep(
            name=row.step,
            run_id=row.run_id,
            as_of=row.as_of.date(),
            published_at=row.published_at.to_pydatetime(),
            stale_since=None if pd.isna(row.stale_since) else row.stale_since.to_pydatetime(),
            stale_reason=None if pd.isna(row.stale_reason) else row.stale_reason,
        )
        for row in publications.itertuples()
    ]
    ended = read_runs(connection, limit=20).query("status in ('succeeded', 'failed', 'unchanged')")
    failed = [] if ended.empty else read_steps(connection, ended["id"].iloc[0]).query("error.notna()").itertuples()
    return shown + [
        PublishedStep(row.step, None, None, None, row.finished_at.to_pydatetime(), row.error)
        for row in failed
        if row.step not in set(publications["step"])
    ]


def _headline(connection: Connection, as_of: date) -> Headline:
    """Sums and ratios of the last `HEADLINE_DAYS` days and of as many before them."""
    history = read_history(connection, until=as_of)
    age = (pd.Timestamp(as_of) - history["date"]) // timedelta(days=HEADLINE_DAYS)
    return Headline(HEADLINE_DAYS, summarise(history[age == 0]), summarise(history[age == 1]))


def _first_record(table: pd.DataFrame | None) -> dict[str, Any] | None:
    if table is None or table.empty:
        return None
    row = table.iloc[0]
    return {
        name: None if not isinstance(row[name], dict | list) and pd.isna(row[name]) else row[name] for name in table
    }
