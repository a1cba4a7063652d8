"""Staging and publishing: rows wait under their run's id where nobody looks, then one transaction shows them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, literal, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from demetra.store.frames import copy_frame, read_frame
from demetra.store.incidents import merge_breaches, wake_incidents
from demetra.store.tables import (
    RUN_TABLES,
    STAGED,
    campaigns,
    model_versions,
    predictions,
    publications,
    recommendations,
    runs,
)
from demetra.store.track_record import record_forecasts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    import pandas as pd
    from sqlalchemy import Connection, Engine

_RUN_TABLES = {table.name: table for table in RUN_TABLES}


@dataclass(frozen=True)
class StepResult:
    """What a finished step hands to publication: the tables that it staged, or why it has none."""

    step: str
    publishes: tuple[str, ...]
    fingerprint: str
    failure: str | None = None


def stage(engine: Engine, run_id: str, table: str, frame: pd.DataFrame) -> int:
    """Replace what a run has staged for a table; returns the number of rows. The frame has no `run_id`."""
    target = STAGED[table]
    with engine.begin() as connection:
        connection.execute(delete(target).where(target.c.run_id == run_id))
        return copy_frame(connection, target, frame, run_id=run_id)


def stage_chart(
    engine: Engine, run_id: str, dashboard: str, *, image: bytes, sha256: str, width: int, height: int
) -> None:
    """Replace the PNG that a run has staged for a dashboard."""
    target = STAGED["ml_dashboards"]
    row = {"run_id": run_id, "dashboard": dashboard, "image_data": image, "sha256": sha256}
    with engine.begin() as connection:
        connection.execute(delete(target).where(target.c.run_id == run_id, target.c.dashboard == dashboard))
        connection.execute(insert(target).values(**row, width=width, height=height))


def read_staged(connection: Connection, run_id: str, table: str) -> pd.DataFrame:
    """What a run has staged for a table, without `run_id`; empty where it staged nothing."""
    target = STAGED[table]
    columns = [column for column in target.columns if column.name != "run_id"]
    return read_frame(connection, select(*columns).where(target.c.run_id == run_id))


def publish(
    connection: Connection,
    run_id: str,
    results: Sequence[StepResult],
    *,
    as_of: date,
    demo: bool,
    moment: datetime,
    cool_down_days: int = 3,
) -> None:
    """Move every step that succeeded to this run, and mark those that failed as stale; within one transaction.

    `moment` is the time that incidents change at, `cool_down_days` for how long a relapse reopens one. The caller
    commits.
    """
    wake_incidents(connection, run_id, moment=moment)
    for result in results:
        if result.failure is not None:
            stale = {
                "stale_since": func.coalesce(publications.c.stale_since, func.now()),
                "stale_reason": result.failure,
            }
            connection.execute(update(publications).where(publications.c.step == result.step).values(stale))
            continue
        for table in result.publishes:
            if table == "breaches":
                merge_breaches(connection, run_id, as_of=as_of, moment=moment, cool_down_days=cool_down_days)
            else:
                _publish_table(connection, run_id, table, dashboard=result.step)
            record_forecasts(connection, run_id, table, as_of=as_of, demo=demo)
        shown = {"run_id": run_id, "as_of": as_of, "demo": demo, "fingerprint": result.fingerprint}
        fresh = {**shown, "published_at": func.now(), "stale_since": None, "stale_reason": None}
        move = upsert(publications).values(step=result.step, **fresh)
        connection.execute(move.on_conflict_do_update(index_elements=["step"], set_=fresh))
    discard_staged(connection, run_id)


def discard_staged(connection: Connection, run_id: str) -> None:
    """Forget what a run staged."""
    for table in STAGED.values():
        connection.execute(delete(table).where(table.c.run_id == run_id))


def discard_abandoned(connection: Connection) -> None:
    """Forget what interrupted runs and old scratch runs (a day, by the date in their id) left in staging."""
    unfinished = select(runs.c.id).where(runs.c.status.in_(["queued", "running"]))
    day_ago = func.to_char(func.now() - func.make_interval(0, 0, 0, 1), "YYYYMMDD")
    for table in STAGED.values():
        scratch = table.c.run_id.like("scratch-%")
        old_scratch = and_(scratch, func.substr(table.c.run_id, 9, 8) < day_ago)
        abandoned = and_(~scratch, table.c.run_id.not_in(unfinished))
        connection.execute(delete(table).where(or_(old_scratch, abandoned)))
    connection.commit()


def _publish_table(connection: Connection, run_id: str, name: str, *, dashboard: str) -> None:
    source = STAGED[name]
    mine = source.c.run_id == run_id
    if name == "model_versions":
        _publish_model(connection, run_id)
    elif name == "ml_dashboards":
        columns = [column.name for column in source.columns]
        rows = select(*source.columns).where(mine, source.c.dashboard == dashboard)
        connection.execute(insert(_RUN_TABLES[name]).from_select(columns, rows))
    else:
        columns = [column.name for column in source.columns]
        connection.execute(insert(_RUN_TABLES[name]).from_select(columns, select(*source.columns).where(mine)))


def _publish_model(connection: Connection, run_id: str) -> None:
    """Store the model, its card and what it predicted anew; of earlier versions the cards stay."""
    versions, rows = STAGED["model_versions"], STAGED["predictions"]
    facts = ("id", "run_id", "method", "card", "model")
    card = select(*(versions.columns[name] for name in facts)).where(versions.c.run_id == run_id)
    version = connection.execute(card).first()
    if version is None:
        return
    new = upsert(model_versions).from_select(facts, card)
    again = {name: new.excluded[name] for name in ("run_id", "card", "model")}
    connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=again))
    connection.execute(delete(predictions).where(predictions.c.model_version != version.id))
    connection.execute(update(model_versions).where(model_versions.c.id != version.id).values(model=null()))
    names = [column.name for column in rows.columns if column.name != "run_id"]
    still_there = rows.join(campaigns, campaigns.c.id == rows.c.campaign_row_id)
    chosen = select(literal(version.id), *(rows.columns[name] for name in names)).select_from(still_there)
    told = upsert(predictions).from_select(["model_version", *names], chosen.where(rows.c.run_id == run_id))
    anew = {name: told.excluded[name] for name in names if name != "campaign_row_id"}
    connection.execute(told.on_conflict_do_update(constraint=predictions.primary_key, set_=anew))


def fingerprints(connection: Connection) -> dict[str, str]:
    """The fingerprint of what each step shows now.

    A stale step has none, so that it is tried again; neither has advice for which a model was asked in vain.
    """
    in_vain = select(recommendations.c.run_id).where(recommendations.c.unanswered)
    owed = and_(publications.c.step == recommendations.name, publications.c.run_id.in_(in_vain))
    settled = and_(publications.c.stale_since.is_(None), ~owed)
    current = select(publications.c.step, publications.c.fingerprint).where(settled)
    return {row.step: row.fingerprint for row in connection.execute(current)}


def shown_results(connection: Connection) -> dict[str, dict[str, str | None]]:
    """Which run each step shows and since when it is stale (ISO moments in UTC), as JSON-able values."""
    rows = connection.execute(select(publications.c.step, publications.c.run_id, publications.c.stale_since))
    return {
        row.step: {"run_id": row.run_id, "stale_since": row.stale_since and row.stale_since.isoformat()} for row in rows
    }


def shown_day(connection: Connection) -> date | None:
    """The newest day that any published result knows."""
    return connection.execute(select(func.max(publications.c.as_of))).scalar()


def read_publications(connection: Connection) -> pd.DataFrame:
    """Which run each step shows: step, run_id, as_of, demo, fingerprint, published_at, stale_since, stale_reason."""
    return read_frame(connection, select(*publications.columns).order_by(publications.c.step))


def forget_old_results(connection: Connection, *, keep_count: int, keep_days: int) -> None:
    """Delete published rows of runs that are neither shown nor kept (`keep_count` newest, `keep_days` days)."""
    shown = select(publications.c.run_id)
    newest = select(runs.c.id).order_by(runs.c.queued_at.desc()).limit(keep_count)
    young = select(runs.c.id).where(runs.c.queued_at > func.now() - func.make_interval(0, 0, 0, keep_days))
    for table in RUN_TABLES:
        run = table.c.run_id
        connection.execute(delete(table).where(run.not_in(shown), run.not_in(newest), run.not_in(young)))
    gone = runs.c.id.not_in(shown) & runs.c.id.not_in(newest) & runs.c.id.not_in(young)
    connection.execute(delete(runs).where(gone, runs.c.status.not_in(["queued", "running"])))
    connection.commit()
