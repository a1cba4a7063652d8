"""The facts of an incident, so that its message can be said in the reader's language.

Frozen: it says what the tables were then, and imports nothing of `demetra.store.tables`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COMMENT = "what the message says, to say it in another language"


def upgrade() -> None:
    """Give incidents and staged breaches their facts; those of before have none and keep their message."""
    op.add_column("alerts", sa.Column("facts", postgresql.JSONB(), comment=_COMMENT))
    op.add_column("breaches", sa.Column("facts", postgresql.JSONB(), comment=_COMMENT), schema="staging")


def downgrade() -> None:
    """Forget the facts; the messages stay."""
    op.drop_column("alerts", "facts")
    op.drop_column("breaches", "facts", schema="staging")
