"""Stored rows a page at a time: campaigns, predictions and incidents, in a stated order; one marked as read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Double, Numeric, case, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from demetra.schema import MEASURES
from demetra.store.analytics import label_ratios
from demetra.store.tables import alerts, campaigns, model_versions, predictions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Select

_HIDDEN: Final = ("row_key", "import_id")


@dataclass(frozen=True)
class Narrow:
    """Which rows: of these channels (none: all), from `since` to `until`, both included."""

    channels: Sequence[str] = ()
    since: date | None = None
    until: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The conditions on `campaigns`."""
        found: list[ColumnElement[bool]] = []
        if self.channels:
            found.append(campaigns.c.channel.in_(self.channels))
        if self.since is not None:
            found.append(campaigns.c.date >= self.since)
        if self.until is not None:
            found.append(campaigns.c.date <= self.until)
        return found


@dataclass(frozen=True)
class Page:
    """Rows `skip` to `skip + limit` of `total`."""

    rows: list[dict[str, Any]]
    total: int


def list_campaigns(connection: Connection, narrow: Narrow, *, skip: int, limit: int) -> Page:
    """Stored source rows with their ratios, the newest day first."""
    query = _select_campaigns().where(*narrow.conditions())
    return _turn_to(connection, query, (campaigns.c.date.desc(), campaigns.c.id), skip=skip, limit=limit)


def find_campaign(connection: Connection, campaign_id: str, *, skip: int, limit: int) -> dict[str, Any] | None:
    """A campaign's sums, ratios, channels and period over all its rows, and a page of them; None where it has none."""
    mine = campaigns.c.campaign_id == campaign_id
    sums = {name: cast(func.sum(campaigns.c[name]), Double).label(name) for name in MEASURES}
    facts = select(
        func.max(campaigns.c.campaign_name).label("campaign_name"),
        func.array_agg(campaigns.c.channel.distinct()).label("channels"),
        func.min(campaigns.c.date).label("first_date"),
        func.max(campaigns.c.date).label("last_date"),
        func.count().label("total_rows"),
        *sums.values(),
        *label_ratios(sums),
    ).where(mine)
    found = dict(connection.execute(facts).mappings().one())
    if not found["total_rows"]:
        return None
    order = (campaigns.c.date.desc(), campaigns.c.id)
    page = _turn_to(connection, _select_campaigns().where(mine), order, skip=skip, limit=limit)
    return {"campaign_id": campaign_id, **found, "rows": page.rows}


def find_newest_row(connection: Connection, *, source: str, campaign_id: str) -> dict[str, Any] | None:
    """The row of a source and campaign that came with the latest import."""
    mine = (campaigns.c.source == source) & (campaigns.c.campaign_id == campaign_id)
    newest = _select_campaigns().where(mine).order_by(campaigns.c.import_id.desc(), campaigns.c.id.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return dict(row) if row else None


def has_channel(connection: Connection, channel: str) -> bool:
    """Whether any row is of this channel."""
    return bool(
        connection.execute(select(select(campaigns.c.id).where(campaigns.c.channel == channel).exists())).scalar()
    )


def list_predictions(connection: Connection, narrow: Narrow, *, risk_level: str | None, skip: int, limit: int) -> Page:
    """The published predictions per campaign row, the newest day first."""
    query = _select_predictions().where(*narrow.conditions())
    if risk_level is not None:
        query = query.where(predictions.c.risk_level == risk_level)
    return _turn_to(connection, query, (campaigns.c.date.desc(), campaigns.c.id), skip=skip, limit=limit)


def list_latest_predictions(connection: Connection, narrow: Narrow, *, skip: int, limit: int) -> Page:
    """The newest prediction of each campaign (channel and campaign id), the newest day first."""
    key = (campaigns.c.channel, campaigns.c.campaign_id)
    newest = _select_predictions().where(*narrow.conditions()).ext(distinct_on(*key))
    each = newest.order_by(*key, campaigns.c.date.desc(), campaigns.c.id.desc()).subquery()
    query = select(*each.columns)
    return _turn_to(connection, query, (each.c.date.desc(), each.c.campaign_row_id), skip=skip, limit=limit)


def list_alerts(
    connection: Connection,
    *,
    resolved: bool | None = None,
    unread: bool = False,
    severity: str | None = None,
    channels: Sequence[str] = (),
    skip: int,
    limit: int,
) -> Page:
    """Incidents, open ones first, then by gravity, then the newest; `resolved` narrows to those over or not over."""
    rank = case({"critical": 0, "high": 1, "medium": 2, "low": 3}, value=alerts.c.severity)
    query = select(*alerts.columns)
    if resolved is not None:
        query = query.where(alerts.c.resolved_at.is_not(None) if resolved else alerts.c.resolved_at.is_(None))
    if unread:
        query = query.where(~alerts.c.is_read)
    if severity is not None:
        query = query.where(alerts.c.severity == severity)
    if channels:
        query = query.where(alerts.c.channel.in_(channels))
    order = (alerts.c.resolved_at.is_not(None), rank, alerts.c.last_seen.desc(), alerts.c.id)
    return _turn_to(connection, query, order, skip=skip, limit=limit)


def _select_campaigns() -> Select[Any]:
    plain = (
        cast(column, Double).label(column.name) if isinstance(column.type, Numeric) else column
        for column in campaigns.columns
        if column.name not in _HIDDEN
    )
    return select(*plain, *label_ratios({name: campaigns.c[name] for name in MEASURES}))


def _select_predictions() -> Select[Any]:
    named = [campaigns.columns[name] for name in ("channel", "campaign_id", "campaign_name", "date")]
    rows = predictions.join(campaigns, campaigns.c.id == predictions.c.campaign_row_id)
    made = model_versions.c.created_at
    return select(*predictions.columns, *named, made).select_from(
        rows.join(model_versions, model_versions.c.id == predictions.c.model_version)
    )


def _turn_to(
    connection: Connection, query: Select[Any], order: tuple[ColumnElement[Any], ...], *, skip: int, limit: int
) -> Page:
    total = connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    rows = connection.execute(query.order_by(*order).offset(skip).limit(limit)).mappings().all()
    return Page([dict(row) for row in rows], total)
