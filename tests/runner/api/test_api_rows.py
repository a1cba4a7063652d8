"""Campaigns, analytics, predictions and alerts: what is answered is what the database holds."""

from __future__ import annotations

from typing import Any

import httpx
import pandas as pd
import pytest
import sqlalchemy as sa
from api_cases import HOSTILE, publish_run

from demetra.metrics import ratios
from demetra.schema import MEASURES
from demetra.sources.frames import campaigns_from_file

ROW = {
    "date": "2026-03-31",
    "channel": "google_ads",
    "campaign_id": "=1+1",
    "campaign_name": f'Весна, "скидки"; {HOSTILE}',
    "spend": 120.55,
    "impressions": 14_000,
    "clicks": 310,
    "conversions": 12.5,
    "revenue": -480.25,
    "language": "ru",
}


@pytest.fixture(scope="module")
def sample(stocked) -> pd.DataFrame:
    """The sample's rows as pandas sees them."""
    from api_cases import SAMPLE

    return campaigns_from_file(SAMPLE)


def summarise(rows: pd.DataFrame) -> dict[str, Any]:
    """Sums and ratios of sums by pandas, to compare with the database's."""
    return ratios(rows[list(MEASURES)].sum(min_count=1).to_frame().T).iloc[0].to_dict()


def test_rows_come_in_pages_that_hold_each_row_once(shop: httpx.Client, sample: pd.DataFrame):
    asked = {"channel": ["tiktok", "Instagram"], "since": "2026-02-01", "limit": 50}
    rows: list[dict[str, Any]] = []
    while page := shop.get("/api/campaigns", params={**asked, "skip": len(rows)}):
        rows += page.json()
        if not page.json():
            break
    wanted = sample[sample["channel"].isin(["TikTok", "Instagram"]) & (sample["date"] >= "2026-02-01")]
    assert int(page.headers["x-total-count"]) == len(rows) == len(wanted) > 50
    assert len({row["id"] for row in rows}) == len(rows)
    assert [row["date"] for row in rows] == sorted((row["date"] for row in rows), reverse=True)
    assert sum(row["spend"] for row in rows) == pytest.approx(wanted["spend"].sum())


def test_a_campaign_is_summed_over_all_its_rows(shop: httpx.Client, sample: pd.DataFrame):
    name = sample["campaign_id"].iloc[0]
    own = sample[sample["campaign_id"] == name]
    found = shop.get(f"/api/campaigns/{name}", params={"limit": 3}).json()
    assert (found["campaign_id"], found["total_rows"], len(found["rows"])) == (name, len(own), 3)
    expected = summarise(own)
    assert {key: found[key] for key in ("spend", "roi", "cpa", "ctr")} == pytest.approx(
        {key: expected[key] for key in ("spend", "roi", "cpa", "ctr")}
    )
    assert shop.get("/api/campaigns/no/such/campaign").status_code == 404


def test_a_channel_is_known_by_any_of_its_names(shop: httpx.Client):
    by_alias = shop.get("/api/campaigns/channel/google_ads", params={"limit": 5})
    assert by_alias.json() == shop.get("/api/campaigns/channel/Google Ads", params={"limit": 5}).json()
    assert {row["channel"] for row in by_alias.json()} == {"Google Ads"}
    assert "MySpace" in shop.get("/api/campaigns/channel/MySpace").json()["detail"]


