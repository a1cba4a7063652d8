"""An answer as a whole: its form, its top channel, and what is left when sentences are taken out."""

from __future__ import annotations

import json

import pytest
from advice_cases import FACTS, GOOD, Channel, make_answer, make_facts
from hypothesis import given, settings
from hypothesis import strategies as st

from demetra.advice import check_answer


def test_the_answer_is_kept_when_all_of_it_is_supported():
    checked = check_answer(make_answer(), FACTS, language="en")
    assert checked.answer.model_dump() == GOOD
    assert (checked.removed, checked.problems, checked.reason) == ((), (), None)


def test_what_was_taken_out_and_why_is_kept():
    checked = check_answer(make_answer(trend="Facebook is forecast at 9.99. Mind the intervals."), FACTS, language="en")
    assert checked.answer.ml_predictions.trend == "Mind the intervals."
    assert [(one.path, one.sentence) for one in checked.removed] == [
        ("ml_predictions.trend", "Facebook is forecast at 9.99.")
    ]
    assert "9.99 is not a fact about Facebook" in checked.reason


@pytest.mark.parametrize("name", ["Facebook", "TikTok", "Pinterest"])
def test_a_top_channel_that_the_data_do_not_single_out_becomes_null(name):
    checked = check_answer(make_answer(top_channel=name), FACTS, language="en")
    assert checked.answer.channel_comparison.top_channel is None
    assert checked.reason


def test_a_top_channel_that_the_data_single_out_is_kept():
    facts = make_facts(Channel("Facebook", 4.0, change=5), Channel("Pinterest", 0.7, half=0.1, change=-5), incidents=())
    answer = make_answer(
        top_channel="facebook",
        anomalies="",
        analysis="Facebook is the best channel.",
        budget_allocation="Raise Facebook by 5%.",
        summary="Facebook is ahead of Pinterest.",
    )
    assert check_answer(answer, facts, language="en").answer.channel_comparison.top_channel == "Facebook"


def test_a_sentence_that_leans_on_one_that_was_taken_out_goes_with_it():
    text = "Facebook had an ROI of 3.90. Pinterest had an ROI of 9.99. Its CPC was $0.80."
    checked = check_answer(make_answer(analysis=text), FACTS, language="en")
    assert checked.answer.channel_comparison.analysis == "Facebook had an ROI of 3.90."


def test_an_answer_with_nothing_left_of_its_summary_is_refused():
    checked = check_answer(make_answer(summary="Facebook is the best."), FACTS, language="en")
    assert checked.answer is None
    assert "summary" in checked.problems[0]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("", "JSON"),
        ("[]", "answer"),
        (json.dumps({**GOOD, "extra": 1}), "extra"),
        (json.dumps({name: part for name, part in GOOD.items() if name != "summary"}), "missing"),
        (json.dumps({**GOOD, "summary": 3}), "text"),
        (make_answer()[:-1] + ', "summary": "again"}', "repeated"),
        ('{"a": NaN}', "NaN"),
        ("[" * 30_000, "JSON"),
        ("x" * 50_000, "characters"),
    ],
)
def test_what_is_not_the_json_that_was_asked_for_is_refused_with_the_reason(raw, word):
    checked = check_answer(raw, FACTS, language="en")
    assert checked.answer is None
    assert word in checked.reason


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_the_check(raw):
    assert check_answer(raw, FACTS, language="en").answer is None


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.sampled_from(["en", "ru"]))
def test_no_sentence_whatever_breaks_the_check(text, language):
    check_answer(make_answer(trend=text), FACTS, language=language)
