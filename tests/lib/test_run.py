from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.errors import NoDataError, ParameterError
from demetra.llm import Advice, Reply
from demetra.run import open_run
from demetra.store.frames import copy_frame
from demetra.store.publication import StepResult, publish, read_staged, stage
from demetra.store.runs import hold_lock, record_step, request_run, start_run
from demetra.store.tables import channel_daily

BREACH = {"alert_type": "roi_drop", "severity": "high", "channel": "X", "message": "m", "action": "a"}

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture
def rows(engine: sa.Engine) -> None:
    days = pd.date_range("2026-01-01", periods=30)
    measures = {"spend": 10.0, "revenue": 30.0, "conversions": 2.0, "clicks": 50, "impressions": 1000, "reach": 900}
    with engine.begin() as connection:
        copy_frame(
            connection, channel_daily, pd.DataFrame([{"channel": "X", "date": day, **measures} for day in days]), rows=1
        )


def breaches(count: int) -> pd.DataFrame:
    frame = pd.DataFrame([{**BREACH, "occurrences": 1, "worst": []}])
    return frame.head(count)


@pytest.fixture
def published_breach(engine: sa.Engine, rows: None) -> None:
    stage(engine, "old", "breaches", breaches(1))
    request_run(engine, "old", trigger="sync", options={})
    with hold_lock(engine, "old", wait=True) as lock:
        start_run(lock, "old", steps=["alerts"])
        result = StepResult("alerts", ("breaches",), "f")
        publish(lock, "old", [result], as_of=date(2026, 1, 30), demo=False, moment=datetime.now(UTC))
        lock.commit()


def test_an_empty_database_names_the_way_out():
    with pytest.raises(NoDataError, match="demetra ingest FILE"):
        open_run()


@pytest.mark.usefixtures("rows")
def test_a_notebook_opened_by_hand_gets_a_scratch_run_on_the_last_complete_day():
    opened = open_run()
    assert opened.scratch
    assert opened.as_of == date(2026, 1, 30)
    assert len(opened.history()) == 30


@pytest.mark.usefixtures("rows")
def test_a_notebook_opened_by_hand_does_not_end_on_a_mistyped_day_of_the_future(engine: sa.Engine):
    stray = datetime.now(UTC).date() + timedelta(days=365)
    with engine.begin() as connection:
        connection.execute(sa.insert(channel_daily).values(channel="X", date=stray, spend=10.0, rows=1))
    assert open_run().as_of == date(2026, 1, 30)


@pytest.mark.usefixtures("rows")
def test_the_day_cuts_the_history():
    opened = open_run("a-run", "2026-01-10")
    assert not opened.scratch
    assert opened.history()["date"].max() == pd.Timestamp("2026-01-10")
    assert opened.describe(opened.history()) == "01 Jan 2026 to 10 Jan 2026: 10 rows of 1 channels"


@pytest.mark.usefixtures("rows")
def test_a_day_that_is_none_is_refused():
    with pytest.raises(ParameterError, match="as_of"):
        open_run("a-run", "10.01.2026")


@pytest.mark.usefixtures("published_breach")
def test_a_result_that_the_run_has_not_computed_is_the_published_one():
    assert open_run("new").result("breaches")["alert_type"].tolist() == ["roi_drop"]


@pytest.mark.usefixtures("published_breach")
def test_a_step_that_found_nothing_is_not_taken_for_one_that_did_not_run(engine: sa.Engine):
    request_run(engine, "new", trigger="sync", options={"n": 2})
    with hold_lock(engine, "new", wait=True) as lock:
        start_run(lock, "new", steps=["alerts"])
        stage(engine, "new", "breaches", breaches(0))
        record_step(engine, "new", "alerts", status="succeeded", attempts=1)
        assert open_run("new").result("breaches").empty


@pytest.mark.usefixtures("rows")
def test_advice_is_staged_with_what_it_cost_and_replies_are_kept_beside_the_run(engine: sa.Engine):
    parts = {name: {"x": name} for name in ("channel_comparison", "ml_predictions", "recommendations")}
    told = {"summary": "s", "generated_by": "llm", "model": "m", "rejected_reason": None, "unanswered": False}
    advice = Advice(**parts, **told, prompt_tokens=1200, completion_tokens=300, cost_usd=0.00045)
    opened = open_run("a-run")
    opened.stage_recommendations(advice)
    with engine.connect() as connection:
        [row] = read_staged(connection, "a-run", "recommendations").to_dict("records")
    spent = ("prompt_tokens", "completion_tokens", "cost_usd")
    assert [row[name] for name in (*spent, "unanswered", "model")] == [1200, 300, 0.00045, False, "m"]
    assert row["recommendations"] == {"x": "recommendations"}
    opened.replies.keep("q", Reply("words", False, 1, 2), model="m", cost_usd=None)
    assert open_run("another").replies.find("q") == Reply("words", False, 1, 2)
