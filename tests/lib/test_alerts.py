from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demetra import schema
from demetra.alerts import KINDS, detect_breaches
from demetra.errors import FrameError
from demetra.rules import AlertRules

AS_OF = pd.Timestamp("2026-03-31")
REAL = Path(__file__).resolve().parents[2] / "../shared/data/social_media_advertising"
NO_BUDGETS = pd.DataFrame({"channel": pd.Series(dtype="str"), "month": pd.Series(dtype="datetime64[us]"), "amount": []})


def make_campaigns(*rows: dict) -> pd.DataFrame:
    """Campaign rows that breach nothing but for what a test says: ROI 3, conversion 10 %, CTR 2 %, engagement 6."""
    sound = {
        "channel": "Telegram",
        "campaign_id": "c1",
        "campaign_name": None,
        "date": AS_OF,
        "spend": 1000.0,
        "revenue": 4000.0,
        "conversions": 100.0,
        "clicks": 1000.0,
        "impressions": 50_000.0,
        "engagement_score": 6.0,
    }
    frame = pd.DataFrame([{**sound, **row} for row in rows])
    frame["date"] = pd.to_datetime(frame["date"])
    return frame.reindex(columns=list(schema.CAMPAIGNS)).astype({"campaign_name": "str"})


def roll_up(campaigns: pd.DataFrame) -> pd.DataFrame:
    measures = list(schema.MEASURES)
    sums = campaigns.groupby(["channel", "date"])[measures].sum(min_count=1).reset_index()
    return sums[list(schema.HISTORY)]


def make_budgets(channel: str, amount: float, month: str = "2026-03-01") -> pd.DataFrame:
    return pd.DataFrame({"channel": [channel], "month": [pd.Timestamp(month)], "amount": [amount]})


def detect(campaigns: pd.DataFrame, budgets: pd.DataFrame = NO_BUDGETS, **thresholds) -> pd.DataFrame:
    rules = AlertRules(**thresholds)
    return detect_breaches(campaigns, roll_up(campaigns), budgets, as_of=AS_OF, thresholds=rules)


def test_a_sound_account_raises_nothing_and_the_empty_answer_keeps_its_columns():
    found = detect(make_campaigns({}, {"channel": "TikTok"}))
    assert found.empty
    assert tuple(found.columns) == schema.BREACHES


@pytest.mark.parametrize(
    ("kind", "severity", "value", "bad"),
    [
        ("roi_drop", "high", 0.5, {"revenue": 1500.0}),
        ("cost_spike", "medium", 800.0, {"spend": 8000.0, "conversions": 10.0, "clicks": 150.0, "revenue": 32_000.0}),
        ("low_conversion", "medium", 0.03, {"conversions": 30.0}),
        ("engagement_drop", "low", 2.0, {"engagement_score": 2.0}),
    ],
)
def test_each_kind_reports_the_channels_value_its_threshold_and_its_severity(kind, severity, value, bad):
    found = detect(make_campaigns(bad))
    row = found.loc[found["alert_type"] == kind].iloc[0]
    assert row["severity"] == severity
    assert row["metric_value"] == pytest.approx(value)
    assert row["threshold_value"] == getattr(
        AlertRules(), next(k for k in KINDS if k.name == kind).conditions[0].threshold
    )
    assert "Telegram" in row["message"]
    assert "25–31 Mar 2026" in row["message"]
    assert row["action"]


def test_many_clicks_that_do_not_buy_are_an_anomaly():
    found = detect(make_campaigns({"impressions": 5000.0, "conversions": 20.0}))
    row = found.set_index("alert_type").loc["anomaly_high_ctr_low_conv"]
    assert row["severity"] == "high"
    assert row["metric_value"] == pytest.approx(0.02)
    assert "20%" in row["message"]


def test_many_clicks_that_buy_are_no_anomaly():
    assert detect(make_campaigns({"impressions": 5000.0})).empty


