"""A forked kernel as its client sees it, with the interface of `subprocess.Popen` that jupyter_client uses."""

from __future__ import annotations

import os
import select
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket

STATUS_UNKNOWN: Final = 255
"""Exit code of a kernel that outlived the fork server: only a parent learns how its child ended."""


class ForkedProcess:
    """A kernel that is the fork server's child; its end is reported over `connection`.

    Closing `lifeline` ends the kernel, and so does the end of this process, which closes it.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket, lifeline: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection: socket.socket | None = connection
        self._connection.setblocking(False)
        self._lifeline: int | None = lifeline

    def poll(self) -> int | None:
        """The exit code, negative for a signal, or None while the kernel runs."""
        if self.returncode is None and self._connection is not None:
            with suppress(BlockingIOError):
                try:
                    report = self._connection.recv(64)
                except ConnectionError:
                    report = b""
                if report:
                    self._end(int(report.split()[1]))
                else:  # the server is gone; the kernel may live on
                    self._connection.close()
                    self._connection = None
        if self.returncode is None and self._connection is None and not _is_alive(self.pid):
            self._end(STATUS_UNKNOWN)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; returns the exit code.

        Raises:
            TimeoutError: it still runs after `timeout` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"kernel {self.pid} still runs after {timeout} s")
            if self._connection is not None:
                select.select([self._connection], [], [], 0.1)
            else:
                time.sleep(0.01)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Signal the kernel alone; an ended one gets none."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _end(self, code: int) -> None:
        self.returncode = code
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def __del__(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._lifeline is not None:
            os.close(self._lifeline)


def _is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False
