"""Alembic migrations, run by `demetra.store.revisions`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

MIGRATIONS: Final = Path(__file__).parent


def head_revision(directory: Path = MIGRATIONS) -> str:
    """The revision of this code's tables: the number that the newest migration's file name begins with."""
    return max(path.name.partition("_")[0] for path in (directory / "versions").glob("[0-9]*.py"))
