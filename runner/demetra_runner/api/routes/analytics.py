"""The account and its channels over a period, and against the period before: computed by the database."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from demetra.rules import read_rules
from demetra.store.analytics import sum_channels, sum_period, trace_roi
from demetra_runner.api.database import Stored
from demetra_runner.api.errors import document
from demetra_runner.api.models.analytics import AnalyticsSummary, ChannelStats, RoiPoint
from demetra_runner.api.parameters import Limit, Narrowed, Skip, find_period

router = APIRouter(prefix="/api/analytics", tags=["analytics"], responses=document(404))
_CHANGES = {
    "roi_change": "roi",
    "conversion_change": "conversion_rate",
    "clicks_change": "clicks",
    "cost_change": "cpa",
    "spend_change": "spend",
    "revenue_change": "revenue",
}


@router.get("/summary", response_model=AnalyticsSummary)
def summarise_account(database: Stored, narrow: Narrowed) -> dict[str, Any]:
    """Totals and ratios of a period, by default the 28 days through the last published one, and how they changed."""
    with database.snapshot() as connection:
        period = find_period(connection, narrow)
        now = sum_period(connection, period, channels=narrow.channels)
        before = sum_period(connection, period.before(), channels=narrow.channels)
        channels = sum_channels(connection, period, channels=narrow.channels)
    ranked = [row["channel"] for row in channels if row["roi"] is not None]
    return {
        "since": period.since,
        "until": period.until,
        "previous_since": period.before().since,
        "previous_until": period.before().until,
        "currency": read_rules(database.settings.rules_file).account.currency,
        **_name(now),
        "total_roi": now["roi"],
        "total_spend": now["spend"],
        "total_revenue": now["revenue"],
        "total_conversions": now["conversions"],
        **{name: _change(now[key], before[key]) for name, key in _CHANGES.items()},
        "channels": [{**row, **_name(row)} for row in channels],
        "top_performing_channel": ranked[0] if ranked else None,
        "worst_performing_channel": ranked[-1] if ranked else None,
    }


@router.get("/channels", response_model=list[ChannelStats])
def compare_channels(database: Stored, narrow: Narrowed) -> list[dict[str, Any]]:
    """Each channel over the period, by ROI, the best first."""
    with database.snapshot() as connection:
        rows = sum_channels(connection, find_period(connection, narrow), channels=narrow.channels)
    return [{**row, **_name(row)} for row in rows]


@router.get("/roi-trend", response_model=list[RoiPoint])
def trace_account(
    database: Stored, response: Response, narrow: Narrowed, skip: Skip = 0, limit: Limit = 1000
) -> list[dict[str, Any]]:
    """ROI of each day and channel that has rows, the oldest first."""
    with database.snapshot() as connection:
        period = find_period(connection, narrow)
        points, total = trace_roi(connection, period, channels=narrow.channels, skip=skip, limit=limit)
    response.headers["X-Total-Count"] = str(total)
    return points


def _name(row: dict[str, Any]) -> dict[str, Any]:
    """The brief's names."""
    return {
        "total_campaigns": row["campaigns"],
        "avg_roi": row["roi"],
        "avg_conversion_rate": row["conversion_rate"],
        "total_clicks": row["clicks"],
        "total_impressions": row["impressions"],
        "avg_acquisition_cost": row["cpa"],
    }


def _change(now: float | None, before: float | None) -> float | None:
    """Percent of the former value's size; None where either is unknown or the former is zero."""
    return 100 * (now - before) / abs(before) if now is not None and before else None
