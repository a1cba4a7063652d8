"""What the facts and the rules' texts make of incidents of every form."""

from __future__ import annotations

import pandas as pd
import pytest
from advice_cases import AS_OF, INCIDENT, make_facts

from demetra.advice import check_answer, write_by_rules

CHANGE = {
    **INCIDENT,
    "alert_type": "roi_change",
    "channel": "Facebook",
    "occurrences": 0,
    "worst": [],
    "metric": "roi",
    "metric_value": 1.2,
    "expected_value": 3.8,
    "expected_lo": 3.1,
    "expected_hi": 4.5,
    "since": pd.Timestamp("2026-03-29"),
}
SILENT = {**CHANGE, "alert_type": "channel_silent", "metric": "days", "metric_value": 3.0, "expected_value": None}
PACE = {**CHANGE, "alert_type": "spend_pace", "metric": "plan_share", "metric_value": 1.31, "expected_value": 1.0}
CLOSED = {**CHANGE, "alert_type": "cpa_change", "metric": "cpa", "metric_value": None}


def anomalies(*incidents: dict, language: str = "en") -> str:
    text = write_by_rules(make_facts(incidents=incidents), language=language).channel_comparison.anomalies
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("incident", "english", "russian"),
    [
        (
            CHANGE,
            "Facebook: since 29 Mar 2026 ROI has left its expected range of 3.10 to 4.50: it was 1.20.",
            "Facebook: с 29 марта 2026 ROI вне ожидаемого диапазона от 3,10 до 4,50: 1,20.",
        ),
        (
            SILENT,
            "Facebook has gone silent: next to no impressions for 3 days, since 29 Mar 2026.",
            "Facebook молчит: с 29 марта 2026 уже 3 дня показов почти нет.",
        ),
        (
            PACE,
            "Facebook: at the recent pace, 131% of the month's plan will be spent at the month's end.",
            "Facebook: при нынешнем темпе к концу месяца будет потрачено 131 % плана.",
        ),
        (
            CLOSED,
            "Facebook: since 29 Mar 2026 no conversion is recorded; a cost per conversion of $3.80 was expected.",
            "Facebook: с 29 марта 2026 не записано ни одной конверсии; ожидалась цена конверсии 3,80 $.",
        ),
    ],
)
def test_each_form_of_incident_is_told_in_its_own_words(incident, english, russian):
    assert anomalies(incident) == f"1 incident is open. {english}"
    assert anomalies(incident, language="ru") == f"Открыт 1 инцидент. {russian}"


def test_one_large_campaign_in_breach_is_told_by_its_name():
    told = anomalies({**INCIDENT, "occurrences": 1, "metric_value": 1.64})
    assert "ROI of the channel as a whole was 1.64, but its large campaign “Spring sale” had 0.11, below 1.50." in told


def test_an_incident_that_another_one_explains_is_not_told():
    assert anomalies({**CHANGE, "silenced_by": "channel_silent"}) == "No incident is open."


def test_a_rule_of_an_analyst_is_told_by_its_metric_and_the_side_of_its_worst_campaign():
    own = {**INCIDENT, "alert_type": "my_rule", "metric": "cpc", "metric_value": 0.8, "threshold_value": 1.0}
    worst = [{"campaign_id": "c7", "name": "Spring", "value": 2.4, "spend": 900.0}]
    told = anomalies({**own, "worst": worst})
    assert "12 campaigns, with a fair share of its spend, had cost per click above $1.00" in told


def test_a_rule_of_an_analyst_about_silence_has_words_too():
    assert "Facebook has no data or impressions for 3 days" in anomalies({**SILENT, "alert_type": "my_silence"})


def test_roi_below_its_expected_range_is_where_to_begin_with_roi():
    advised = write_by_rules(make_facts(incidents=(CHANGE,)), language="en").recommendations
    assert advised.roi_growth.startswith("Start with Facebook")


def test_what_was_expected_of_the_past_is_no_forecast_and_no_recent_figure():
    facts = make_facts(incidents=(CHANGE,))
    good = write_by_rules(facts, language="en")

    def is_kept(sentence: str) -> bool:
        answer = good.model_copy(update={"summary": f"Facebook and Instagram cannot be told apart. {sentence}"})
        return not check_answer(answer.model_dump_json(), facts, language="en").removed

    assert is_kept("Facebook's ROI was 1.20, below the expected 3.80.")
    assert is_kept(f"Since {AS_OF - pd.Timedelta(days=2):%d March} Facebook's ROI is outside its usual 3.10 to 4.50.")
    assert not is_kept("Facebook's ROI was 1.20 over the last 28 days.")
    assert not is_kept("Facebook's ROI forecast is 3.80.")
    assert not is_kept("Facebook's ROI forecast has an interval from 3.10 to 4.50.")
    assert not is_kept("Instagram's ROI was 1.20, below the expected 3.80.")
