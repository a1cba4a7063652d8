"""Where the embedded server lives, and as whom: any path, root and ordinary users, and refusals that say what to do."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from embedded_cases import IN_A_HURRY, USER, ask, gone, postmaster

from demetra.errors import DatabaseUnavailableError
from demetra.store import watchdog
from demetra.store.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65534


def test_a_long_path_works_through_a_short_private_socket_directory(tmp_path: Path) -> None:
    directory = tmp_path / "/".join(["a rather long name of a directory"] * 6) / "ünïcode #1" / "database"
    assert len(str(directory)) > 200
    server = EmbeddedServer(directory, options=IN_A_HURRY)
    server.hold()
    assert ask(server.url()) == 1
    place = Path(watchdog.read_postmaster(server.data)[4])
    assert len(str(place)) < 60
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    server.close()
    assert not place.exists()


def test_a_socket_directory_of_a_stranger_is_not_trusted(tmp_path: Path) -> None:
    directory = tmp_path / ("x" * 120) / "database"
    server = EmbeddedServer(directory, options=IN_A_HURRY)
    server.hold()
    place = Path(watchdog.read_postmaster(server.data)[4])
    server.close()
    place.symlink_to(tmp_path)
    try:
        with pytest.raises(DatabaseUnavailableError, match=f"Remove {place}"):
            server.hold()
    finally:
        place.unlink()
    assert gone(directory)


def test_a_place_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("a file")
    with pytest.raises(DatabaseUnavailableError, match=r"Not a directory .*outputs.*DEMETRA_HOME"):
        EmbeddedServer(tmp_path / "outputs/database").hold()


@pytest.fixture
def as_nobody() -> Callable[[Path], subprocess.CompletedProcess[str]]:
    """Runs a process that holds the server in a directory for a moment, as an ordinary user."""
    prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", sys.executable, "-c"]
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if subprocess.run([*prefix, "import demetra"], cwd="/", check=False).returncode != 0:
        pytest.skip("this checkout is closed to other users")

    def run(directory: Path) -> subprocess.CompletedProcess[str]:
        command = [*prefix, USER, str(directory)]
        return subprocess.run(command, input="", capture_output=True, text=True, timeout=60, cwd="/", check=False)

    return run


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory of root's that others may enter; pytest's own are closed."""
    with TemporaryDirectory(prefix="demetra-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_an_ordinary_user_runs_it_as_themselves(
    as_nobody: Callable[[Path], subprocess.CompletedProcess[str]], open_place: Path
) -> None:
    os.chown(open_place, NOBODY, NOBODY)
    done = as_nobody(open_place / "database")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("postgresql://")
    assert (open_place / "database/data").stat().st_uid == NOBODY


def test_an_ordinary_user_without_rights_is_told_so(
    as_nobody: Callable[[Path], subprocess.CompletedProcess[str]], open_place: Path
) -> None:
    done = as_nobody(open_place / "database")
    assert done.returncode != 0
    assert "Permission denied" in done.stderr
    assert "Give this user the right to write there, or point DEMETRA_HOME at" in done.stderr


def test_the_user_of_existing_data_is_found_again_by_root(
    as_nobody: Callable[[Path], subprocess.CompletedProcess[str]], open_place: Path
) -> None:
    os.chown(open_place, NOBODY, NOBODY)
    as_nobody(open_place / "database")
    server = EmbeddedServer(open_place / "database")
    server.hold()
    assert Path(f"/proc/{postmaster(server.directory)}").stat().st_uid == NOBODY
    server.close()
    assert as_nobody(open_place / "database").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root cannot run PostgreSQL")
def test_root_hands_over_to_another_user_and_opens_no_directory_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = EmbeddedServer(tmp_path / "database", options=IN_A_HURRY)
    server.hold()
    assert Path(f"/proc/{postmaster(server.directory)}").stat().st_uid != 0
    server.close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
