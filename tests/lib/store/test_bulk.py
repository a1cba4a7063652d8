from __future__ import annotations

import sqlalchemy as sa
from loading_cases import ask, load, row, stored

from demetra.store.bulk import WORTHWHILE

INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = 'campaigns' ORDER BY 1"
CONSTRAINTS = (
    "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE 'campaigns'::regclass IN (conrelid, confrelid) AND contype <> 'n' ORDER BY 1"
)


def many(first: int = 0) -> list[dict[str, object]]:
    return [row(1 + number % 28, campaign=f"c{number}") for number in range(first, first + WORTHWHILE)]


def test_indexes_and_constraints_are_the_same_afterwards(engine: sa.Engine):
    before = ask(engine, INDEXES), ask(engine, CONSTRAINTS)
    assert load(engine, *many()) == WORTHWHILE
    assert (ask(engine, INDEXES), ask(engine, CONSTRAINTS)) == before
    assert len(before[0]) >= 3


def test_rows_that_were_there_stay(engine: sa.Engine):
    load(engine, row(14), source="facebook")
    load(engine, *many())
    assert len(stored(engine, "id")) == WORTHWHILE + 1
    assert ask(engine, "SELECT sum(rows) FROM channel_daily") == [(WORTHWHILE + 1,)]


def test_while_somebody_reads_the_rows_are_loaded_with_the_indexes_in_place(engine: sa.Engine):
    with engine.connect() as reader:
        reader.execute(sa.text("SELECT count(*) FROM campaigns"))
        assert load(engine, *many()) == WORTHWHILE
        assert reader.execute(sa.text("SELECT count(*) FROM imports")).scalar_one() == 1
    assert len(stored(engine, "id")) == WORTHWHILE


def test_ids_are_not_used_twice(engine: sa.Engine):
    load(engine, *many())
    load(engine, row(14, campaign="new"), row(15, campaign="newer"), name="b.csv")
    assert ask(engine, "SELECT count(*) = count(DISTINCT id) FROM campaigns") == [(True,)]
