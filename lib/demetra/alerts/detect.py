"""Detection: sums over the window, judged by the kinds, one row per kind and channel in breach.

A channel is in breach as a whole (ratio of sums over the window) or through campaigns that carry a fair share of its
spend. The unknown never breaches: each ratio is summed over the rows where both of its parts are known. Neither do
rates on too few events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from demetra.alerts.breaches import Voice
from demetra.alerts.judge import judge_rules
from demetra.alerts.kinds import MEASURES, Kind, choose_kinds, choose_rules
from demetra.incidents import silences
from demetra.metrics import divide
from demetra.names import clean_name
from demetra.schema import BREACHES, BUDGETS, CAMPAIGNS, HISTORY, SEVERITIES, require_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from demetra.rules import AlertRules
    from demetra.words import Language

MIN_EVENTS: Final = 5
"""A rate is judged only where the threshold itself would bring so many events: 100 clicks for a conversion of 5 %."""
WORST: Final = 5
_KEYS: Final = ["channel", "campaign_id"]


@dataclass(frozen=True)
class _Window:
    """Sums and measures of a `period` (`first`, `last`): by campaign, by channel, and the account's ROI."""

    campaigns: pd.DataFrame
    channels: pd.DataFrame
    account_roi: float
    period: dict[str, pd.Timestamp]


def detect_breaches(
    campaigns: pd.DataFrame,
    history: pd.DataFrame,
    budgets: pd.DataFrame,
    *,
    as_of: date,
    thresholds: AlertRules,
    currency: str = "USD",
    language: Language = "en",
) -> pd.DataFrame:
    """Find what is beyond its threshold, at most one row per kind and channel, gravest first.

    Args:
        campaigns: `schema.CAMPAIGNS`; at least the last `window_days` days up to `as_of`.
        history: `schema.HISTORY`; at least the month of `as_of`, for what has been spent of the plan.
        budgets: `schema.BUDGETS`; channels without a plan for the month are not judged by one.
        as_of: the last complete day; the window is the `window_days` days that end with it.
        thresholds: rates as fractions, costs in the account's currency.
        currency: ISO 4217, for the messages.
        language: "en" or "ru", of the messages.

    Returns:
        `schema.BREACHES`. `metric_value` is the channel's own value, `occurrences` the campaigns in breach (1 for the
        plan), `worst` a list of at most five `{campaign_id, name, value, spend}`, ordered by what the breach costs:
        spend times the distance from the threshold.

    Raises:
        FrameError: a frame lacks columns.
    """
    frames = ((campaigns, CAMPAIGNS, "campaigns"), (history, HISTORY, "history"), (budgets, BUDGETS, "budgets"))
    for frame, columns, what in frames:
        require_columns(frame, columns, what)
    day, voice = pd.Timestamp(as_of), Voice(language, currency)
    found = judge_kinds(choose_kinds(thresholds.rules), campaigns, history, budgets, day, thresholds, voice)
    found += judge_rules(choose_rules(thresholds.rules), history, budgets, as_of=day, voice=voice)
    found.sort(key=lambda row: -SEVERITIES.index(row["severity"]))  # within a severity, kinds as they are listed
    return _make_frame(_silence(found))


def judge_kinds(
    kinds: Sequence[Kind],
    campaigns: pd.DataFrame,
    history: pd.DataFrame,
    budgets: pd.DataFrame,
    day: pd.Timestamp,
    thresholds: AlertRules,
    voice: Voice,
) -> list[dict[str, Any]]:
    """The breaches of thresholds on a day; arguments as in `detect_breaches`."""
    found: list[dict[str, Any]] = []
    windows: dict[int, _Window] = {}
    for kind in kinds:
        days = kind.window_days or thresholds.window_days
        if days not in windows:
            windows[days] = _sum_window(campaigns, day - pd.Timedelta(days=days - 1), day)
        window = windows[days]
        if kind.scope == "campaigns":
            rows = _judge_campaigns(kind, window, thresholds)
        elif kind.scope == "account":
            rows = _judge_against_account(kind, window, thresholds)
        else:
            rows = _judge_plan(kind, campaigns, history, budgets, day, thresholds)
        found += [
            voice.describe(
                alert_type=kind.name,
                severity=kind.severity,
                action=kind.action,
                tell=list(kind.tell),
                metric=kind.conditions[0].measure,
                **row,
            )
            for row in rows
        ]
    return found


