"""The API's server: uvicorn in a thread of this process, between `__enter__` and `__exit__`."""

from __future__ import annotations

import logging
import socket
import time
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Self

import uvicorn

from demetra.errors import DemetraError
from demetra_runner.api.app import build_app, guard
from demetra_runner.listening import check_exposure, write_address

if TYPE_CHECKING:
    from types import TracebackType

    from demetra.settings import Settings

STOP_SECONDS: Final = 3
UVICORN: Final = {"log_config": None, "access_log": False, "server_header": False, "lifespan": "off", "ws": "none"}


class ApiFailedError(DemetraError):
    """The API cannot be served."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"The API at {address} is not served: {reason}")


class Api:
    """Serves the REST API over an open engine.

    Raises:
        ConfigurationError: `host` is not loopback and no DEMETRA_API_TOKEN is set.
        ApiFailedError: the port cannot be had.
    """

    def __init__(self, settings: Settings, engine: Any, *, host: str, port: int) -> None:
        check_exposure(settings, host=host)
        self._host, self._port = host, port
        self._app = build_app(settings, engine)
        config = uvicorn.Config(guard(self._app, settings), **UVICORN, timeout_graceful_shutdown=STOP_SECONDS)
        self._server = uvicorn.Server(config)
        self._thread: Thread | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return write_address(self._host, self._port)

    def __enter__(self) -> Self:
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        listening = self._listen()
        self._thread = Thread(target=self._server.run, args=([listening],), name="api", daemon=True)
        self._thread.start()
        while not self._server.started:
            self.check()
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._app.state.stopping = True
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
        self._app.state.documents.close()

    def check(self) -> None:
        """Raise ApiFailedError where the server has ended."""
        if self._thread is not None and not self._thread.is_alive():
            raise ApiFailedError(self.address, "it ended; the log tells why")

    def _listen(self) -> socket.socket:
        """The socket, bound here, so that a port that is taken is told at once and in our words."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # With its protocol said, asyncio turns Nagle's algorithm off; with it on, a keep-alive answer waits 40 ms.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self._host, self._port))
        except OSError as error:
            listening.close()
            raise ApiFailedError(self.address, f"{error.strerror}. `--api-port` chooses another port.") from error
        return listening
