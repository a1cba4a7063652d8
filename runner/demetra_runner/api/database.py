"""The database as endpoints use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from demetra.settings import Settings
from demetra.store.published import snapshot
from demetra.store.refusals import translate_loss

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True)
class Database:
    """The engine, and the settings that it was opened with.

    Whatever is done with it raises DatabaseUnavailableError where the server is away, which answers 503.
    """

    settings: Settings
    engine: Any

    def snapshot(self) -> AbstractContextManager[Any]:
        """A read-only connection that sees one moment."""
        return snapshot(self.engine)

    def changing(self) -> AbstractContextManager[None]:
        """Around functions of the store that write and take the engine."""
        return translate_loss(self.engine)


async def find_database(request: Request) -> Database:
    """The database of the running API."""
    found: Database = request.app.state.database
    return found


Stored = Annotated[Database, Depends(find_database)]
