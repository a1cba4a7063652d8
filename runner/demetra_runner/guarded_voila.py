"""Voila with its last open doors closed: `python -m demetra_runner.guarded_voila NOTEBOOK …`.

Stock Voila asks for the token on its pages, but hands out static files, templates and extensions to anybody. And it
answers to any `Host`, so that a page of the internet whose name is made to resolve to this machine could read it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import signal
import stat
import threading
from typing import Any

from jupyter_server.utils import url_path_join
from traitlets import Unicode, default
from voila.app import Voila

from demetra_runner.door import HEADERS, Login, TokenIdentity, close
from demetra_runner.relay import Events


class GuardedVoila(Voila):
    """Voila whose every answer needs the token, where there is one; where there is none, `Host` must be loopback."""

    events = Unicode(help="The address of the REST API's stream of events, which the page hears by way of us").tag(
        config=True
    )

    @default("identity_provider_class")
    def _choose_identity(self) -> type:
        return TokenIdentity

    @default("cookie_secret")
    def _derive_cookie_secret(self) -> bytes:
        """Of the token, so that visitors stay known when the server starts again, and are forgotten with the token."""
        token = os.environ.get("JUPYTER_TOKEN", "")
        return hmac.digest(token.encode(), b"DEMETRA's cookies", hashlib.sha256) if token else os.urandom(32)

    def init_settings(self) -> dict[str, Any]:
        """The application's settings."""
        settings: dict[str, Any] = super().init_settings()
        self.identity_provider.login_handler_class = Login
        return {**settings, "allow_remote_access": self.identity_provider.auth_enabled, "headers": HEADERS}

    def init_handlers(self) -> list[Any]:
        """The routes, each behind the same door."""
        routes = super().init_handlers()
        routes.insert(0, (url_path_join(self.server_url, "api/events"), Events, {"address": self.events}))
        return [(pattern, close(handler), *arguments) for pattern, handler, *arguments in routes]


def _end_with_parent() -> None:
    """End when the other end of standard input is closed, where that is a pipe: as when our parent was killed."""
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        os.read(0, 1)
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    GuardedVoila.launch_instance()
