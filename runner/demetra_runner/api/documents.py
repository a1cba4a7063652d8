"""Published results as finished answers: built once per result, sent again while the result is the same.

Every request looks whether the result is still the one that is published; under load one look serves all requests of
the same `FRESH_SECONDS`, so an answer is never older than that. The `ETag` is the content's SHA-256, `Last-Modified`
the moment of publication.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from fastapi import HTTPException, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from demetra.errors import DatabaseUnavailableError
from demetra.store.published import Mark, MarkReader
from demetra_runner.api.coalescing import Coalesced

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from demetra_runner.api.database import Database

FRESH_SECONDS: Final = 0.05
Marks = dict[str, Mark]
Select = Callable[[Marks], Any]
"""What of the marks a document is made from."""


@dataclass(frozen=True)
class Document:
    """A finished answer and what tells it from another one."""

    body: bytes
    headers: dict[str, str]
    modified: datetime

    @cached_property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as ASGI sends them."""
        return [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]


@dataclass(frozen=True)
class _Made:
    select: Select
    state: Any
    document: Document


class Documents:
    """The published marks, and the documents that were made from them."""

    def __init__(self, database: Database) -> None:
        self._reader = MarkReader(database.engine)
        self._marks: Coalesced[Marks] = Coalesced(self._reader.read, fresh_seconds=FRESH_SECONDS)
        self._made: dict[str, _Made] = {}
        self._shared: dict[str, Coalesced[Document]] = {}

    def close(self) -> None:
        """Give the database connection up, when nobody asks any more."""
        self._reader.close()

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

    async def make(self, path: str, select: Select, build: Callable[[], Document]) -> Document:
        """The document of an address, built where it is not yet made from what `select` finds in the marks."""
        state = select(await self.marks())
        known = self._made.get(path)
        if known is None or known.state != state:
            known = self._made[path] = _Made(select, state, await run_in_threadpool(build))
        return known.document

    async def recall(self, path: str) -> Document | None:
        """The document of an address, if it is made and still of what is published.

        Raises:
            DatabaseUnavailableError: nobody can tell what is published.
        """
        known = self._made.get(path)
        if known is None:
            return None
        return known.document if known.select(await self._marks.ask()) == known.state else None

    async def share(self, name: str, build: Callable[[], Document]) -> Document:
        """A document that is built anew for whoever asks, once for all who ask at the same time."""
        return await self._shared.setdefault(name, Coalesced(build)).ask()


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


class ReadyAnswers:
    """ASGI middleware that sends finished documents itself: a router and its checks cost more than the sending.

    Whatever is not at hand (another method, a query, a document that is not made or no longer of what is published, a
    database that is away) goes on to the endpoints, which make it or say what is wrong.
    """

    def __init__(self, app: ASGIApp, documents: Documents) -> None:
        self._app = app
        self._documents = documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or pass it on."""
        document = None
        if scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]:
            with suppress(DatabaseUnavailableError):
                document = await self._documents.recall(scope["path"])
        handler = self._app if document is None else answer(document, Headers(scope=scope))
        await handler(scope, receive, send)


class _Ready(Response):
    """A response whose headers are written already."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code, self.body, self.raw_headers, self.background = status, body, headers, None


def answer(document: Document, headers: Headers) -> Response:
    """The document, or 304 where the client has it already; `headers` are the request's."""
    if not _is_known(document, headers):
        return _Ready(200, document.body, [*document.raw_headers, (b"content-length", b"%d" % len(document.body))])
    return _Ready(304, b"", [pair for pair in document.raw_headers if pair[0] != b"content-type"])


def _is_known(document: Document, headers: Headers) -> bool:
    """RFC 9110, 13.2.2: `If-None-Match` decides where it is given, else `If-Modified-Since`."""
    if given := headers.get("if-none-match"):
        tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
        return "*" in tags or document.headers["etag"] in tags
    given = headers.get("if-modified-since")
    if given is None:
        return False
    try:
        since = parsedate_to_datetime(given)
    except ValueError:
        return False
    return since.tzinfo is not None and document.modified <= since
