from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace

import psutil
import pytest
import sqlalchemy as sa

from demetra.errors import ConfigurationError
from demetra.settings import Secret, Settings
from demetra.store.tables import runs
from demetra_runner.api.server import Api
from demetra_runner.dashboard import Dashboard, DashboardFailedError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str, **headers: str) -> tuple[int, str, str]:
    """Status, body and final address."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return answer.status, answer.read().decode(), answer.url
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), url


@pytest.mark.usefixtures("environment")
def test_it_serves_one_page_and_nothing_else(settings: Settings):
    with Dashboard(settings, host="127.0.0.1", port=free_port()) as dashboard:
        dashboard.wait_until_ready()
        status, page, _ = get(dashboard.address)
        assert status == 200
        assert "DEMETRA" in page
        assert "demetra ingest" in page, "an empty database shows the way out"
        assert "Traceback" not in page
        for path in ("voila/files/dashboard.ipynb", "voila/files/x.png", "api/kernels", "api/contents", "tree"):
            status, said, _ = get(dashboard.address + path)
            assert (status, "This cannot be shown: 403 Forbidden." in said) == (403, True), path


@pytest.mark.usefixtures("environment")
def test_with_a_token_nothing_is_served_without_it(settings: Settings):
    guarded = replace(settings, api_token=Secret("s3cret-token"))
    with Dashboard(guarded, host="127.0.0.1", port=free_port()) as dashboard:
        dashboard.wait_until_ready()
        for path in ("", "voila/files/x.png", "voila/render/dashboard.ipynb"):
            status, page, _ = get(dashboard.address + path)
            assert (status, "demetra ingest" in page) == (401, False), path
        assert "demetra ingest" in get(dashboard.address, Authorization="token s3cret-token")[1]


@pytest.mark.usefixtures("environment")
def test_the_apis_events_are_handed_on_to_those_who_may_hear_them(settings: Settings, engine: sa.Engine):
    guarded, api_port = replace(settings, api_token=Secret("s3cret-token")), free_port()
    dashboard = Dashboard(guarded, host="127.0.0.1", port=free_port(), api_port=api_port)
    with dashboard:
        dashboard.wait_until_ready()
        stream = f"{dashboard.address}api/events"
        assert get(stream)[0] == 401
        assert get(stream, Authorization="token s3cret-token")[0] == 503, "there is no API yet"
        request = urllib.request.Request(stream, headers={"Authorization": "token s3cret-token"})
        with (
            Api(guarded, engine, host="127.0.0.1", port=api_port),
            urllib.request.urlopen(request, timeout=30) as answer,
        ):
            assert answer.headers["Content-Type"] == "text/event-stream"
            assert answer.readline().startswith(b"event: progress")
            answer.readline()
            answer.readline()
            with engine.begin() as connection:
                request_run = {
                    "id": "r",
                    "trigger": "sync",
                    "status": "queued",
                    "options": {},
                    "queued_at": sa.func.now(),
                }
                connection.execute(sa.insert(runs).values(request_run))
            lines = [answer.readline() for _ in range(6)]
            assert any(b"queued" in line for line in lines), "a change is told when it happens"


def test_another_address_is_refused_without_a_token(settings: Settings):
    with pytest.raises(ConfigurationError, match="DEMETRA_API_TOKEN"):
        Dashboard(settings, host="0.0.0.0", port=free_port())


@pytest.mark.usefixtures("environment")
def test_a_port_in_use_is_said(settings: Settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        dashboard = Dashboard(settings, host="127.0.0.1", port=port)
        with pytest.raises(DashboardFailedError, match="in use"), dashboard:
            dashboard.wait_until_ready()


def test_the_page_server_ends_with_a_killed_parent(settings: Settings, environment: dict[str, str]):
    script = (
        "import os, signal\nfrom demetra.settings import Settings\nfrom demetra_runner.dashboard import Dashboard\n"
        f"with Dashboard(Settings.from_environment(), host='127.0.0.1', port={free_port()}) as dashboard:\n"
        "    dashboard.wait_until_ready()\n"
        "    print(dashboard._process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, check=False)
    server = int(done.stdout)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(server) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(server)
