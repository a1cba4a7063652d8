"""A fork server of one test's own: its sockets in a short private directory, its kernelspec beside it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from traitlets.config import Config

CLIENT = "demetra_runner.warm.client.PromptKernelClient"


class Place:
    """Where one test's kernels live."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runtime = root / "run"
        self.runtime.mkdir()

    def write_kernelspec(self, *, modules: list[str], packages: Sequence[str] = ()) -> None:
        """Say what the fork server imports."""
        directory = self.root / "kernels" / "python3"
        directory.mkdir(parents=True, exist_ok=True)
        recipe = {"provisioner_name": "warm-kernels", "config": {"modules": modules, "packages": list(packages)}}
        spec = {
            "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "test",
            "language": "python",
            "metadata": {"kernel_provisioner": recipe},
        }
        (directory / "kernel.json").write_text(json.dumps(spec))

    def processes(self) -> list[psutil.Process]:
        """The fork server and what was forked from it, the server first."""
        found: dict[int, tuple[int, psutil.Process]] = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):  # those that end while we look are not among them
                line = process.cmdline()
                runtime = process.environ().get("XDG_RUNTIME_DIR")
                ours = any(str(self.runtime) in part for part in line) or runtime == str(self.runtime)
                if ours and process.status() != psutil.STATUS_ZOMBIE and "pytest" not in " ".join(line):
                    found[process.pid] = process.ppid(), process
        return [one for _, one in sorted(found.values(), key=lambda item: (item[0] in found, item[1].pid))]

    def server(self) -> psutil.Process:
        """The fork server: the one whose parent is none of them."""
        return next(one for one in self.processes() if any("warm.server" in part for part in one.cmdline()))

    def sockets(self) -> list[Path]:
        """Sockets that lie about."""
        return [path for path in self.runtime.rglob("*") if path.is_socket()]


def wait_until(condition: Callable[[], Any], seconds: float = 15) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@asynccontextmanager
async def kernel(place: Place, *, cwd: Path | None = None, **options: Any) -> AsyncIterator[Any]:
    """A running kernel: gives its manager and a function that runs code and returns what it printed or raised."""
    config = Config({"KernelManager": {"client_class": CLIENT}, "WarmProvisioner": options})
    specs = KernelSpecManager(kernel_dirs=[str(place.root / "kernels")])
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs, config=config)
    # ipykernel does not capture what child processes print where it believes itself under pytest
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    await manager.start_kernel(cwd=str(cwd or place.root), env=environment)
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)

    async def run(code: str) -> str:
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")

        await client.execute_interactive(code, output_hook=hear, timeout=60)
        return "".join(said).strip()

    try:
        yield manager, run
    finally:
        client.stop_channels()
        if await manager.is_alive():
            await manager.shutdown_kernel(now=True)
        else:
            await manager.cleanup_resources()
