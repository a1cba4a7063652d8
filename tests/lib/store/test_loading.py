from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from loading_cases import DAY, ask, delivery, load, row, stored

from demetra.schema import DIMENSIONS
from demetra.sources.base import RejectedRow, Stored
from demetra.store.loading import open_load, read_stored, store_delivery, withdraw_source

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
MAYBE_TEXTS = st.none() | TEXTS
COUNTS = st.none() | st.integers(0, 2**53)
CENTS = st.integers(0, 10**13)
ROWS = st.fixed_dictionaries(
    {
        "date": st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)),
        "channel": TEXTS,
        "campaign_id": TEXTS,
        "campaign_name": MAYBE_TEXTS,
        **{name: MAYBE_TEXTS for name in DIMENSIONS if name != "duration_days"},
        "duration_days": st.none() | st.integers(0, 100_000),
        "spend": CENTS.map(lambda cents: cents / 100),
        "revenue": st.none() | st.integers(-(10**13), 10**13).map(lambda cents: cents / 100),
        "conversions": st.none() | st.integers(0, 10**12).map(lambda millionths: millionths / 1e6),
        "clicks": COUNTS,
        "impressions": COUNTS,
        "reach": COUNTS,
        "engagements": COUNTS,
        "engagement_score": st.none() | st.floats(0, 10),
    }
)
VERSIONS = "SELECT channel, date, xmin::text FROM channel_daily ORDER BY 1, 2"
ROW_VERSIONS = "SELECT id, xmin::text FROM campaigns ORDER BY 1"


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_every_value_is_stored_as_it_is(engine: sa.Engine, given_row: dict[str, Any]):
    with open_load(engine) as connection:
        withdraw_source(connection, "files")
    load(engine, given_row)
    found = dict(zip(given_row, stored(engine, *given_row)[0], strict=True))
    for name, value in given_row.items():
        if isinstance(value, float) and name != "engagement_score":
            assert found[name] == Decimal(repr(value))
        else:
            assert found[name] == value


@pytest.mark.parametrize(
    "name", ['Quo"te', "it's", "tab\tand\nbreak\r\n", "\\N", "\\.", "🦊 Лиса", "x" * 1_000_000, "\x01\x7f"]
)
def test_no_text_is_harmed(engine: sa.Engine, name: str):
    load(engine, row(campaign_name=name))
    assert stored(engine, "campaign_name") == [(name,)]


def test_rows_are_told_apart_by_every_key_column_where_unknown_is_a_value_of_its_own(engine: sa.Engine):
    rows = [row(), *(row(**{name: 1 if name == "duration_days" else "x"}) for name in (*DIMENSIONS, "campaign_name"))]
    load(engine, *rows)
    assert len(stored(engine, "id")) == len(rows)


def test_values_do_not_run_into_each_other_in_keys(engine: sa.Engine):
    load(engine, row(location="ab", language="c"), row(location="a", language="bc"), row(location="abc"))
    assert len(stored(engine, "id")) == 3


def test_keys_are_the_same_on_every_machine(engine: sa.Engine):
    load(engine, row(campaign_name="Весна", duration_days=15, location="Berlin"))
    assert str(stored(engine, "row_key")[0][0]) == "5426d0ef-c296-ff30-28e0-edb853862656"


def test_rows_of_different_sources_never_replace_each_other(engine: sa.Engine):
    load(engine, row(spend=10))
    load(engine, row(spend=20), source="facebook")
    assert stored(engine, "source", "spend") == [("files", 10), ("facebook", 20)]
    assert ask(engine, "SELECT spend, rows FROM channel_daily") == [(30, 2)]


def test_the_same_rows_again_change_nothing(engine: sa.Engine):
    rows = [row(day, spend=day) for day in range(1, 20)]
    assert load(engine, *rows) == 19
    before = ask(engine, VERSIONS), ask(engine, ROW_VERSIONS)
    assert load(engine, *rows) == 0
    assert (ask(engine, VERSIONS), ask(engine, ROW_VERSIONS)) == before


