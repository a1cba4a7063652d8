"""Detection of change, silence and pace on generated channels: what is found on its first day, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from demetra import schema
from demetra.alerts import detect_breaches
from demetra.alerts.breaches import Voice
from demetra.alerts.kinds import RULES, choose_rules
from demetra.alerts.simulate import fold_incidents, replay_rules, simulate_rule
from demetra.errors import ConfigurationError, ParameterError
from demetra.rules import AlertRule, AlertRules, Rules, read_rules

DAYS = pd.date_range("2026-01-01", periods=70)
LAST = DAYS[-1]
NO_BUDGETS = pd.DataFrame({"channel": pd.Series(dtype="str"), "month": pd.Series(dtype="datetime64[us]"), "amount": []})
NO_CAMPAIGNS = pd.DataFrame({name: [] for name in schema.CAMPAIGNS}).assign(date=pd.to_datetime([]))
Change = Callable[[pd.DataFrame], None]


def make_history(*changes: tuple[str, Change], seed: int = 3) -> pd.DataFrame:
    """Three channels with weekdays and noise; a change is applied to one of them."""
    rng = np.random.default_rng(seed)
    frames = []
    for name in ("Telegram", "TikTok", "VK"):
        weekend = np.where(DAYS.day_of_week >= 5, 0.7, 1.0)
        spend = np.round(1000 * weekend * np.exp(rng.normal(0, 0.05, len(DAYS))), 2)
        impressions = rng.poisson(200 * spend)
        clicks = rng.binomial(impressions, 0.02)
        conversions = rng.binomial(clicks, 0.05)
        frame = pd.DataFrame({"channel": name, "date": DAYS, "spend": spend, "revenue": conversions * 20.0})
        frame = frame.assign(conversions=conversions, clicks=clicks, impressions=impressions, reach=impressions / 2)
        for channel, change in changes:
            if channel == name:
                change(frame)
        frames.append(frame.assign(engagements=np.nan))
    history = pd.concat(frames, ignore_index=True).dropna(subset=["spend"])
    return history[list(schema.HISTORY)].astype(dict.fromkeys(schema.MEASURES, "float64"))


def scale(column: str, factor: float, days: int = 1) -> Change:
    def change(frame: pd.DataFrame) -> None:
        frame[column] = frame[column].astype("float64")
        frame.loc[frame.index[-days:], column] *= factor

    return change


def blank(value: float, first: int, last: int | None = None) -> Change:
    def change(frame: pd.DataFrame) -> None:
        frame[list(schema.MEASURES[:-1])] = frame[list(schema.MEASURES[:-1])].astype("float64")
        frame.loc[frame.index[first:last], list(schema.MEASURES[:-1])] = value

    return change


def find(history: pd.DataFrame, budgets: pd.DataFrame = NO_BUDGETS, **options) -> pd.DataFrame:
    return detect_breaches(
        NO_CAMPAIGNS, history, budgets, as_of=LAST, thresholds=AlertRules(**options.pop("rules", {})), **options
    )


def test_a_quiet_account_raises_nothing_on_any_day():
    days = replay_rules(RULES, make_history(), NO_BUDGETS, since=DAYS[20], as_of=LAST, voice=Voice("en", "USD"))
    assert fold_incidents(days, cool_down_days=3).empty


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("roi_change", scale("revenue", 0.5)),
        ("conversion_change", scale("conversions", 0.5)),
        ("cpa_change", scale("conversions", 0.5)),
        ("ctr_change", scale("clicks", 0.6)),
        ("ctr_change", scale("clicks", 1.8)),
        ("spend_change", scale("spend", 2.0)),
        ("spend_change", scale("spend", 0.4)),
        ("reach_change", scale("reach", 0.5)),
        ("channel_silent", blank(0.0, -1)),
        ("data_gap", blank(np.nan, -1)),
        ("missing_days", blank(np.nan, -3, -1)),
    ],
)
def test_each_rule_finds_its_incident_on_the_first_day_and_nowhere_else(rule: str, change: Change):
    found = find(make_history(("TikTok", change)))
    row = found.set_index("alert_type").loc[rule]
    assert set(found["channel"]) == {"TikTok"}
    assert "TikTok" in row["message"]
    assert row["since"] == (DAYS[-3] if rule == "missing_days" else LAST)


def test_an_incident_keeps_its_first_day_and_does_not_become_the_expectation():
    found = find(make_history(("VK", scale("conversions", 0.5, days=6)))).set_index("alert_type")
    assert found.loc["conversion_change", "since"] == DAYS[-6]
    assert found.loc["conversion_change", "expected_value"] == pytest.approx(0.05, rel=0.1)


def test_the_end_of_an_incident_is_no_incident():
    def dip(frame: pd.DataFrame) -> None:
        frame["conversions"] = frame["conversions"].astype("float64")
        frame.loc[frame.index[-8:-1], "conversions"] *= 0.4

    days = replay_rules(
        RULES, make_history(("VK", dip)), NO_BUDGETS, since=DAYS[-12], as_of=LAST, voice=Voice("en", "USD")
    )
    raised = fold_incidents(days, cool_down_days=3)
    assert set(raised["alert_type"]) <= {"conversion_change", "cpa_change"}
    assert set(raised["opened"]) == {DAYS[-8]}
    assert raised["resolved"].eq(LAST).all()


def test_conversions_that_are_still_arriving_are_no_drop():
    def delay(frame: pd.DataFrame) -> None:
        for column in ("conversions", "revenue"):
            frame[column] = frame[column].astype("float64")
            frame.loc[frame.index[-3:], column] *= [0.85, 0.6, 0.35]

    late = [(name, delay) for name in ("Telegram", "TikTok", "VK")]
    assert find(make_history(*late)).empty
    assert find(make_history(late[0])).empty
    both = find(make_history(*late, ("VK", scale("conversions", 0.2))))
    assert set(both["channel"]) == {"VK"}


def test_a_holiday_of_all_channels_is_nobodys_change_and_a_fall_of_all_is():
    everything = ("spend", "revenue", "conversions", "clicks", "impressions", "reach")

    def move(factor: float) -> Change:
        return lambda frame: [scale(column, factor, days=2)(frame) for column in everything]

    channels = ("Telegram", "TikTok", "VK")
    assert find(make_history(*((name, move(2.2)) for name in channels))).empty
    beside = find(make_history(*((name, move(2.2)) for name in channels), ("VK", move(2.5))))
    assert set(beside["channel"]) == {"VK"}
    fallen = find(make_history(*((name, move(0.3)) for name in channels)))
    assert set(fallen.loc[fallen["alert_type"] == "spend_change", "channel"]) == set(channels)


def test_a_few_events_a_day_are_not_judged_by_the_day():
    def shrink(frame: pd.DataFrame) -> None:
        for column in ("clicks", "conversions", "revenue", "spend", "impressions", "reach"):
            frame[column] = np.floor(frame[column] / 40)
        frame.loc[frame.index[-1], "conversions"] = 0

    assert "conversion_change" not in set(find(make_history(("VK", shrink)))["alert_type"])


def test_a_dead_channel_silences_what_follows_from_it():
    change = blank(0.0, -2)
    plan = pd.DataFrame({"channel": ["VK"], "month": [pd.Timestamp("2026-03-01")], "amount": [1000.0]})
    found = find(make_history(("VK", change)), plan).set_index("alert_type")
    assert pd.isna(found.loc["budget_overrun", "silenced_by"])
    assert pd.isna(found.loc["channel_silent", "silenced_by"])


def test_the_plan_is_judged_by_pace_and_not_by_one_day():
    plan = pd.DataFrame({"channel": ["VK"], "month": [pd.Timestamp("2026-03-01")], "amount": [28_000.0]})
    assert "spend_pace" not in set(find(make_history(("VK", scale("spend", 3.0))), plan)["alert_type"])
    ahead = find(make_history(("VK", scale("spend", 1.5, days=11))), plan).set_index("alert_type").loc["spend_pace"]
    assert ahead["metric_value"] > 1.3
    assert "by day 11 of 31" in ahead["message"]


def test_messages_say_what_was_seen_and_expected_in_both_languages():
    history = make_history(("VK", scale("conversions", 0.5)))
    english = find(history).set_index("alert_type").loc["conversion_change", "message"]
    assert english.startswith("VK's conversion rate was 2.")
    assert " on 11 Mar 2026; 4.9% was expected" in english
    russian = find(history, language="ru").set_index("alert_type").loc["conversion_change", "message"]
    assert russian.startswith("VK: конверсия 11 марта 2026 – 2,")
    assert "ожидалось" in russian


def test_analysts_add_replace_and_switch_off_rules_without_code():
    history = make_history(("VK", scale("spend", 2.0)))
    own = {"name": "big_spend", "kind": "change", "metric": "spend", "condition": "above", "limit": 0.5}
    own |= {"severity": "critical", "action": "Call.", "tell": ["ops"], "channels": ["VK"]}
    off = {"name": "spend_change", "kind": "change", "metric": "spend", "action": "x", "enabled": False}
    found = find(history, rules={"rules": [own, off]}).set_index("alert_type")
    assert found.loc["big_spend", "tell"] == ["ops"]
    assert "spend_change" not in found.index
    assert len(choose_rules([AlertRule(**off)])) == len(RULES) - 1


def test_all_that_is_wrong_with_rules_is_named_at_once(tmp_path):
    file = tmp_path / "demetra.toml"
    file.write_text(
        "[[alerts.rules]]\nname='a_rule'\nkind='change'\nmetric='cpm'\naction='x'\n"
        "[[alerts.rules]]\nname='b_rule'\nkind='threshold'\nmetric='roi'\ncondition='above'\nseverity='awful'\n"
        "action='x'\n"
    )
    with pytest.raises(ConfigurationError) as caught:
        read_rules(file)
    told = str(caught.value)
    assert "a_rule" in told
    assert "'cpm'" in told
    assert "b_rule" in told
    assert "'awful'" in told


def test_simulating_a_rule_shows_what_it_would_have_raised_though_it_is_off():
    rules = Rules(
        alerts=AlertRules(
            rules=[AlertRule(name="my_rule", kind="change", metric="ctr", limit=0.1, action="x", enabled=False)]
        )
    )
    history = make_history(("VK", scale("clicks", 1.8, days=4)))
    frames = (NO_CAMPAIGNS, history, NO_BUDGETS)
    found = simulate_rule("my_rule", *frames, since=DAYS[-20], as_of=LAST, rules=rules)
    assert found[["channel", "opened", "days"]].to_dict("records") == [{"channel": "VK", "opened": DAYS[-4], "days": 4}]
    with pytest.raises(ParameterError, match="roi_drop"):
        simulate_rule("nothing", *frames, since=DAYS[-20], as_of=LAST, rules=rules)
