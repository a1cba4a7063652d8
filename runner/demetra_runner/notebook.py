"""Execute one notebook with papermill: limits, one retry on a dead kernel, and a failure that can be read."""

from __future__ import annotations

import logging
import os
import re
import signal
import threading
from contextlib import suppress
from copy import deepcopy
from typing import IO, TYPE_CHECKING, Any

import nbformat
import papermill
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.utils import ensure_event_loop, run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from demetra.errors import DemetraError
from demetra_runner.kernels import KERNEL_DIRECTORY, KERNEL_NAME, kernel_options
from demetra_runner.parameters import check_parameters, declared_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

    from demetra_runner.limits import Limits

ENGINE = "demetra"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class StepFailedError(DemetraError):
    """A notebook did not run to its end; `cell` counts from 1 in the executed copy, `source` is its code."""

    def __init__(
        self, notebook: str, reason: str, *, cell: int | None = None, source: str = "", trace: str = ""
    ) -> None:
        self.notebook = notebook
        self.reason = reason
        self.cell = cell
        self.source = source
        self.trace = trace
        where = f"{notebook}, cell {cell}" if cell else notebook
        super().__init__(f"{where}: {reason}")


class KernelDiedError(StepFailedError):
    """The notebook's kernel ended before its cells did."""


class KernelWatch:
    """Knows the client of a running step, so that its kernel can be ended from another thread."""

    def __init__(self) -> None:
        self._client: _Client | None = None
        self._ended_for: str | None = None
        self._lock = threading.Lock()

    @property
    def ended_for(self) -> str | None:
        """Why we ended the kernel; None where we did not."""
        return self._ended_for

    @property
    def executed(self) -> NotebookNode | None:
        """The notebook as far as it was executed."""
        return None if self._client is None else self._client.nb

    @property
    def pid(self) -> int | None:
        """The kernel's process id, while it has one."""
        manager = getattr(self._client, "km", None)
        return getattr(getattr(manager, "provisioner", None), "pid", None)

    @property
    def exit_code(self) -> int | None:
        """The exit code of a kernel that ended while it had work, negative for a signal."""
        return None if self._client is None else self._client.exit_code

    def attach(self, client: _Client) -> None:
        """Watch this client's kernel from now on."""
        with self._lock:
            if self._ended_for:
                raise RuntimeError(self._ended_for)
            self._client = client

    def end(self, reason: str) -> None:
        """Kill the kernel at once, for a reason that the step's status will give."""
        with self._lock:
            self._ended_for = self._ended_for or reason
            pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class _Client(PapermillNotebookClient):
    """Papermill's client with our kernels; it learns of a kernel's death at once, where nbclient looks every second."""

    exit_code: int | None = None

    def __init__(self, nb_man: NotebookExecutionManager, *, watch: KernelWatch, **given: Any) -> None:
        super().__init__(nb_man, **given)
        self._watch = watch
        watch.attach(self)

    async def async_start_new_kernel(self, **given: Any) -> None:
        await super().async_start_new_kernel(**given)
        if self._watch.ended_for:  # while it had no process yet that could have been ended
            self._watch.end(self._watch.ended_for)

    start_new_kernel = run_sync(async_start_new_kernel)

    def create_kernel_manager(self) -> AsyncKernelManager:
        specs = KernelSpecManager(kernel_dirs=[str(KERNEL_DIRECTORY)])
        self.km = AsyncKernelManager(kernel_name=KERNEL_NAME, kernel_spec_manager=specs, config=self.config)
        return self.km

    async def _async_poll_kernel_alive(self) -> None:
        self.exit_code = await self.km.provisioner.wait_for_exit()
        self.task_poll_for_reply.cancel()


