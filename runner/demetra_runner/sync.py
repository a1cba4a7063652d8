"""One run: queue, lock, pull the sources, execute what changed, publish in one transaction, write to disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

from demetra.errors import NoDataError, RunStoppedError
from demetra.notify.receivers import read_receivers
from demetra.rules import Rules, read_rules
from demetra.store import history as stored
from demetra.store.engine import open_engine
from demetra.store.notices import post_run_end
from demetra.store.publication import (
    StepResult,
    discard_abandoned,
    fingerprints,
    forget_old_results,
    publish,
    shown_day,
    shown_results,
)
from demetra.store.runs import (
    RunStatus,
    abandon_run,
    describe_run,
    finish_run,
    hold_lock,
    new_run_id,
    next_request,
    request_run,
    run_status,
    start_run,
)
from demetra_runner.execution import Execution, Progress, StepOutcome
from demetra_runner.kernels import warm_up
from demetra_runner.limits import Limits
from demetra_runner.outputs import are_current, run_directory, write_outputs
from demetra_runner.pipeline import STEPS, find_step
from demetra_runner.planning import Task, plan_tasks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine

    from demetra.settings import Settings


@dataclass(frozen=True)
class Options:
    """What a caller may ask of a run; two waiting requests with equal options are one."""

    only: str | None = None
    as_of: date | None = None
    horizon_days: int | None = None
    force: bool = False

    def as_json(self) -> dict[str, Any]:
        """The options that differ from their defaults, as JSON-able values."""
        values = {
            "only": self.only and find_step(self.only).name,
            "as_of": self.as_of and self.as_of.isoformat(),
            "horizon_days": self.horizon_days,
            "force": self.force or None,
        }
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Options:
        """The options that `as_json` wrote."""
        as_of = values.get("as_of")
        return cls(**{**values, "as_of": as_of and date.fromisoformat(as_of)})


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended; `message` is one sentence for people, `seconds` its wall time without the wait for the lock."""

    run_id: str
    status: RunStatus
    message: str
    seconds: float = 0.0
    as_of: date | None = None
    demo: bool = False
    steps: tuple[StepOutcome, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where all went well or nothing had to be done, else 1."""
        return 0 if self.status in ("succeeded", "unchanged") else 1

    def as_json(self) -> dict[str, Any]:
        """The outcome as JSON-able values."""
        as_of = self.as_of and self.as_of.isoformat()
        return {**vars(self), "as_of": as_of, "steps": [vars(step) for step in self.steps]}


class Sync:
    """Does runs, one after another; `stop` ends the one under way, from any thread."""

    def __init__(self, settings: Settings, *, progress: Progress = lambda _step, _status: None) -> None:
        self.settings = settings
        self.progress = progress
        self._stopped = Event()
        self._engine: Engine | None = None
        self._execution: Execution | None = None

    def stop(self) -> None:
        """End the run under way, if any, and take no more."""
        self._stopped.set()
        if self._execution:
            self._execution.stop()

    def run(self, *, trigger: str = "sync", options: Options = Options(), wait: bool = True) -> RunOutcome:
        """Do one run now, behind any run that is under way; equal requests that wait are done once.

        Raises:
            RunLockedError: another run is under way and `wait` is False.
            RunStoppedError: `stop` was called.
            NoDataError: the database holds no rows.
            DemetraError: the run could not be done at all; its record says why.
        """
        engine = self._open()
        run_id, request = new_run_id(datetime.now(UTC)), {"trigger": trigger, "options": options.as_json()}
        if wait:
            run_id = request_run(engine, run_id, **request)
        with hold_lock(engine, run_id, wait=wait, stopped=self._stopped.is_set) as lock:
            if not wait:
                run_id = request_run(engine, run_id, **request)
            return self._take_turn(lock, engine, run_id, options)

    def run_waiting(self) -> RunOutcome | None:
        """Do the oldest request that nobody waits for, behind any run that is under way; None where there is none.

        Raises:
            As `run`.
        """
        engine = self._open()
        request = next_request(engine)
        if request is None:
            return None
        run_id, options = request
        with hold_lock(engine, run_id, wait=True, stopped=self._stopped.is_set) as lock:
            return self._take_turn(lock, engine, run_id, Options.from_json(options))

    def _open(self) -> Engine:
        if self._engine is None:
            read_receivers(self.settings, read_rules(self.settings.rules_file))  # named now, not when an alert is due
            self._engine = open_engine(self.settings)
        return self._engine

    def _take_turn(self, lock: Connection, engine: Engine, run_id: str, options: Options) -> RunOutcome:
        """Do a queued run, now that the lock is ours; one that another process has done meanwhile is left alone."""
        status = run_status(engine, run_id)
        if status != "queued":
            message = f"Run {run_id} did what was asked while this request waited: {status}."
            return RunOutcome(run_id, status or "interrupted", message)
        try:
            return self._work(lock, engine, run_id, options)
        except (KeyboardInterrupt, SystemExit, RunStoppedError):
            abandon_run(engine, run_id, status="interrupted", error="The run was stopped.")
            raise
        except Exception as error:
            reason = str(error) or type(error).__name__
            abandon_run(engine, run_id, status="failed", error=reason)
            with engine.begin() as connection:
                post_run_end(connection, run_id, status="failed", error=reason, moment=datetime.now(UTC))
            raise

    def _work(self, lock: Connection, engine: Engine, run_id: str, options: Options) -> RunOutcome:
        began, settings = monotonic(), self.settings
        chosen = [find_step(options.only).name] if options.only else [step.name for step in STEPS]
        start_run(lock, run_id, steps=chosen)
        rules = _adjust(read_rules(settings.rules_file), options)
        discard_abandoned(lock)
        _pull_sources(lock, engine, rules)
        version, demo, known = stored.data_version(lock), stored.is_demo(lock), fingerprints(lock)
        plan = {"chosen": chosen, "as_of": options.as_of, "data_version": version, "known": known}
        tasks = plan_tasks(settings, rules, **plan, force=options.force)
        needed = any(task.needed for task in tasks)
        if needed:
            warm_up(warm_kernels=settings.warm_kernels)
        as_of = _choose_day(lock, wanted=options.as_of, needed=needed)
        describe_run(lock, run_id, as_of=as_of, data_version=version)
        with run_directory(settings, run_id) as directory:
            limits = Limits.from_rules(rules.limits)
            self._execution = Execution(run_id, as_of, engine, settings, directory / "notebooks", limits, self.progress)
            if self._stopped.is_set():
                raise RunStoppedError(run_id)
            outcomes = self._execution.execute(tasks)
            status = _publish(
                lock, run_id, tasks, outcomes, as_of=as_of, demo=demo, cool_down_days=rules.alerts.cool_down_days
            )
            shown = shown_results(lock)
            if status != "unchanged" or not are_current(settings, shown):
                write_outputs(settings, engine, directory, run_id=run_id, shown=shown, rules=rules.runs)
        forget_old_results(lock, keep_count=rules.runs.keep_count, keep_days=rules.runs.keep_days)
        message = _describe(status, list(outcomes.values()), as_of)
        return RunOutcome(run_id, status, message, monotonic() - began, as_of, demo, tuple(outcomes.values()))


def _adjust(rules: Rules, options: Options) -> Rules:
    if options.horizon_days is None:
        return rules
    forecast = rules.forecast.model_copy(update={"horizon_days": options.horizon_days})
    return rules.model_copy(update={"forecast": forecast})


def _pull_sources(lock: Connection, engine: Engine, rules: Rules) -> None:
    """Pull the live sources. The simulated market is the only one so far, and through yesterday it has nothing due."""
    today = datetime.now(UTC).date()
    newest = stored.last_simulated_day(lock)
    lock.commit()
    if newest is not None and newest < today - timedelta(days=1):
        from demetra.ingest import pull_sources

        pull_sources(engine, rules=rules, today=today)


def _choose_day(lock: Connection, *, wanted: date | None, needed: bool) -> date:
    """The day that this run's data end; a run that computes nothing need not look for it in the data."""
    if not needed and (shown := wanted or shown_day(lock)):
        return shown
    from demetra.metrics import last_complete_day

    history = stored.read_history(lock, until=wanted)
    lock.commit()
    if history.empty:
        where = f"The database up to {wanted}" if wanted else "The database"
        raise NoDataError(where, "Import a file: `demetra ingest FILE`. `demetra up` starts with demo data.")
    return wanted or last_complete_day(history, today=datetime.now(UTC).date()).date()


def _publish(
    lock: Connection,
    run_id: str,
    tasks: list[Task],
    outcomes: dict[str, StepOutcome],
    *,
    as_of: date,
    demo: bool,
    cool_down_days: int,
) -> RunStatus:
    """Show what succeeded, mark what failed, and record the run's end: one transaction on the lock's connection."""
    results = [
        StepResult(task.step.name, task.step.publishes, task.fingerprint, failure=outcomes[task.step.name].error)
        for task in tasks
        if outcomes[task.step.name].status != "unchanged"
    ]
    failed = [result.step for result in results if result.failure]
    status: RunStatus = "failed" if failed else "succeeded" if results else "unchanged"
    publish(lock, run_id, results, as_of=as_of, demo=demo, moment=datetime.now(UTC), cool_down_days=cool_down_days)
    finish_run(lock, run_id, status=status, error=f"Failed: {', '.join(failed)}." if failed else None)
    reasons = "\n".join(f"{result.step}: {result.failure}" for result in results if result.failure)
    post_run_end(lock, run_id, status=status, error=reasons or None, moment=datetime.now(UTC))
    lock.commit()
    return status


def _describe(status: RunStatus, outcomes: list[StepOutcome], as_of: date) -> str:
    if status == "unchanged":
        return f"Nothing changed: what is shown is current (data until {as_of})."
    done = sum(outcome.status == "succeeded" for outcome in outcomes)
    text = f"{done} of {len(outcomes)} steps computed and published (data until {as_of})."
    troubles = [f"{outcome.step} {outcome.status}: {outcome.error}" for outcome in outcomes if outcome.error]
    return "\n".join([text, *troubles])
