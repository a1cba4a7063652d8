from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from demetra.errors import ParameterError
from demetra_runner.limits import Limits
from demetra_runner.notebook import KernelDiedError, KernelWatch, StepFailedError, execute_notebook
from demetra_runner.warm.limits import KernelLimits

LIMITS = Limits(cell_seconds=20, step_seconds=40)


@pytest.fixture
def run(tmp_path: Path):
    """Run cells as a notebook; gives the executed notebook."""

    def run_cells(*sources: str, watch: KernelWatch | None = None, limits: Limits = LIMITS, **parameters: object):
        cells = [new_code_cell("n: int = 1", metadata={"tags": ["parameters"]}), *map(new_code_cell, sources)]
        path = tmp_path / "{braces} in the name.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        attempts: list[int] = []
        watch = watch or KernelWatch()
        try:
            output = tmp_path / "out" / "executed.ipynb"
            execute_notebook(path, output, parameters, limits=limits, watch=watch, on_attempt=attempts.append)
        finally:
            run_cells.attempts = attempts
        return nbformat.read(output, as_version=4)

    return run_cells


def test_it_runs_with_its_parameters_and_is_saved(run, tmp_path: Path):
    executed = run("print(n + 1)", n=41)
    assert executed.cells[-1].outputs[0].text == "42\n"
    assert run.attempts == [1]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["executed.ipynb"]


def test_unknown_parameters_are_refused_before_a_kernel_starts(run):
    with pytest.raises(ParameterError, match="typo"):
        run("1", typo=1)
    assert run.attempts == []


def test_a_cell_that_raises_is_a_failure_with_cell_source_and_trace_and_is_saved(run, tmp_path: Path):
    with pytest.raises(StepFailedError) as caught:
        run("x = 1", "1 / 0")
    assert "ZeroDivisionError" in caught.value.reason
    assert (caught.value.cell, caught.value.source) == (3, "1 / 0")
    assert "1 / 0" in caught.value.trace
    assert run.attempts == [1]
    assert (tmp_path / "out" / "executed.ipynb").exists()


def test_a_dead_kernel_is_tried_once_more(run, tmp_path: Path):
    flag = tmp_path / "died"
    die_once = (
        f"import os, pathlib\nflag = pathlib.Path({str(flag)!r})\nif not flag.exists():\n    flag.touch(); os._exit(9)"
    )
    executed = run(die_once, "print('alive')")
    assert executed.cells[-1].outputs[0].text == "alive\n"
    assert run.attempts == [1, 2]


def test_a_kernel_that_dies_twice_is_a_failure(run):
    with pytest.raises(KernelDiedError):
        run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert run.attempts == [1, 2]


def test_a_cell_has_a_time_limit(run):
    with pytest.raises(StepFailedError, match="longer than 1 s"):
        run("import time; time.sleep(30)", limits=Limits(cell_seconds=1, step_seconds=40))


def test_a_step_has_a_time_limit_and_leaves_no_kernel(run):
    watch = KernelWatch()
    with pytest.raises(KernelDiedError, match="took longer than 3 s"):
        run("import time; time.sleep(30)", watch=watch, limits=Limits(cell_seconds=30, step_seconds=3))
    assert run.attempts == [1]


def test_ending_a_kernel_from_another_thread_is_final_and_says_why(run):
    watch = KernelWatch()
    pids: list[int] = []

    def end_when_started() -> None:
        while watch.pid is None:
            time.sleep(0.05)
        pids.append(watch.pid)
        watch.end("the run was stopped")

    ender = threading.Thread(target=end_when_started)
    ender.start()
    with pytest.raises(KernelDiedError, match="the run was stopped"):
        run("import time; time.sleep(30)", watch=watch)
    ender.join()
    assert run.attempts == [1]
    assert not psutil.pid_exists(pids[0]) or psutil.Process(pids[0]).status() == psutil.STATUS_ZOMBIE


def test_an_outside_kill_is_noticed_at_once(run):
    watch = KernelWatch()

    def kill_twice() -> None:
        seen: set[int] = set()
        while len(seen) < 2:
            if watch.pid and watch.pid not in seen:
                seen.add(watch.pid)
                time.sleep(0.5)
                os.kill(watch.pid, signal.SIGKILL)
            time.sleep(0.05)

    killer = threading.Thread(target=kill_twice)
    killer.start()
    began = time.monotonic()
    with pytest.raises(KernelDiedError, match="the kernel died"):
        run("import time; time.sleep(30)", watch=watch)
    killer.join()
    assert time.monotonic() - began < 25


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x = bytearray(3 * 2**30)", "it needed more than 1,024 MiB of memory"),
        ("opened = [open('/dev/null') for _ in range(300)]", "it opened more than 200 files"),
        ("while True: pass", "it used more than 2 s of processor time"),
    ],
    ids=["memory", "files", "processor"],
)
def test_a_step_that_exceeds_a_limit_fails_with_that_as_its_reason_and_is_not_tried_again(run, cell: str, reason: str):
    limits = Limits(cell_seconds=60, step_seconds=90, kernel=KernelLimits(2**30, 2, 200))
    with pytest.raises(StepFailedError, match=reason):
        run(cell, limits=limits)
    assert run.attempts == [1]
