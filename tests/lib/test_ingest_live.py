from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from demetra.ingest import ingest_files, load_demo, pull_sources
from demetra.metrics import last_complete_day
from demetra.rules import Rules
from demetra.store.history import data_version, is_demo, read_budgets, read_campaigns, read_history

TODAY = date(2026, 11, 22)
RULES = Rules.model_validate({"demo": {"history_days": 40}})


@pytest.fixture
def demo(engine: sa.Engine) -> sa.Engine:
    """A database with the simulated market."""
    load_demo(engine, rules=RULES, today=TODAY)
    return engine


def ask(engine: sa.Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_an_empty_database_is_filled_through_yesterday(engine: sa.Engine):
    report = load_demo(engine, rules=RULES, today=TODAY)
    assert report.rows_read == report.rows_loaded > 0
    assert (report.source, report.files[0].format) == ("simulator", "simulated")
    with engine.connect() as connection:
        history, plans = read_history(connection), read_budgets(connection)
        assert is_demo(connection)
    assert history["date"].min().date() == TODAY - timedelta(days=40)
    assert last_complete_day(history).date() == TODAY - timedelta(days=1)
    assert history["channel"].nunique() == plans["channel"].nunique() == 6
    assert (history["reach"] < history["impressions"]).all()


def test_a_database_that_holds_anything_is_left_alone(demo: sa.Engine):
    before = ask(demo, "SELECT count(*), max(id) FROM campaigns")
    report = load_demo(demo, rules=RULES, today=TODAY + timedelta(days=10))
    assert (report.files, report.rows_read) == ((), 0)
    assert ask(demo, "SELECT count(*), max(id) FROM campaigns") == before


def test_a_database_with_a_plan_alone_is_not_empty(engine: sa.Engine, tmp_path: Path):
    path = tmp_path / "plans.csv"
    path.write_text("channel,month,amount\nInstagram,2026-03,5\n")
    ingest_files(engine, [path])
    assert load_demo(engine, rules=RULES, today=TODAY).files == ()


def test_the_market_goes_on_as_days_pass(demo: sa.Engine):
    before = ask(demo, "SELECT * FROM channel_daily ORDER BY channel, date")
    reports = pull_sources(demo, rules=RULES, today=TODAY + timedelta(days=3))
    assert [report.source for report in reports] == ["simulator"]
    after = ask(demo, "SELECT * FROM channel_daily ORDER BY channel, date")
    assert set(before) < set(after)
    assert {row[1] for row in set(after) - set(before)} == {TODAY + timedelta(days=days) for days in (0, 1, 2)}


def test_plans_follow_into_a_new_month(demo: sa.Engine):
    pull_sources(demo, rules=RULES, today=date(2026, 12, 3))
    assert ask(demo, "SELECT max(month) FROM budgets") == [(date(2026, 12, 1),)]


def test_nothing_is_pulled_twice_a_day(demo: sa.Engine):
    with demo.connect() as connection:
        before = data_version(connection)
        assert pull_sources(demo, rules=RULES, today=TODAY) == []
        assert data_version(connection) == before


def test_nothing_is_pulled_into_an_empty_database(engine: sa.Engine):
    assert pull_sources(engine, rules=RULES, today=TODAY) == []
    assert ask(engine, "SELECT count(*) FROM campaigns") == [(0,)]


def test_nothing_is_pulled_beside_real_rows(demo: sa.Engine, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        "date,channel,campaign,spend,impressions,clicks,conversions,revenue\n2026-11-20,Instagram,a,5,100,10,1,9\n"
    )
    ingest_files(demo, [path])
    assert pull_sources(demo, rules=RULES, today=TODAY + timedelta(days=5)) == []
    with demo.connect() as connection:
        assert not is_demo(connection)
        assert len(read_campaigns(connection)) == 1


def test_it_makes_no_difference_when_days_are_pulled(engine: sa.Engine, demo: sa.Engine):
    for days in (1, 2, 7):
        pull_sources(demo, rules=RULES, today=TODAY + timedelta(days=days))
    piecewise = ask(demo, "SELECT channel, date, spend, revenue FROM channel_daily ORDER BY 1, 2")
    with demo.begin() as connection:
        connection.execute(sa.text("DELETE FROM campaigns WHERE date >= :today"), {"today": TODAY})
        connection.execute(sa.text("DELETE FROM channel_daily WHERE date >= :today"), {"today": TODAY})
    pull_sources(demo, rules=RULES, today=TODAY + timedelta(days=7))
    assert ask(demo, "SELECT channel, date, spend, revenue FROM channel_daily ORDER BY 1, 2") == piecewise