def test_analytics_are_ratios_of_sums_against_the_period_before(shop: httpx.Client, sample: pd.DataFrame):
    asked = {"since": "2026-02-10", "until": "2026-02-23"}
    found = shop.get("/api/analytics/summary", params=asked).json()
    assert (found["previous_since"], found["previous_until"]) == ("2026-01-27", "2026-02-09")
    days = sample["date"]
    now = summarise(sample[(days >= "2026-02-10") & (days <= "2026-02-23")])
    before = summarise(sample[(days >= "2026-01-27") & (days <= "2026-02-09")])
    expected = {
        "total_roi": now["roi"],
        "avg_roi": now["roi"],
        "avg_conversion_rate": now["conversion_rate"],
        "avg_acquisition_cost": now["cpa"],
        "total_clicks": now["clicks"],
        "total_impressions": now["impressions"],
        "total_spend": now["spend"],
        "roi_change": 100 * (now["roi"] / before["roi"] - 1),
        "cost_change": 100 * (now["cpa"] / before["cpa"] - 1),
        "clicks_change": 100 * (now["clicks"] / before["clicks"] - 1),
        "conversion_change": 100 * (now["conversion_rate"] / before["conversion_rate"] - 1),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    channels = shop.get("/api/analytics/channels", params=asked).json()
    assert found["channels"] == channels
    assert (found["top_performing_channel"], found["worst_performing_channel"]) == (
        channels[0]["channel"],
        channels[-1]["channel"],
    )
    for row in channels:
        own = sample[(sample["channel"] == row["channel"]) & (days >= "2026-02-10") & (days <= "2026-02-23")]
        assert row["roi"] == pytest.approx(summarise(own)["roi"])
        assert row["total_campaigns"] == own["campaign_id"].nunique()
    assert [row["roi"] for row in channels] == sorted((row["roi"] for row in channels), reverse=True)
    points = shop.get("/api/analytics/roi-trend", params={**asked, "channel": "yandex", "limit": 3})
    assert [point["date"] for point in points.json()] == ["2026-02-10", "2026-02-11", "2026-02-12"]
    assert points.headers["x-total-count"] == "14"


def test_a_period_without_rows_has_no_figures_rather_than_zeros(shop: httpx.Client):
    found = shop.get("/api/analytics/summary", params={"since": "2020-01-01", "until": "2020-01-31"}).json()
    assert (found["total_roi"], found["total_spend"], found["roi_change"], found["channels"]) == (None, None, None, [])
    assert found["top_performing_channel"] is None
    for turned in ({"since": "2026-03-02", "until": "2026-03-01"}, {"since": "1999-01-01"}, {"since": "20260301"}):
        assert shop.get("/api/analytics/summary", params=turned).status_code == 422, turned


def test_an_empty_database_says_the_way_out(client: httpx.Client):
    assert "demetra ingest" in client.get("/api/analytics/summary").json()["detail"]
    for path in ("campaigns", "predictions", "predictions/latest", "alerts", "alerts/unread"):
        assert (client.get(f"/api/{path}").status_code, client.get(f"/api/{path}").json()) == (200, [])


def test_a_row_that_is_handed_in_is_stored_as_a_files_row(client: httpx.Client):
    made = client.post("/api/campaigns", json=ROW)
    assert made.status_code == 201
    told = made.json()
    assert {name: told[name] for name in ROW} == {**ROW, "channel": "Google Ads"}
    assert told["roi"] == pytest.approx((-480.25 - 120.55) / 120.55)
    assert told["reach"] is None
    again = client.post("/api/campaigns", json={**ROW, "spend": 130}).json()
    assert (again["id"], again["spend"]) == (told["id"], 130), "the same key is the same row"
    assert client.get("/api/campaigns").headers["x-total-count"] == "1"
    assert client.get("/api/analytics/summary", params={"until": ROW["date"]}).json()["total_spend"] == 130


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"currency": "EUR"}, "EUR"),
        ({"date": "31.03.2026"}, "2026-03-31"),
        ({"spend": -1}, "spend"),
        ({"spend": None}, "spend"),
        ({"campaign_id": "a\x00b"}, "campaign_id"),
        ({"spent": 1}, "spent"),
    ],
)
def test_a_row_that_is_not_fit_is_refused_with_the_reason(client: httpx.Client, change: dict[str, Any], told: str):
    answer = client.post("/api/campaigns", json={**ROW, **change})
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert client.get("/api/campaigns").json() == []


def test_alerts_are_listed_and_recommendations_told(client: httpx.Client, engine: sa.Engine):
    publish_run(engine, "run-1", 1.0)
    [alert] = client.get("/api/alerts").json()
    assert (alert["channel"], alert["message"], alert["is_read"]) == ("Instagram", HOSTILE, False)
    assert client.get("/api/alerts/unread").json() == [alert]
    assert client.get("/api/alerts", params={"status": "resolved"}).json() == []
    assert client.get("/api/alerts", params={"severity": "low"}).json() == []
    read = client.patch(f"/api/alerts/{alert['id']}/read")
    assert (read.status_code, read.json()) == (200, {**alert, "is_read": True})
    assert client.get("/api/alerts/unread").json() == []
    assert client.get("/api/alerts").json() == [read.json()]
    assert client.patch("/api/alerts/987654321/read").status_code == 404
    assert client.get("/api/alerts/987654321").status_code == 404
    life = f"/api/alerts/{alert['id']}"
    assert (
        client.post(f"{life}/acknowledge", json={"author": "ann", "note": "on it"}).json()["status"] == "acknowledged"
    )
    snoozed = client.post(f"{life}/snooze", json={"author": "ann", "hours": 2}).json()
    assert (snoozed["status"], snoozed["snoozed_until"] is not None) == ("snoozed", True)
    assert client.post(f"{life}/snooze", json={"hours": -1}).status_code == 422
    assert client.post(f"{life}/resolve", json={"author": "bob"}).json()["resolved_by"] == "bob"
    assert client.post(f"{life}/acknowledge", json={}).status_code == 409
    events = client.get(life).json()["events"]
    assert [(one["event"], one["author"]) for one in events] == [
        ("opened", "demetra"),
        ("acknowledged", "ann"),
        ("snoozed", "ann"),
        ("resolved", "bob"),
    ]
    told = client.get("/api/recommendations/latest").json()
    assert (told["run_id"], told["generated_by"], told["stale"]) == ("run-1", "rules", False)
    assert told["recommendations"] == {"roi_growth": "Да."}


def test_the_report_is_a_file_in_each_kind(shop: httpx.Client, client: httpx.Client):
    begins = {"xlsx": b"PK", "pdf": b"%PDF", "html": b"<!doctype html>"}
    for kind, magic in begins.items():
        answer = shop.get(f"/api/export/{kind}")
        assert answer.content.startswith(magic)
        assert answer.headers["content-disposition"] == f'attachment; filename="demetra-2026-03-01.{kind}"'
        assert client.get(f"/api/export/{kind}").status_code == 404
    english, russian = (shop.get("/api/export/html", params={"language": name}) for name in ("en", "ru"))
    assert HOSTILE not in english.text
    assert ('<html lang="en">' in english.text, '<html lang="ru">' in russian.text) == (True, True)
    assert english.headers["etag"] != russian.headers["etag"]
    assert shop.get("/api/export/html", params={"language": "de"}).status_code == 422
