"""The expected range that alerts use beside the one-step-ahead interval of the forecast, on the same incidents.

A day is raised where it is beyond the 95 % interval, so many times as wide, and off by the rule's least change.
`first day` is the share of incidents of ROI, conversion, CTR and reach raised on their first day; false alarms are
counted by channel and day, a run of days as one, in the three weeks before. `python benchmarks/alert_intervals.py`.
"""

from __future__ import annotations

import pandas as pd
from alert_accounts import INCIDENTS, Account, make_account
from alert_quality import PER_KIND, QUIET_DAYS, REPORT_SEEDS, replay

from demetra.alerts.kinds import RULES
from demetra.alerts.simulate import fold_incidents
from demetra.forecast import forecast_channels

WIDER = (1.0, 1.5, 2.0, 2.5, 3.0)
METRICS = ("roi", "conversion_rate", "ctr", "reach")
CHANGES = {rule.metric: rule for rule in RULES if rule.metric in METRICS}
MEASURED = [incident for incident in INCIDENTS if incident.kinds & {rule.name for rule in CHANGES.values()}]


def raise_by_interval(past: pd.DataFrame, *, wider: float) -> pd.DataFrame:
    """The days beyond the interval as `channel, metric, date`."""
    offset = past["metric"].eq("roi").astype(float)
    change = (past["actual"] + offset) / (past["yhat"] + offset) - 1.0
    low = past["actual"] < past["yhat"] - wider * (past["yhat"] - past["lo95"])
    high = past["actual"] > past["yhat"] + wider * (past["hi95"] - past["yhat"])
    rules = past["metric"].map(CHANGES)
    both = rules.map(lambda rule: rule.condition == "outside")
    enough = change.abs() >= rules.map(lambda rule: rule.limit)
    return past.loc[(low | (high & both)) & enough, ["channel", "metric", "date"]]


def count(account: Account, raised: pd.DataFrame) -> tuple[bool, int]:
    """Whether the incident was raised on its first day, and the false alarms of the three weeks before it."""
    names = {CHANGES[metric].name: metric for metric in METRICS}
    wanted = [names[kind] for kind in account.incident.kinds if kind in names]
    mine = (raised["channel"] == account.channel) & raised["metric"].isin(wanted) & (raised["date"] == account.start)
    quiet = raised.loc[raised["date"].between(account.start - pd.Timedelta(days=QUIET_DAYS), account.start, "left")]
    new = quiet.sort_values("date").groupby(["channel", "metric"])["date"].diff().ne(pd.Timedelta(days=1))
    return bool(mine.any()), int(new.sum())


def list_found(account: Account) -> pd.DataFrame:
    """What alerts raised, in the shape of `raise_by_interval`: the days on which an incident was opened."""
    names = {rule.name: metric for metric, rule in CHANGES.items()}
    raised = fold_incidents(iter(replay(account)), cool_down_days=3)
    raised = raised.loc[raised["alert_type"].isin(names)]
    return pd.DataFrame(
        {"channel": raised["channel"], "metric": raised["alert_type"].map(names), "date": raised["opened"]}
    )


def main() -> None:
    """Print a line per range."""
    found: dict[str, list[tuple[bool, int]]] = {}
    for place, incident in enumerate(MEASURED):
        for number in range(PER_KIND):
            account = make_account(REPORT_SEEDS + 1000 * place + number, incident)
            last = account.history["date"].max()
            past = forecast_channels(account.history, as_of=last, horizon_days=1, metrics=METRICS).past
            for wider in WIDER:
                name = f"forecast's 95 % interval x {wider}"
                found.setdefault(name, []).append(count(account, raise_by_interval(past, wider=wider)))
            found.setdefault("alerts' own range", []).append(count(account, list_found(account)))
    print(f"{'range':<32}{'first day':>10}{'false a week':>14}")
    for name, results in found.items():
        first = sum(hit for hit, _ in results) / len(results)
        rate = sum(false for _, false in results) / len(results) / (QUIET_DAYS / 7)
        print(f"{name:<32}{first:>10.2f}{rate:>14.2f}")


if __name__ == "__main__":
    main()
