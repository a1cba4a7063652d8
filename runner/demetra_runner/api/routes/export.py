"""The report as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from demetra.reports.files import MEDIA_TYPES, Kind, name_file, render_file
from demetra.results import read_published_results
from demetra.words import Language, Words
from demetra_runner.api.documents import Document, answer, write_document
from demetra_runner.api.errors import document
from demetra_runner.api.routes.dashboards import Shelf

if TYPE_CHECKING:
    from demetra_runner.api.database import Database

router = APIRouter(prefix="/api/export", tags=["export"])
_FILES = {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES.values()}
_RESPONSES = {
    200: {"content": _FILES, "description": "The file"},
    304: {"description": "The client has it already (If-None-Match, If-Modified-Since)"},
    **document(404),
}


@router.get("/{kind}", response_class=Response, responses=_RESPONSES)
async def export_report(
    kind: Kind,
    request: Request,
    documents: Shelf,
    language: Annotated[Language, Query(description="Of the labels and the sentences")] = "en",
) -> Response:
    """What is published as a workbook, as pages or as one HTML file: the same as `demetra export`."""
    await documents.marks()
    database = request.app.state.database
    made = await documents.share(f"{kind} {language}", lambda: _write_report(database, kind, Words(language)))
    return answer(made, request.headers)


def _write_report(database: Database, kind: Kind, words: Words) -> Document:
    with database.changing():
        published = read_published_results(database.settings, database.engine)
    content = render_file(published, kind, words=words)
    made = write_document(content, MEDIA_TYPES[kind], published.generated_at)
    made.headers["content-disposition"] = f'attachment; filename="{name_file(published, kind)}"'
    return made
