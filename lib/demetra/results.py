"""Everything that is published, read at one moment: what the dashboard, the report and the disk show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from demetra.metrics import summarise
from demetra.reports.published import Headline, Published, PublishedStep
from demetra.rules import read_rules
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra.store.history import read_history
from demetra.store.publication import read_publications
from demetra.store.published import read_charts, read_model_card, read_published, snapshot
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
            recommendations=next(iter(_records(tables["recommendations"])), None)
            if "recommendations" in tables
            else None,
            track_record=read_published(connection, "track-record"),
            model_card=read_model_card(connection),
            budget_outlook=read_published(connection, "budget-outlook")
            if "budget-recommendation" in tables
            else pd.DataFrame(),
        )


def _read_steps(connection: Connection, publications: pd.DataFrame) -> list[PublishedStep]:
    """The steps that show something, and those of the last run that failed and never did."""
    names = ("run_id", "as_of", "published_at", "stale_since", "stale_reason")
    shown = [
        PublishedStep(row["step"], **{name: row[name] for name in names} | {"as_of": row["as_of"].date()})
        for row in _records(publications)
    ]
    ended = read_runs(connection, limit=20).query("status in ('succeeded', 'failed', 'unchanged')")
    steps = [] if ended.empty else _records(read_steps(connection, ended["id"].iloc[0]))
    return shown + [
        PublishedStep(row["step"], None, None, None, stale_since=row["finished_at"], stale_reason=row["error"])
        for row in steps
        if row["error"] and row["step"] not in {step.name for step in shown}
    ]


def _headline(connection: Connection, as_of: date) -> Headline:
    """Sums and ratios of the last `HEADLINE_DAYS` days and of as many before them."""
    history = read_history(connection, until=as_of)
    age = (pd.Timestamp(as_of) - history["date"]).dt.days // HEADLINE_DAYS
    now = history[age == 0]
    return Headline(
        HEADLINE_DAYS,
        summarise(now),
        summarise(history[age == 1]),
        channels=summarise(now, by=["channel"]),
        daily=summarise(history[age <= 1], by=["date"]),
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dicts, with None for what is unknown."""
    known = table.astype("object").where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in known.to_dict("records")]
