"""The four dashboards: chart, rows, and all of them in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from demetra.schema import DASHBOARDS
from demetra.store.pages import Narrow
from demetra.store.published import Mark, read_chart, read_marks, read_published
from demetra_runner.api.documents import Document, Documents, Marks, answer, write_document, write_json
from demetra_runner.api.errors import document as describe_errors
from demetra_runner.api.models.dashboards import AnyData, Dashboard, DashboardSummary
from demetra_runner.api.parameters import Narrowed
from demetra_runner.serialise import as_records

if TYPE_CHECKING:
    from collections.abc import Callable

    from demetra_runner.api.database import Database

router = APIRouter(prefix="/api/ml-dashboard", tags=["dashboards"])
_UNCHANGED = {304: {"description": "The client has it already (If-None-Match, If-Modified-Since)"}}
_PNG = {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}, "description": "The chart"}
_RESPONSES = {**_UNCHANGED, **describe_errors(404)}


async def find_documents(request: Request) -> Documents:
    """The finished documents of the running API."""
    found: Documents = request.app.state.documents
    return found


Shelf = Annotated[Documents, Depends(find_documents)]


@router.get("/summary", response_model=DashboardSummary, responses=_RESPONSES)
async def summarise_dashboards(request: Request, documents: Shelf) -> Response:
    """Every published dashboard: of which day it is, whether it is stale and why, and where its chart and rows are."""
    if not _select_dashboards(await documents.marks()):
        raise HTTPException(404, "No dashboard has been published yet. `GET /api/sync/status` tells why.")
    database = request.app.state.database
    made = await documents.make(request.url.path, _select_dashboards, lambda: _write_summary(database))
    return answer(made, request.headers)


@router.get("/{dashboard}/chart", response_class=Response, responses={**_RESPONSES, 200: _PNG})
async def read_dashboard_chart(dashboard: Dashboard, request: Request, documents: Shelf) -> Response:
    """The dashboard's chart as PNG; `ETag` is its SHA-256."""
    mark = await documents.mark(dashboard)
    database = request.app.state.database
    made = await documents.make(request.url.path, _select(dashboard), lambda: _write_chart(database, mark))
    return answer(made, request.headers)


@router.get(
    "/{dashboard}/data",
    response_class=Response,
    responses={**_RESPONSES, 200: {"model": AnyData, "description": "The table"}},
)
async def read_dashboard_data(dashboard: Dashboard, request: Request, documents: Shelf, narrow: Narrowed) -> Response:
    """The dashboard's table with its column names; narrowed to channels, and to days where it has days."""
    mark = await documents.mark(dashboard)
    database = request.app.state.database
    if narrow == Narrow([]):
        made = await documents.make(request.url.path, _select(dashboard), lambda: _write_data(database, mark, narrow))
    else:
        made = await run_in_threadpool(_write_data, database, mark, narrow)
    return answer(made, request.headers)


def _select(dashboard: str) -> Callable[[Marks], Mark | None]:
    return lambda marks: marks.get(dashboard)


def _select_dashboards(marks: Marks) -> Marks:
    return {name: mark for name, mark in marks.items() if name in DASHBOARDS}


def _write_chart(database: Database, mark: Mark) -> Document:
    with database.snapshot() as connection:
        chart = read_chart(connection, mark)
    if chart is None:
        raise HTTPException(404, f"{mark.step} has no chart.")
    return write_document(chart[0], "image/png", mark.published_at)


def _write_data(database: Database, mark: Mark, narrow: Narrow) -> Document:
    with database.snapshot() as connection:
        mark = read_marks(connection)[mark.step]
        rows = as_records(read_published(connection, mark.step))
    kept = [row for row in rows if _is_wanted(row, narrow)]
    return write_json({**_describe(mark), "rows": kept}, mark.stale_since or mark.published_at)


def _is_wanted(row: dict[str, Any], narrow: Narrow) -> bool:
    """ISO days compare as text; a table without days has none to leave out."""
    day = row.get("date")
    return (
        (not narrow.channels or row["channel"] in narrow.channels)
        and (day is None or narrow.since is None or day >= narrow.since.isoformat())
        and (day is None or narrow.until is None or day <= narrow.until.isoformat())
    )


def _write_summary(database: Database) -> Document:
    with database.snapshot() as connection:
        marks = _select_dashboards(read_marks(connection))
        tables = {name: read_published(connection, name) for name in marks}
    shown = [
        {
            **_describe(marks[name]),
            "stale_since": marks[name].stale_since and marks[name].stale_since.isoformat(),
            "stale_reason": marks[name].stale_reason,
            "rows": len(tables[name]),
            "chart": f"{router.prefix}/{name}/chart",
            "data": f"{router.prefix}/{name}/data",
        }
        for name in DASHBOARDS
        if name in marks
    ]
    newest = max(mark.published_at for mark in marks.values())
    content = {
        "as_of": max(mark.as_of for mark in marks.values()).isoformat(),
        "generated_at": newest.isoformat(),
        "demo": any(mark.demo for mark in marks.values()),
        "dashboards": shown,
    }
    changed = [mark.stale_since for mark in marks.values() if mark.stale_since]
    return write_json(content, max([newest, *changed]))


def _describe(mark: Mark) -> dict[str, Any]:
    return {
        "dashboard": mark.step,
        "run_id": mark.run_id,
        "as_of": mark.as_of.isoformat(),
        "generated_at": mark.published_at.isoformat(),
        "stale": mark.stale_since is not None,
    }
