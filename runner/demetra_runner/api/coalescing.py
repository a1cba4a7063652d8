"""One read for everybody who asks at the same time."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Coalesced(Generic[T]):
    """Answers with a read that began after the question, or at most `fresh_seconds` before it; one for all who wait.

    So a hundred questions at once cost two reads, and none of them is told less than was known when it came, give or
    take that moment. Belongs to one event loop.
    """

    def __init__(self, read: Callable[[], T], *, fresh_seconds: float = 0.0) -> None:
        self._read = read
        self._fresh_seconds = fresh_seconds
        self._fresh: tuple[float, T] | None = None
        self._current: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def ask(self) -> T:
        """What `read` returns or raises."""
        if self._fresh is not None and monotonic() - self._fresh[0] < self._fresh_seconds:
            return self._fresh[1]
        if self._next is None:
            self._next = asyncio.create_task(self._read_after(self._current))
        return await asyncio.shield(self._next)

    async def _read_after(self, former: asyncio.Task[T] | None) -> T:
        if former is not None:
            await asyncio.wait([former])
        self._current, self._next = self._next, None
        began = monotonic()
        found = await run_in_threadpool(self._read)
        self._fresh = (began, found)
        return found
