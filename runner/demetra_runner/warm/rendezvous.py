"""Find the user's fork server, or start one: a socket in a directory that nobody else can enter."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import shutil
import socket
import stat
import struct
import sys
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOLD: Final = b"h"
"""First byte of a connection that only keeps the server alive."""
KERNEL: Final = b"k"
"""First byte of a connection that asks for a kernel and then stands for it."""

_READ_AT_IMPORT: Final = ("PYTHON", "MPL", "OMP_", "OPENBLAS_", "MKL_", "LC_", "XDG_")
_ALSO_READ_AT_IMPORT: Final = ("HOME", "IPYTHONDIR", "LANG", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_ENDPOINTS: Final = "kernel"  # directories of endpoints: this, the process that made it, a random part
_QUIET_IMPORTS: Final = {  # libraries that start threads, which do not fork, or print, when they are imported
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_PATH_LIMIT: Final = 90  # a Unix socket's path ends at 107 characters, and a kernel's endpoints add their names

RETRY_SECONDS: Final = 300.0
"""How long a process starts no server after `FRUITLESS_STARTS` in a row that gave it no kernel."""
FRUITLESS_STARTS: Final = 3

_guard = threading.Lock()
_servers: list[int] = []  # process ids, to be reaped
_held: dict[str, socket.socket] = {}
_fruitless: dict[str, list[float]] = {}


def read_at_import(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that imports may read: all that a fork server sees, so that it keeps nobody's secrets."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_AT_IMPORT) or name in _ALSO_READ_AT_IMPORT
    }


class WarmUnavailableError(Exception):
    """No warm kernel can be had; the message says why, and a plain kernel does instead."""


@dataclass(frozen=True)
class Recipe:
    """What a fork server holds ready: imported `modules`, `pool` kernels; `packages` are watched for changes."""

    modules: tuple[str, ...]
    packages: tuple[str, ...] = ()
    pool: int = 2

    def key(self, environment: Mapping[str, str]) -> str:
        """Names the server: who differs in anything that an import reads gets another one, never a wrong one."""
        parts = [sys.executable, sys.prefix, self.modules, self.packages, sorted(read_at_import(environment).items())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def private_directory(name: str) -> Path:
    """Make a directory for sockets that is this user's alone.

    Raises:
        WarmUnavailableError: somebody else's is in the way, or its path is too long for a socket.
    """
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    path = Path(base)
    for part in (f"warm-kernels-{os.getuid()}", name):
        path /= part
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise WarmUnavailableError(f"{path} is not a directory that only this user can enter")
    if len(str(path)) > _PATH_LIMIT:
        raise WarmUnavailableError(f"the path of {path} is too long for a socket")
    return path


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the directory's lock: servers start and end one at a time."""
    handle = os.open(directory.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def connect(recipe: Recipe, environment: Mapping[str, str], *, hold: bool = False) -> socket.socket:
    """A connection to the server of this recipe, which is started if need be.

    The server may still be importing: what is sent waits for it. With `hold` it also stays for as long as this process.

    Raises:
        WarmUnavailableError: no server can be had.
    """
    if sys.platform != "linux":
        raise WarmUnavailableError(f"forking after imports is safe on Linux only, and this is {sys.platform}")
    key = recipe.key(environment)
    starts = _fruitless.get(key, [])
    if len(starts) >= FRUITLESS_STARTS and time.monotonic() < starts[-1] + RETRY_SECONDS:
        raise WarmUnavailableError(f"{len(starts)} fork servers in a row gave no kernel")
    with _guard:
        if hold and (key not in _held or _has_ended(_held[key])):
            if key in _held:
                _held.pop(key).close()
            _held[key] = _find(recipe, key, environment)
            _held[key].send(HOLD)
            _held[key].setblocking(False)
        return _find(recipe, key, environment)


def wait_until_warm(recipe: Recipe, environment: Mapping[str, str], *, seconds: float) -> None:
    """Wait until the recipe's server has imported everything.

    Raises:
        WarmUnavailableError: no server can be had.
        OSError: it ended, or did not get so far in time.
    """
    with connect(recipe, environment) as connection:
        connection.settimeout(seconds)
        connection.send(HOLD)
        if connection.recv(1) != HOLD:
            raise ConnectionError("the fork server ended while it imported")


def release() -> None:
    """Let go of the servers that this process holds; the end of the process does so, too."""
    with _guard:
        while _held:
            _held.popitem()[1].close()


atexit.register(release)


def report_success(recipe: Recipe, environment: Mapping[str, str]) -> None:
    """Remember that the recipe's server gave a kernel."""
    _fruitless.pop(recipe.key(environment), None)


def _find(recipe: Recipe, key: str, environment: Mapping[str, str]) -> socket.socket:
    for _ in range(3):  # a server may end between our look and our call
        directory = private_directory(key)
        with suppress(OSError):
            return _call(directory / "server")
        with suppress(FileNotFoundError), locked(directory):
            try:
                return _call(directory / "server")
            except (FileNotFoundError, ConnectionRefusedError):
                directory.mkdir(mode=0o700, exist_ok=True)
                _fruitless.setdefault(key, []).append(time.monotonic())
                _start(recipe, directory, environment)
    raise WarmUnavailableError(f"no fork server could be started in {directory}")


def _has_ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _call(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
        if peer_user(connection) != os.getuid():
            raise WarmUnavailableError(f"{path} is served by another user")
    except BaseException:
        connection.close()
        raise
    return connection


def peer_user(connection: socket.socket) -> int:
    """The user id of the process at the other end, as the operating system knows it."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def _start(recipe: Recipe, directory: Path, environment: Mapping[str, str]) -> None:
    """Start a server on a socket that listens already, so that callers need not wait for its imports to call it."""
    _servers[:] = [pid for pid in _servers if os.waitpid(pid, os.WNOHANG) == (0, 0)]
    sweep(directory.parent)
    for path in directory.iterdir():  # of a server that was killed
        path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory / "server"))
        listener.listen(128)
        listener.set_inheritable(True)
        arguments = json.dumps({"recipe": asdict(recipe), "directory": str(directory), "listener": listener.fileno()})
        log = (os.POSIX_SPAWN_OPEN, 1, directory.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-m", f"{__package__}.server", arguments],
            {"PATH": environment.get("PATH", ""), **read_at_import(environment), **_QUIET_IMPORTS},
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), log, (os.POSIX_SPAWN_DUP2, 1, 2)],
            setsid=True,
        )
        _servers.append(pid)


def endpoints_directory() -> Path:
    """A new private directory for the endpoints of one of this process's kernels.

    Raises:
        WarmUnavailableError: there can be none.
    """
    return private_directory(f"{_ENDPOINTS}-{os.getpid()}-{uuid.uuid4().hex[:8]}")


def sweep(base: Path) -> None:
    """Remove the endpoints of processes that are no more: their kernels ended with them."""
    for path in base.glob(f"{_ENDPOINTS}-*"):
        if not Path("/proc", path.name.split("-")[1]).exists():
            shutil.rmtree(path, ignore_errors=True)
