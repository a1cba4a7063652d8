"""Runs that were asked for from a page or over HTTP: whoever is up executes them, one at a time, none twice."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Self

from demetra.errors import DemetraError, RunStoppedError
from demetra_runner.dashboard import prepare_pages_quietly
from demetra_runner.sync import Sync

if TYPE_CHECKING:
    from types import TracebackType

    from demetra.settings import Settings

POLL_SECONDS: Final = 0.5
logger = logging.getLogger(__name__)


class Requests:
    """Executes waiting requests in a thread between `__enter__` and `__exit__`.

    The queue is a table, so a request outlives the process that took it; several processes may look after one queue,
    for the run lock lets one of them have each request.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sync = Sync(settings)
        self._stopped = Event()
        self._trouble = ""
        self._thread = Thread(target=self._look_after, name="run-requests", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._sync.stop()
        self._thread.join()

    def _look_after(self) -> None:
        while not self._stopped.is_set():
            if not self._do_one():
                self._stopped.wait(POLL_SECONDS)

    def _do_one(self) -> bool:
        """Whether there was something to do. Whatever goes wrong, the next request must still be served."""
        try:
            outcome = self._sync.run_waiting()
        except RunStoppedError:
            return False
        except DemetraError as error:
            self._tell(str(error))
            return False
        except Exception:
            logger.exception("A run that was asked for failed")
            return False
        self._trouble = ""
        if outcome:
            prepare_pages_quietly(self._settings)
            logger.info("Requested run %s %s: %s", outcome.run_id, outcome.status, outcome.message)
        return outcome is not None

    def _tell(self, trouble: str) -> None:
        """Log a trouble once, however often it is met: a database that is away is asked twice a second."""
        if trouble != self._trouble:
            logger.error("A run that was asked for could not be done: %s", trouble)
        self._trouble = trouble
