"""What language models replied, kept by what they were asked, and what the recommendations cost.

Frozen: it says what the tables were then, and imports nothing of `demetra.store.tables`.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make `llm_replies`; add tokens, cost and `unanswered` to `recommendations`, here and in `staging`."""
    op.create_table(
        "llm_replies",
        sa.Column(
            "question",
            sa.Text(),
            nullable=False,
            comment="sha256 of what was sent, facts and all, and of whom it asked",
        ),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False, comment="as it came; checked anew each time that it is used"),
        sa.Column("cut_off", sa.Boolean(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), comment="of all requests that it took"),
        sa.Column("completion_tokens", sa.BigInteger()),
        sa.Column("cost_usd", sa.Double()),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("question", name=op.f("pk_llm_replies")),
        comment="a model's last reply to each question, so that it is paid for once",
    )
    op.create_index(op.f("ix_llm_replies_used_at"), "llm_replies", ["used_at"])
    again: sa.Column[Any] = sa.Column(
        "unanswered", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="the next run asks again"
    )
    op.add_column("recommendations", again)
    notes = {
        "prompt_tokens": "of all requests; 0: a kept answer served; NULL: none, or not told",
        "cost_usd": "NULL where no price is known",
    }
    op.execute("TRUNCATE staging.recommendations")  # what an interrupted run left
    op.add_column("recommendations", sa.Column("unanswered", sa.Boolean(), nullable=False), schema="staging")
    for name, kind in SPENT.items():
        op.add_column("recommendations", sa.Column(name, kind(), comment=notes.get(name)))
        op.add_column("recommendations", sa.Column(name, kind()), schema="staging")


def downgrade() -> None:
    """Take them away again; the replies are forgotten."""
    for schema in ("staging", None):
        for name in ("unanswered", *SPENT):
            op.drop_column("recommendations", name, schema=schema)
    op.drop_table("llm_replies")


SPENT: dict[str, Any] = {"prompt_tokens": sa.BigInteger, "completion_tokens": sa.BigInteger, "cost_usd": sa.Double}
