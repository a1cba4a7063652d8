"""What the tests of the embedded server share: a process that uses it, and how to ask whether it runs."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2

from demetra.store import watchdog

if TYPE_CHECKING:
    from pathlib import Path

IN_A_HURRY = {"fsync": "off"}
USER = """
import sys
from pathlib import Path
from demetra.store.embedded import EmbeddedServer

server = EmbeddedServer(Path(sys.argv[1]), options={"fsync": "off"})
server.hold()
while True:
    try:
        print(server.url(), flush=True)
        sys.stdin.read()
        break
    except KeyboardInterrupt:
        pass
server.close()
"""


def is_running(directory: Path) -> bool:
    """Whether any process of the server lives, the watchdog included."""
    for name in (watchdog.SERVER, watchdog.WATCHDOG):
        lock = watchdog.open_lock(directory / name)
        try:
            if not watchdog.take_lock(lock, fcntl.LOCK_SH, seconds=0):
                return True
        finally:
            os.close(lock)
    return False


def gone(directory: Path, *, within: float = 10) -> bool:
    deadline = time.monotonic() + within
    while is_running(directory):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def ask(url: str, statement: str = "SELECT 1") -> object:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def postmaster(directory: Path) -> int:
    return int(watchdog.read_postmaster(directory / "data")[0])
