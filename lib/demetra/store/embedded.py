"""The embedded PostgreSQL server: the wheel's programs under a life cycle of our own.

Any number of processes use one server in one directory. The first starts it, the last to leave stops it; `watchdog`
tells how that stays true whoever is killed. The wheel's own life cycle is not used: it never forgets a killed process
and so never stops, gives up on a slow start after ten seconds, and opens all parent directories to everybody.

Layout of the directory: `data/` (PostgreSQL's own), `log` and `log.old` (a megabyte each at most), the lock files.
"""

from __future__ import annotations

import errno
import fcntl
import math
import os
import re
import socket
import struct
import sys
import threading
import time
import weakref
from contextlib import contextmanager, suppress
from signal import SIGINT
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from demetra.errors import DatabaseUnavailableError
from demetra.store import cluster, watchdog

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE: Final = 120.0
"""Seconds to wait for a start with crash recovery, or for another process that is starting or stopping the server."""
ATTEMPTS: Final = 2
"""A server that ends while it starts may have been killed, so it gets another chance; then the reason is in its log."""
DEAF: Final = 10.0
"""Seconds after which a server that says it is ready, but does not answer, is told to end."""
SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)
"""The shortest question of PostgreSQL's protocol; at a Unix socket the answer is always N."""
REMEDIES: Final = {
    errno.EACCES: "Give this user the right to write there, or point DEMETRA_HOME at a directory that is theirs.",
    errno.ENOSPC: "Free some space on its disk, or point DEMETRA_HOME at another.",
}


