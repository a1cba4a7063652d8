"""Detection on injected incidents: precision and recall per kind, how soon, and false incidents per account and week.

Precision is the share of the incidents raised that tell of what was injected, or of what follows from it. Each account
is replayed day by day, three quiet weeks and the incident's; the seeds are not those that detection was tuned on.
`python benchmarks/alert_quality.py --tune` measures the others.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import timedelta

import pandas as pd
from alert_accounts import INCIDENTS, LATE, LATE_DAYS, PACE, Account, Incident, make_account

from demetra.alerts.breaches import Voice
from demetra.alerts.kinds import RULES
from demetra.alerts.simulate import fold_incidents, replay_rules

PER_KIND = 8
REPORT_SEEDS, TUNE_SEEDS = 500_000, 10_000
QUIET_DAYS = 21
KINDS: list[Incident | None] = [*INCIDENTS, PACE, LATE, None]


def measure_account(task: tuple[int, int]) -> dict[str, object]:
    """What was found, when, and what was raised beside it."""
    seed, kind = task
    incident = KINDS[kind]
    account = make_account(seed, incident)
    days = replay(account)
    return {"name": incident.name if incident else "quiet", "weeks": len(days) / 7, **_compare(account, days)}


def replay(account: Account) -> list[tuple[pd.Timestamp, list[dict[str, object]]]]:
    """What each day would have raised; of late conversions the last day only is as it was seen on that day."""
    last = account.history["date"].max()
    since = max(account.start - timedelta(days=QUIET_DAYS), account.history["date"].min() + timedelta(days=1))
    voice = Voice("en", "USD")
    days = list(replay_rules(RULES, account.history, account.budgets, since=since, as_of=last, voice=voice))
    return days[:-LATE_DAYS] + days[-1:] if account.incident is LATE else days


def _compare(account: Account, days: list[tuple[pd.Timestamp, list[dict[str, object]]]]) -> dict[str, object]:
    incident, found, true, false = account.incident, None, 0, []
    raised = fold_incidents(iter(days), cool_down_days=3)
    for row in raised.itertuples():
        ours = incident is not None and row.channel == account.channel and row.opened >= account.start
        if incident is PACE and row.channel == account.channel and row.alert_type in incident.kinds | incident.follows:
            found, true = 0, true + 1
        elif ours and row.alert_type in incident.kinds:
            true += 1
            late = (row.opened - account.start).days
            found = late if found is None else min(found, late)
        elif ours and row.alert_type in incident.follows:
            true += 1
        elif row.alert_type == "spend_pace" and is_overspent(account, row.channel, row.opened):
            continue  # nobody injected it, and it is true
        else:
            false.append(row.alert_type)
    return {"found": found, "true": true, "false": false, "seed": account.seed}


def is_overspent(account: Account, channel: str, day: pd.Timestamp) -> bool:
    """Whether the month of a day ended above its plan; of the last month, as far as the data go, in proportion."""
    month = day.replace(day=1)
    own = account.history.loc[account.history["channel"] == channel]
    dates = own["date"][(own["date"] >= month) & (own["date"] < month + pd.offsets.MonthBegin())]
    plan = account.budgets.loc[(account.budgets["channel"] == channel) & (account.budgets["month"] == month), "amount"]
    return bool(own.loc[dates.index, "spend"].sum() > plan.sum() * dates.max().day / day.days_in_month)


def report(results: list[dict[str, object]]) -> bool:
    """Print the table; whether the goals are met."""
    weeks = sum(result["weeks"] for result in results)
    false = Counter(kind for result in results for kind in result["false"])
    print(f"{'incident':<18}{'accounts':>9}{'recall':>8}{'first run':>11}{'precision':>11}{'false a week':>14}")
    hits = right = wrong = total = firsts = 0
    for name in dict.fromkeys(result["name"] for result in results):
        own = [result for result in results if result["name"] == name]
        spent = sum(result["weeks"] for result in own)
        mistakes = sum(len(result["false"]) for result in own)
        line = f"{name:<18}{len(own):>9}"
        if name in ("quiet", LATE.name):
            print(f"{line}{'':>30}{mistakes / spent:>14.2f}")
            wrong += mistakes
            continue
        found = [result["found"] for result in own if result["found"] is not None]
        first = sum(days == 0 for days in found)
        hits, total, wrong, firsts = hits + len(found), total + len(own), wrong + mistakes, firsts + first
        true = sum(result["true"] for result in own)
        right, precision = right + true, true / max(true + mistakes, 1)
        print(
            f"{line}{len(found) / len(own):>8.2f}{first / len(own):>11.2f}{precision:>11.2f}{mistakes / spent:>14.2f}"
        )
    recall, precision = hits / total, right / (right + wrong)
    rate = wrong / weeks
    print(f"{'all':<18}{len(results):>9}{recall:>8.2f}{firsts / total:>11.2f}{precision:>11.2f}{rate:>14.2f}")
    print("false incidents by rule:", ", ".join(f"{name} {number}" for name, number in false.most_common()) or "none")
    return recall >= 0.9 and precision >= 0.9 and rate <= 1.0


def main() -> int:
    """Exit code 1 when a goal is missed."""
    base = TUNE_SEEDS if "--tune" in sys.argv else REPORT_SEEDS
    tasks = [(base + 1000 * kind + number, kind) for kind in range(len(KINDS)) for number in range(PER_KIND)]
    return 0 if report([measure_account(task) for task in tasks]) else 1


if __name__ == "__main__":
    sys.exit(main())
