"""What readers see: the published result of each step, and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, desc, literal_column, select
from sqlalchemy.exc import DBAPIError

from demetra.errors import NoDataError
from demetra.store.frames import read_frame
from demetra.store.refusals import translate_loss
from demetra.store.tables import (
    alerts,
    campaigns,
    channel_daily,
    metadata,
    ml_audience_timing,
    ml_budget_outlook,
    ml_budget_rec,
    ml_dashboards,
    ml_reach_ctr_timeseries,
    ml_roi_forecast,
    ml_roi_timeseries,
    model_versions,
    predictions,
    publications,
    recommendations,
)
from demetra.store.track_record import read_forecast_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from sqlalchemy import Connection, Engine, Select, Table

_STEP_TABLES: Final[dict[str, tuple[str, Table]]] = {
    "roi-forecast": ("roi-forecast", ml_roi_forecast),
    "roi-timeseries": ("roi-timeseries", ml_roi_timeseries),
    "reach-ctr-timeseries": ("reach-ctr-timeseries", ml_reach_ctr_timeseries),
    "budget-recommendation": ("budget-recommendation", ml_budget_rec),
    "budget-outlook": ("budget-recommendation", ml_budget_outlook),
    "audience-timing": ("audience-timing", ml_audience_timing),
    "recommendations": ("recommendations", recommendations),
}
SHOWABLE: Final = (*_STEP_TABLES, "alerts", "predictions", "track-record", "model-card", "channel-daily")
"""The names that `demetra show` takes."""


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A read-only connection on which every read sees the same moment: never a mixture of two publications.

    Raises:
        DatabaseUnavailableError: the server cannot be reached, or goes away before the block ends.
    """
    with translate_loss(engine), engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def read_published(connection: Connection, name: str) -> pd.DataFrame:
    """The published rows of one of `SHOWABLE`, in the order in which they are shown.

    Raises:
        NoDataError: the step that publishes it has never succeeded.
    """
    if name == "alerts":
        return read_frame(connection, _open_alerts())
    if name == "predictions":
        return read_frame(connection, _predictions())
    if name == "track-record":
        return read_track_record(connection)
    if name == "model-card":
        return _tabulate_model_card(connection)
    if name == "channel-daily":
        return read_frame(connection, select(*channel_daily.columns).order_by("channel", "date"))
    step, table = _STEP_TABLES[name]
    run_id = connection.execute(select(publications.c.run_id).where(publications.c.step == step)).scalar()
    if run_id is None:
        raise NoDataError(f"The published {name} table", "Run `demetra sync`.")
    hidden = {"created_at"}
    columns = [column for column in table.columns if column.name not in hidden]
    order = [
        column for column in map(table.columns.get, ("channel", "date", "dimension", "value")) if column is not None
    ]
    return read_frame(connection, select(*columns).where(table.c.run_id == run_id).order_by(*order))


@dataclass(frozen=True)
class Mark:
    """Which result a step shows: another result, or another state of it, is another mark."""

    step: str
    run_id: str
    as_of: date
    demo: bool
    published_at: datetime
    stale_since: datetime | None
    stale_reason: str | None


def read_marks(connection: Connection) -> dict[str, Mark]:
    """The mark of every step that shows something, by step: one small query, to learn whether anything is new."""
    columns = (publications.columns[field.name] for field in fields(Mark))
    return {row.step: Mark(*row) for row in connection.execute(select(*columns).order_by(publications.c.step))}


class MarkReader:
    """Reads the marks again and again over a connection of its own: one round trip each. One thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def read(self) -> dict[str, Mark]:
        """The marks of this moment; over a new connection where the server has closed the one that was kept.

        Raises:
            DatabaseUnavailableError: the server cannot be reached.
        """
        kept = self._connection
        if kept is not None:
            try:
                return read_marks(kept)
            except DBAPIError:
                self.close()
        with translate_loss(self._engine):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection = connection
            return read_marks(connection)

    def close(self) -> None:
        """Give the connection up; the next read makes another."""
        kept, self._connection = self._connection, None
        if kept is not None:
            kept.invalidate()
            kept.close()


def read_chart(connection: Connection, mark: Mark) -> tuple[bytes, str] | None:
    """The PNG of a published dashboard and its SHA-256; None where the step publishes no chart."""
    query = select(ml_dashboards.c.image_data, ml_dashboards.c.sha256)
    found = query.where(ml_dashboards.c.run_id == mark.run_id, ml_dashboards.c.dashboard == mark.step)
    row = connection.execute(found).first()
    return (bytes(row.image_data), row.sha256) if row else None


def read_charts(connection: Connection) -> dict[str, bytes]:
    """The published PNG of each dashboard that has one."""
    shown = ml_dashboards.join(
        publications,
        (publications.c.run_id == ml_dashboards.c.run_id) & (publications.c.step == ml_dashboards.c.dashboard),
    )
    query = select(ml_dashboards.c.dashboard, ml_dashboards.c.image_data).select_from(shown)
    return {row.dashboard: bytes(row.image_data) for row in connection.execute(query)}


def read_earlier_model(connection: Connection) -> tuple[dict[str, Any], dict[str, Any], pd.DataFrame] | None:
    """The published campaign model, its card, and `campaign_row_id, features` of what it predicted; None before it."""
    shown = publications.join(model_versions, model_versions.c.run_id == publications.c.run_id)
    kept = (model_versions.c.id, model_versions.c.model, model_versions.c.card)
    query = select(*kept).select_from(shown).where(publications.c.step == "roi-forecast")
    version = connection.execute(query).first()
    if version is None or version.model is None:
        return None
    told = select(predictions.c.campaign_row_id, predictions.c.features)
    return version.model, version.card, read_frame(connection, told.where(predictions.c.model_version == version.id))


def read_model_card(connection: Connection) -> dict[str, Any] | None:
    """The card of the campaign model whose predictions are published; None before the first."""
    shown = publications.join(model_versions, model_versions.c.run_id == publications.c.run_id)
    query = select(model_versions.c.card).select_from(shown).where(publications.c.step == "roi-forecast")
    return connection.execute(query).scalar()


def read_track_record(connection: Connection) -> pd.DataFrame:
    """How the published forecasts of the last days did, `schema.TRACK_RECORD`; empty before the first has come due."""
    from demetra.track_record import summarise_track_record

    return summarise_track_record(read_forecast_record(connection))


def count_rows(connection: Connection, table: str) -> int:
    """How many rows a table holds."""
    found = metadata.tables[table]
    return int(connection.execute(select(literal_column("count(*)")).select_from(found)).scalar_one())


def _tabulate_model_card(connection: Connection) -> pd.DataFrame:
    from demetra.roi_model import tabulate_card

    card = read_model_card(connection)
    if card is None:
        raise NoDataError("The campaign model", "Run `demetra sync`.")
    return tabulate_card(card)


def _open_alerts() -> Select[Any]:
    rank = case({"critical": 0, "high": 1, "medium": 2, "low": 3}, value=alerts.c.severity)
    return (
        select(*alerts.columns)
        .where(alerts.c.resolved_at.is_(None))
        .order_by(rank, alerts.c.channel, alerts.c.alert_type)
    )


def _predictions() -> Select[Any]:
    campaign = [campaigns.columns[name] for name in ("channel", "campaign_id", "campaign_name", "date")]
    rows = predictions.join(campaigns, campaigns.c.id == predictions.c.campaign_row_id)
    shown = [column for column in predictions.columns if column.name != "features"]
    return select(*shown, *campaign).select_from(rows).order_by(desc(campaigns.c.date), campaigns.c.id)
