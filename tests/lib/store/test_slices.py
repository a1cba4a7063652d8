"""What the explorer is told equals what pandas adds up, however the data are cut."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from demetra.ingest import load_demo
from demetra.rules import Rules
from demetra.store.slices import DIMENSIONS, MEASURES, Slice, list_choices, sum_days, sum_groups
from demetra.store.tables import campaigns

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 29)
KEYS = {"channel": ["channel"], "campaign": ["channel", "campaign_id"], "day": ["date"]}


@pytest.fixture
def rows(engine: sa.Engine) -> pd.DataFrame:
    rules = Rules()
    short = rules.model_copy(update={"demo": rules.demo.model_copy(update={"history_days": 60})})
    load_demo(engine, rules=short, today=date(2026, 4, 1))
    with engine.begin() as connection:
        few = campaigns.c.campaign_name == "Shopping"
        connection.execute(sa.update(campaigns).where(few).values(location=None))
        return pd.read_sql(sa.select(campaigns), connection)


@pytest.mark.parametrize("by", ["channel", "campaign", "day"])
@pytest.mark.parametrize("filters", [{}, {"location": "Paris"}, {"no such column": "x"}], ids=str)
def test_groups_and_their_total_are_sums_of_the_rows(
    engine: sa.Engine, rows: pd.DataFrame, by: Any, filters: dict[str, str]
):
    part = Slice(FIRST, LAST, "Google Ads", filters=filters)
    mine = rows[(rows["channel"] == "Google Ads") & rows["date"].between(FIRST, LAST)]
    mine = mine[mine["location"] == "Paris"] if "location" in filters else mine
    mine = mine.astype(dict.fromkeys(MEASURES, "float64"))
    with engine.connect() as connection:
        found = sum_groups(connection, part, by=by, limit=2)
    expected = mine.groupby(KEYS[by])[list(MEASURES)].sum()
    assert found.count == len(expected)
    assert found.total == pytest.approx({**mine[list(MEASURES)].sum(), "rows": len(mine)})
    assert len(found.rows) == min(2, len(expected))
    for row in found.rows:
        key = tuple(row[name] for name in KEYS[by])
        wanted = expected.loc[key if len(key) > 1 else key[0]]
        assert {name: row[name] for name in MEASURES} == pytest.approx(wanted.to_dict())
    order = [row["date"] if by == "day" else -row["spend"] for row in found.rows]
    assert order == sorted(order)


def test_weeks_begin_on_monday_and_add_up_to_the_days(engine: sa.Engine, rows: pd.DataFrame):
    part = Slice(FIRST, LAST)
    keys = [(name,) for name in sorted(rows["channel"].unique())[:2]]
    with engine.connect() as connection:
        days = pd.DataFrame(sum_days(connection, part, by="channel", keys=keys, weekly=False))
        weeks = pd.DataFrame(sum_days(connection, part, by="channel", keys=keys, weekly=True))
    assert {day.isoweekday() for day in weeks["day"]} == {1}
    assert set(days["channel"]) == {key for (key,) in keys}
    assert weeks["spend"].sum() == pytest.approx(days["spend"].sum())


def test_a_slice_without_rows_has_no_sums(engine: sa.Engine, rows: pd.DataFrame):
    with engine.connect() as connection:
        found = sum_groups(connection, Slice(FIRST, LAST, "no such channel"), by="campaign", limit=5)
    assert (found.rows, found.count, set(found.total.values())) == ([], 0, {None})


def test_the_most_frequent_choices_come_first(engine: sa.Engine, rows: pd.DataFrame):
    with engine.connect() as connection:
        choices = list_choices(connection)
    assert choices["channel"] == sorted(rows["channel"].unique())
    for name in set(DIMENSIONS) & set(choices):
        counted = rows[name].value_counts()
        assert [counted[value] for value in choices[name]] == list(counted), name
