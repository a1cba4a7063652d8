"""The door through which papermill, Voila and JupyterLab get warm kernels: a kernel provisioner of jupyter_client."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import socket
import subprocess
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Int, Unicode
from traitlets import List as ListOf

from .limits import KernelLimits
from .process import ForkedProcess
from .rendezvous import (
    FRUITLESS_STARTS,
    KERNEL,
    Recipe,
    WarmUnavailableError,
    connect,
    endpoints_directory,
    report_success,
)
from .wire import READY, send

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_client.connect import KernelConnectionInfo

logger = logging.getLogger(__name__)

START_SECONDS: Final = 60.0
"""How long a kernel may take, most of it when the server has just begun to import."""

_told: set[str] = set()


class WarmProvisioner(LocalProvisioner):
    """Kernels from a fork server, or plain ones where there is none: said once in the log, and otherwise the same.

    Both are reached over Unix sockets in a private directory, and both get the same limits.
    """

    modules = ListOf(Unicode(), help="What the fork server imports.").tag(config=True)
    packages = ListOf(Unicode(), help="Packages whose changed files make the server import anew.").tag(config=True)
    pool = Int(2, min=0, help="How many kernels wait, ready to be used; 0 for plain kernels.").tag(config=True)
    memory_bytes = Int(None, allow_none=True, help="Address space of a kernel beyond its start.").tag(config=True)
    cpu_seconds = Int(None, allow_none=True, help="Processor time of a kernel.").tag(config=True)
    open_files = Int(None, allow_none=True, help="File descriptors of a kernel.").tag(config=True)

    process: ForkedProcess | subprocess.Popen[bytes] | None

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._call: socket.socket | None = None
        self._endpoints: Path | None = None

    @property
    def limits(self) -> KernelLimits:
        """What this kernel may use."""
        return KernelLimits(self.memory_bytes, self.cpu_seconds, self.open_files)

    @property
    def recipe(self) -> Recipe:
        """The fork server that this kernel wants."""
        return Recipe(tuple(self.modules), tuple(self.packages), self.pool)

    async def pre_launch(self, **given: Any) -> dict[str, Any]:
        """Call the fork server, and choose where the kernel will listen; a restarted kernel listens where it did."""
        if self.parent.transport == "tcp" and os.name == "posix":
            with suppress(WarmUnavailableError):
                self._endpoints = endpoints_directory()
                self.parent.transport, self.parent.ip = "ipc", str(self._endpoints / "at")
        self._call = self._reach(given.get("env", os.environ)) if self._endpoints else None
        return await super().pre_launch(**given)

    async def launch_kernel(self, cmd: list[str], **given: Any) -> KernelConnectionInfo:
        """Take a waiting kernel; start a plain one where that fails."""
        process = None
        for _ in range(FRUITLESS_STARTS):  # a server that was just ending, or was killed, is followed by another
            if self._call is not None and process is None:
                process = await self._take(cmd, given)
        if process is None:
            await super().launch_kernel(cmd, **given)
        else:
            self.process, self.pid, self.pgid = process, process.pid, process.pid
            self.cwd = given.get("cwd") or Path.cwd()
        self.limits.apply(self.pid)
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill, and return when it is dead: jupyter_client would look again only after a tenth of a second."""
        await super().kill(restart)
        for _ in range(200):
            if await self.poll() is not None:
                break
            await asyncio.sleep(0.002)

    async def wait_for_exit(self) -> int:
        """Wait for the kernel's end without polling, where the system can; returns the exit code."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        with ExitStack() as stack:
            with suppress(AttributeError, OSError):
                handle = os.pidfd_open(self.pid)
                stack.callback(os.close, handle)
                loop.add_reader(handle, ended.set)
                stack.callback(loop.remove_reader, handle)
                await ended.wait()
            while (code := await self.poll()) is None:
                await asyncio.sleep(0.01)
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Give back the endpoints' directory."""
        await super().cleanup(restart)
        if self._endpoints and not restart:
            shutil.rmtree(self._endpoints, ignore_errors=True)
            self._endpoints = None

    def _reach(self, environment: Mapping[str, str]) -> socket.socket | None:
        """A connection to the fork server; None where there is none, which is said once."""
        try:
            if not self.pool:
                raise WarmUnavailableError("they are turned off")
            return connect(self.recipe, {**environment, **self.kernel_spec.env}, hold=True)
        except (WarmUnavailableError, OSError) as error:
            _tell(str(error))
            return None

    async def _take(self, command: list[str], given: Mapping[str, Any]) -> ForkedProcess | None:
        """Ask for a kernel and wait until it is ours; None where the server went away."""
        call, self._call = self._call, None
        read_end, lifeline = os.pipe()
        with ExitStack() as undo:
            undo.callback(os.close, lifeline)
            undo.enter_context(call)
            try:
                call.sendall(KERNEL)
                with _open_streams(given) as streams:
                    send(call, self._describe(command, given), [*streams, read_end])
                call.setblocking(False)
                answer = asyncio.get_running_loop().sock_recv(call, len(READY % 0))
                reply = await asyncio.wait_for(answer, START_SECONDS)
            except (OSError, TimeoutError) as error:
                reply = str(error).encode()
            finally:
                os.close(read_end)
            if reply.startswith(b"ready "):
                undo.pop_all()
                report_success(self.recipe, given["env"])
                return ForkedProcess(int(reply.split()[1]), call, lifeline)
        _tell(f"the fork server gave no kernel: {reply.decode() or 'it ended'}")
        self._call = self._reach(given["env"])
        return None

    def _describe(self, command: list[str], given: Mapping[str, Any]) -> dict[str, Any]:
        """What the kernel is told: whose it is, and the surroundings that a started process would have."""
        connection = {
            name: part for name, part in self.connection_info.items() if name == "ip" or name.endswith("_port")
        }
        return {
            "connection": {**connection, "key": self.connection_info["key"].decode()},
            "connection_file": self.parent.connection_file,
            "environment": dict(given["env"]),
            "directory": str(given.get("cwd") or Path.cwd()),
            "command": command[1:],
        }


@contextmanager
def _open_streams(given: Mapping[str, Any]) -> Iterator[list[int]]:
    """Descriptors for the kernel's standard input, output and error: as `subprocess` would take them."""
    with Path(os.devnull).open("rb") as nothing, ExitStack() as opened:
        streams = [nothing.fileno()]
        for name, ours in (("stdout", 1), ("stderr", 2)):
            stream = given.get(name)
            if stream is None:
                streams.append(ours)
            elif stream in (subprocess.PIPE, subprocess.DEVNULL):
                streams.append(opened.enter_context(Path(os.devnull).open("wb")).fileno())
            else:
                streams.append(stream if isinstance(stream, int) else stream.fileno())
        yield streams


def _tell(reason: str) -> None:
    """Say once why kernels are plain."""
    if reason not in _told:
        _told.add(reason)
        logger.warning("Kernels start cold: %s.", reason)
