"""One read for everybody who asks at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Coalesced(Generic[T]):
    """Answers with a read that began after the question: never older, and one for all who wait for it.

    So a hundred requests at once cost the database two reads, and none of them sees less than what was published when
    it came. Belongs to one event loop.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._current: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def ask(self) -> T:
        """What `read` returns or raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._read_after(self._current))
        return await asyncio.shield(self._next)

    async def _read_after(self, former: asyncio.Task[T] | None) -> T:
        if former is not None:
            await asyncio.wait([former])
        self._current, self._next = self._next, None
        return await run_in_threadpool(self._read)
