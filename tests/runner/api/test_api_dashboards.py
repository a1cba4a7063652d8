from __future__ import annotations

import hashlib
import threading
import time

import httpx
import pytest
import sqlalchemy as sa
from api_cases import draw, publish_run

from demetra.schema import DASHBOARDS
from demetra.settings import Settings
from demetra.store.published import read_charts, read_published, snapshot
from demetra_runner.api.documents import FRESH_SECONDS
from demetra_runner.serialise import as_records

ADDRESSES = [f"/api/ml-dashboard/{name}/{what}" for name in DASHBOARDS for what in ("chart", "data")]


def test_before_the_first_run_each_address_says_what_is_missing(client: httpx.Client):
    for address in [*ADDRESSES, "/api/ml-dashboard/summary", "/api/recommendations/latest"]:
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "published yet" in answer.json()["detail"]
    assert client.get("/api/ml-dashboard/nonsense/data").status_code == 422


@pytest.mark.parametrize("name", DASHBOARDS)
def test_rows_are_the_published_table_with_null_for_what_is_unknown(shop: httpx.Client, stocked, name: str):
    found = shop.get(f"/api/ml-dashboard/{name}/data").json()
    with snapshot(stocked[1]) as connection:
        assert found.pop("rows") == as_records(read_published(connection, name))
    assert list(found) == ["dashboard", "run_id", "as_of", "generated_at", "stale"]
    assert (found["dashboard"], found["run_id"], found["as_of"], found["stale"]) == (name, "run-1", "2026-03-01", False)


def test_rows_can_be_narrowed_to_channels_and_days(shop: httpx.Client):
    address = "/api/ml-dashboard/roi-timeseries/data"
    asked = {"channel": "adwords", "since": "2026-03-01", "until": "2026-03-02"}
    rows = shop.get(address, params=asked).json()["rows"]
    assert [(row["channel"], row["date"], row["roi_actual"]) for row in rows] == [
        ("Google Ads", "2026-03-01", 1.5),
        ("Google Ads", "2026-03-02", None),
    ]
    assert shop.get(address, params={"since": "2026-03-02", "until": "2026-03-01"}).status_code == 422


@pytest.mark.parametrize("address", [*ADDRESSES, "/api/ml-dashboard/summary"])
def test_what_a_client_has_is_not_sent_again(shop: httpx.Client, address: str):
    first = shop.get(address)
    assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
    for condition in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = shop.get(address, headers=condition)
        assert (again.status_code, again.content) == (304, b""), condition
        assert again.headers["etag"] == first.headers["etag"]
    for condition in (
        {"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]},
        {"If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert shop.get(address, headers=condition).content == first.content, condition


def test_charts_are_the_published_images(shop: httpx.Client, stocked):
    with snapshot(stocked[1]) as connection:
        charts = read_charts(connection)
    for name in DASHBOARDS:
        answer = shop.get(f"/api/ml-dashboard/{name}/chart")
        assert answer.headers["content-type"] == "image/png"
        assert answer.content == charts[name]


def test_a_failed_step_shows_its_last_good_result_and_says_why(client: httpx.Client, engine: sa.Engine):
    publish_run(engine, "run-1", 1.0)
    before = client.get("/api/ml-dashboard/roi-forecast/data")
    publish_run(engine, "run-2", 2.0, failing="roi-forecast")
    after = client.get("/api/ml-dashboard/roi-forecast/data")
    assert (after.json()["run_id"], after.json()["stale"]) == ("run-1", True)
    assert after.json()["rows"] == before.json()["rows"]
    assert after.headers["etag"] != before.headers["etag"]
    shown = {entry["dashboard"]: entry for entry in client.get("/api/ml-dashboard/summary").json()["dashboards"]}
    assert shown["roi-forecast"]["stale_reason"] == "RuntimeError: no luck"
    assert shown["roi-forecast"]["stale_since"] is not None
    assert (shown["roi-timeseries"]["run_id"], shown["roi-timeseries"]["stale"]) == ("run-2", False)
    assert [client.get(entry["chart"]).status_code for entry in shown.values()] == [200] * 4


def test_under_load_too_no_answer_is_older_than_is_said(client: httpx.Client, settings: Settings, engine: sa.Engine):
    """Readers ask all the time, so that every publication meets requests under way; none may see the former result."""
    publish_run(engine, "run-1", 1.0)
    done = threading.Event()

    def keep_asking() -> None:
        with httpx.Client(base_url=client.base_url, trust_env=False) as other:
            while not done.is_set():
                other.get("/api/ml-dashboard/roi-forecast/chart")

    readers = [threading.Thread(target=keep_asking) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(2, 8):
            publish_run(engine, f"run-{number}", float(number))
            time.sleep(FRESH_SECONDS)
            assert client.get("/api/ml-dashboard/roi-forecast/data").json()["run_id"] == f"run-{number}"
            assert client.get("/api/ml-dashboard/roi-forecast/chart").content == draw(number)
    finally:
        done.set()
        for reader in readers:
            reader.join()