def test_a_corrected_row_is_replaced_and_keeps_its_id(engine: sa.Engine):
    load(engine, row(14), row(15))
    before = stored(engine, "id")
    assert load(engine, row(14), row(15, spend=99, engagement_score=3.5)) == 1
    assert stored(engine, "id") == before
    assert stored(engine, "spend", "engagement_score") == [(10, None), (99, 3.5)]
    assert ask(engine, "SELECT date, spend FROM channel_daily ORDER BY 1") == [(DAY, 10), (DAY.replace(day=15), 99)]


def test_a_value_that_becomes_unknown_is_a_change(engine: sa.Engine):
    load(engine, row(revenue=30))
    assert load(engine, row(revenue=None)) == 1
    assert ask(engine, "SELECT revenue FROM channel_daily") == [(None,)]


def test_rows_that_a_corrected_file_lacks_are_deleted_with_their_days(engine: sa.Engine):
    load(engine, row(14), row(15), row(15, "Facebook"), row(16))
    assert load(engine, row(15), row(15, "Facebook", spend=20)) == 3
    assert stored(engine, "channel", "date") == [("Facebook", DAY.replace(day=15)), ("Instagram", DAY.replace(day=15))]
    assert ask(engine, "SELECT channel, spend FROM channel_daily ORDER BY 1") == [("Facebook", 20), ("Instagram", 10)]


def test_only_touched_days_are_rolled_up_again(engine: sa.Engine):
    load(engine, *(row(day) for day in range(1, 11)))
    before = ask(engine, VERSIONS)
    load(engine, *(row(day, spend=99 if day == 5 else 10) for day in range(1, 11)))
    after = ask(engine, VERSIONS)
    assert [day for _, day, version in set(after) - set(before)] == [DAY.replace(day=5)]


def test_a_row_that_another_file_has_overwritten_belongs_to_that_file(engine: sa.Engine):
    load(engine, row(14), row(15), row(16), name="a.csv")
    load(engine, row(15, spend=20), row(16), name="b.csv")
    # Day 16 has the same values in both files, and is b's all the same.
    assert load(engine, row(14), name="a.csv") == 0
    assert stored(engine, "spend") == [(10,), (20,), (10,)]
    assert load(engine, row(15, spend=20), name="b.csv") == 1
    assert stored(engine, "spend") == [(10,), (20,)]


def test_a_rolling_export_keeps_the_days_that_it_has_left_behind(engine: sa.Engine):
    load(engine, *(row(day) for day in range(1, 11)))
    load(engine, *(row(day) for day in range(5, 15)))
    assert len(stored(engine, "id")) == 14
    assert load(engine, *(row(day) for day in range(5, 15))) == 0
    assert len(stored(engine, "id")) == 14
    assert load(engine, *(row(day) for day in range(5, 14) if day != 7)) == 2
    assert [day.day for (day,) in stored(engine, "date")] == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]


def test_an_export_that_reaches_back_keeps_the_days_after_it(engine: sa.Engine):
    load(engine, *(row(day) for day in range(10, 20)))
    load(engine, *(row(day) for day in range(1, 15)))
    assert len(stored(engine, "id")) == 19


def test_another_file_of_the_same_name_deletes_nothing(engine: sa.Engine):
    load(engine, row(14, "Facebook"), row(15, "Facebook"), name="report.csv")
    load(engine, row(14, "TikTok"), row(15, "TikTok"), name="report.csv")
    assert len(stored(engine, "id")) == 4


def test_reach_falls_back_to_impressions_row_by_row_and_says_so(engine: sa.Engine):
    load(engine, row(14, reach=700), row(14, campaign="c2"), row(15, reach=600), row(16, impressions=None))
    query = "SELECT reach, reach_is_impressions, impressions FROM channel_daily ORDER BY date"
    assert ask(engine, query) == [(1700, True, 2000), (600, False, 1000), (None, False, None)]


def test_what_no_row_knows_is_unknown_in_the_roll_up(engine: sa.Engine):
    load(engine, row(clicks=None, revenue=None), row(campaign="c2", clicks=7, revenue=None))
    assert ask(engine, "SELECT clicks, revenue, engagements, rows FROM channel_daily") == [(7, None, None, 2)]


