"""Rules as data, applied: each finds the channels in breach and says so, a row per rule and channel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.alerts.changes import RATIOS, Tracks, shorten
from demetra.alerts.pace import measure_paces
from demetra.alerts.silence import Silence, find_silences
from demetra.forecast.panel import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from demetra.alerts.breaches import Voice
    from demetra.alerts.track import Verdict
    from demetra.forecast.panel import Calendar
    from demetra.rules import AlertRule

_SIDES: Final = {"below": (-1,), "above": (1,), "outside": (-1, 1)}


@dataclass(frozen=True)
class Evidence:
    """What rules look at: the history up to a day, laid out once, and tracked once per metric."""

    history: pd.DataFrame
    budgets: pd.DataFrame
    as_of: pd.Timestamp
    metrics: tuple[str, ...]

    @cached_property
    def calendar(self) -> Calendar:
        """The history on regular days, up to `as_of`."""
        return lay_out(shorten(self.history, self.as_of), as_of=self.as_of)

    @cached_property
    def tracks(self) -> dict[str, list[list[Verdict]]]:
        """The verdicts by metric, channel and day."""
        tracks = Tracks(self.calendar)
        return {metric: tracks.tell(metric) for metric in self.metrics}

    @cached_property
    def silences(self) -> dict[str, list[Silence | None]]:
        """The silences by kind of rule and channel."""
        return find_silences(self.calendar)


def judge_rules(
    rules: Sequence[AlertRule], history: pd.DataFrame, budgets: pd.DataFrame, *, as_of: pd.Timestamp, voice: Voice
) -> list[dict[str, Any]]:
    """Apply the rules of the kinds `change`, `silence`, `gap`, `holes` and `pace`; rows of `schema.BREACHES`."""
    if not (history["date"] <= as_of).any():
        return []
    metrics = tuple(dict.fromkeys(str(rule.metric) for rule in rules if rule.kind == "change"))
    evidence = Evidence(history, budgets, as_of, metrics)
    return [row for rule in rules for row in judge_rule(rule, evidence, voice)]


def judge_rule(rule: AlertRule, evidence: Evidence, voice: Voice) -> Iterator[dict[str, Any]]:
    """Apply one rule; nothing where its kind is `threshold`, which looks at campaigns."""
    judges = {"change": _judge_change, "pace": _judge_pace}
    if rule.kind == "threshold":
        return
    for channel, row in judges.get(rule.kind, _judge_silence)(rule, evidence):
        if not rule.channels or channel in rule.channels:
            yield voice.describe(
                alert_type=rule.name,
                severity=rule.severity,
                channel=channel,
                action=rule.action,
                tell=list(rule.tell),
                **row,
            )


def _judge_change(rule: AlertRule, evidence: Evidence) -> Iterator[tuple[str, dict[str, Any]]]:
    metric, calendar = str(rule.metric), evidence.calendar
    for channel, verdicts in zip(calendar.channels, evidence.tracks[metric], strict=True):
        verdict = verdicts[-1]
        if math.isnan(verdict.expected) or verdict.sign not in _SIDES[rule.condition]:
            continue
        if abs(measure_change(metric, verdict)) < rule.limit:
            continue
        began = calendar.dates[verdict.began]
        first = max(began, calendar.dates[-min(verdict.days, len(calendar.dates))])
        seen = {name: getattr(verdict, name) for name in ("value", "expected", "low", "high")}
        row = {
            "facts": {"form": "change", "metric": metric, "first": first, "last": calendar.dates[-1], **seen},
            "metric": metric,
            "metric_value": _finite(verdict.value),
            "threshold_value": _finite(verdict.low if verdict.sign < 0 else verdict.high),
            "expected_value": _finite(verdict.expected),
            "expected_lo": _finite(verdict.low),
            "expected_hi": _finite(verdict.high),
            "since": began,
        }
        yield channel, row


def measure_change(metric: str, verdict: Verdict) -> float:
    """How far the value is off what was expected, as a share of that; for ROI, of revenue per spend."""
    offset = RATIOS[metric].offset
    expected = verdict.expected - offset
    return (verdict.value - offset) / expected - 1.0 if expected > 0 else math.nan


def _judge_silence(rule: AlertRule, evidence: Evidence) -> Iterator[tuple[str, dict[str, Any]]]:
    calendar = evidence.calendar
    for channel, silence in zip(calendar.channels, evidence.silences[rule.kind], strict=True):
        if silence is None or silence.days < rule.limit:
            continue
        first, last = calendar.dates[silence.first], calendar.dates[silence.last]
        seen = {"metric": "days", "metric_value": float(silence.days), "threshold_value": max(rule.limit, 1.0)}
        yield channel, {"facts": {"form": rule.kind, "first": first, "last": last}, "since": first, **seen}


def _judge_pace(rule: AlertRule, evidence: Evidence) -> Iterator[tuple[str, dict[str, Any]]]:
    day = evidence.as_of
    for channel, pace in measure_paces(evidence.history, evidence.budgets, as_of=day).items():
        if not pace.is_ahead(rule.limit):
            continue
        facts = {"form": "pace", "day": day.day, "days": day.days_in_month, "spent": pace.spent}
        facts |= {"planned": pace.planned, "projected": pace.projected, "over": pace.projected - pace.planned}
        row = {
            "facts": {**facts, "ahead": pace.spent / pace.due - 1.0},
            "metric": "plan_share",
            "metric_value": pace.projected / pace.planned,
            "threshold_value": 1.0 + rule.limit,
            "expected_value": 1.0,
            "since": day.replace(day=1),
        }
        yield channel, row


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
