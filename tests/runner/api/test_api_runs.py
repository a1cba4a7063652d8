"""Runs on request, their progress, and what is told when the database is away."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from api_cases import publish_run, serve

from demetra.settings import Secret, Settings
from demetra.store.embedded import EmbeddedServer
from demetra.store.engine import open_engine
from demetra.store.runs import hold_lock, record_step, start_run
from demetra_runner.requests import Requests


def test_a_run_is_asked_for_at_once_and_followed_to_its_end(client: httpx.Client, settings: Settings):
    began = time.monotonic()
    answer = client.post("/api/sync/run-now")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert time.monotonic() - began < 1
    run_id = answer.json()["run_id"]
    assert client.post("/api/sync/run-now").json()["run_id"] == run_id, "those that wait are one"
    assert [run["id"] for run in client.get("/api/sync/status").json()["queued"]] == [run_id]
    with Requests(settings):
        deadline = time.monotonic() + 20
        while not (last := client.get("/api/sync/status").json()["last_run"]):
            assert time.monotonic() < deadline
    assert (last["id"], last["trigger"], last["status"]) == (run_id, "api", "failed")
    assert "demetra ingest" in last["error"], "the database is empty"


def test_while_a_run_works_its_steps_are_told_and_it_is_named(client: httpx.Client, engine: sa.Engine):
    run_id = client.post("/api/sync/run-now").json()["run_id"]
    with hold_lock(engine, run_id, wait=True) as lock:
        start_run(lock, run_id, steps=["roi-timeseries", "alerts"])
        record_step(engine, run_id, "alerts", status="running", attempts=1)
        assert client.post("/api/sync/run-now").json() == {"run_id": run_id, "status": "running"}
        status = client.get("/api/sync/status").json()
    assert [(step["step"], step["status"]) for step in status["running"]["steps"]] == [
        ("alerts", "running"),
        ("roi-timeseries", "pending"),
    ]


def read_events(stream: httpx.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_events_tell_the_state_and_then_each_change(client: httpx.Client, engine: sa.Engine):
    with client.stream("GET", "/api/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = read_events(stream)
        first = dict(next(events) for _ in range(2))
        assert first["progress"]["published"] == []
        assert first["alerts"] == []
        publishing = threading.Thread(target=publish_run, args=(engine, "run-1", 1.0))
        publishing.start()
        seen: dict[str, Any] = {}
        while not (seen.get("alerts") and seen["progress"]["published"]):
            name, content = next(events)
            seen[name] = content
        publishing.join()
    assert [alert["channel"] for alert in seen["alerts"]] == ["Instagram"]
    assert {step["run_id"] for step in seen["progress"]["published"]} == {"run-1"}


def test_an_open_stream_does_not_hold_up_the_end(settings: Settings, engine: sa.Engine):
    with httpx.Client(trust_env=False) as reader:
        with serve(settings, engine) as client:
            stream = reader.send(reader.build_request("GET", f"{client.base_url}api/events"), stream=True)
            next(stream.iter_lines())
            began = time.monotonic()
        assert time.monotonic() - began < 2.5
        stream.close()


@pytest.mark.timeout(120)
def test_a_database_that_is_away_is_said_plainly_and_used_when_it_is_back(tmp_path):
    """A server of its own, stopped and started; it is reached by URL, so that nobody else restarts it."""
    server = EmbeddedServer(tmp_path / "db", options={"fsync": "off"})
    server.hold()
    settings = Settings(home=tmp_path, database_url=Secret(server.url()))
    engine = open_engine(settings)
    publish_run(engine, "run-1", 1.0)
    addresses = (
        "ml-dashboard/summary",
        "ml-dashboard/roi-forecast/chart",
        "campaigns",
        "alerts",
        "sync/status",
        "events",
    )
    with serve(settings, engine) as client:
        assert client.get("/health").json()["database"] == "ok"
        server.close()
        deadline = time.monotonic() + 30
        while client.get("/health").status_code == 200:
            assert time.monotonic() < deadline
        assert client.get("/health").json()["database"] == "away"
        for address in [*addresses, "ml-dashboard/roi-forecast/chart"]:
            answer = client.get(f"/api/{address}")
            assert (answer.status_code, list(answer.json())) == (503, ["detail"]), address
            assert str(tmp_path) not in answer.text, "nothing of the inside is told"
        assert client.post("/api/sync/run-now").status_code == 503
        server.hold()
        assert client.get("/health").status_code == 200
        assert client.get("/api/ml-dashboard/roi-forecast/chart").status_code == 200
    engine.dispose()
    server.close()
