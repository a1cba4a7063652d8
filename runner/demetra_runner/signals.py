"""Stopping: SIGTERM is treated as Ctrl-C, so that every `with` block closes in order."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def stop_on_sigterm() -> None:
    """From now on SIGTERM and SIGHUP raise KeyboardInterrupt in the main thread."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def wait_for_stop(check: Callable[[], None] = lambda: None, *, every_seconds: float = 1.0) -> None:
    """Sleep until interrupted, which is how these processes end well; what `check` raises ends the wait, too."""
    with suppress(KeyboardInterrupt):
        while True:
            check()
            time.sleep(every_seconds)
