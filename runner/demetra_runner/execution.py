"""Execute a run's tasks as a graph: independent ones side by side; a failure stops only what rests on it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from time import monotonic
from typing import TYPE_CHECKING

from demetra.errors import DemetraError, RunStoppedError
from demetra.store.runs import StepStatus, record_step
from demetra_runner.pipeline import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Engine

    from demetra.settings import Settings
    from demetra_runner.notebook import KernelWatch, Limits
    from demetra_runner.planning import Task

logger = logging.getLogger(__name__)

Progress = Callable[[str, StepStatus], None]
"""Called with a step's name and its new status, from the thread that learns of it."""


@dataclass(frozen=True)
class StepOutcome:
    """How a step ended; `error` is one sentence for people."""

    step: str
    status: StepStatus
    seconds: float = 0.0
    attempts: int = 0
    error: str | None = None


@dataclass
class Execution:
    """The tasks of one run while they are executed.

    Executed notebooks are saved in `directory`; every change of a step's status is recorded before it is told.
    """

    run_id: str
    as_of: date
    engine: Engine
    settings: Settings
    directory: Path
    limits: Limits
    progress: Progress
    outcomes: dict[str, StepOutcome] = field(default_factory=dict)
    _watches: dict[str, KernelWatch] = field(default_factory=dict)
    _stopped: bool = False

    def execute(self, tasks: Sequence[Task]) -> dict[str, StepOutcome]:
        """Execute what is needed; returns an outcome for every task.

        An interrupt (Ctrl-C or SIGTERM) ends the kernels and is raised again.

        Raises:
            RunStoppedError: `stop` was called.
        """
        by_name = {task.step.name: task for task in tasks}
        graph = TopologicalSorter({name: by_name.keys() & task.step.needs for name, task in by_name.items()})
        graph.prepare()
        running: dict[Future[StepOutcome], str] = {}
        with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2), thread_name_prefix="step") as pool:
            try:
                while graph.is_active():
                    for name in graph.get_ready():
                        settled = self._settle_without_work(by_name[name])
                        if settled:
                            graph.done(name)
                        else:
                            running[pool.submit(self._execute_task, by_name[name])] = name
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        self._settle(future.result())
                        graph.done(running.pop(future))
                    if self._stopped:
                        raise RunStoppedError(self.run_id)
            except BaseException:
                self.stop()
                raise
        return self.outcomes

    def stop(self) -> None:
        """End the kernels at once; `execute` then raises. Callable from any thread."""
        self._stopped = True
        for watch in list(self._watches.values()):
            watch.end("the run was stopped")

    def _settle_without_work(self, task: Task) -> bool:
        """Settle a task that is unchanged or whose needs failed; False where it has to be executed."""
        failed = [need for need in task.step.needs if self._status(need) in ("failed", "skipped")]
        if failed:
            self._settle(StepOutcome(task.step.name, "skipped", error=f"It needs {failed[0]}, which failed."))
        elif not task.needed:
            self._settle(StepOutcome(task.step.name, "unchanged"))
        return bool(failed) or not task.needed

    def _execute_task(self, task: Task) -> StepOutcome:
        """Execute one notebook, in a thread of its own; a failure of any kind is an outcome."""
        from demetra_runner.notebook import KernelWatch, execute_notebook

        name, began, attempts = task.step.name, monotonic(), 0
        watch = self._watches[name] = KernelWatch()
        if self._stopped:  # asked after `stop` went through the watches
            return StepOutcome(name, "interrupted")

        def begin(attempt: int) -> None:
            nonlocal attempts
            attempts = attempt
            record_step(self.engine, self.run_id, name, status="running", attempts=attempt)
            self.progress(name, "running")

        try:
            execute_notebook(
                self.settings.notebooks / task.step.notebook,
                self.directory / task.step.notebook,
                {**task.parameters, "run_id": self.run_id, "as_of": self.as_of.isoformat()},
                limits=self.limits,
                watch=watch,
                warm_kernels=self.settings.warm_kernels,
                on_attempt=begin,
            )
        except DemetraError as error:
            return StepOutcome(name, "failed", monotonic() - began, attempts, str(error))
        except Exception as error:
            logger.exception("Step %s failed in the runner itself", name)
            return StepOutcome(name, "failed", monotonic() - began, attempts, f"{type(error).__name__}: {error}")
        return StepOutcome(name, "succeeded", monotonic() - began, attempts)

    def _settle(self, outcome: StepOutcome) -> None:
        facts = {"attempts": outcome.attempts, "error": outcome.error}
        if outcome.attempts:
            facts["notebook_path"] = f"runs/{self.run_id}/notebooks/{BY_NAME[outcome.step].notebook}"
        record_step(self.engine, self.run_id, outcome.step, status=outcome.status, **facts)
        self.outcomes[outcome.step] = outcome
        self.progress(outcome.step, outcome.status)

    def _status(self, step: str) -> StepStatus | None:
        outcome = self.outcomes.get(step)
        return None if outcome is None else outcome.status
