"""Delivery after a run that no schedule did: in a process of its own, so that no receiver delays or fails the run."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from demetra.settings import Settings

PATIENCE_SECONDS: Final = 5.0


def deliver_apart(settings: Settings) -> None:
    """Start `demetra notify deliver` where there is anybody to tell, and wait for a quick one; a slow one goes on."""
    if settings.notify_urls is None:
        return
    command = [sys.executable, "-c", "from demetra_runner.cli import main; main()", "notify", "deliver"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, start_new_session=True, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.returncode = 0  # it outlives us on purpose: no warning when we end
