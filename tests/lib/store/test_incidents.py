"""The life of an incident on a real server: one per kind and channel, each change with time, author and outbox row."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.errors import IncidentStateError, UnknownIncidentError
from demetra.store import incidents
from demetra.store.publication import StepResult, publish, stage
from demetra.store.published import snapshot
from demetra.store.tables import alerts, notifications

DAY = date(2026, 3, 1)
MOMENT = datetime(2026, 3, 2, 6, tzinfo=UTC)


def breach(kind: str = "roi_drop", channel: str = "Telegram", value: float = 1.0, **facts: Any) -> dict[str, Any]:
    sound = {"severity": "high", "message": f"{channel}: {kind}", "threshold_value": 1.5, "action": "look"}
    found = {"alert_type": kind, "channel": channel, "metric_value": value, "occurrences": 1, "worst": []}
    return {**found, **sound, "metric": "roi", "since": DAY, "silenced_by": None, **facts}


class Account:
    """Runs over one database, a day apart."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.day = 0

    @property
    def moment(self) -> datetime:
        return MOMENT + timedelta(days=self.day)

    def run(self, *breaches: dict[str, Any], days: int = 1) -> None:
        """A run `days` after the last one, which finds these breaches."""
        self.day += days
        columns = list(breach())
        frame = pd.DataFrame(list(breaches), columns=columns)
        frame["since"] = pd.to_datetime(frame["since"])
        run_id = f"run-{self.day}"
        stage(self.engine, run_id, "breaches", frame)
        with self.engine.begin() as connection:
            connection.execute(
                sa.text("INSERT INTO runs (id, trigger, status, options) VALUES (:id, 't', 'running', '{}')"),
                {"id": run_id},
            )
            results = [StepResult("alerts", ("breaches",), run_id)]
            publish(connection, run_id, results, as_of=DAY + timedelta(days=self.day), demo=False, moment=self.moment)

    def history(self) -> dict[int, list[tuple[str, str]]]:
        """The changes of each incident, as (event, author)."""
        with self.engine.connect() as connection:
            ids = connection.execute(sa.select(alerts.c.id).order_by(alerts.c.id)).scalars().all()
            found = {number: incidents.read_incident(connection, number)["events"] for number in ids}
        return {number: [(event["event"], event["author"]) for event in events] for number, events in found.items()}

    def told(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(
                connection.execute(
                    sa.select(notifications.c.content["event"].astext).order_by(notifications.c.id)
                ).scalars()
            )

    def only(self) -> dict[str, Any]:
        with self.engine.connect() as connection:
            (number,) = connection.execute(sa.select(alerts.c.id)).scalars()
            return incidents.read_incident(connection, number)


@pytest.fixture
def account(engine: sa.Engine) -> Account:
    return Account(engine)


def test_the_same_trouble_is_one_incident_that_is_told_when_it_opens_and_when_it_is_over(account: Account):
    account.run(breach(occurrences=4))
    account.run(breach(value=0.99, occurrences=9))
    account.run()
    incident = account.only()
    assert (incident["occurrences"], incident["status"], incident["resolved_by"]) == (9, "resolved", "demetra")
    assert incident["first_seen"] == MOMENT + timedelta(days=1)
    assert incident["last_seen"] == MOMENT + timedelta(days=2)
    assert [event["at"] for event in incident["events"]] == [MOMENT + timedelta(days=1), MOMENT + timedelta(days=3)]
    assert account.told() == ["opened", "resolved"]


@pytest.mark.parametrize(
    ("second", "worse"),
    [
        (breach(value=0.74), True),
        (breach(value=0.76), False),
        (breach(severity="critical"), True),
        (breach(value=1.4), False),
        (breach(severity="medium"), False),
    ],
)
def test_an_incident_worsens_by_severity_or_by_half_of_its_distance(account: Account, second: dict, worse: bool):
    account.run(breach())
    incidents.mark_incident_read(account.engine, account.only()["id"])
    account.run(second)
    assert account.told() == (["opened", "worsened"] if worse else ["opened"])
    assert account.only()["is_read"] is not worse


def test_what_creeps_is_told_by_its_whole_way_since_it_was_told_last(account: Account):
    for value in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
        account.run(breach(value=value))
    assert account.told() == ["opened", "worsened"]
    assert account.only()["told_value"] == 0.7


def test_a_relapse_within_the_cool_down_reopens_and_a_later_one_is_another_incident(account: Account):
    account.run(breach())
    account.run()
    account.run(breach())
    account.run()
    account.run(breach(), days=5)
    assert account.told() == ["opened", "resolved", "reopened", "resolved", "opened"]
    events = list(account.history().values())
    assert [[event for event, _ in history] for history in events] == [
        ["opened", "resolved", "reopened", "resolved"],
        ["opened"],
    ]


def test_people_acknowledge_snooze_and_resolve_in_their_own_name(account: Account):
    account.run(breach())
    number = account.only()["id"]
    incidents.acknowledge_incident(account.engine, number, author="ann", moment=account.moment, note="mine")
    assert account.only()["status"] == "acknowledged"
    incidents.resolve_incident(account.engine, number, author="bob", moment=account.moment)
    assert account.history() == {number: [("opened", "demetra"), ("acknowledged", "ann"), ("resolved", "bob")]}
    assert account.only()["events"][1]["note"] == "mine"
    assert account.told() == ["opened"]
    with pytest.raises(IncidentStateError, match="is resolved and cannot be acknowledged"):
        incidents.acknowledge_incident(account.engine, number, author="ann", moment=account.moment)
    with pytest.raises(UnknownIncidentError, match="no incident 99"):
        incidents.mark_incident_read(account.engine, 99)


def test_a_snoozed_incident_is_silent_until_then_and_wakes_by_itself(account: Account):
    account.run(breach())
    until = account.moment + timedelta(days=2, hours=1)
    incidents.snooze_incident(account.engine, account.only()["id"], until=until, author="ann", moment=account.moment)
    account.run(breach(value=0.1))
    account.run(breach(value=0.1))
    assert account.told() == ["opened"]
    account.run(breach(value=0.1))
    assert account.told() == ["opened", "woken"]
    assert (account.only()["status"], account.only()["snoozed_until"]) == ("open", None)


def test_what_was_closed_by_hand_stays_closed_until_new_data_show_it_again(account: Account):
    account.run(breach())
    incidents.resolve_incident(account.engine, account.only()["id"], author="ann", moment=account.moment)
    with account.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM publications"))
        connection.execute(sa.text("DELETE FROM runs"))
    account.run(breach(), days=0)
    assert account.only()["status"] == "resolved"
    account.run(breach())
    assert account.only()["status"] == "open"
    assert account.told() == ["opened", "reopened"]


def test_a_dead_channel_silences_what_follows_from_it_and_keeps_what_was_open(account: Account):
    account.run(breach("roi_drop"), breach("budget_overrun", metric="plan_share"))
    dead = breach("channel_silent", metric="impressions", value=0.0)
    account.run(dead, breach("ctr_change", metric="ctr", silenced_by="channel_silent"))
    with snapshot(account.engine) as connection:
        shown = incidents.read_incidents(connection)
    assert set(shown["alert_type"]) == {"roi_drop", "channel_silent"}
    assert account.told() == ["opened", "opened", "opened", "resolved"]
    account.run()
    assert account.told()[4:] == ["resolved", "resolved"]


def test_the_outbox_and_the_change_happen_together_or_not_at_all(account: Account, engine: sa.Engine):
    account.run(breach())
    stage(engine, "doomed", "breaches", pd.DataFrame([breach(value=0.1)]).assign(since=pd.Timestamp(DAY)))
    with engine.connect() as connection:
        changes = incidents.merge_breaches(connection, "doomed", as_of=DAY, moment=MOMENT, cool_down_days=3)
        assert [event for event, _ in changes] == ["worsened"]
        connection.rollback()
    assert account.told() == ["opened"]
    assert account.only()["told_value"] == 1.0


def test_a_person_who_acknowledges_during_a_run_waits_for_it_and_loses_nothing(account: Account, engine: sa.Engine):
    account.run(breach())
    number = account.only()["id"]
    stage(engine, "second", "breaches", pd.DataFrame([breach(value=0.1)]).assign(since=pd.Timestamp(DAY)))
    act = threading.Thread(
        target=incidents.acknowledge_incident, args=(engine, number), kwargs={"author": "ann", "moment": MOMENT}
    )
    with engine.begin() as connection:
        incidents.merge_breaches(connection, "second", as_of=DAY, moment=MOMENT, cool_down_days=3)
        act.start()
        act.join(timeout=0.3)
        assert act.is_alive()
    act.join(timeout=10)
    assert [event for event, _ in account.history()[number]] == ["opened", "worsened", "acknowledged"]
    assert account.only()["status"] == "acknowledged"