class _Engine(NBClientEngine):
    """Papermill's own engine, which also tells a `KernelWatch` whose kernel this is."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        watch: KernelWatch,
        limits: Limits,
        warm_kernels: int,
        directory: str,
        log: IO[bytes],
        **_: Any,
    ) -> None:
        client = _Client(
            nb_man,
            watch=watch,
            kernel_name=kernel_name,
            timeout=limits.cell_seconds,
            startup_timeout=60,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": directory}},
            config=Config(kernel_options(warm_kernels=warm_kernels, limits=limits.kernel)),
        )
        client.execute(stdout=log, stderr=log)


papermill_engines.register(ENGINE, _Engine)
logging.getLogger("papermill").setLevel(
    logging.ERROR
)  # it warns of parameters whose types it cannot read; we check them


def execute_notebook(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, Any],
    *,
    limits: Limits,
    watch: KernelWatch,
    warm_kernels: int = 2,
    on_attempt: Callable[[int], None] = lambda _attempt: None,
) -> None:
    """Run a notebook and save the executed copy at `output`; a kernel that dies is given one more try.

    The copy is written aside and renamed, also when the notebook fails: it shows how far it came. What the kernel's
    process printed then lies beside it as `.log`.

    Raises:
        ParameterError: the parameters do not fit the notebook's declaration; no kernel was started.
        StepFailedError: a cell raised, or a limit was reached.
        KernelDiedError: the kernel died twice, or was ended by `watch`.
    """
    source = nbformat.read(notebook, as_version=4)
    given = check_parameters(declared_parameters(source, notebook.name), parameters, notebook.name)
    for attempt in (1, 2):
        on_attempt(attempt)
        try:
            _execute_once(
                deepcopy(source), notebook, output, given, limits=limits, watch=watch, warm_kernels=warm_kernels
            )
        except KernelDiedError:
            if attempt == 2 or watch.ended_for:
                raise
        else:
            output.with_suffix(".log").unlink()
            return
        finally:
            _save(watch.executed, output)


def _execute_once(
    source: NotebookNode,
    notebook: Path,
    output: Path,
    parameters: dict[str, Any],
    *,
    limits: Limits,
    watch: KernelWatch,
    warm_kernels: int,
) -> None:
    """One attempt. The notebook goes in as a node and stays in memory: papermill formats paths and writes in place."""
    alarm = threading.Timer(limits.step_seconds, watch.end, [f"the step took longer than {limits.step_seconds} s"])
    alarm.daemon = True
    alarm.start()
    output.parent.mkdir(parents=True, exist_ok=True)
    log = output.with_suffix(".log").open("wb")
    try:
        papermill.execute_notebook(
            source,
            None,
            parameters,
            engine_name=ENGINE,
            kernel_name=KERNEL_NAME,
            language="python",
            progress_bar=False,
            watch=watch,
            limits=limits,
            warm_kernels=warm_kernels,
            directory=str(notebook.parent),
            log=log,
        )
    except PapermillExecutionError as error:
        raise _explain(error, notebook.name, limits) from error
    except CellTimeoutError as error:
        raise StepFailedError(notebook.name, f"a cell took longer than {limits.cell_seconds} s") from error
    except (DeadKernelError, RuntimeError) as error:
        raise _explain_death(watch, notebook.name, limits) from error
    finally:
        alarm.cancel()
        log.close()
        ensure_event_loop().close()  # this thread's, which nobody else would close


def _explain(error: PapermillExecutionError, notebook: str, limits: Limits) -> StepFailedError:
    """A cell's exception; one that a limit caused says so first."""
    reason = f"{error.ename}: {error.evalue}"
    if limit := limits.kernel.explain_error(error.ename, error.evalue):
        reason = f"{limit} ({reason})"
    trace = _COLOUR.sub("", "\n".join(error.traceback))
    return StepFailedError(notebook, reason, cell=error.cell_index + 1, source=error.source, trace=trace)


def _explain_death(watch: KernelWatch, notebook: str, limits: Limits) -> StepFailedError:
    """A kernel that ended: for us, for a limit that it would reach again, or for a reason of its own."""
    if watch.ended_for or watch.exit_code is None:
        return KernelDiedError(notebook, watch.ended_for or "the kernel died")
    kind = StepFailedError if limits.kernel.was_reached(watch.exit_code) else KernelDiedError
    return kind(notebook, f"the kernel died: {limits.kernel.explain_exit(watch.exit_code)}")


def _save(executed: NotebookNode | None, output: Path) -> None:
    if executed is None:
        return
    aside = output.with_suffix(".partial")
    nbformat.write(executed, aside)
    aside.replace(output)
