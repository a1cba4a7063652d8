"""What a run said in English is said again in Russian, figures and days included."""

from __future__ import annotations

import re

import pytest

from demetra.words import ENGLISH, Words, retell
from demetra.words.reasons import REASONS

ru = Words("ru")
RETURNS = ENGLISH("reason.revenue", value="1,234.38", low="1.27", high="1.50")
FACTS = {
    "change": "+30%",
    "rest": "−12%, its share of the new total unchanged",
    "returns": RETURNS,
    "rival": "any amount",
    "days": "45 days",
    "count": "40",
    "evidence": "40 conversions in 45 days",
    "value": "9.38",
    "low": "7.27",
    "high": "any amount",
    "day": "2026-03-01",
    "reason": f"+30%: its next unit {RETURNS}, in the channels that give money up 0.69",
}


@pytest.mark.parametrize("key", REASONS)
def test_every_reason_is_said_again_in_russian_down_to_its_facts(key: str):
    told = retell(ENGLISH(key, **FACTS), "reason", ru)
    assert re.findall("[A-Za-z]", told) == []
    assert re.findall(r"\d\.\d", told) == [], "decimal commas"
    facts = {name: retell(fact, "reason", ru) for name, fact in FACTS.items()}
    assert told == ru(key, **facts)


def test_a_sentence_with_all_that_can_be_added_to_it():
    said = ENGLISH("reason.gets", change="+30%", returns=RETURNS, rival="0.69")
    for key in ("reason.and_less", "reason.and_average", "reason.and_target"):
        said = ENGLISH(key, reason=said)
    assert retell(said, "reason", ru) == (
        "+30\u00a0%: следующая единица бюджета вернёт около 1\u00a0234,38 (от 1,27 до 1,50), в каналах, которые отдают "
        "деньги, – 0,69, хотя в среднем канал возвращает меньше, чем весь счёт; по средней отдаче, потому что по его "
        "расходам мало что видно; сдвиг ради цели"
    )


def test_what_nobody_composed_stays_as_it_is():
    for text in ("an analyst's own words", "", "=1+1", "2026-99-99"):
        assert retell(text, "reason", ru) == text
    assert retell("unchanged", "reason", ENGLISH) == "unchanged"