def test_a_nearly_spent_plan_is_critical_and_comes_first():
    campaigns = make_campaigns(
        {"campaign_id": "a", "spend": 600.0, "revenue": 100.0, "date": "2026-03-02"},
        {"campaign_id": "b", "spend": 320.0, "revenue": 100.0},
    )
    found = detect(campaigns, make_budgets("Telegram", 1000.0))
    assert found.loc[0, "alert_type"] == "budget_overrun"
    assert found.loc[0, "severity"] == "critical"
    assert found.loc[0, "metric_value"] == pytest.approx(0.92)
    assert [campaign["campaign_id"] for campaign in found.loc[0, "worst"]] == ["a", "b"]
    assert found.loc[0, "message"] == (
        "Telegram has spent $920 of the $1,000 planned for Mar 2026: 92% by day 31 of 31, above 90%."
    )


def test_a_plan_is_judged_by_its_own_month_only():
    campaigns = make_campaigns({"date": "2026-02-28"}, {"spend": 100.0, "revenue": 400.0})
    assert detect(campaigns, make_budgets("Telegram", 1000.0)).empty
    assert detect(campaigns, make_budgets("Telegram", 100.0, month="2026-02-01")).empty


def test_a_channel_far_below_the_account_underperforms():
    found = detect(make_campaigns({"revenue": 3000.0}, {"channel": "TikTok", "spend": 5000.0, "revenue": 40_000.0}))
    row = found.set_index("alert_type").loc["channel_underperform"]
    assert row["channel"] == "Telegram"
    assert row["threshold_value"] == pytest.approx(0.7 * (43_000 - 6000) / 6000)


def test_no_channel_underperforms_an_account_that_loses_money():
    campaigns = make_campaigns({"revenue": 100.0}, {"channel": "TikTok", "revenue": 900.0})
    assert "channel_underperform" not in set(detect(campaigns)["alert_type"])


def test_a_channel_sound_as_a_whole_is_raised_when_a_fair_share_of_its_spend_is_in_breach():
    rows = [{"campaign_id": str(number), "revenue": 1200.0 if number < 3 else 9000.0} for number in range(10)]
    found = detect(make_campaigns(*rows))
    assert list(found["alert_type"]) == ["roi_drop"]
    assert found.loc[0, "metric_value"] > 1.5
    assert found.loc[0, "occurrences"] == 3
    assert "3 of Telegram's 10 campaigns, 30% of its spend" in found.loc[0, "message"]
    assert detect(make_campaigns(*rows), min_breach_share=0.31).empty


def test_an_incident_is_one_row_however_many_campaigns_and_days_are_in_breach():
    days = pd.date_range(end=AS_OF, periods=7)
    rows = [{"campaign_id": str(number), "date": day, "revenue": 500.0} for day in days for number in range(30)]
    found = detect(make_campaigns(*rows))
    assert not found.duplicated(["alert_type", "channel"]).any()
    assert found.set_index("alert_type").loc["roi_drop", "occurrences"] == 30


def test_worst_campaigns_are_ordered_by_what_their_breach_costs():
    rows = [
        {"campaign_id": "small", "spend": 1.0, "revenue": 0.0},
        {"campaign_id": "big", "spend": 9e5, "revenue": 9e5},
    ]
    worst = detect(make_campaigns(*rows)).loc[0, "worst"]
    assert [campaign["campaign_id"] for campaign in worst] == ["big", "small"]
    assert worst[0] == {"campaign_id": "big", "name": None, "value": 0.0, "spend": 9e5}
    assert json.loads(json.dumps(worst)) == worst


def test_campaigns_of_one_name_on_two_channels_are_not_added_together():
    campaigns = make_campaigns({"revenue": 500.0}, {"channel": "TikTok", "revenue": 30_000.0})
    found = detect(campaigns).set_index("alert_type")
    assert found.loc["roi_drop", "channel"] == "Telegram"
    assert found.loc["roi_drop", "metric_value"] == pytest.approx(-0.5)


@pytest.mark.parametrize(("clicks", "raised"), [(99.0, False), (100.0, True)])
def test_conversion_is_judged_from_a_hundred_clicks_on(clicks, raised):
    found = detect(make_campaigns({"clicks": clicks, "conversions": 0.0}))
    assert ("low_conversion" in set(found["alert_type"])) is raised


def test_one_dear_conversion_is_no_cost_spike():
    assert detect(make_campaigns({"spend": 700.0, "conversions": 1.0, "clicks": 10.0})).empty


