"""Wall time of a sync on the simulated market: everything, nothing changed, and plain papermill one after another.

All in one run on the same notebooks and data, because these machines are noisy: read the ratios. "Plain" is what
`papermill` alone does with the six notebooks, each in a fresh process' kernel, without our queue, parallelism or
publication; its runs are scratch runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from demetra.ingest import load_demo
from demetra.rules import Rules
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra_runner.pipeline import STEPS

DEMETRA = Path(sys.executable).with_name("demetra")
PAPERMILL = Path(sys.executable).with_name("papermill")


def time_command(*command: object) -> float:
    """Seconds that a command takes; it must succeed."""
    began = perf_counter()
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return perf_counter() - began


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="demetra-bench-") as home:
        os.environ["DEMETRA_HOME"] = home
        os.environ.pop("DEMETRA_DATABASE_URL", None)
        settings = Settings.from_environment()
        engine = open_engine(settings)
        load_demo(engine, rules=Rules(), today=datetime.now(UTC).date())
        cold = time_command(DEMETRA, "sync")
        forced = time_command(DEMETRA, "sync", "--force")
        unchanged = time_command(DEMETRA, "sync")
        plain = sum(
            time_command(PAPERMILL, settings.notebooks / step.notebook, Path(home) / step.notebook) for step in STEPS
        )
        engine.dispose()
    for what, seconds in (
        ("plain papermill, one after another", plain),
        ("first sync", cold),
        ("forced sync", forced),
        ("unchanged sync", unchanged),
    ):
        print(f"{what:<36}{seconds:8.2f} s")
    print(f"{'plain ÷ forced':<36}{plain / forced:8.2f}")


if __name__ == "__main__":
    main()
