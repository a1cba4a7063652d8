"""Predictions per campaign row, and the written recommendations."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Response

from demetra.store.pages import list_latest_predictions, list_predictions
from demetra.store.published import read_marks, read_published
from demetra_runner.api.database import Stored
from demetra_runner.api.errors import document
from demetra_runner.api.models.alerts import Recommendation
from demetra_runner.api.models.campaigns import Prediction
from demetra_runner.api.parameters import Limit, Narrowed, Skip
from demetra_runner.serialise import as_records

router = APIRouter(prefix="/api", tags=["predictions"])


@router.get("/predictions", response_model=list[Prediction])
def list_row_predictions(
    database: Stored,
    response: Response,
    narrow: Narrowed,
    risk_level: Literal["low", "medium", "high"] | None = None,
    skip: Skip = 0,
    limit: Limit = 100,
) -> list[dict[str, Any]]:
    """The published prediction of each campaign row, the newest day first; empty before the first run."""
    with database.snapshot() as connection:
        page = list_predictions(connection, narrow, risk_level=risk_level, skip=skip, limit=limit)
    response.headers["X-Total-Count"] = str(page.total)
    return page.rows


@router.get("/predictions/latest", response_model=list[Prediction])
def list_newest_predictions(
    database: Stored, response: Response, narrow: Narrowed, skip: Skip = 0, limit: Limit = 50
) -> list[dict[str, Any]]:
    """The newest prediction of each campaign, the newest day first."""
    with database.snapshot() as connection:
        page = list_latest_predictions(connection, narrow, skip=skip, limit=limit)
    response.headers["X-Total-Count"] = str(page.total)
    return page.rows


@router.get("/recommendations/latest", response_model=Recommendation, responses=document(404), tags=["recommendations"])
def read_recommendations(database: Stored) -> dict[str, Any]:
    """The published recommendations: by a language model whose figures were checked, or by rules."""
    with database.snapshot() as connection:
        mark = read_marks(connection).get("recommendations")
        if mark is None:
            raise HTTPException(404, "No recommendations have been published yet. `GET /api/sync/status` tells why.")
        [written] = as_records(read_published(connection, "recommendations"))
    return {
        **written,
        "as_of": mark.as_of,
        "created_at": mark.published_at,
        "stale": mark.stale_since is not None,
    }
