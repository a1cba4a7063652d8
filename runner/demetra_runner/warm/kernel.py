"""A forked child: an IPython kernel made ready before anyone asks for it, then given to its client."""

from __future__ import annotations

import atexit
import fcntl
import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import zmq
from ipykernel import ipkernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core import shellapp

from .wire import READY, receive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

CHANNELS: Final = ("shell", "iopub", "stdin", "control", "hb")
STARTUP_MODULES: Final = (
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
)
"""What IPython imports only while a kernel starts: imported by each child, it would be most of its time and memory."""
_WAITING: Final = "waiting"
_ENDPOINT_SECONDS: Final = 10.0
_CONTROL_SECONDS: Final = 2.0


class WaitingKernelApp(IPKernelApp):
    """A kernel that is whole before its client is known: it listens on endpoints of its own, and under its own key.

    Giving it to a client is renaming the endpoints (a Unix socket keeps its listener under any name) and taking the
    client's key. There is no connection file to read or write, and no parent to poll: `_die_with` sees to that.
    """

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """There is none; to build the parser costs five mebibytes."""

    def init_kernel(self) -> None:
        """As it comes; the modules that its debugger steps over are those that the server noted."""
        with _modules_unseen(ipkernel):
            super().init_kernel()
        if debugger := getattr(self.kernel, "debugger", None):  # debugpy may be missing
            debugger.kernel_modules = _files

    def init_connection_file(self) -> None:
        """The client has the file."""

    def write_connection_file(self, **_: Any) -> None:
        """The client has written it."""

    def log_connection_info(self) -> None:
        """Nobody is to connect by hand."""

    def init_poller(self) -> None:
        """The client's death reaches us through the lifeline."""

    def init_code(self) -> None:
        """Start-up files read the environment: they run when the client's is here, by `begin`."""

    def begin(self, request: Mapping[str, Any]) -> None:
        """Become this client's kernel: endpoints, key, start-up files."""
        wanted = request["connection"]
        for channel in CHANNELS:
            _rename(f"{self.ip}-{getattr(self, f'{channel}_port')}", f"{wanted['ip']}-{wanted[f'{channel}_port']}")
            setattr(self, f"{channel}_port", wanted[f"{channel}_port"])
        self.ip = wanted["ip"]
        self.session.key = wanted["key"].encode()
        self.connection_file = request["connection_file"]
        self.kernel.record_ports({f"{channel}_port": wanted[f"{channel}_port"] for channel in CHANNELS})
        with _modules_unseen(shellapp):
            super().init_code()
        self.shell._sys_modules_keys = _modules


class _Interpreter:
    """The module `sys` without its modules."""

    modules: Final[Mapping[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


@contextmanager
def _modules_unseen(importer: ModuleType) -> Iterator[None]:
    """Hide the interpreter's modules from one: to count a reference to each would copy megabytes of shared memory."""
    importer.sys = _Interpreter()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        importer.sys = sys  # type: ignore[attr-defined]


_modules: set[str] = set()
_files: list[str] = []


def settle() -> None:
    """In the server, after the imports: do what each kernel would do to memory that they could share.

    All modules' names and files are noted; and what Python keeps in a class at the first question is asked for.
    """
    _modules.update(sys.modules)
    _files.extend(file for one in list(sys.modules.values()) if (file := getattr(one, "__file__", None)))
    for each in (*zmq.Socket.__mro__, *zmq.Context.__mro__):
        getattr(each, "__annotations__", None)
    for argument in ("text", Path()):
        logging.LogRecord("", logging.DEBUG, "", 0, "", (argument,), None)


def forget(directory: Path, pid: int) -> None:
    """Remove the endpoints of a kernel that ended while it waited."""
    for path in directory.glob(f"{_WAITING}-{pid}-*"):
        path.unlink(missing_ok=True)


def live(channel: socket.socket, directory: Path) -> int:
    """Prepare, wait for a client over `channel`, serve it to the end; returns the exit code."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else signal.default_int_handler)
    app = WaitingKernelApp.instance(transport="ipc", ip=str(directory / f"{_WAITING}-{os.getpid()}"))
    app.config.HistoryManager.enabled = False  # no database and no thread; what was run in this kernel, it still knows
    app.initialize([])
    _, descriptors, *_ = socket.recv_fds(channel, 1, 1)
    channel.close()
    if not descriptors:
        return 0  # the server is gone, or needs us no longer
    with socket.socket(fileno=descriptors[0]) as client:
        client.setblocking(True)
        request, (stdin, stdout, stderr, lifeline) = receive(client)
        _take_place(app, request, stdin, stdout, stderr)
        app.begin(request)
        _die_with(lifeline)
        client.send(READY % os.getpid())
    app.start()
    _let_control_finish(app)
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter does at an end that `os._exit` skips
    atexit._run_exitfuncs()
    return 0


def _let_control_finish(app: WaitingKernelApp) -> None:
    """Wait for the thread that was asked to end the kernel, and may be telling the client so.

    It flushes the streams by way of another thread, for which it would wait ten seconds were that one ended first.
    """
    finished = threading.Event()
    app.control_thread.io_loop.add_callback(finished.set)
    finished.wait(_CONTROL_SECONDS)


def _take_place(app: WaitingKernelApp, request: Mapping[str, Any], stdin: int, stdout: int, stderr: int) -> None:
    """Take the client's environment, directory and streams, as a process that it had started would have them."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.chdir(request["directory"])
    sys.argv = request["command"]
    os.dup2(stdin, 0)
    for number, stream, descriptor in ((1, sys.stdout, stdout), (2, sys.stderr, stderr)):
        # where ipykernel reads what is written to 1 and 2, it keeps the places that they stood for
        os.dup2(descriptor, getattr(stream, "_original_stdstream_copy", None) or number)
    for descriptor in (stdin, stdout, stderr):
        os.close(descriptor)
    if name := os.environ.get("JPY_SESSION_NAME"):
        app.shell.user_ns["__session__"] = name
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()  # else all children draw the numbers that the server would have drawn


def _die_with(lifeline: int) -> None:
    """End when the client does, whatever we are doing: the pipe that it holds breaks, and that signal kills."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
    try:
        if os.read(lifeline, 1) == b"":
            os._exit(1)  # it was gone before we listened
    except BlockingIOError:
        pass


def _rename(own: str, wanted: str) -> None:
    """Move an endpoint; the heartbeat's thread may not have made its own yet.

    Where the whole directory is gone, nothing will come: the server was killed, and another swept up after it.
    """
    endpoint, deadline = Path(own), time.monotonic() + _ENDPOINT_SECONDS
    while not endpoint.exists() and endpoint.parent.exists() and time.monotonic() < deadline:
        time.sleep(0.002)
    endpoint.rename(wanted)
