"""Delivery: what is due goes out, apart from the runs that caused it, at most once per receiver and change.

A delivery is marked as being sent, and that is committed, before anything leaves. A process that is killed in between
leaves it so, and nobody sends it again: told twice is worse than told on the dashboard only.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

from demetra.errors import DemetraError
from demetra.notify.compose import Message, compose_messages
from demetra.notify.receivers import Receiver, read_receivers, wants
from demetra.notify.send import Outcome, send_message
from demetra.rules import read_rules
from demetra.schema import SEVERITIES
from demetra.store.notices import post_missed_runs
from demetra.store.outbox import (
    claim_due,
    count_messages,
    forget_told,
    mark_sending,
    open_deliveries,
    settle_deliveries,
)
from demetra.words import Words

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import Engine

    from demetra.rules import NotificationRules, Rules
    from demetra.settings import Settings

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Delivered:
    """How a message to a receiver ended."""

    receiver: str
    title: str
    outcome: Outcome


def deliver_due(engine: Engine, settings: Settings, *, rules: Rules, now: datetime) -> list[Delivered]:
    """Send what is due at `now` to every receiver; returns what was sent, and how that ended.

    Raises:
        ConfigurationError: the receivers cannot be read.
    """
    done = []
    for receiver in read_receivers(settings, rules):
        for message in _claim(engine, receiver, settings, rules, now):
            chart = _draw(engine, message)
            outcome = send_message(receiver.url, message, chart=chart)
            with engine.begin() as connection:
                settle_deliveries(
                    connection,
                    receiver.name,
                    message.numbers,
                    status=outcome.status,
                    error=outcome.error,
                    now=datetime.now(UTC) if outcome.status == "refused" else now,
                )
            if outcome.status != "sent":
                logger.warning("Telling %s: %s", receiver.name, outcome.error)
            done.append(Delivered(receiver.name, message.title, outcome))
    return done


def is_quiet(rules: NotificationRules, now: datetime) -> bool:
    """Whether `now` lies in the quiet hours; those may reach over midnight."""
    if not rules.quiet_from or not rules.quiet_until:
        return False
    clock = now.astimezone(ZoneInfo(rules.time_zone)).time()
    begin, end = time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_until)
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def _claim(engine: Engine, receiver: Receiver, settings: Settings, rules: Rules, now: datetime) -> list[Message]:
    """The messages for a receiver, already marked as being sent: no other process will send them."""
    told = rules.notifications
    least = SEVERITIES.index(told.quiet_except) if is_quiet(told, now) else 0
    midnight = datetime.combine(now.astimezone(ZoneInfo(told.time_zone)).date(), time(), ZoneInfo(told.time_zone))
    with engine.begin() as connection:
        forget_told(connection, now=now)
        open_deliveries(connection, receiver.name, now=now, wanted=lambda row: wants(receiver.name, row, told))
        left = told.daily_cap - count_messages(connection, receiver.name, since=midnight)
        due = claim_due(connection, receiver.name, now=now, severities=SEVERITIES[least:]) if left > 0 else []
        if not due:
            return []
        words = Words(rules.recommendations.language)
        messages = compose_messages(due, words=words, link=settings.dashboard_url, most=left)
        for message in messages:
            mark_sending(connection, receiver.name, message.numbers, message_id=secrets.token_hex(8), now=now)
    return messages


def _draw(engine: Engine, message: Message) -> bytes | None:
    """The chart of what a message tells; a message goes out without one rather than not at all."""
    if message.pictured is None:
        return None
    from demetra.notify.picture import draw_incident

    try:
        return draw_incident(engine, message.pictured)
    except Exception:
        logger.exception("The chart of a message could not be drawn")
        return None


class Courier:
    """Delivers in the background between `__enter__` and `__exit__`, every `EVERY_SECONDS` and when it is woken.

    It watches over the schedule, too: it has a thread of its own, which a run that hangs does not stop.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._stopped = Event()
        self._woken = Event()
        self._thread = Thread(target=self._work, name="demetra-courier", daemon=True)

    def __enter__(self) -> Self:
        if self._settings.notify_urls is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timedelta(seconds=5).total_seconds())

    def wake(self) -> None:
        """Look at once."""
        self._woken.set()

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                self._look()
            except DemetraError as error:
                logger.error("Nobody could be told: %s", error)  # noqa: TRY400 - a message, not a bug
            except Exception:
                logger.exception("Nobody could be told")
            self._woken.wait(EVERY_SECONDS)
            self._woken.clear()

    def _look(self) -> None:
        """Note the runs that did not happen, which no run can do, and deliver what is due."""
        now = datetime.now(UTC)
        with self._engine.begin() as connection:
            post_missed_runs(connection, every_minutes=self._settings.sync_minutes, now=now)
        deliver_due(self._engine, self._settings, rules=read_rules(self._settings.rules_file), now=now)


def send_test(settings: Settings, *, rules: Rules) -> list[Delivered]:
    """Send one message to every receiver at once, whatever the hour; how each ended.

    Raises:
        ConfigurationError: the receivers cannot be read.
    """
    words = Words(rules.recommendations.language)
    body = f"{words('message.test_text')}\n\n{words('message.see', link=settings.dashboard_url)}"
    message = Message(words("message.test"), body, (), None)
    return [
        Delivered(receiver.name, message.title, send_message(receiver.url, message))
        for receiver in read_receivers(settings, rules)
    ]
