"""What a language model replied, by the hash of what it was asked; the least recently used ones are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from demetra.llm import Reply
from demetra.store.tables import llm_replies

if TYPE_CHECKING:
    from sqlalchemy import Engine

KEPT_COUNT: Final = 200
KEPT_DAYS: Final = 90


@dataclass(frozen=True)
class StoredReplies:
    """`llm.KeptReplies` in the table `llm_replies`, shared by all processes."""

    engine: Engine

    def find(self, question: str) -> Reply | None:
        """The reply to a question, which counts as used now; None where it was not asked, or is forgotten."""
        columns = (llm_replies.c[name] for name in ("reply", "cut_off", "prompt_tokens", "completion_tokens"))
        used = update(llm_replies).where(llm_replies.c.question == question).values(used_at=func.now())
        with self.engine.begin() as connection:
            row = connection.execute(used.returning(*columns)).first()
        return None if row is None else Reply(*row)

    def keep(self, question: str, reply: Reply, *, model: str, cost_usd: float | None) -> None:
        """Keep a reply, and forget those that have not been used for `KEPT_DAYS` or are beyond `KEPT_COUNT`."""
        row = {
            "model": model,
            "reply": reply.text,
            "cut_off": reply.cut_off,
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "cost_usd": cost_usd,
        }
        new = upsert(llm_replies).values(question=question, **row)
        oldest_kept = func.now() - func.make_interval(0, 0, 0, KEPT_DAYS)
        newest = select(llm_replies.c.question).order_by(llm_replies.c.used_at.desc()).limit(KEPT_COUNT)
        with self.engine.begin() as connection:
            connection.execute(
                new.on_conflict_do_update(index_elements=["question"], set_=row | {"used_at": func.now()})
            )
            stale = (llm_replies.c.used_at < oldest_kept) | llm_replies.c.question.not_in(newest)
            connection.execute(delete(llm_replies).where(stale))
