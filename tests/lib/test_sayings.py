"""What incidents say in both languages, from stored facts."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from demetra.alerts.breaches import Voice
from demetra.alerts.kinds import KINDS, RULES
from demetra.sayings import name_kind, say_action, say_incident
from demetra.words import ENGLISH, Words

RUSSIAN = Words("ru")
FIRST = pd.Timestamp("2026-03-31")
WEEK = {"first": "2026-03-25", "last": "2026-03-31", "currency": "USD"}
DAY = {**WEEK, "first": "2026-03-31"}
LOW_ROI = {"measure": "roi", "value": 0.71, "side": "below", "limit": 1.5}
FEW_BUY = {"measure": "conversion_rate", "value": 0.02, "side": "below", "limit": 0.05}
MANY_CLICK = {"measure": "ctr", "value": 0.2, "side": "above", "limit": 0.15}
MONTH = {"spent": 15_000.0, "planned": 28_000.0, "currency": "USD", "days": 31}

SAID = [
    (
        {"form": "channel", "conditions": [LOW_ROI], "bad": 30, "total": 40, **WEEK},
        "VK's ROI was 0.71 (below 1.50) over 25–31 Mar 2026; 30 of 40 campaigns are in breach.",
        "VK: за 25–31 марта 2026 ROI – 0,71 (ниже 1,50); кампаний с нарушением – 30 из 40.",
    ),
    (
        {"form": "channel", "conditions": [FEW_BUY, MANY_CLICK], "bad": 3, "total": 3, **WEEK},
        (
            "VK's conversion rate was 2% (below 5%) and click-through rate 20% (above 15%) over 25–31 Mar 2026; "
            "all 3 campaigns are in breach."
        ),
        "VK: за 25–31 марта 2026 конверсия – 2 % (ниже 5 %) и CTR – 20 % (выше 15 %); кампаний с нарушением – все 3.",
    ),
    (
        {"form": "campaigns", "conditions": [LOW_ROI], "bad": 3, "total": 10, "share": 0.3, **WEEK},
        (
            "3 of VK's 10 campaigns, 30% of its spend, were in breach over 25–31 Mar 2026 (ROI below 1.50); "
            "the channel as a whole: ROI 0.71."
        ),
        (
            "VK: у 3 из 10 кампаний, на которых 30 % расхода, нарушение за 25–31 марта 2026 (ROI ниже 1,50); "
            "у канала в целом ROI 0,71."
        ),
    ),
    (
        {"form": "account", "value": 0.5, "account": 2.1, "ratio": 0.7, **WEEK},
        "VK's ROI was 0.50 over 25–31 Mar 2026, below 70% of the account's 2.10.",
        "VK: ROI за 25–31 марта 2026 – 0,50, это ниже 70 % от ROI всего аккаунта (2,10).",
    ),
    (
        {"form": "plan", "share": 0.54, "limit": 0.5, "last": "2026-03-31", **MONTH},
        "VK has spent $15,000 of the $28,000 planned for Mar 2026: 54% by day 31 of 31, above 50%.",
        "VK: потрачено 15 000 $ из плана в 28 000 $ на март 2026: 54 % к 31-му дню из 31, выше 50 %.",
    ),
    (
        {"form": "pace", "day": 11, "projected": 42_000.0, "over": 14_000.0, "ahead": 0.36, **MONTH},
        (
            "VK has spent $15,000 by day 11 of 31, 36% ahead of its plan; at this pace the month ends at $42,000, "
            "$14,000 above the $28,000 planned."
        ),
        (
            "VK: к 11-му дню месяца из 31 потрачено 15 000 $, на 36 % больше, чем по плану; при таком темпе за месяц "
            "выйдет 42 000 $, на 14 000 $ больше плана в 28 000 $."
        ),
    ),
    (
        {"form": "change", "metric": "conversion_rate", "value": 0.024, "expected": 0.049, "low": 0.038, "high": 0.062}
        | DAY,
        "VK's conversion rate was 2.4% on 31 Mar 2026; 4.9% was expected (3.8% to 6.2%).",
        "VK: конверсия 31 марта 2026 – 2,4 %, ожидалось 4,9 % (от 3,8 % до 6,2 %).",
    ),
    (
        {"form": "change", "metric": "cpa", "value": None, "expected": 11.5, "low": 8.0, "high": None, **DAY},
        "VK had no conversions on 31 Mar 2026; a cost per conversion of $11.50 was expected.",
        "VK: 31 марта 2026 ни одной конверсии; ожидаемая цена конверсии – 11,50 $.",
    ),
    (
        {"form": "silence", **WEEK},
        "VK has gone silent: next to no impressions over 25–31 Mar 2026, after running day by day.",
        "VK молчит: за 25–31 марта 2026 показов почти нет, хотя до этого канал работал день за днём.",
    ),
    (
        {"form": "gap", **DAY},
        "VK has no data on 31 Mar 2026, while other channels have.",
        "VK: 31 марта 2026 нет данных, хотя по другим каналам они есть.",
    ),
    (
        {"form": "holes", **DAY},
        "VK lacks data on 31 Mar 2026, between days that have them.",
        "VK: 31 марта 2026 не хватает данных, хотя за дни до и после они есть.",
    ),
]


@pytest.mark.parametrize(("facts", "english", "russian"), SAID, ids=[str(each[0]["form"]) for each in SAID])
def test_the_same_facts_are_said_in_both_languages(facts: dict, english: str, russian: str):
    incident = {"channel": "VK", "facts": json.loads(json.dumps(facts)), "message": "as it was written"}
    assert say_incident(incident, ENGLISH) == english
    assert say_incident(incident, RUSSIAN).replace("\u00a0", " ") == russian


def test_an_incident_of_before_keeps_its_message():
    assert say_incident({"channel": "VK", "facts": None, "message": "as it was"}, RUSSIAN) == "as it was"


def test_every_kind_has_a_name_and_an_action_in_both_languages():
    for kind in (*KINDS, *RULES):
        told = {"alert_type": kind.name, "action": kind.action}
        assert say_action(told, ENGLISH) == kind.action
        assert say_action(told, RUSSIAN) != kind.action
        assert name_kind(kind.name, RUSSIAN) != name_kind(kind.name, ENGLISH)


def test_an_analysts_rule_has_its_own_name_and_words():
    assert name_kind("telegram_cpc", RUSSIAN) == "Telegram cpc"
    assert say_action({"alert_type": "roi_drop", "action": "Call Anna."}, RUSSIAN) == "Call Anna."


def test_a_breach_is_described_in_the_accounts_language_and_its_facts_are_json():
    voice = Voice("ru", "EUR")
    facts = {"form": "change", "metric": "cpa", "value": float("inf"), "expected": 4.0, "low": 2.0, "high": 9.0}
    row = voice.describe(
        alert_type="cpa_change", channel="VK", action=RULES[6].action, facts={**facts, "first": FIRST, "last": FIRST}
    )
    said = "VK: 31 марта 2026 ни одной конверсии; ожидаемая цена конверсии – 4,00 €."
    assert row["message"].replace("\u00a0", " ") == said
    assert row["action"] == "Проверьте ставки и аудитории и учитываются ли конверсии."
    stored = json.loads(json.dumps(row["facts"], allow_nan=False))
    assert say_incident({**row, "facts": stored}, RUSSIAN) == row["message"]
