"""Whom PostgreSQL runs as: it refuses root, so a root process needs another user for it.

That user is the owner of the data directory, or `pgserver`, which is made when it is missing. Directories above the
data may be closed to that user (`/root` is); they stay so: the server gets the one capability that lets it pass.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import time
from pathlib import Path
from typing import Final, NamedTuple

from demetra.errors import DatabaseUnavailableError

NAME: Final = "pgserver"
CAPABILITIES: Final = {"dac_read_search": 2, "dac_override": 1}
"""What lets a process pass closed directories, the weaker first, with its bit in `/proc/<pid>/status`."""


class ServerUser(NamedTuple):
    """A user that PostgreSQL may run as."""

    uid: int
    gid: int


def find_server_user(data: Path) -> ServerUser:
    """The user that the server on this data directory runs as: ourselves, unless we are root.

    Raises:
        DatabaseUnavailableError: we are root, and there is no such user and none can be made.
    """
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid())
    if data.exists() and (facts := data.stat()).st_uid != 0:
        return ServerUser(facts.st_uid, facts.st_gid)
    for _ in range(20):  # another process may be making it at this moment
        try:
            found = pwd.getpwnam(NAME)
            return ServerUser(found.pw_uid, found.pw_gid)
        except KeyError:
            command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            time.sleep(0.1 if made.returncode else 0)
    raise DatabaseUnavailableError(
        str(data),
        f"PostgreSQL does not run as root, and the user {NAME} cannot be made: {made.stderr.strip()}",
        f"Make a system user {NAME}, or run DEMETRA as an ordinary user.",
    )


def run_as_server_user(data: Path, program: Path) -> list[str]:
    """What to put before the command of a PostgreSQL program; nothing unless we are root.

    Raises:
        DatabaseUnavailableError: the server's user may not pass the directories above the data or the program.
    """
    if os.geteuid() != 0:
        return []
    user = find_server_user(data)
    prefix = ["setpriv", f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups"]
    closed = [path for path in sorted({*data.parents, *program.parents}) if not _may_pass(path, user)]
    if not closed:
        return prefix
    held = _held_capabilities()
    for name, bit in CAPABILITIES.items():
        if held >> bit & 1:
            return [*prefix, f"--inh-caps=+{name}", f"--ambient-caps=+{name}"]
    raise DatabaseUnavailableError(
        str(data),
        f"PostgreSQL does not run as root but as user {user.uid} there, to whom {closed[0]} is closed",
        f"Allow it with `chmod o+x {closed[0]}`, or point DEMETRA_HOME at another directory.",
    )


def _may_pass(directory: Path, user: ServerUser) -> bool:
    facts = directory.stat()
    if facts.st_uid == user.uid:
        return bool(facts.st_mode & stat.S_IXUSR)
    if facts.st_gid == user.gid:
        return bool(facts.st_mode & stat.S_IXGRP)
    return bool(facts.st_mode & stat.S_IXOTH)


def _held_capabilities() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16)
    return 0
