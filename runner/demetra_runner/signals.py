"""Stopping: SIGTERM is treated as Ctrl-C, so that every `with` block closes in order."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def stop_on_sigterm() -> None:
    """From now on SIGTERM and SIGHUP raise KeyboardInterrupt in the main thread."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


@contextmanager
def until_stopped() -> Iterator[None]:
    """The life of a process that is meant to be stopped: Ctrl-C or SIGTERM ends the block, and that is no failure."""
    stop_on_sigterm()
    with suppress(KeyboardInterrupt):
        yield


def wait_for_stop(*checks: Callable[[], None], every_seconds: float = 1.0) -> None:
    """Sleep until interrupted, calling each of `checks` now and then; what they raise ends the wait, too."""
    while True:
        for check in checks:
            check()
        time.sleep(every_seconds)