def test_an_import_is_recorded_with_its_rejected_rows(engine: sa.Engine):
    rejected = [RejectedRow(3, "spend", "not a number", 'a,"b\n'), RejectedRow(7, None, "2 cells", "x")]
    with open_load(engine) as connection:
        store_delivery(
            connection,
            delivery(row(14), row(16), rejected=rejected),
            source="files",
            currency="USD",
            started=time.perf_counter(),
        )
    query = "SELECT file_name, rows_read, rows_loaded, rows_rejected, rows_changed, first_date, last_date FROM imports"
    assert ask(engine, query) == [("a.csv", 4, 2, 2, 2, DAY, DAY.replace(day=16))]
    found = ask(engine, "SELECT line, column_name, reason, raw FROM rejected_rows ORDER BY line")
    assert found == [(3, "spend", "not a number", 'a,"b\n'), (7, None, "2 cells", "x")]


def test_withdrawing_a_source_leaves_the_others(engine: sa.Engine):
    load(engine, row(14), row(15), source="simulator")
    load(engine, row(15, spend=7))
    with open_load(engine) as connection:
        assert withdraw_source(connection, "simulator") == 2
    assert stored(engine, "source") == [("files",)]
    assert ask(engine, "SELECT date, spend, rows FROM channel_daily") == [(DAY.replace(day=15), 7, 1)]


def test_what_is_stored_of_a_source_can_be_asked(engine: sa.Engine):
    def ask_for(source: str) -> Stored:
        with engine.connect() as connection:
            return read_stored(connection, source)

    assert ask_for("files") == Stored(None, None, has_others=False)
    load(engine, row(14), row(16))
    assert ask_for("files") == Stored(DAY, DAY.replace(day=16), has_others=False)
    assert ask_for("facebook") == Stored(None, None, has_others=True)


def test_imports_at_the_same_time_end_as_if_one_came_after_the_other(engine: sa.Engine):
    def load_some(number: int) -> int:
        rows = [row(day, campaign=f"c{campaign}", spend=number) for day in range(1, 29) for campaign in range(5)]
        return load(engine, *rows, name=f"{number}.csv")

    with ThreadPoolExecutor(4) as pool:
        changes = list(pool.map(load_some, [1, 2, 3, 4]))
    assert changes == [140] * 4
    assert len({spend for (spend,) in stored(engine, "spend")}) == 1
    sums = ask(engine, "SELECT sum(spend), sum(rows) FROM channel_daily")
    assert sums == ask(engine, "SELECT sum(spend), count(*) FROM campaigns")


DIES = """
import os, sys, time
from datetime import date, timedelta
sys.path.insert(0, sys.argv[1])
from loading_cases import DAY, delivery, row
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra.store.loading import open_load, store_delivery

rows = [row(campaign=f"c{number}", date=DAY + timedelta(days=number % 50)) for number in range(25_000)]
with open_load(open_engine(Settings.from_environment(), migrate=False)) as connection:
    store_delivery(connection, delivery(*rows), source=sys.argv[2], currency="USD", started=time.perf_counter())
    print("stored", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("source", ["files", "facebook"], ids=["merging", "in bulk"])
def test_a_killed_import_leaves_nothing_behind(engine: sa.Engine, environment: dict[str, str], source: str):
    load(engine, row(14))
    before = [ask(engine, f"SELECT * FROM {table}") for table in ("campaigns", "channel_daily", "imports")]
    command = [sys.executable, "-c", DIES, os.path.dirname(__file__), source]  # noqa: PTH120
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stored\n"
        process.send_signal(signal.SIGKILL)
    assert load(engine, row(14), row(15)) == 1
    assert [ask(engine, f"SELECT * FROM {table}")[:1] for table in ("campaigns", "channel_daily", "imports")] == before
    assert len(stored(engine, "id")) == 2


def test_an_error_undoes_the_whole_load(engine: sa.Engine):
    def fail() -> None:
        with open_load(engine) as connection:
            given = delivery(*(row(campaign=f"c{number}") for number in range(10)))
            store_delivery(connection, given, source="files", currency="USD", started=time.perf_counter())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert ask(engine, "SELECT (SELECT count(*) FROM campaigns) + (SELECT count(*) FROM imports)") == [(0,)]


def test_the_days_of_a_long_history_are_all_rolled_up(engine: sa.Engine):
    days = [DAY + timedelta(days=number) for number in range(1200)]
    load(engine, *(row(date=day) for day in days))
    assert [day for (day,) in ask(engine, "SELECT date FROM channel_daily ORDER BY 1")] == days
