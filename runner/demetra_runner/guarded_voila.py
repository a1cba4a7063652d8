"""Voila with its last open doors closed: `python -m demetra_runner.guarded_voila NOTEBOOK …`.

Stock Voila asks for the token on its pages, but hands out static files, templates and extensions to anybody. And it
answers to any `Host`, so that a page of the internet whose name is made to resolve to this machine could read it.
"""

from __future__ import annotations

import os
import signal
import stat
import threading
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, StaticFileHandler
from voila.app import Voila


class GuardedVoila(Voila):
    """Voila whose every file needs the token, where there is one; where there is none, `Host` must be loopback."""

    def init_settings(self) -> dict[str, Any]:
        """The application's settings."""
        settings: dict[str, Any] = super().init_settings()
        return {**settings, "allow_remote_access": self.identity_provider.auth_enabled}

    def init_handlers(self) -> list[Any]:
        """The routes, files behind the same door as pages."""
        routes = super().init_handlers()
        return [(pattern, _close(handler), *arguments) for pattern, handler, *arguments in routes]


def _close(handler: type) -> type:
    if not issubclass(handler, StaticFileHandler):
        return handler  # Jupyter's own handlers ask for the token themselves
    return type(handler.__name__, (_KnownVisitor, handler), {})


class _KnownVisitor(JupyterHandler):
    async def prepare(self) -> None:
        """Find out who asks; nobody in particular gets nothing."""
        await super().prepare()
        if self.current_user is None:
            raise HTTPError(403)


def _end_with_parent() -> None:
    """End when the other end of standard input is closed, where that is a pipe: as when our parent was killed."""
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        os.read(0, 1)
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    GuardedVoila.launch_instance()
