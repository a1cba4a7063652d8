"""The embedded server's life: who starts it, who keeps it, who ends it. Real processes, really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg2
import pytest
from embedded_cases import IN_A_HURRY, USER, ask, gone, is_running, postmaster

from demetra.errors import DatabaseUnavailableError
from demetra.store import cluster, embedded, watchdog
from demetra.store.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory in which a server has run before; a start there takes 0.05 s instead of a second."""
    directory = tmp_path_factory.mktemp("embedded") / "database"
    server = EmbeddedServer(directory, options=IN_A_HURRY)
    server.hold()
    server.close()
    (directory / "data/postgresql.auto.conf").write_text("fsync = off\n")
    yield directory
    server.hold()  # in case a test has failed and left it running
    server.close()


@pytest.fixture
def directory(used: Path) -> Iterator[Path]:
    """That directory, without a server, which each test leaves as it found it."""
    yield used
    assert gone(used), "the test has left a server behind"


def start_user(directory: Path, **options: object) -> subprocess.Popen[str]:
    """Another process that holds the server until its standard input is closed."""
    command = [sys.executable, "-c", USER, str(directory)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)


def url_of(user: subprocess.Popen[str]) -> str:
    """Wait until a process holds the server."""
    return user.stdout.readline().strip()


def end(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=30)
    assert user.returncode == 0