def _silence(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark what another breach of the same channel explains."""
    kinds: dict[str, list[str]] = {}
    for row in found:
        kinds.setdefault(row["channel"], []).append(row["alert_type"])
    for row in found:
        causes = (kind for kind in kinds[row["channel"]] if silences(kind, row["alert_type"], row["metric"]))
        row["silenced_by"] = next(causes, None)
    return found


def _make_frame(found: list[dict[str, Any]]) -> pd.DataFrame:
    words = dict.fromkeys(("alert_type", "severity", "channel", "message", "action"), "str")
    measured = ("metric_value", "threshold_value", "expected_value", "expected_lo", "expected_hi")
    types = {**words, **dict.fromkeys(measured, "float64"), "occurrences": "int64", "since": "datetime64[us]"}
    return pd.DataFrame(found, columns=list(BREACHES)).astype(types)


def _sum_window(campaigns: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> _Window:
    rows = campaigns.loc[(campaigns["date"] >= first) & (campaigns["date"] <= last)]
    known = rows.assign(profit=rows["revenue"] - rows["spend"], mille=1000 * rows["spend"], scored=1.0)
    parts = {"spend": known["spend"].astype("float64")}
    for name, measure in MEASURES.items():
        both = known[measure.over].notna() & known[measure.under].notna()
        parts[f"{name} over"] = known[measure.over].where(both).astype("float64")
        parts[f"{name} under"] = known[measure.under].where(both).astype("float64")
    # Grouping by codes is several times faster than by two columns of strings.
    codes = rows.groupby(_KEYS, sort=False).ngroup()
    sums = pd.DataFrame(parts).groupby(codes, sort=True).sum(min_count=1)
    keys = rows[_KEYS].drop_duplicates().reset_index(drop=True)
    by_campaign = pd.concat([keys, rows["campaign_name"].groupby(codes, sort=True).last(), sums], axis=1)
    by_channel = by_campaign.groupby("channel", sort=True)[list(parts)].sum(min_count=1)
    account = _measure(by_channel.sum(min_count=1).to_frame().T)
    return _Window(
        _measure(by_campaign), _measure(by_channel), float(account["roi"].iloc[0]), {"first": first, "last": last}
    )


def _measure(sums: pd.DataFrame) -> pd.DataFrame:
    return sums.assign(**{name: divide(sums[f"{name} over"], sums[f"{name} under"]) for name in MEASURES})


def _in_breach(values: pd.DataFrame, kind: Kind, limits: tuple[float, ...]) -> pd.Series:
    """Where all conditions hold on enough volume; False where a measure is unknown."""
    held = pd.Series(True, index=values.index)
    for condition, limit in zip(kind.conditions, limits, strict=True):
        value, name = values[condition.measure], condition.measure
        held &= value < limit if condition.side == "below" else value > limit
        events = MEASURES[name].events
        if events == "rate":
            held &= values[f"{name} under"] * limit >= MIN_EVENTS
        elif events == "cost":
            held &= values[f"{name} over"] >= MIN_EVENTS * limit
    return held


def _judge_campaigns(kind: Kind, window: _Window, thresholds: AlertRules) -> Iterator[dict[str, Any]]:
    limits = tuple(condition.find_limit(thresholds) for condition in kind.conditions)
    campaigns, channels = window.campaigns, window.channels
    bad = _in_breach(campaigns, kind, limits)
    carried = campaigns["spend"].where(bad, 0.0).groupby(campaigns["channel"], sort=True).sum()
    shares = divide(carried, channels["spend"])
    whole = _in_breach(channels, kind, limits)
    totals = campaigns["channel"].value_counts()
    chosen = channels.index.isin(kind.channels) if kind.channels else True
    for channel in channels.index[chosen & (whole | ((shares >= thresholds.min_breach_share) & (carried > 0)))]:
        own = campaigns.loc[bad & (campaigns["channel"] == channel)]
        conditions: list[dict[str, Any]] = [
            {
                "measure": each.measure,
                "value": float(channels.loc[channel, each.measure]),
                "side": each.side,
                "limit": limit,
            }
            for each, limit in zip(kind.conditions, limits, strict=True)
        ]
        facts = {"bad": len(own), "total": int(totals[channel]), "share": float(shares[channel])}
        form = "channel" if whole[channel] else "campaigns"
        yield {
            "channel": str(channel),
            "facts": {"form": form, "conditions": conditions, **facts, **window.period},
            "metric_value": conditions[0]["value"],
            "threshold_value": limits[0],
            "occurrences": len(own),
            "worst": _worst(own, kind.conditions[0].measure, limits[0]),
        }


def _judge_against_account(kind: Kind, window: _Window, thresholds: AlertRules) -> Iterator[dict[str, Any]]:
    """Only where the account's ROI is positive: a share of a loss would be a smaller loss."""
    ratio = kind.conditions[0].find_limit(thresholds)
    limit = ratio * window.account_roi
    if not limit > 0:
        return
    bad = _in_breach(window.campaigns, kind, (limit,))
    below = _in_breach(window.channels, kind, (limit,))
    for channel in below.index[below]:
        own = window.campaigns.loc[bad & (window.campaigns["channel"] == channel)]
        roi = float(window.channels.loc[channel, "roi"])
        yield {
            "channel": str(channel),
            "facts": {"form": "account", "value": roi, "account": window.account_roi, "ratio": ratio, **window.period},
            "metric_value": roi,
            "threshold_value": limit,
            "occurrences": len(own),
            "worst": _worst(own, "roi", limit),
        }


def _judge_plan(
    kind: Kind,
    campaigns: pd.DataFrame,
    history: pd.DataFrame,
    budgets: pd.DataFrame,
    day: pd.Timestamp,
    thresholds: AlertRules,
) -> Iterator[dict[str, Any]]:
    """The month's spend so far against its plan; `worst` are the campaigns that spent most of it."""
    limit, month = kind.conditions[0].find_limit(thresholds), day.replace(day=1)
    days = history.loc[(history["date"] >= month) & (history["date"] <= day)]
    spent = days.groupby("channel", observed=True)["spend"].sum(min_count=1)
    plans = budgets.loc[pd.to_datetime(budgets["month"]) == month]
    planned = plans.groupby("channel", observed=True)["amount"].sum().astype("float64")
    shares = divide(spent.reindex(planned.index), planned)
    rows = campaigns.loc[(campaigns["date"] >= month) & (campaigns["date"] <= day)]
    for channel in shares.index[shares > limit]:
        own = (
            rows.loc[rows["channel"] == channel]
            .groupby(_KEYS, as_index=False)
            .agg({"spend": "sum", "campaign_name": "last"})
        )
        plan, share = float(planned[channel]), float(shares[channel])
        facts = {"form": "plan", "spent": float(spent[channel]), "planned": plan, "share": share, "limit": limit}
        yield {
            "channel": str(channel),
            "facts": {**facts, "last": day, "days": day.days_in_month},
            "metric_value": share,
            "threshold_value": limit,
            "occurrences": 1,
            "worst": _worst(own.assign(plan_share=own["spend"] / plan), "plan_share", 0.0),
        }


def _worst(bad: pd.DataFrame, measure: str, limit: float) -> list[dict[str, Any]]:
    """The campaigns whose breach costs most: by spend times distance from the threshold."""
    cost = ((bad[measure] - limit).abs() * bad["spend"]).sort_values(ascending=False, kind="stable")
    return [
        {
            "campaign_id": str(row["campaign_id"]),
            "name": None if pd.isna(row["campaign_name"]) else clean_name(str(row["campaign_name"])),
            "value": float(row[measure]),
            "spend": float(row["spend"]),
        }
        for _, row in bad.loc[cost.index[:WORST]].iterrows()
    ]
