"""What a rule would have raised, had it been on: history replayed day by day, each day with what was known by then.

Stored rows are as they are now: days that came late, or were corrected, are replayed as if they had come in time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.alerts.breaches import Voice
from demetra.alerts.changes import Tracks, is_late
from demetra.alerts.detect import judge_kinds
from demetra.alerts.judge import Evidence, judge_rule
from demetra.alerts.kinds import KINDS, RULES, make_kind
from demetra.errors import ParameterError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from demetra.rules import AlertRule, Rules

SIMULATED: Final = ("alert_type", "channel", "severity", "opened", "resolved", "days", "message")
"""Columns of a simulation, a row per incident; `resolved` is the first day without it, missing where it is open."""


def simulate_rule(
    name: str,
    campaigns: pd.DataFrame,
    history: pd.DataFrame,
    budgets: pd.DataFrame,
    *,
    since: date,
    as_of: date,
    rules: Rules,
) -> pd.DataFrame:
    """The incidents (`SIMULATED`) that a rule would have opened from `since` on, whether it is switched on or not.

    Args:
        name: of a built-in rule, a kind of the brief or a rule of the rules file.
        campaigns: `schema.CAMPAIGNS`, from 31 days before `since` on.
        history: `schema.HISTORY`.
        budgets: `schema.BUDGETS`.
        since: the first day.
        as_of: the last day.
        rules: the rules file.

    Raises:
        ParameterError: there is no such rule.
    """
    voice = Voice(rules.recommendations.language, rules.account.currency)
    thresholds = rules.alerts
    known = {rule.name: rule for rule in (*RULES, *thresholds.rules)}
    rule = known.get(name)
    if rule is not None and rule.kind != "threshold":
        switched = rule.model_copy(update={"enabled": True})
        days = replay_rules([switched], history, budgets, since=since, as_of=as_of, voice=voice)
        return fold_incidents(days, cool_down_days=thresholds.cool_down_days)
    kinds = {kind.name: kind for kind in KINDS}
    if rule is None and name not in kinds:
        problem = Problem("RULE", repr(name), "one of " + ", ".join(sorted({*known, *kinds})))
        raise ParameterError("There is no such rule", [problem])
    kind = make_kind(rule) if rule else kinds[name]

    def judge() -> Iterator[tuple[pd.Timestamp, list[dict[str, Any]]]]:
        for day in pd.date_range(since, as_of):
            yield day, judge_kinds([kind], campaigns, history, budgets, day, thresholds, voice)

    return fold_incidents(judge(), cool_down_days=thresholds.cool_down_days)


def replay_rules(
    rules: Sequence[AlertRule], history: pd.DataFrame, budgets: pd.DataFrame, *, since: date, as_of: date, voice: Voice
) -> Iterator[tuple[pd.Timestamp, list[dict[str, Any]]]]:
    """The breaches of each day between two days, as rows of `schema.BREACHES`; see `judge.judge_rules`."""
    metrics = tuple(dict.fromkeys(str(rule.metric) for rule in rules if rule.kind == "change"))
    whole = Evidence(history, budgets, pd.Timestamp(as_of), metrics)
    # The tracks of a day need only what was before it, so one pass serves all days but those with late conversions.
    complete = Tracks(whole.calendar, arrive=False)
    tracks = {metric: complete.tell(metric) for metric in metrics}
    for row, day in enumerate(whole.calendar.dates):
        if day < pd.Timestamp(since):
            continue
        evidence = replace(whole, as_of=day)
        if not is_late(evidence.calendar, metrics):
            known = {name: [verdicts[: row + 1] for verdicts in channels] for name, channels in tracks.items()}
            evidence.__dict__["tracks"] = _pick(known, whole.calendar.channels, evidence.calendar.channels)
        yield day, [breach for rule in rules for breach in judge_rule(rule, evidence, voice)]


def fold_incidents(days: Iterator[tuple[pd.Timestamp, list[dict[str, Any]]]], *, cool_down_days: int) -> pd.DataFrame:
    """Breaches day by day as incidents (`SIMULATED`): one for as long as it lasts, with relapses in the cool-down."""
    incidents: list[dict[str, Any]] = []
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for day, breaches in days:
        present = set()
        for breach in breaches:
            key = breach["alert_type"], breach["channel"]
            present.add(key)
            incident = newest.get(key)
            if incident is None or (day - incident["last"]).days > cool_down_days:
                incident = {name: breach[name] for name in ("alert_type", "channel", "severity", "message")}
                incident |= {"opened": day, "days": 0}
                incidents.append(incident)
                newest[key] = incident
            incident |= {"last": day, "resolved": pd.NaT, "days": incident["days"] + 1}
        for key, incident in newest.items():
            if key not in present and pd.isna(incident["resolved"]):
                incident["resolved"] = day
    return pd.DataFrame(incidents, columns=list(SIMULATED))


def _pick(tracks: dict[str, Any], channels: tuple[str, ...], wanted: tuple[str, ...]) -> dict[str, Any]:
    """The tracks of those channels that were there by then."""
    places = [channels.index(name) for name in wanted]
    return {name: [rows[place] for place in places] for name, rows in tracks.items()}
