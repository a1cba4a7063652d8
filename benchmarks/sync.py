"""What a refresh and a visit cost, ours beside the plain way, on the same notebooks and simulated market.

All is measured in one run, because these machines are noisy: read the ratios. "Plain" is what the tools do by
themselves: `papermill` notebook after notebook, and stock Voila, each with a new process for every kernel. "Warm" is
how the product runs: in a process that holds the fork server, as `demetra up` does.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, sync_playwright

from demetra.ingest import load_demo
from demetra.rules import Rules
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra_runner.dashboard import Dashboard
from demetra_runner.kernels import warm_up
from demetra_runner.limits import Limits
from demetra_runner.notebook import KernelWatch, execute_notebook
from demetra_runner.pipeline import STEPS
from demetra_runner.sync import Options, Sync

DEMETRA = Path(sys.executable).with_name("demetra")
PAPERMILL = Path(sys.executable).with_name("papermill")
CHART_NOTEBOOK = STEPS[0].notebook
CHROMIUM = shutil.which("chromium")
PACKAGES = "sqlalchemy.dialects.postgresql.psycopg2, pydantic, typer"
ROUNDS = 3
VISITORS = 20
STEPS_IN_A_ROW = 200


@dataclass(frozen=True)
class Figure:
    """A line of the table; `goal` is a bound that the product set itself."""

    what: str
    plain: float | None
    ours: float
    value: float
    goal: str
    unit: str = ""

    def __str__(self) -> str:
        plain = "" if self.plain is None else f"{self.plain:.2f}"
        return f"{self.what:<66}{plain:>9}{self.ours:>9.2f}{self.value:>9.2f}{self.unit:<2} {self.goal}"


def clock(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def run(*command: object) -> None:
    """Run a command, which must succeed."""
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def measure_runs(settings: Settings) -> Iterator[Figure]:
    """Whole runs: plain papermill, ours warm, the same calls in one warm process, one command, nothing to do."""
    sync, force = Sync(settings), Options(force=True)
    sync.run(options=force)
    ours, plain = [], []
    for _ in range(ROUNDS):
        plain.append(
            clock(
                lambda: [
                    run(PAPERMILL, settings.notebooks / step.notebook, settings.home / "plain.ipynb") for step in STEPS
                ]
            )
        )
        ours.append(clock(lambda: sync.run(options=force)))
    whole = statistics.median(ours)
    papermill = statistics.median(plain)
    yield Figure("forced sync: papermill, one after another ÷ ours", papermill, whole, papermill / whole, ">= 10")
    direct = float(subprocess.check_output([sys.executable, __file__, "--direct"]))
    yield Figure("forced sync: ours ÷ the same calls in one warm process", direct, whole, whole / direct, "<= 2")
    cold = statistics.median(clock(lambda: run(DEMETRA, "sync", "--force")) for _ in range(ROUNDS))
    yield Figure(
        "`demetra sync --force` while nothing is warm: papermill ÷ ours", papermill, cold, papermill / cold, ""
    )
    idle = statistics.median(clock(lambda: run(DEMETRA, "sync")) for _ in range(ROUNDS))
    imports = statistics.median(clock(lambda: run(sys.executable, "-c", f"import {PACKAGES}")) for _ in range(ROUNDS))
    yield Figure("unchanged `demetra sync` (plain: importing its packages alone)", imports, idle, idle, "<= 1", " s")


def call_directly() -> None:
    """Print the seconds that the cells of all notebooks take in this process, the second time round."""
    settings = Settings.from_environment()

    def execute() -> None:
        for step in STEPS:
            names: dict[str, object] = {"__name__": "__main__"}
            for cell in nbformat.read(settings.notebooks / step.notebook, as_version=4).cells:
                if cell.cell_type == "code":
                    exec(cell.source, names)  # noqa: S102 - our own notebooks

    execute()
    print(clock(execute))


def measure_notebook(settings: Settings, home: Path) -> Figure:
    """One chart notebook."""
    path, watch = settings.notebooks / CHART_NOTEBOOK, KernelWatch
    ours, plain = [], []
    for _ in range(ROUNDS):
        plain.append(clock(lambda: run(PAPERMILL, path, home / "plain.ipynb")))
        ours.append(clock(lambda: execute_notebook(path, home / "one.ipynb", {}, limits=Limits(), watch=watch())))
    one, papermill = statistics.median(ours), statistics.median(plain)
    return Figure(f"{CHART_NOTEBOOK}: papermill ÷ ours", papermill, one, papermill / one, ">= 8")


def measure_growth(home: Path) -> Figure:
    """Resident memory of the fork server after many steps, against after the first twentieth of them."""
    path = home / "step.ipynb"
    cells = [new_code_cell("n: int = 1", metadata={"tags": ["parameters"]}), new_code_cell("import pandas")]
    nbformat.write(new_notebook(cells=cells), path)
    server = next(one for one in psutil.process_iter() if is_fork_server(one))
    sizes = []
    for _ in range(STEPS_IN_A_ROW):
        execute_notebook(path, home / "one.ipynb", {}, limits=Limits(), watch=KernelWatch())
        sizes.append(server.memory_info().rss)
    first = sizes[STEPS_IN_A_ROW // 20]
    growth = 100 * (sizes[-1] / first - 1)
    what = f"fork server after {STEPS_IN_A_ROW} steps: growth (MiB before, after)"
    return Figure(what, first / 2**20, sizes[-1] / 2**20, growth, "<= 5", " %")


def is_fork_server(process: psutil.Process) -> bool:
    """Whether it is a fork server, and not a kernel forked from one."""
    try:
        return is_forked(process) and not is_forked(process.parent())
    except psutil.Error:
        return False


def is_forked(process: psutil.Process | None) -> bool:
    """Whether a process is a fork server or was forked from one."""
    return process is not None and "demetra_runner.warm.server" in process.cmdline()


def measure_visits(settings: Settings) -> Iterator[Figure]:
    """The dashboard's page: stock Voila and ours, one visitor and many."""
    with serve_stock(settings) as address:
        stock_seconds, stock_bytes = visit_alone(address)
        stock_look = look(address) if CHROMIUM else 0.0
        stock_many = visit_together(address)
    with Dashboard(settings, host="127.0.0.1", port=free_port()) as dashboard:
        dashboard.wait_until_ready()
        seconds, private = visit_alone(dashboard.address)
        our_look = look(dashboard.address) if CHROMIUM else 0.0
        many = visit_together(dashboard.address)
    yield Figure("page complete: stock Voila ÷ ours", stock_seconds, seconds, stock_seconds / seconds, ">= 5")
    if CHROMIUM:
        yield Figure(
            "page shown in Chromium: seconds (plain: stock Voila)", stock_look, our_look, our_look, "<= 1.5", " s"
        )
    sizes = (stock_bytes / 2**20, private / 2**20)
    yield Figure("private MiB of a visitor's kernel: stock ÷ ours", *sizes, stock_bytes / private, ">= 3")
    yield Figure(f"{VISITORS} visitors at once: slowest ÷ one alone", None, many, many / seconds, "<= 8")
    yield Figure(f"{VISITORS} visitors at once: stock Voila ÷ ours", stock_many, many, stock_many / many, "")


