"""What a visitor of the page does with an incident: the state in the database, on the page, and in its history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa
from page_cases import Page, publish

from demetra.dashboard.answers import ANSWERS, Visitor
from demetra.dashboard.contents import Contents
from demetra.dashboard.incidents import LONGEST_SNOOZE, change_incident
from demetra.dashboard.live import Live
from demetra.errors import IncidentStateError, ParameterError, UnknownIncidentError
from demetra.settings import Settings
from demetra.store.publication import StepResult, stage
from demetra.store.publication import publish as publish_run
from demetra.store.tables import alerts
from demetra.words import Words

NOW = datetime(2026, 4, 1, 6, tzinfo=UTC)


def publish_incident(engine: sa.Engine, run_id: str, day: date, value: float = 0.9) -> None:
    """A run that finds one incident, the worse the lower its value."""
    breach = {"alert_type": "roi_drop", "channel": "Telegram", "severity": "high", "occurrences": 1, "worst": []}
    told = {"message": f"ROI was {value:.2f}.", "action": "Look.", "metric_value": value, "threshold_value": 1.5}
    stage(engine, run_id, "breaches", pd.DataFrame([breach | told]))
    with engine.begin() as connection:
        running = sa.text("INSERT INTO runs (id, trigger, status, options) VALUES (:id, 't', 'running', '{}')")
        connection.execute(running, {"id": run_id})
        results = [StepResult("alerts", ("breaches",), run_id)]
        publish_run(connection, run_id, results, as_of=day, demo=False, moment=NOW)


@pytest.fixture
def visitor(settings: Settings, engine: sa.Engine) -> Visitor:
    publish_incident(engine, "r1", date(2026, 3, 30))
    visiting = Visitor(settings, Words("ru"))
    visiting.contents = Contents(publish(alerts=pd.DataFrame()))
    return visiting


def read_alert(engine: sa.Engine) -> sa.RowMapping:
    with engine.connect() as connection:
        return connection.execute(sa.select(alerts)).mappings().one()


def ask(visitor: Visitor, kind: str, **wish: object) -> Page:
    return Page(ANSWERS[kind](visitor, **wish)["html"])


def test_an_incident_is_acknowledged_snoozed_and_closed_and_the_page_says_so(visitor: Visitor, engine: sa.Engine):
    number = read_alert(engine)["id"]
    assert "в работе" in ask(visitor, "alert", alert=number, change="acknowledge").text
    assert read_alert(engine)["status"] == "acknowledged"
    until = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    shown = ask(visitor, "alert", alert=number, change="snooze", until=until.isoformat())
    assert f"отложен до {Words('ru').moment(until)}" in shown.text
    assert read_alert(engine)["snoozed_until"] == until
    closed = ask(visitor, "alert", alert=number, change="resolve")
    assert "Открытых сигналов нет." in closed.text
    assert "закрыт: дашборд" in closed.text, "among those that are over"
    assert not any(button.get("data-do") == "alert" for button in closed.all("button"))
    assert read_alert(engine)["resolved_by"] == "dashboard"


def test_a_change_of_ones_own_is_told_apart_from_what_others_did_before_it(visitor: Visitor, engine: sa.Engine):
    number = read_alert(engine)["id"]
    opened = visitor.feel_pulse()
    own = ANSWERS["alert"](visitor, alert=number, change="read")
    assert own["before"] == opened != own["published"] == visitor.feel_pulse()
    publish_incident(engine, "r2", date(2026, 3, 31))
    late = ANSWERS["alert"](visitor, alert=number, change="acknowledge")
    assert own["published"] != late["before"] != late["published"] == visitor.feel_pulse()


def test_its_history_tells_each_change_with_time_and_author_the_newest_first(visitor: Visitor, engine: sa.Engine):
    number = read_alert(engine)["id"]
    ask(visitor, "alert", alert=number, change="acknowledge")
    publish_incident(engine, "r2", date(2026, 3, 31), value=0.1)
    told = ask(visitor, "history", alert=number).text
    order = ["стало хуже , DEMETRA ROI was 0.10.", "взят в работу , дашборд", "открыт , DEMETRA ROI was 0.90."]
    places = [told.index(text) for text in order]
    assert places == sorted(places)
    assert told.count("ROI was 0.90.") == 1, "a message is told when it changes"


def test_what_it_says_now_is_said_in_the_readers_language(visitor: Visitor, engine: sa.Engine):
    publish_incident(engine, "r2", date(2026, 3, 31), value=0.1)
    facts = {"form": "silence", "first": "2026-03-29", "last": "2026-03-31"}
    with engine.begin() as connection:
        connection.execute(sa.update(alerts).values(facts=facts))
    told = ask(visitor, "history", alert=read_alert(engine)["id"]).text
    assert "Telegram молчит" in told
    assert "ROI was 0.90." in told, "as it was written then"


def test_what_one_visitor_does_changes_the_pulse_of_all(settings: Settings, visitor: Visitor, engine: sa.Engine):
    live = Live(settings, Words("en"))
    before = live.answer({"id": 1, "kind": "pulse"})["data"]["published"]
    change_incident(engine, read_alert(engine)["id"], "acknowledge", moment=NOW)
    assert live.answer({"id": 2, "kind": "pulse"})["data"]["published"] != before


@pytest.mark.parametrize("until", ["", "tomorrow", "2026-04-01T06:00:00Z", "2028-01-01T00:00:00Z"])
def test_a_snooze_ends_within_a_year_from_now(visitor: Visitor, engine: sa.Engine, until: str):
    with pytest.raises(ParameterError, match="moment of the next 366 days"):
        change_incident(engine, read_alert(engine)["id"], "snooze", until=until, moment=NOW)
    last = (NOW + LONGEST_SNOOZE).isoformat()
    change_incident(engine, read_alert(engine)["id"], "snooze", until=last, moment=NOW)


def test_what_cannot_be_done_is_said(visitor: Visitor, engine: sa.Engine):
    number = read_alert(engine)["id"]
    with pytest.raises(ValueError, match="no change"):
        change_incident(engine, number, "drop", moment=NOW)
    with pytest.raises(UnknownIncidentError):
        change_incident(engine, number + 1, "resolve", moment=NOW)
    change_incident(engine, number, "resolve", moment=NOW)
    with pytest.raises(IncidentStateError):
        change_incident(engine, number, "acknowledge", moment=NOW)


def test_every_button_names_its_incident_to_those_who_do_not_see_it(visitor: Visitor, engine: sa.Engine):
    visitor.words = Words("en")
    shown = ask(visitor, "alert", alert=read_alert(engine)["id"], change="read")
    named = [button["aria-label"] for button in shown.all("button") if "aria-label" in button]
    assert named == ["Acknowledge: Telegram, ROI drop", "Resolve: Telegram, ROI drop"]
    assert visitor.contents.published.alerts["is_read"].all()
