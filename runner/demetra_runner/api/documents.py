"""Published results as finished answers: built once per result, sent again while the result is the same.

Every request looks whether the result is still the one that is published (`Coalesced`), so an answer is never older
than the question. The `ETag` is the content's SHA-256, `Last-Modified` the moment of publication.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from demetra.store.published import Mark, read_marks
from demetra_runner.api.coalescing import Coalesced

if TYPE_CHECKING:
    from collections.abc import Callable

    from demetra_runner.api.database import Database

Marks = dict[str, Mark]


@dataclass(frozen=True)
class Document:
    """A finished answer and what tells it from another one."""

    body: bytes
    headers: dict[str, str]
    modified: datetime


class Documents:
    """The published marks, and the documents that were made from them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks: Coalesced[Marks] = Coalesced(self._read_marks)
        self._made: dict[str, tuple[Any, Document]] = {}
        self._shared: dict[str, Coalesced[Document]] = {}

    async def marks(self) -> Marks:
        """What each step shows at this moment.

        Raises:
            HTTPException: 404, nothing has been published yet.
        """
        marks = await self._marks.ask()
        if not marks:
            raise HTTPException(404, "Nothing has been published yet. `POST /api/sync/run-now` asks for a first run.")
        return marks

    async def mark(self, step: str) -> Mark:
        """What one step shows.

        Raises:
            HTTPException: 404, it has never been published.
        """
        mark = (await self.marks()).get(step)
        if mark is None:
            raise HTTPException(404, f"{step} has not been published yet. `GET /api/sync/status` tells why.")
        return mark

    async def make(self, name: str, state: Any, build: Callable[[], Document]) -> Document:
        """The document of that name, built where it is not yet made from this state."""
        known = self._made.get(name)
        if known is None or known[0] != state:
            known = self._made[name] = (state, await run_in_threadpool(build))
        return known[1]

    async def share(self, name: str, build: Callable[[], Document]) -> Document:
        """A document that is built anew for whoever asks, once for all who ask at the same time."""
        return await self._shared.setdefault(name, Coalesced(build)).ask()

    def _read_marks(self) -> Marks:
        with self._database.snapshot() as connection:
            return read_marks(connection)


def write_document(body: bytes, media_type: str, modified: datetime) -> Document:
    """Wrap finished content."""
    headers = {
        "content-type": media_type,
        "etag": f'"{hashlib.sha256(body).hexdigest()}"',
        "last-modified": format_datetime(modified.astimezone(UTC), usegmt=True),
        "cache-control": "private, no-cache",
    }
    return Document(body, headers, modified.replace(microsecond=0))


def write_json(content: Any, modified: datetime) -> Document:
    """A JSON document; a number that JSON has no word for is a fault of ours and raises ValueError."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return write_document(text.encode(), "application/json", modified)


def answer(document: Document, request: Request) -> Response:
    """The document, or 304 where the client has it already."""
    if _is_known(document, request):
        kept = {name: value for name, value in document.headers.items() if name != "content-type"}
        return Response(status_code=304, headers=kept)
    return Response(document.body, headers=document.headers)


def _is_known(document: Document, request: Request) -> bool:
    """RFC 9110, 13.2.2: `If-None-Match` decides where it is given, else `If-Modified-Since`."""
    if given := request.headers.get("if-none-match"):
        tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
        return "*" in tags or document.headers["etag"] in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and document.modified <= since
