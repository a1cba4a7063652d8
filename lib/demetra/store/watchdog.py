"""Stops the embedded server when nobody holds it any more, however its last holder ended.

Run as a script, in a session of its own, by an interpreter that loads nothing but the standard library; the other half of
`embedded`, which imports it. Every fact about who lives is a kernel lock (`flock`) on a file beside the data, so that
`kill -9` cannot leave a false one behind and a recycled process id deceives nobody:

`holders.lock`   shared: one per process that uses the server. Exclusive: whoever is stopping it.
`server.lock`    exclusive: inherited by the postmaster and all its children, free when the last of them is gone.
`watchdog.lock`  exclusive: this process.
`start.lock`     exclusive: whoever is starting the server.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HOLDERS = "holders.lock"
SERVER = "server.lock"
WATCHDOG = "watchdog.lock"
START = "start.lock"
LINGER = "linger"
"""Holds the moment (seconds since 1970) until which the server stays although nobody holds it."""

COUNT_CLIENTS = (
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def open_lock(path: Path) -> int:
    """Open a lock file, made when it is missing; the descriptor is not inherited by children."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take_lock(descriptor: int, kind: int, *, seconds: float) -> bool:
    """Take an `flock` of a kind, waiting at most so long; tell whether it was got."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def is_locked(path: Path) -> bool:
    """Whether some process holds the exclusive lock on a file."""
    descriptor = open_lock(path)
    try:
        return not take_lock(descriptor, fcntl.LOCK_SH, seconds=0)
    finally:
        os.close(descriptor)


def read_postmaster(data: Path) -> list[str]:
    """The lines of `postmaster.pid`: pid, directory, start, port, socket directory, address, memory, status."""
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _signal_postmaster(data: Path, number: signal.Signals) -> None:
    """Signal the postmaster, unless the process of that id is another one by now (or in another container)."""
    lines = read_postmaster(data)
    if not lines or not lines[0].isdigit():
        return
    here = Path("/proc") / lines[0] / "cwd"
    try:
        if not Path("/proc/self").exists() or here.resolve(strict=True) == data.resolve():
            os.kill(int(lines[0]), number)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return


def stop_postgres(directory: Path) -> bool:
    """Shut the server down: fast (a checkpoint, clients disconnected), harder when that takes too long.

    The caller holds `holders.lock` exclusively. Tells whether no server process is left.
    """
    data = directory / "data"
    socket_dir = Path((read_postmaster(data) + [""] * 5)[4] or data)
    descriptor = open_lock(directory / SERVER)
    try:
        for number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            if take_lock(descriptor, fcntl.LOCK_EX, seconds=0):
                break
            _signal_postmaster(data, number)
            if take_lock(descriptor, fcntl.LOCK_EX, seconds=seconds):
                break
        else:
            return False
    finally:
        os.close(descriptor)
    (directory / LINGER).unlink(missing_ok=True)
    if socket_dir != data:
        try:
            socket_dir.rmdir()
        except OSError:
            return True  # not empty or not ours any more: the next start looks after it
    return True


def is_wanted(directory: Path, psql: str) -> bool:
    """Whether the server stays without a holder: asked to linger, and either the time is not up or a client is there."""
    try:
        until = float((directory / LINGER).read_text())
    except (FileNotFoundError, ValueError):
        return False
    if time.time() < until:
        return True
    data = directory / "data"
    socket_dir = (read_postmaster(data) + [""] * 5)[4] or str(data)
    command = [psql, "-XAtq", "-h", socket_dir, "-U", "postgres", "-d", "postgres", "-c", COUNT_CLIENTS]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() not in {"", "0"}


def watch(directory: Path, psql: str) -> None:
    """Wait until nobody holds the server, then stop it."""
    holders = open_lock(directory / HOLDERS)
    while True:
        fcntl.flock(holders, fcntl.LOCK_EX)
        if not is_wanted(directory, psql):
            break
        fcntl.flock(holders, fcntl.LOCK_UN)
        time.sleep(1)
    stop_postgres(directory)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    watch(Path(sys.argv[1]), sys.argv[2])