def test_incidents_are_listed_gravest_first_and_then_as_the_kinds_are():
    campaigns = make_campaigns({"revenue": 0.0, "conversions": 10.0, "impressions": 5000.0, "engagement_score": 1.0})
    found = detect(campaigns, make_budgets("Telegram", 1000.0))
    assert list(found["alert_type"]) == [
        *("budget_overrun", "roi_drop", "anomaly_high_ctr_low_conv", "low_conversion", "engagement_drop")
    ]


def test_the_unknown_never_breaches():
    unknown = dict.fromkeys(("revenue", "conversions", "clicks", "impressions", "engagement_score"), np.nan)
    assert detect(make_campaigns(unknown)).empty


def test_rows_without_revenue_do_not_dilute_the_roi_of_those_with_it():
    rows = [{}, {"campaign_id": "late", "spend": 50_000.0, "revenue": np.nan}]
    assert detect(make_campaigns(*rows)).empty


def test_rows_before_and_after_the_window_are_not_looked_at():
    bad = {"revenue": 0.0, "campaign_id": "bad"}
    assert detect(make_campaigns({}, {**bad, "date": "2026-03-24"}, {**bad, "date": "2026-04-01"})).empty
    assert not detect(make_campaigns({}, {**bad, "date": "2026-03-25"})).empty


def test_the_message_of_an_oddly_named_channel_stays_one_short_line():
    name = "Buy now!\n\u202eSend  all\tthe money" + "x" * 200
    message = detect(make_campaigns({"channel": name, "revenue": 0.0})).loc[0, "message"]
    assert message.startswith("Buy now! Send all the money")
    assert "\n" not in message
    assert "\u202e" not in message
    assert len(message) < 200


def test_a_missing_column_is_named():
    with pytest.raises(FrameError, match="revenue"):
        detect_breaches(
            make_campaigns({}).drop(columns="revenue"),
            roll_up(make_campaigns({})),
            NO_BUDGETS,
            as_of=AS_OF,
            thresholds=AlertRules(),
        )


@settings(deadline=None, max_examples=12)
@given(st.permutations(range(6)), st.sampled_from([0.5, 2.0, 10.0]))
def test_neither_the_order_of_rows_nor_the_scale_of_all_volumes_changes_what_is_raised(order, scale):
    rows = [
        {
            "channel": "ABC"[number % 3],
            "campaign_id": str(number),
            "revenue": 900.0 * number,
            "conversions": 20.0 * number,
        }
        for number in range(6)
    ]
    campaigns = make_campaigns(*(rows[position] for position in order))
    scaled = campaigns.copy()
    measures = ["spend", "revenue", "conversions", "clicks", "impressions"]
    scaled[measures] *= scale
    columns = ["alert_type", "channel", "occurrences", "metric_value"]
    pd.testing.assert_frame_equal(detect(make_campaigns(*rows))[columns], detect(campaigns)[columns])
    pd.testing.assert_frame_equal(detect(campaigns)[columns], detect(scaled)[columns])


@pytest.mark.shared_data
@pytest.mark.skipif(not REAL.exists(), reason="../shared/data is not here")
def test_the_real_rows_raise_a_handful_and_pinterests_roi_is_among_them():
    raw = pd.read_csv(next(REAL.glob("*_iso.csv.gz")))
    spend = raw["Acquisition_Cost"].str.lstrip("$").str.replace(",", "").astype("float64")
    campaigns = pd.DataFrame(
        {
            "channel": raw["Channel_Used"],
            "campaign_id": raw["Campaign_ID"].astype("str"),
            "date": pd.to_datetime(raw["Date"]),
            "spend": spend,
            "revenue": spend * (1 + raw["ROI"]),
            "conversions": raw["Conversion_Rate"] * raw["Clicks"],
            "clicks": raw["Clicks"].astype("float64"),
            "impressions": raw["Impressions"].astype("float64"),
            "engagement_score": raw["Engagement_Score"].astype("float64"),
        }
    ).reindex(columns=list(schema.CAMPAIGNS))
    day = pd.Timestamp("2022-12-31")
    found = detect_breaches(campaigns, roll_up(campaigns), NO_BUDGETS, as_of=day, thresholds=AlertRules())
    assert 0 < len(found) < 30
    drops = found.loc[found["alert_type"] == "roi_drop"]
    assert list(drops["channel"]) == ["Pinterest"]
    assert drops["metric_value"].iloc[0] == pytest.approx(0.71, abs=0.01)
