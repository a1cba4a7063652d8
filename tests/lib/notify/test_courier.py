"""Delivery to real local receivers: what arrives, how often, when, and what happens when something breaks."""

from __future__ import annotations

import email
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from demetra.errors import ConfigurationError
from demetra.notify.courier import Courier, deliver_due, is_quiet, send_test
from demetra.notify.receivers import read_receivers
from demetra.rules import AlertRule, AlertRules, NotificationRules, Route, Rules
from demetra.settings import Secret, Settings
from demetra.store.incidents import merge_breaches
from demetra.store.notices import post_missed_runs, post_run_end
from demetra.store.publication import stage
from demetra.store.tables import deliveries, notifications

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 1)
RULES = Rules()


class Hook:
    """A webhook that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[dict] = []
        self.status = 200
        self.hang = threading.Event()
        self.hanging = False
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if hook.hanging:
                    hook.hang.wait(20)
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server.server_address[1]}/"

    def close(self) -> None:
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.close()


def reach(settings: Settings, *urls: str) -> Settings:
    return Settings(home=settings.home, database_url=settings.database_url, notify_urls=Secret(" ".join(urls)))


def find(engine: sa.Engine, *channels: str, kind: str = "roi_drop", run: str = "one", at: datetime = NOON, **facts):
    """A run that finds a breach on each channel."""
    found = {"alert_type": kind, "severity": "high", "message": "ROI was 1.0, below 1.5.", "metric_value": 1.0}
    found |= {"threshold_value": 1.5, "action": "Rework it.", "occurrences": 1, "metric": "roi", "tell": [], **facts}
    rows = [{**found, "channel": channel, "worst": [], "since": pd.Timestamp(DAY)} for channel in channels]
    columns = [*found, "channel", "worst", "since"]
    frame = pd.DataFrame(rows, columns=columns).astype({"since": "datetime64[us]"})
    stage(engine, run, "breaches", frame)
    with engine.begin() as connection:
        merge_breaches(connection, run, as_of=DAY, moment=at, cool_down_days=3)


def statuses(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(deliveries.c.status).order_by(deliveries.c.notification_id)).scalars())


def test_a_message_says_what_where_since_when_what_to_do_and_where_to_look(settings, engine, hook):
    find(engine, "TikTok")
    done = deliver_due(engine, reach(settings, hook.url), rules=RULES, now=NOON)
    assert [each.outcome.status for each in done] == ["sent"]
    [message] = hook.got
    assert message["title"] == "HIGH: TikTok – ROI drop (new)"
    assert message["message"] == (
        "ROI was 1.0, below 1.5.\nSince 1 Mar 2026.\nWhat to do: Rework it.\n\nDashboard: http://127.0.0.1:8866/"
    )
    assert deliver_due(engine, reach(settings, hook.url), rules=RULES, now=NOON + timedelta(minutes=1)) == []


def test_a_mail_carries_the_chart_and_speaks_russian(settings, engine):
    got: list[bytes] = []

    class Keep:
        async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
            got.append(envelope.content)
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mailbox = Controller(Keep(), hostname="127.0.0.1", port=port)
    mailbox.start()
    try:
        with engine.begin() as connection:
            for number in range(30):
                connection.execute(
                    sa.text(
                        "INSERT INTO channel_daily (channel, date, spend, revenue, conversions, clicks, impressions,"
                        " reach, reach_is_impressions, rows)"
                        " VALUES ('VK', :day, 100, 250, 10, 200, 9000, 5000, false, 1)"
                    ),
                    {"day": DAY - timedelta(days=number)},
                )
        find(engine, "VK")
        address = f"mailto://127.0.0.1:{port}?from=demetra@example.com&to=team@example.com&mode=insecure"
        rules = Rules.model_validate({"recommendations": {"language": "ru"}})
        [done] = deliver_due(engine, reach(settings, f"team={address}"), rules=rules, now=NOON)
    finally:
        mailbox.stop()
    assert (done.receiver, done.outcome.status) == ("team", "sent")
    mail = email.message_from_bytes(got[0], policy=policy.default)
    assert mail["Subject"] == "ВАЖНО: VK – Падение ROI (новое)"
    body = mail.get_body(("plain", "html")).get_content()
    assert "С 1 марта 2026" in body.replace("\u00a0", " ").replace("&nbsp;", " ")
    [chart] = list(mail.iter_attachments())
    assert chart.get_content_type() == "image/png"
    assert chart.get_content().startswith(b"\x89PNG")


def test_a_storm_of_500_breaches_is_one_message(settings, engine, hook):
    find(engine, *(f"Channel {number}" for number in range(500)))
    deliver_due(engine, reach(settings, hook.url), rules=RULES, now=NOON)
    [message] = hook.got
    assert message["title"] == "DEMETRA: 500 changes"
    assert "and 485 more on the dashboard" in message["message"]
    assert statuses(engine) == ["sent"] * 500


def test_a_refusal_is_tried_again_with_growing_waits_and_given_up_in_the_end(settings, engine, hook):
    hook.status = 503
    find(engine, "VK")
    told, now = reach(settings, hook.url), datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(sa.update(notifications).values(created_at=now))
    waits = []
    for _ in range(6):
        deliver_due(engine, told, rules=Rules(notifications=NotificationRules(quiet_from="", quiet_until="")), now=now)
        with engine.connect() as connection:
            due = connection.execute(sa.select(deliveries.c.due_at)).scalar_one()
        waits.append((due - datetime.now(UTC)).total_seconds())
        now = max(now, due) + timedelta(seconds=1)
    assert len(hook.got) == 6
    assert waits[:4] == pytest.approx([30, 90, 270, 810], abs=5)
    assert statuses(engine) == ["failed"]


def test_a_receiver_that_recovers_gets_the_message_once(settings, engine, hook):
    hook.status = 503
    find(engine, "VK")
    told = reach(settings, hook.url)
    deliver_due(engine, told, rules=RULES, now=NOON)
    hook.status = 200
    with engine.begin() as connection:
        connection.execute(sa.update(deliveries).values(due_at=NOON))
    for _ in range(3):
        deliver_due(engine, told, rules=RULES, now=NOON + timedelta(minutes=1))
    assert len(hook.got) == 2
    assert statuses(engine) == ["sent"]


def test_couriers_side_by_side_tell_each_change_once(settings, engine, hook):
    find(engine, "VK", "TikTok")
    told = reach(settings, hook.url)
    threads = [
        threading.Thread(target=deliver_due, args=(engine, told), kwargs={"rules": RULES, "now": NOON})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(message["title"] for message in hook.got) == [
        "HIGH: TikTok – ROI drop (new)",
        "HIGH: VK – ROI drop (new)",
    ]


def test_a_courier_killed_in_the_middle_of_a_delivery_leaves_it_untold_twice(settings, engine, hook, environment):
    hook.hanging = True
    find(engine, "VK", at=datetime.now(UTC), severity="critical")
    child = subprocess.Popen(
        [sys.executable, "-c", "from demetra_runner.cli import main; main()", "notify", "deliver"],
        env={**environment, "DEMETRA_NOTIFY_URLS": hook.url},
    )
    deadline = time.monotonic() + 60
    while not hook.got and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert statuses(engine) == ["sending"]
    hook.hanging = False
    hook.hang.set()
    for minutes in (1, 10, 60):
        later = datetime.now(UTC) + timedelta(minutes=minutes)
        deliver_due(engine, reach(settings, hook.url), rules=RULES, now=later)
    assert len(hook.got) == 1
    assert statuses(engine) == ["uncertain"]


def test_in_quiet_hours_only_what_is_critical_is_told_and_the_rest_in_one_digest_in_the_morning(settings, engine, hook):
    night, morning = NOON.replace(hour=23), NOON + timedelta(hours=20, minutes=1)
    find(engine, *"ABCDE", at=night)
    find(engine, "F", kind="channel_silent", run="two", at=night, severity="critical")
    told = reach(settings, hook.url)
    deliver_due(engine, told, rules=RULES, now=night)
    assert [message["title"] for message in hook.got] == ["CRITICAL: F – Silent channel (new)"]
    deliver_due(engine, told, rules=RULES, now=morning)
    assert len(hook.got) == 2
    assert hook.got[1]["title"] == "DEMETRA: 5 changes"
    assert hook.got[1]["message"].count("ROI drop (over)") == 5


@pytest.mark.parametrize(("hour", "quiet"), [(21, False), (22, True), (3, True), (8, False)])
def test_quiet_hours_reach_over_midnight_in_their_time_zone(hour, quiet):
    rules = NotificationRules(time_zone="Asia/Tbilisi")
    assert is_quiet(rules, datetime(2026, 3, 2, (hour - 4) % 24, tzinfo=UTC)) is quiet


def test_the_cap_of_a_day_holds_and_the_next_day_tells_the_rest(settings, engine, hook):
    rules = Rules(notifications=NotificationRules(daily_cap=2))
    told = reach(settings, hook.url)
    for number in range(4):
        find(engine, *"ABCDE"[: number + 1], run=f"run{number}", at=NOON)
        deliver_due(engine, told, rules=rules, now=NOON + timedelta(minutes=number))
    assert len(hook.got) == 2
    deliver_due(engine, told, rules=rules, now=NOON + timedelta(hours=21))
    assert len(hook.got) == 4


def test_routes_and_rules_say_who_is_told(settings, engine):
    hooks = {name: Hook() for name in ("ops", "boss", "all")}
    try:
        told = reach(settings, *(f"{name}={each.url}" for name, each in hooks.items()))
        routes = [Route(to="ops", least_severity="low", channels=["VK"]), Route(to="boss", least_severity="critical")]
        rules = Rules(notifications=NotificationRules(routes=routes))
        find(engine, "VK", "TikTok", severity="medium")
        find(engine, "X", kind="mine", run="one", severity="low", tell=["boss"])
        deliver_due(engine, told, rules=rules, now=NOON)
        titles = {name: sorted(message["title"].split(" –")[0] for message in each.got) for name, each in hooks.items()}
    finally:
        for each in hooks.values():
            each.close()
    assert titles["ops"] == ["MEDIUM: VK"]
    assert titles["boss"] == ["LOW: X"]
    assert titles["all"] == ["MEDIUM: TikTok", "MEDIUM: VK"]


def test_names_from_data_call_nobody_and_break_nothing(settings, engine, hook):
    find(engine, "@everyone <!channel> " + "x" * 200)
    deliver_due(engine, reach(settings, hook.url), rules=RULES, now=NOON)
    title = hook.got[0]["title"]
    assert "@" not in title
    assert "<" not in title
    assert len(title) < 100


def record_run(engine: sa.Engine, name: str, *, began: datetime, ended: datetime | None, status: str = "succeeded"):
    """A scheduled run; without an end it is under way."""
    row = {"id": name, "status": status if ended else "running", "began": began, "ended": ended}
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO runs (id, trigger, status, started_at, finished_at)"
                " VALUES (:id, 'schedule', :status, :began, :ended)"
            ),
            row,
        )
        if ended:
            post_run_end(connection, name, status=status, error="alerts: cell 5", moment=ended)


def test_failed_and_recovered_runs_are_told_once_each(settings, engine, hook):
    for number, status in enumerate(["succeeded", "failed", "failed", "succeeded"]):
        moment = NOON + timedelta(minutes=number)
        record_run(engine, f"r{number}", began=moment, ended=moment, status=status)
    deliver_due(engine, reach(settings, hook.url), rules=RULES, now=NOON + timedelta(minutes=9))
    assert [message["title"] for message in hook.got] == ["DEMETRA: 2 changes"]
    assert hook.got[0]["message"].splitlines()[:2] == [
        "- DEMETRA: a run failed. Run r1: alerts: cell 5",
        "What is shown is the last good result. `demetra status` has the rest.",
    ]
    assert "- DEMETRA: runs work again. Run r3 ended well." in hook.got[0]["message"]


def test_a_schedule_that_stands_still_is_told_while_it_does_and_once(settings, engine, hook, monkeypatch):
    monkeypatch.setattr("demetra.notify.courier.EVERY_SECONDS", 0.05)
    now = datetime.now(UTC)
    record_run(engine, "last", began=now - timedelta(hours=3), ended=now - timedelta(hours=2))
    with Courier(engine, reach(settings, hook.url)):
        wait_until(lambda: hook.got)
        time.sleep(0.5)
    assert [message["title"] for message in hook.got] == ["DEMETRA: runs were missed"]
    assert "After run last" in hook.got[0]["message"]


def test_what_was_missed_while_the_machine_slept_and_a_run_that_hangs_are_seen(engine):
    record_run(engine, "evening", began=NOON, ended=NOON + timedelta(minutes=1))
    record_run(engine, "morning", began=NOON + timedelta(hours=9), ended=None)
    awake = NOON + timedelta(hours=9, minutes=1)
    posted = []
    for moment in (NOON + timedelta(minutes=30), awake, awake, awake + timedelta(hours=2), awake + timedelta(hours=3)):
        with engine.begin() as connection:
            posted.append(post_missed_runs(connection, every_minutes=30, now=moment))
    with engine.connect() as connection:
        keys = list(connection.execute(sa.select(notifications.c.key).order_by(notifications.c.id)).scalars())
    assert keys == ["run-missed:evening", "run-stuck:morning"]
    assert posted[2:] == [False, True, False]


def test_without_a_schedule_no_run_is_missed(engine):
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO runs (id, trigger, status, started_at, finished_at)"
                " VALUES ('x', 'sync', 'succeeded', :at, :at)"
            ),
            {"at": NOON},
        )
        assert not post_missed_runs(connection, every_minutes=30, now=NOON + timedelta(days=9))


def wait_until(what) -> None:
    deadline = time.monotonic() + 10
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_hanging_receiver_is_left_after_a_time_and_is_not_told_again(settings, engine, hook, monkeypatch):
    hook.hanging = True
    monkeypatch.setattr("demetra.notify.send.READ_SECONDS", 0.5)
    monkeypatch.setattr("demetra.notify.send.CONNECT_SECONDS", 0.4)
    find(engine, "VK")
    [done] = deliver_due(engine, reach(settings, hook.url), rules=RULES, now=NOON)
    assert done.outcome.status == "uncertain"
    assert deliver_due(engine, reach(settings, hook.url), rules=RULES, now=NOON + timedelta(hours=1)) == []


def test_the_test_message_reaches_everybody_and_says_who_cannot_be_reached(settings, hook):
    done = send_test(reach(settings, hook.url, "json://127.0.0.1:1/"), rules=RULES)
    assert [each.outcome.status for each in done] == ["sent", "refused"]
    assert hook.got[0]["title"] == "DEMETRA: a test"


def test_receivers_that_cannot_be_read_or_do_not_exist_are_named_without_their_secrets(settings):
    told = reach(settings, "ops=slack://A/secret/C", "nonsense://x ops=json://h")
    with pytest.raises(ConfigurationError) as caught:
        read_receivers(
            told,
            Rules(
                notifications=NotificationRules(routes=[Route(to="boss")]),
                alerts=AlertRules(rules=[AlertRule(name="my_rule", kind="pace", action="x", tell=["nobody"])]),
            ),
        )
    text = str(caught.value)
    assert "secret" not in text
    assert all(name in text for name in ("'ops' again", "'boss'", "'nobody'", "my_rule"))
