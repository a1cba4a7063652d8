"""The schedule: a run every so many minutes. No tick is lost or doubled, and one run works at a time."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from demetra.errors import DemetraError
from demetra.notify.courier import Courier
from demetra.notify.receivers import read_receivers
from demetra.rules import read_rules
from demetra.store.engine import open_engine
from demetra_runner.dashboard import prepare_pages_quietly
from demetra_runner.kernels import warm_up
from demetra_runner.reporting import write_due_reports
from demetra_runner.sync import Sync

if TYPE_CHECKING:
    from types import TracebackType

    from demetra.settings import Settings

logger = logging.getLogger(__name__)


class Schedule:
    """Runs in the background between `__enter__` and `__exit__`.

    APScheduler's defaults drop ticks silently, so: no grace limit (a late tick still runs), late ticks are one
    (`coalesce`), and a tick that meets a run under way waits behind it in the run queue, where equal requests are one.
    Two instances are enough for that: one works, one waits; a third tick would only join the one that waits.
    """

    def __init__(self, settings: Settings, *, run_at_once: bool) -> None:
        self._settings = settings
        self._sync = Sync(settings)
        self._engine = open_engine(settings)
        self._courier = Courier(self._engine, settings)
        self._scheduler = BackgroundScheduler(timezone=UTC)
        first = datetime.now(UTC) + (timedelta() if run_at_once else timedelta(minutes=settings.sync_minutes))
        self._scheduler.add_job(
            self._tick,
            IntervalTrigger(minutes=settings.sync_minutes, timezone=UTC),
            next_run_time=first,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=2,
            id="sync",
        )

    def __enter__(self) -> Self:
        read_receivers(self._settings, read_rules(self._settings.rules_file))
        warm_up(warm_kernels=self._settings.warm_kernels)
        self._courier.__enter__()
        self._scheduler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sync.stop()
        self._scheduler.shutdown(wait=True)
        self._courier.__exit__(kind, error, trace)
        self._engine.dispose()

    def _tick(self) -> None:
        try:
            outcome = self._sync.run(trigger="schedule")
        except DemetraError as error:
            logger.error("The scheduled run could not be done: %s", error)  # noqa: TRY400 - a message, not a bug
        except Exception:
            logger.exception("The scheduled run failed")
        else:
            logger.info("Scheduled run %s %s: %s", outcome.run_id, outcome.status, outcome.message)
            prepare_pages_quietly(self._settings)
            self._report()
        finally:
            self._courier.wake()

    def _report(self) -> None:
        """Write the reports that are due; a folder that cannot be written to must not stop the schedule."""
        try:
            written = write_due_reports(self._settings, today=datetime.now(UTC).date())
        except (DemetraError, OSError) as error:
            logger.error("The report could not be written: %s", error)  # noqa: TRY400 - a message, not a bug
        else:
            for path in written:
                logger.info("Report %s", path)