class EmbeddedServer:
    """A use of the server in one directory: the server runs as long as somebody in some process holds it.

    Threads may share one. A forked child holds nothing until it calls `hold` itself.

    Args:
        directory: where the server's files lie; made when it is missing.
        options: PostgreSQL settings beside `cluster.OPTIONS`; they count when this use starts the server.
    """

    def __init__(self, directory: Path, *, options: Mapping[str, str] | None = None) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self._options = dict(options or {})
        self._held: int | None = None
        self._guard = threading.Lock()
        _servers.add(self)

    @property
    def is_held(self) -> bool:
        """Whether this use keeps the server running."""
        return self._held is not None

    def hold(self) -> None:
        """Keep the server running from now on, starting it where it does not run; may be called again at any time.

        Raises:
            DatabaseUnavailableError: the directory cannot be used, or the server does not start.
        """
        with self._guard, self._translate():
            self.directory.mkdir(parents=True, exist_ok=True)
            for name in (watchdog.HOLDERS, watchdog.START, watchdog.WATCHDOG):
                (self.directory / name).touch(mode=0o600)
            held = self._held if self._held is not None else self._take_hold()
            try:
                with self._starting():
                    self._ensure_watched()  # first: should we be killed from here on, somebody stops what we started
                    self._ensure_running()
                    cluster.limit_log(self.log)
            except BaseException:
                os.close(held)
                self._held = None
                raise
            self._held = held

    def url(self, database: str = cluster.DATABASE) -> str:
        """The URL of a database of the running server, as psql, psycopg2 and SQLAlchemy take it."""
        lines = watchdog.read_postmaster(self.data)
        if len(lines) < 5:
            raise self._unavailable("it does not run", "Hold it first.")
        return f"postgresql://postgres@/{database}?host={quote(lines[4], safe='/')}&port={lines[3]}"

    def linger(self, seconds: float) -> None:
        """Keep the server for at least so long, and then until the last client of any kind has disconnected."""
        with self._translate():
            wish = self.directory / watchdog.LINGER
            wish.unlink(missing_ok=True)  # it may be another user's
            wish.write_text(str(time.time() + seconds))

    def close(self) -> None:
        """Let go. The last to do so stops the server and returns when its data are safe, unless it is to linger."""
        with self._guard:
            if self._held is None:
                return
            held, self._held = self._held, None
            try:
                with suppress(FileNotFoundError):  # its directory was deleted: the server notices within a minute
                    self._leave(held)
            finally:
                os.close(held)

    def _leave(self, held: int) -> None:
        if watchdog.take_lock(held, fcntl.LOCK_EX, seconds=0):
            if not watchdog.is_wanted(self.directory, str(cluster.program("psql"))):
                watchdog.stop_postgres(self.directory)
                return
            fcntl.flock(held, fcntl.LOCK_UN)
        elif not watchdog.take_lock(held, fcntl.LOCK_SH, seconds=0):  # the watchdog was quicker and is stopping it
            watchdog.take_lock(held, fcntl.LOCK_SH, seconds=PATIENCE)
            return
        self._ensure_watched()  # it may have been killed

    def _forget(self) -> None:
        """In a forked child: what is held is the parent's."""
        self._guard = threading.Lock()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _take_hold(self) -> int:
        descriptor = watchdog.open_lock(self.directory / watchdog.HOLDERS)
        if not watchdog.take_lock(descriptor, fcntl.LOCK_SH, seconds=PATIENCE):
            os.close(descriptor)
            raise self._unavailable("the last process that used it is still stopping it", "Try again in a minute.")
        return descriptor

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Be the only one, among all threads and processes, that starts the server."""
        descriptor = watchdog.open_lock(self.directory / watchdog.START)
        try:
            if not watchdog.take_lock(descriptor, fcntl.LOCK_EX, seconds=PATIENCE):
                raise self._unavailable("another process is still starting it", "Try again in a minute.")
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # a child that was forked just now may have the descriptor too
            os.close(descriptor)

    def _ensure_running(self) -> None:
        if not (self.directory / watchdog.SERVER).exists():
            cluster.create_data(self.data, durable=self._options.get("fsync") != "off")
        began = time.monotonic()
        deaf = began + DEAF
        log_sizes: list[int] = []  # before each attempt
        while not self._answers():
            now = time.monotonic()
            if now > began + PATIENCE:
                cause = f"it did not answer within {PATIENCE:.0f} seconds"
                raise self._unavailable(cause, f"See {self.log}, and try again when it speaks of recovery.")
            with self._claim() as lock:
                if lock is not None and len(log_sizes) == ATTEMPTS:
                    raise self._unavailable(self._read_failure(log_sizes[-1]), f"The whole story is in {self.log}.")
                if lock is not None:
                    log_sizes.append(self.log.stat().st_size if self.log.exists() else 0)
                    self._start(lock)
                elif now > deaf and _says_ready(watchdog.read_postmaster(self.data)):
                    watchdog.signal_postmaster(self.data, SIGINT)
                    deaf = math.inf
            time.sleep(0.005)

    @contextmanager
    def _claim(self) -> Iterator[int | None]:
        """The server's lock, to be handed to a new server; None while a process of an earlier one lives."""
        lock = watchdog.open_lock(self.directory / watchdog.SERVER)
        try:
            yield lock if watchdog.take_lock(lock, fcntl.LOCK_EX, seconds=0) else None
        finally:
            os.close(lock)

    def _start(self, lock: int) -> None:
        (self.directory / watchdog.LINGER).unlink(missing_ok=True)
        cluster.start_server(self.data, log=self.log, lock=lock, options=self._options)

    def _answers(self) -> bool:
        """Whether the postmaster says that it is ready and a process of it answers at its socket."""
        lines = watchdog.read_postmaster(self.data)
        if not _says_ready(lines):
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(f"{lines[4]}/{cluster.SOCKET}")
                probe.sendall(SSL_REQUEST)
                return probe.recv(1) == b"N"
            except OSError:
                return False

    def _read_failure(self, log_size: int) -> str:
        with self.log.open(errors="replace") as log:
            log.seek(log_size)
            lines = [line.strip() for line in log if line.strip()]
        telling = [line for line in lines if re.search(r"FATAL:|PANIC:|error:|setpriv:", line)] or lines[-1:]
        return f"it does not start: {'; '.join(telling) or 'it says nothing'}"

    def _ensure_watched(self) -> None:
        lock = watchdog.open_lock(self.directory / watchdog.WATCHDOG)
        try:
            if watchdog.take_lock(lock, fcntl.LOCK_EX, seconds=0):
                script = [sys.executable, "-I", "-S", watchdog.__file__]
                facts = [str(self.directory), str(cluster.program("psql")), str(lock)]
                cluster.detach([*script, *facts], log=self.log, lock=lock)
        finally:
            os.close(lock)

    @contextmanager
    def _translate(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            cause = f"{error.strerror} ({error.filename})" if error.filename else str(error)
            raise self._unavailable(cause, REMEDIES.get(error.errno or 0, REMEDIES[errno.EACCES])) from error

    def _unavailable(self, cause: str, remedy: str) -> DatabaseUnavailableError:
        return DatabaseUnavailableError(str(self.directory), cause, remedy)


def _says_ready(lines: list[str]) -> bool:
    return len(lines) > 7 and lines[7] == "ready"


_servers: weakref.WeakSet[EmbeddedServer] = weakref.WeakSet()


def _forget_all() -> None:
    for server in list(_servers):
        server._forget()


os.register_at_fork(after_in_child=_forget_all)