@contextmanager
def serve_stock(settings: Settings) -> Iterator[str]:
    """Voila as it comes, on the dashboard's notebook."""
    port = free_port()
    command = [sys.executable, "-m", "voila", str(settings.notebooks / "dashboard.ipynb"), "--no-browser"]
    server = subprocess.Popen(
        [*command, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def visit_alone(address: str) -> tuple[float, float]:
    """Median seconds until a page's last byte, and the private bytes of the kernel that made it."""
    fetch(address)
    seconds, private = [], []
    for _ in range(5):
        before = kernels()
        seconds.append(clock(lambda: fetch(address)))
        worked = {pid: spent - before.get(pid, 0) for pid, spent in kernels().items()}
        private.append(psutil.Process(max(worked, key=lambda pid: worked[pid])).memory_full_info().uss)
        time.sleep(1)
    return statistics.median(seconds), statistics.median(private)


def visit_together(address: str) -> float:
    """Seconds until the last of many visitors who come at one moment has the whole page."""
    with ThreadPoolExecutor(VISITORS) as crowd:
        return max(crowd.map(lambda _: clock(lambda: fetch(address)), range(VISITORS)))


def look(address: str) -> float:
    """Median seconds until Chromium has loaded the page and shows its headline."""
    seconds = []
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        with playwright.chromium.launch(executable_path=CHROMIUM, args=options) as browser:
            for _ in range(5):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                seconds.append(clock(partial(show, page, address)))
                page.close()
                time.sleep(1)
    return statistics.median(seconds)


def show(page: Page, address: str) -> None:
    """Open the page and wait until its headline is visible."""
    page.goto(address, wait_until="load")
    page.wait_for_selector("#demetra h1", state="visible")


def kernels() -> dict[int, float]:
    """Processor seconds of all kernels by process id, plain ones and forked ones, those that wait among them."""
    found = {}
    for process in psutil.process_iter():
        try:
            forked = is_forked(process) and not is_fork_server(process)
            if forked or "ipykernel_launcher" in process.cmdline():
                found[process.pid] = sum(process.cpu_times()[:2])
        except psutil.Error:
            continue
    return found


def fetch(address: str) -> None:
    """Read a page to its end; it must be whole."""
    with urllib.request.urlopen(address, timeout=300) as answer:  # noqa: S310 - our own server
        page = answer.read()
    if answer.status != 200 or b"</html>" not in page[-2000:]:
        raise SystemExit(f"{address} gave no whole page")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Print the table, line by line as it is measured."""
    with tempfile.TemporaryDirectory(prefix="demetra-bench-") as home:
        os.environ["DEMETRA_HOME"] = home
        os.environ.pop("DEMETRA_DATABASE_URL", None)
        settings = replace(Settings.from_environment(), warm_kernels=2)
        engine = open_engine(settings)
        load_demo(engine, rules=Rules(), today=datetime.now(UTC).date())
        warm_up(warm_kernels=settings.warm_kernels)
        print(f"{'':<66}{'plain':>9}{'ours':>9}{'figure':>9}   goal")
        for figure in measure_runs(settings):
            print(figure, flush=True)
        print(measure_notebook(settings, Path(home)), flush=True)
        for figure in measure_visits(settings):
            print(figure, flush=True)
        print(measure_growth(Path(home)), flush=True)
        engine.dispose()


if __name__ == "__main__":
    call_directly() if "--direct" in sys.argv else main()
