"""What stands before every endpoint: who may ask, from where, and what every answer says to browsers.

Without a token the API listens on loopback only, and then a foreign `Host` is refused: a page of the internet whose
name is made to resolve to this machine (DNS rebinding) must not read it. With a token, nothing but `/health` answers
without it. Pages of other origins may not write in either case, whatever the browser sends along.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from demetra_runner.listening import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from demetra.settings import Secret

OPEN_PATHS: Final = ("/health",)
MAX_BODY_BYTES: Final = 64 * 1024
"""The largest request is one campaign row."""
TOO_LARGE: Final = f"A request has {MAX_BODY_BYTES:,} bytes at most; load more as a file: `demetra ingest FILE`."
_READS: Final = ("GET", "HEAD", "OPTIONS")
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-site",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}

_RAW_HEADERS: Final = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Guard:
    """ASGI middleware around the whole API."""

    def __init__(self, app: ASGIApp, *, token: Secret | None, origins: Sequence[str] = ()) -> None:
        self._app = app
        self._token = token
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._judge(scope["path"], scope["method"], Headers(scope=scope))
        await (refusal or self._app)(scope, _limiting_body(receive), _adding_headers(send))

    def _judge(self, path: str, method: str, headers: Headers) -> JSONResponse | None:
        if self._token is None and not _is_local(headers.get("host", "")):
            return _refuse(421, "This API answers to this machine's own name only: use 127.0.0.1 or localhost.")
        if path in OPEN_PATHS:
            return None
        if self._token is not None and not _is_token(headers.get("authorization", ""), self._token):
            how = "Send the token of DEMETRA_API_TOKEN: `Authorization: Bearer …`."
            return _refuse(401, how, {"www-authenticate": 'Bearer, Basic realm="DEMETRA"'})
        if int(headers.get("content-length", "0")) > MAX_BODY_BYTES:  # uvicorn lets numbers through, nothing else
            return _refuse(413, TOO_LARGE)
        if method not in _READS and self._is_foreign(headers):
            return _refuse(403, "Pages of another origin may not change anything here; see DEMETRA_CORS_ORIGINS.")
        return None

    def _is_foreign(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or origin in self._origins:
            return False
        return urlsplit(origin).netloc != headers.get("host", "")


def _is_local(host: str) -> bool:
    return urlsplit(f"//{host}").hostname in LOOPBACK


def _is_token(given: str, token: Secret) -> bool:
    """Whether a header carries the token: as a bearer's, or as the password that a browser asks for. Constant time."""
    scheme, _, value = given.partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            value = ""
    elif scheme.lower() != "bearer":
        value = ""
    return hmac.compare_digest(value.strip().encode(), token.reveal().encode())


def _refuse(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)


def _limiting_body(receive: Receive) -> Receive:
    """Count what comes, for a body in chunks does not say how long it is."""
    received = 0

    async def receive_within_limit() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise HTTPException(413, TOO_LARGE)
        return message

    return receive_within_limit


def _adding_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message["headers"]
            stored = [] if any(name == b"cache-control" for name, _ in given) else [(b"cache-control", b"no-store")]
            message["headers"] = [*given, *_RAW_HEADERS, *stored]
        await send(message)

    return send_with_headers
