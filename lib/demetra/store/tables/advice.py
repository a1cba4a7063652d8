"""What is recommended in words, and what a model replied when it was asked for them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from demetra.store.tables.base import Moment, created_at, metadata, run_key

recommendations = Table(
    "recommendations",
    metadata,
    run_key(),
    Column("channel_comparison", JSONB, nullable=False),
    Column("ml_predictions", JSONB, nullable=False),
    Column("recommendations", JSONB, nullable=False),
    Column("summary", Text, nullable=False),
    Column("generated_by", Text, nullable=False, comment="llm or rules"),
    Column("model", Text),
    Column("rejected_reason", Text),
    created_at(),
    Column("unanswered", Boolean, nullable=False, server_default=text("false"), comment="the next run asks again"),
    Column("prompt_tokens", BigInteger, comment="of all requests; 0: a kept answer served; NULL: none, or not told"),
    Column("completion_tokens", BigInteger),
    Column("cost_usd", Double, comment="NULL where no price is known"),
)

llm_replies = Table(
    "llm_replies",
    metadata,
    Column("question", Text, primary_key=True, comment="sha256 of what was sent, facts and all, and of whom it asked"),
    Column("model", Text, nullable=False),
    Column("reply", Text, nullable=False, comment="as it came; checked anew each time that it is used"),
    Column("cut_off", Boolean, nullable=False),
    Column("prompt_tokens", BigInteger, comment="of all requests that it took"),
    Column("completion_tokens", BigInteger),
    Column("cost_usd", Double),
    Column("used_at", Moment, nullable=False, server_default=func.now(), index=True),
    created_at(),
    comment="a model's last reply to each question, so that it is paid for once",
)
