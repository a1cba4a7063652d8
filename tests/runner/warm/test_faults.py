"""A hundred kills at random moments: every step ends with a true status in time, and nothing is left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from warm_place import Place, wait_until

from demetra_runner import notebook as runner
from demetra_runner.limits import Limits
from demetra_runner.notebook import KernelDiedError, KernelWatch, execute_notebook
from demetra_runner.warm import rendezvous

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forking after imports is safe on Linux only")

KILLS_OF_PARTS, KILLS_OF_THE_RUNNER = 96, 4
STEP_SECONDS = 10
LIMITS = Limits(cell_seconds=20, step_seconds=60)


@pytest.fixture
def step(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook that takes a moment, run by the kernels of `place`."""
    monkeypatch.setattr(runner, "KERNEL_DIRECTORY", place.root / "kernels")
    monkeypatch.setattr(rendezvous, "RETRY_SECONDS", 0.5)  # so that kernels go on being warm
    path = place.root / "step.ipynb"
    cells = [
        new_code_cell("n: int = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("import time; time.sleep(0.15)"),
        new_code_cell("print('whole')"),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    return path


watches: list[KernelWatch] = []


def kill_one(place: Place, what: str, watch: KernelWatch) -> None:
    """Kill the step's kernel, a waiting one, or the server."""
    with suppress(psutil.Error, ProcessLookupError, StopIteration, TypeError, AttributeError):
        if what == "kernel":
            os.kill(watch.pid, signal.SIGKILL)  # a TypeError where it has none yet
        elif what == "server":
            place.server().kill()
        else:
            busy = {place.server().pid, *(other.pid for other in list(watches))}
            random.choice([one for one in place.processes() if one.pid not in busy] or [None]).kill()


def run_and_kill(place: Place, step: Path, what: str, after: float) -> tuple[float, str]:
    """Execute the step while something is killed; gives its seconds and how it says it ended."""
    watch, attempts = KernelWatch(), []
    watches.append(watch)
    killer = threading.Timer(after, kill_one, [place, what, watch])
    output = step.with_name(f"{threading.get_ident()}.ipynb")
    began = time.monotonic()
    killer.start()
    try:
        execute_notebook(step, output, {}, limits=LIMITS, watch=watch, on_attempt=attempts.append)
        whole = nbformat.read(output, as_version=4).cells[-1].outputs[0].text == "whole\n"
        status = "succeeded" if whole and attempts in ([1], [1, 2]) else f"wrongly succeeded, {attempts}"
    except KernelDiedError as error:
        status = f"died, {attempts}: {error}"
    finally:
        killer.join()
    return time.monotonic() - began, status


def test_steps_survive_the_death_of_kernels_waiting_kernels_and_servers(place: Place, step: Path):
    chance = random.Random(20261122)
    deaths = [
        (chance.choice(["kernel", "kernel", "waiting", "waiting", "server"]), chance.uniform(0, 0.5))
        for _ in range(KILLS_OF_PARTS)
    ]
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda death: run_and_kill(place, step, *death), deaths))
    execute_notebook(step, step.with_name("last.ipynb"), {}, limits=LIMITS, watch=KernelWatch())  # sweeps
    wrong = [(death, end) for death, end in zip(deaths, ends, strict=True) if end[1] != "succeeded"]
    assert wrong == []
    slow = [(death, end) for death, end in zip(deaths, ends, strict=True) if end[0] > STEP_SECONDS]
    assert slow == []


def test_nothing_outlives_a_killed_runner(place: Place, step: Path):
    script = (
        "import sys\nfrom pathlib import Path\nfrom demetra_runner import notebook as runner\n"
        "from demetra_runner.limits import Limits\n"
        f"runner.KERNEL_DIRECTORY = Path({str(place.root / 'kernels')!r})\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        f"    runner.execute_notebook(Path({str(step)!r}), Path({str(place.root / 'out.ipynb')!r}), {{}},\n"
        "        limits=Limits(), watch=runner.KernelWatch())\n"
    )
    chance = random.Random(7)
    for _ in range(KILLS_OF_THE_RUNNER):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.2, 2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert wait_until(lambda: not place.processes(), STEP_SECONDS), place.processes()
    assert place.sockets() == []