def kill(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.communicate(timeout=30)


def find_watchdog(directory: Path) -> psutil.Process:
    wanted = {watchdog.__file__, str(directory)}
    (found,) = [one for one in psutil.process_iter(["cmdline"]) if wanted <= set(one.info["cmdline"] or ())]
    return found


def kill_watchdog(directory: Path) -> None:
    found = find_watchdog(directory)
    found.kill()
    found.wait(10)


def test_the_server_runs_while_it_is_held_and_is_gone_when_close_returns(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    assert ask(server.url()) == 1
    server.close()
    assert gone(directory, within=1)
    with pytest.raises(DatabaseUnavailableError, match="it does not run"):
        server.url()


def test_it_stays_until_the_last_of_several_processes_ends(directory: Path) -> None:
    first, second = start_user(directory), start_user(directory)
    url = url_of(first)
    assert url_of(second) == url
    end(first)
    assert ask(url) == 1
    end(second)
    assert gone(directory, within=1)


def test_the_others_go_on_when_one_process_is_killed(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    killed = start_user(directory)
    url_of(killed)
    kill(killed)
    time.sleep(0.3)
    assert ask(server.url()) == 1
    server.close()
    assert gone(directory, within=1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_soon_after_its_last_process_was_killed_and_keeps_its_data(directory: Path, number: int) -> None:
    user = start_user(directory)
    ask(url_of(user), "CREATE TABLE kept AS SELECT 42 AS answer")
    user.send_signal(number)
    user.communicate(timeout=30)
    assert gone(directory, within=5)
    server = EmbeddedServer(directory)
    server.hold()
    assert ask(server.url(), "SELECT answer FROM kept") == 42
    ask(server.url(), "DROP TABLE kept")
    server.close()


def test_committed_data_survive_the_killing_of_the_server(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    ask(server.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(directory), signal.SIGKILL)
    server.hold()
    assert ask(server.url(), "SELECT answer FROM kept") == 42
    ask(server.url(), "DROP TABLE kept")
    server.close()


def test_another_process_revives_the_killed_server_for_all(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    os.kill(postmaster(directory), signal.SIGKILL)
    user = start_user(directory)
    assert ask(url_of(user)) == ask(server.url()) == 1
    end(user)
    assert ask(server.url()) == 1
    server.close()


def test_the_last_one_stops_it_although_the_watchdog_was_killed(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    kill_watchdog(directory)
    server.close()
    assert gone(directory, within=1)


def test_a_killed_watchdog_is_replaced_when_anybody_leaves(directory: Path) -> None:
    user = start_user(directory)
    url_of(user)
    kill_watchdog(directory)
    server = EmbeddedServer(directory)
    server.hold()
    server.close()
    kill(user)
    assert gone(directory, within=5)


def test_a_process_killed_while_it_starts_the_server_leaves_nothing_behind(directory: Path) -> None:
    for milliseconds in range(30, 110, 10):
        user = start_user(directory)
        time.sleep(milliseconds / 1000)
        kill(user)
        assert gone(directory, within=5)


def test_two_processes_may_start_at_the_same_moment_in_an_empty_place(tmp_path: Path) -> None:
    users = [start_user(tmp_path / "database") for _ in range(2)]
    urls = {url_of(user) for user in users}
    assert len(urls) == 1
    assert ask(urls.pop()) == 1
    for user in users:
        end(user)
    assert gone(tmp_path / "database")


def test_an_interrupted_first_start_is_made_good(tmp_path: Path) -> None:
    left = tmp_path / "database/data.new"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")
    server = EmbeddedServer(tmp_path / "database", options=IN_A_HURRY)
    server.hold()
    assert ask(server.url()) == 1
    server.close()
    assert not left.exists()


def test_ctrl_c_reaches_the_process_but_not_the_server(directory: Path) -> None:
    user = start_user(directory, start_new_session=True)
    url = url_of(user)
    before = postmaster(directory)
    os.killpg(user.pid, signal.SIGINT)
    assert url_of(user) == url  # it noticed
    assert ask(url) == 1
    assert postmaster(directory) == before
    end(user)
    assert gone(directory, within=1)


@pytest.mark.parametrize("pid", [1, os.getpid(), 4_000_000], ids=["of init", "ours", "of nobody"])
def test_files_of_a_dead_server_mean_nothing_whoever_has_its_process_id(directory: Path, pid: int) -> None:
    lines = [str(pid), str(directory / "data"), "1", "5432", str(directory / "data"), "", "0 0", "ready"]
    (directory / "data/postmaster.pid").write_text("\n".join(lines))
    (directory / "data/.s.PGSQL.5432.lock").write_text("\n".join(lines))
    server = EmbeddedServer(directory)
    server.hold()
    assert ask(server.url()) == 1
    assert postmaster(directory) != pid
    server.close()


def test_a_server_that_cannot_start_tells_why_and_nobody_holds_it(directory: Path) -> None:
    server = EmbeddedServer(directory, options={"shared_buffers": "plenty"})
    with pytest.raises(DatabaseUnavailableError, match=r"does not start.*shared_buffers.*plenty.*log") as caught:
        server.hold()
    assert caught.value.url == str(directory)
    assert not server.is_held
    assert gone(directory)


def test_whoever_was_told_the_url_finds_the_server_for_a_while(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    server.linger(0.5)
    url = server.url()
    server.close()
    connection = psycopg2.connect(url)
    time.sleep(2)  # beyond the time, with a client
    assert is_running(directory)
    assert ask(url) == 1
    connection.close()
    assert gone(directory, within=5)


def test_a_lingering_server_ends_with_a_later_holder_whose_time_is_up(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    server.linger(0)
    server.close()
    assert gone(directory, within=1)
    server.hold()
    assert not (directory / watchdog.LINGER).exists()
    server.close()


def test_a_forked_child_neither_keeps_nor_stops_the_server(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        server.close()
        os.read(reading, 1)  # until the parent has let go
        os._exit(1 if server.is_held else 0)
    os.close(reading)
    assert ask(server.url()) == 1
    server.close()
    assert gone(directory, within=1)
    os.close(writing)
    assert os.waitpid(child, 0)[1] == 0


def test_a_server_whose_socket_was_deleted_is_started_anew(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "DEAF", 0.2)
    server = EmbeddedServer(directory)
    server.hold()
    before = postmaster(directory)
    (directory / "data/.s.PGSQL.5432").unlink()
    server.hold()
    assert ask(server.url()) == 1
    assert postmaster(directory) != before
    server.close()


def test_postgres_variables_of_the_environment_do_not_disturb(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "9999", "PGDATA": "/nowhere", "PGHOST": "elsewhere", "PGUSER": "me"}.items():
        monkeypatch.setenv(name, value)
    server = EmbeddedServer(directory)
    server.hold()
    assert ask(server.url(), "SELECT current_user || current_setting('listen_addresses')") == "postgres"
    server.close()


def test_the_log_does_not_grow_for_ever(directory: Path) -> None:
    log = directory / "log"
    log.write_bytes(b"x" * (cluster.LOG_BYTES + 1))
    server = EmbeddedServer(directory)
    server.hold()
    assert log.stat().st_size < 100_000
    assert log.with_name("log.old").stat().st_size > cluster.LOG_BYTES
    server.close()
    assert "shut down" in log.read_text()


def test_closing_is_quiet_when_the_directory_was_deleted(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "database", options=IN_A_HURRY)
    server.hold()
    pid = postmaster(tmp_path / "database")
    (tmp_path / "database").rename(tmp_path / "moved")
    server.close()
    assert not server.is_held
    os.kill(pid, signal.SIGINT)
    assert gone(tmp_path / "moved")


def test_the_watchdog_is_light(directory: Path) -> None:
    server = EmbeddedServer(directory)
    server.hold()
    memory = find_watchdog(directory).memory_info().rss
    server.close()
    assert memory < 20_000_000
