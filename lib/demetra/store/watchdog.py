"""Stops the embedded server when nobody uses it any more, however its last user ended.

The other half of `embedded`, which imports it; run as a script, in a session of its own, by an interpreter that loads
nothing but the standard library (9 MB). Who lives is told by kernel locks (`flock`) on files beside the data: the
kernel drops them with the process, so `kill -9` leaves no false claim and a recycled process id deceives nobody.

| file              | held by                                                                                    |
|-------------------|--------------------------------------------------------------------------------------------|
| `holders.lock`    | shared: every process that uses the server; exclusive: whoever is stopping it              |
| `start.lock`      | whoever is starting the server                                                             |
| `watchdog.lock`   | the watchdog                                                                               |
| `data/PG_VERSION` | the postmaster and all its children, by inheritance: free when the last of them is gone    |

The last one guards the data against a second server, so it is a file that nobody deletes by mistake.
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
START = "start.lock"
WATCHDOG = "watchdog.lock"
SERVER = "data/PG_VERSION"
LINGER = "linger"
"""Holds the moment, in seconds since 1970, until which the server stays although nobody holds it."""

STOPS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
"""How to stop the postmaster, and for how many seconds to try: fast, at once without a checkpoint, by force."""
COUNT_CLIENTS = (
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def open_lock(path: Path) -> int:
    """Open a file to lock it; programs that we start do not inherit the descriptor."""
    return os.open(path, os.O_RDWR | os.O_CLOEXEC)


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


def read_postmaster(data: Path) -> list[str]:
    """The lines of `postmaster.pid`: pid, directory, start, port, socket directory, address, memory, status.

    Fewer while the server is starting, none when it is not there.
    """
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def signal_postmaster(data: Path, number: signal.Signals) -> None:
    """Signal the postmaster, unless its id is that of another process by now, or of one in another container."""
    pid = next(iter(read_postmaster(data)), "")
    try:
        if sys.platform != "linux" or (Path("/proc") / pid / "cwd").readlink() == data.resolve():
            os.kill(int(pid), number)
    except (OSError, ValueError):
        return  # it has ended in the meantime


def stop_postgres(directory: Path) -> None:
    """Shut the server down and wait for its last process; the caller holds `holders.lock` exclusively."""
    data = directory / "data"
    socket_dir = _socket_dir(data)
    server = open_lock(directory / SERVER)
    try:
        for number, seconds in STOPS:
            deadline = time.monotonic() + seconds
            while not (stopped := take_lock(server, fcntl.LOCK_EX, seconds=0)) and time.monotonic() < deadline:
                signal_postmaster(data, number)
                take_lock(server, fcntl.LOCK_EX, seconds=0.5)
            if stopped:
                break
    finally:
        os.close(server)
    (directory / LINGER).unlink(missing_ok=True)
    if socket_dir != data:
        try:
            socket_dir.rmdir()
        except OSError:
            return  # not empty, or gone


def is_wanted(directory: Path, psql: str) -> bool:
    """Whether a server without holders stays: it was asked to linger, and time is left or a client is connected."""
    try:
        until = float((directory / LINGER).read_text())
    except (FileNotFoundError, ValueError):
        return False
    if time.time() < until:
        return True
    socket_dir = str(_socket_dir(directory / "data"))
    command = [psql, "-XAtqw", "-h", socket_dir, "-p", "5432", "-U", "postgres", "-d", "postgres", "-c", COUNT_CLIENTS]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False, env={"LC_ALL": "C"})
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() not in {"", "0"}


def _socket_dir(data: Path) -> Path:
    lines = read_postmaster(data)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else data


def watch(directory: Path, *, psql: str, lock: int) -> None:
    """Wait until nobody holds the server, then stop it.

    The watchdog's own `lock` is let go before `holders.lock`: whoever comes next must see that nobody watches.
    """
    holders = open_lock(directory / HOLDERS)
    while True:
        fcntl.flock(holders, fcntl.LOCK_EX)
        if not is_wanted(directory, psql):
            break
        fcntl.flock(holders, fcntl.LOCK_UN)
        time.sleep(1)
    try:
        stop_postgres(directory)
    except FileNotFoundError:
        return  # the data were deleted meanwhile
    finally:
        os.close(lock)
        os.close(holders)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    watch(Path(sys.argv[1]), psql=sys.argv[2], lock=int(sys.argv[3]))
