"""One plain sentence per incident: what, where, how much in which unit, and over which days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demetra.alerts.kinds import MEASURES, Kind
from demetra.formats import format_day, format_money, format_number, format_percent, format_short_day

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Finding:
    """A channel in breach over `period`: measured value and limit of each condition, campaigns in breach and in all.

    `share` is the spend share of the campaigns in breach where the channel as a whole is not in breach, else None.
    """

    kind: Kind
    name: str
    measured: tuple[float, ...]
    limits: tuple[float, ...]
    bad: int
    total: int
    share: float | None
    period: str


def say_finding(finding: Finding, currency: str) -> str:
    """The sentence for a channel judged by its campaigns; `currency` is the unit of costs."""
    conditions = finding.kind.conditions
    labels = [MEASURES[condition.measure].label for condition in conditions]
    units = [MEASURES[condition.measure].unit for condition in conditions]
    values = [_format(value, unit, currency) for value, unit in zip(finding.measured, units, strict=True)]
    limits = [
        f"{condition.side} {_format(limit, unit, currency)}"
        for condition, limit, unit in zip(conditions, finding.limits, units, strict=True)
    ]
    if finding.share is not None:
        beyond = " and a ".join(f"{label} {limit}" for label, limit in zip(labels, limits, strict=True))
        whose = (
            f"{finding.bad} of {finding.name}'s {finding.total} campaigns, with {_percent(finding.share)} of its spend"
        )
        whole = f"the channel as a whole had {' and '.join(values)}"
        return f"{whose}, had a {beyond} over {finding.period}; {whole}."
    seen = " and its ".join(f"{label} was {value}" for label, value in zip(labels, values, strict=True))
    many = f"all {finding.total}" if finding.bad == finding.total else f"{finding.bad} of {finding.total}"
    told = f"{many} campaigns are in breach" if finding.total > 1 else "it has one campaign"
    return f"{finding.name}'s {seen} over {finding.period}, {' and '.join(limits)}; {told}."


def say_account(name: str, roi: float, account: float, ratio: float, period: str) -> str:
    """The channel's ROI is below a share of the account's."""
    return f"{name}'s ROI was {roi:.2f} over {period}, below {_percent(ratio)} of the account's {account:.2f}."


def say_plan(name: str, spent: float, planned: float, limit: float, day: pd.Timestamp, currency: str) -> str:
    """The month's plan is nearly or wholly spent."""
    plan = f"{format_money(planned, currency)} planned for {format_short_day(day).split()[1]} {day.year}"
    progress = f"{_percent(spent / planned)} by day {day.day} of {day.days_in_month}"
    return f"{name} has spent {format_money(spent, currency)} of the {plan}: {progress}, above {_percent(limit)}."


def name_period(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """`25–31 Dec 2022`, `26 Nov – 2 Dec 2022`, `28 Dec 2022 – 3 Jan 2023`."""
    if first == last:
        return format_day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{format_day(last)}"
    return f"{format_short_day(first) if first.year == last.year else format_day(first)} – {format_day(last)}"


def _format(value: float, unit: str, currency: str) -> str:
    if unit == "money":
        return format_money(value, currency)
    return _percent(value) if unit == "share" else format_number(value, 2 if unit == "ratio" else 1)


def _percent(share: float) -> str:
    whole = abs(100 * share - round(100 * share)) < 0.05
    return format_percent(share, 0 if whole else 1)
