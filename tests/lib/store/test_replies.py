from __future__ import annotations

import sqlalchemy as sa

from demetra.llm import Reply
from demetra.store import replies
from demetra.store.replies import StoredReplies
from demetra.store.tables import llm_replies

REPLY = Reply('{"summary": "Юг — «да»"}', False, 1000, None)


def questions(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(sa.select(llm_replies.c.question)))


def test_a_reply_is_found_as_it_was_kept_by_everybody_who_asks_the_same(engine):
    StoredReplies(engine).keep("q", REPLY, model="m", cost_usd=0.002)
    assert StoredReplies(engine).find("q") == REPLY
    assert StoredReplies(engine).find("another") is None


def test_a_later_reply_takes_the_place_of_an_earlier_one(engine):
    kept = StoredReplies(engine)
    kept.keep("q", Reply("first", True, 1, 1), model="m", cost_usd=None)
    kept.keep("q", REPLY, model="m", cost_usd=None)
    assert kept.find("q") == REPLY


def test_the_least_recently_used_replies_beyond_the_bound_are_forgotten(engine, monkeypatch):
    monkeypatch.setattr(replies, "KEPT_COUNT", 2)
    kept = StoredReplies(engine)
    for question in ("a", "b"):
        kept.keep(question, REPLY, model="m", cost_usd=None)
    kept.find("a")
    kept.keep("c", REPLY, model="m", cost_usd=None)
    assert questions(engine) == {"a", "c"}


def test_replies_that_nobody_used_for_long_are_forgotten(engine):
    kept = StoredReplies(engine)
    kept.keep("old", REPLY, model="m", cost_usd=None)
    with engine.begin() as connection:
        connection.execute(sa.update(llm_replies).values(used_at=sa.text("now() - interval '91 days'")))
    kept.keep("new", REPLY, model="m", cost_usd=None)
    assert questions(engine) == {"new"}
