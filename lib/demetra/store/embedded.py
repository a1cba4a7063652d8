"""The embedded PostgreSQL server: the wheel's binaries, and a life cycle of our own.

Any number of processes hold one server in one directory; the first starts it, the last one to leave stops it. See
`watchdog` for the locks that make this true after any `kill -9`. The wheel's own life cycle is not used: it never forgets
killed processes, gives up after ten seconds, and opens closed parent directories to everybody.

Layout of the directory: `data/` (PostgreSQL's), `log`, `log.old`, and the lock files.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator
from urllib.parse import quote

from demetra.errors import DatabaseUnavailableError
from demetra.store import cluster, watchdog

DATABASE = "demetra"
PATIENCE = 120.0
"""Seconds to wait for a start, a crash recovery or a stop."""


class EmbeddedServer:
    """A hold on the server of one directory; the server runs at least as long as this is open.

    Safe to use from several threads. A forked child does not inherit the hold.
    """

    def __init__(self, directory: Path, *, options: Mapping[str, str] | None = None) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self._options = dict(options or {})
        self._hold: int | None = None
        self._guard = threading.Lock()
        _open_servers.add(self)

    def hold(self) -> None:
        """Register this process as a user of the server and make sure that it runs.

        Raises:
            DatabaseUnavailableError: the directory cannot be used or the server does not start.
        """
        with self._guard, self._translated():
            self.directory.mkdir(parents=True, exist_ok=True)
            if self._hold is None:
                descriptor = watchdog.open_lock(self.directory / watchdog.HOLDERS)
                if not watchdog.take_lock(descriptor, fcntl.LOCK_SH, seconds=PATIENCE):
                    os.close(descriptor)
                    raise self._unavailable("its last user is still stopping it", "Wait a moment and try again.")
                self._hold = descriptor
            starting = watchdog.open_lock(self.directory / watchdog.START)
            try:
                if not watchdog.take_lock(starting, fcntl.LOCK_EX, seconds=PATIENCE):
                    raise self._unavailable("another process has been starting it for long", "Try again.")
                self._ensure_running()
                self._ensure_watched()
            finally:
                os.close(starting)

    def url(self, database: str = DATABASE) -> str:
        """A URL of a database of this server that psql, psycopg2 and SQLAlchemy accept."""
        lines = watchdog.read_postmaster(self.data)
        return f"postgresql://postgres@/{database}?host={quote(lines[4], safe='/')}"

    def linger(self, seconds: float) -> None:
        """Keep the server for so long after its last holder left, and then while a client is connected."""
        (self.directory / watchdog.LINGER).write_text(str(time.time() + seconds))

    def close(self) -> None:
        """Let go; the last holder stops the server and waits until its data are safe."""
        with self._guard:
            if self._hold is None:
                return
            descriptor, self._hold = self._hold, None
            try:
                last = watchdog.take_lock(descriptor, fcntl.LOCK_EX, seconds=0)
                if last and not watchdog.is_wanted(self.directory, str(cluster.binary("psql"))):
                    watchdog.stop_postgres(self.directory)
                elif last:
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
                    self._ensure_watched()
            finally:
                os.close(descriptor)

    def forget(self) -> None:
        """In a forked child: drop the descriptor that belongs to the parent."""
        self._guard = threading.Lock()
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None

    def _ensure_running(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            lock = watchdog.open_lock(self.directory / watchdog.SERVER)
            try:
                if watchdog.take_lock(lock, fcntl.LOCK_EX, seconds=0):
                    self._start(lock)
            finally:
                os.close(lock)
            if self._is_ready():
                return
            time.sleep(0.01)
        raise self._unavailable("it did not become ready", f"Look into {self.directory / 'log'}.")

    def _start(self, lock: int) -> None:
        cluster.create(self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.directory / watchdog.LINGER).unlink(missing_ok=True)
        cluster.start(self.data, log=self.directory / "log", lock=lock, options=self._options)

    def _is_ready(self) -> bool:
        lines = watchdog.read_postmaster(self.data)
        if len(lines) < 8 or lines[7] != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(f"{lines[4]}/.s.PGSQL.{lines[3]}")
            except OSError:
                return False
        return True

    def _ensure_watched(self) -> None:
        lock = watchdog.open_lock(self.directory / watchdog.WATCHDOG)
        try:
            if watchdog.take_lock(lock, fcntl.LOCK_EX, seconds=0):
                script = [
                    sys.executable,
                    "-I",
                    "-S",
                    watchdog.__file__,
                    str(self.directory),
                    str(cluster.binary("psql")),
                ]
                cluster.detach(script, log=self.directory / "log", lock=lock)
        finally:
            os.close(lock)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._unavailable(
                f"{error.strerror}: {error.filename}" if error.filename else str(error),
                "Give this user the right to write there, or point DEMETRA_HOME at a directory of its own.",
            ) from error

    def _unavailable(self, cause: str, remedy: str) -> DatabaseUnavailableError:
        return DatabaseUnavailableError(str(self.directory), cause, remedy)


_open_servers: weakref.WeakSet[EmbeddedServer] = weakref.WeakSet()


def _forget_all() -> None:
    for server in list(_open_servers):
        server.forget()


os.register_at_fork(after_in_child=_forget_all)
