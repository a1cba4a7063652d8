"""The fork server: imports once, then forks a kernel for each caller. It never computes and has one thread.

Kernels wait in a small pool, forked and initialised; a caller's connection is handed to the oldest of them, and the
server keeps a copy over which it reports how the kernel ended. It ends itself when nobody is connected any more. When a
file of a watched package changes, it executes itself anew in place: running kernels stay its children.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from . import kernel
from .freshness import Snapshot
from .rendezvous import HOLD, KERNEL, Recipe, locked, peer_user, sweep

_GRACE_SECONDS: Final = 10.0
"""How long a new server waits for its first caller."""
_CORE_WAIT_SECONDS: Final = 2.0
"""How long the pool is left short while every core is busy."""


@dataclass
class ForkServer:
    """Everything between imports and the end; `run` is its life."""

    listener: socket.socket
    recipe: Recipe
    directory: Path
    snapshot: Snapshot
    kernels: dict[int, socket.socket] = field(default_factory=dict)
    """Connections by the process id of the kernel that each stands for."""
    holders: list[socket.socket] = field(default_factory=list)
    callers: list[socket.socket] = field(default_factory=list)
    """Connections that have not said yet what they want."""
    pool: dict[int, socket.socket] = field(default_factory=dict)
    """Waiting kernels: process id and the socket over which each is called."""
    _deadline: float = 0.0
    _refill_before: float | None = None

    def run(self) -> None:
        """Serve until nobody is connected."""
        self._deadline = time.monotonic() + _GRACE_SECONDS
        self._wake, signalled = socket.socketpair()
        signalled.setblocking(False)
        self._wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(signalled.fileno())
        self.listener.setblocking(False)
        self._refill_before = time.monotonic() + _CORE_WAIT_SECONDS
        self._reap()  # what ended while this process was executing itself anew
        try:
            while not self._has_left():
                self._wait()
        except BaseException:
            with locked(self.directory):
                self._clean_up()
            raise

    def _wait(self) -> None:
        by_number = {one.fileno(): one for one in (self.listener, self._wake, *self.callers, *self.holders)}
        events = select.poll()
        for number in by_number:
            events.register(number, select.POLLIN)
        for connection in self.kernels.values():  # what is said there is for the kernel: only its end is for us
            by_number[connection.fileno()] = connection
            events.register(connection, select.POLLRDHUP)
        for number, _ in events.poll(20 if self._refill_before else 1000):
            ready = by_number[number]
            if ready is self._wake:
                with suppress(BlockingIOError):
                    self._wake.recv(4096)
            elif ready is self.listener:
                self._accept()
            elif ready in self.callers:
                self._hear(ready)
            else:
                self._hang_up(ready)
        self._reap()
        if self._refill_before and (_has_idle_core() or time.monotonic() > self._refill_before):
            self._refill()

    def _accept(self) -> None:
        if self.snapshot.is_stale():
            self._execute_anew()  # the caller stays in the listener's queue
        with suppress(BlockingIOError):
            connection = self.listener.accept()[0]
            if peer_user(connection) == os.getuid():
                connection.setblocking(False)
                self.callers.append(connection)
            else:
                connection.close()

    def _hear(self, caller: socket.socket) -> None:
        """Learn what a caller wants by one byte; what follows is for the kernel."""
        try:
            wish = caller.recv(1)
        except BlockingIOError:
            return
        self.callers.remove(caller)
        if wish == HOLD:
            self.holders.append(caller)
            with suppress(OSError):
                caller.send(HOLD)  # who waits for it knows that all is imported
        elif wish == KERNEL:
            self._hand_over(caller)
        else:
            caller.close()
        self._deadline = 0.0

    def _hand_over(self, caller: socket.socket) -> None:
        for pid in list(self.pool) or [self._fork()]:
            channel = self.pool.pop(pid)
            try:
                socket.send_fds(channel, [b"!"], [caller.fileno()])
            except OSError:
                continue  # it ended while it waited; the next one
            finally:
                channel.close()
            self.kernels[pid] = caller
            self._refill_before = time.monotonic() + _CORE_WAIT_SECONDS
            return
        caller.close()

    def _hang_up(self, connection: socket.socket) -> None:
        """The other end is gone: a holder needs us no longer; a kernel without its client is ended."""
        if connection in self.holders:
            self.holders.remove(connection)
            connection.close()
        for pid, other in list(self.kernels.items()):
            if other is connection:
                self.kernels.pop(pid).close()
                _kill_group(pid)

    def _reap(self) -> None:
        """Report how kernels ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if channel := self.pool.pop(pid, None):
                channel.close()
                kernel.forget(self.directory, pid)
            if connection := self.kernels.pop(pid, None):
                with suppress(OSError):
                    connection.send(f"ended {os.waitstatus_to_exitcode(status)}\n".encode())
                connection.close()

    def _refill(self) -> None:
        """Fork one waiting kernel; the next one when this one is ready or a core is idle."""
        if len(self.pool) < self.recipe.pool:
            self._fork()
            self._refill_before = time.monotonic() + _CORE_WAIT_SECONDS
        else:
            self._refill_before = None

    def _fork(self) -> int:
        threads = [task.joinpath("comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
        if len(threads) > 1:
            raise RuntimeError(f"an imported package started a thread, a fork would be unsafe: {threads}")
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                signal.set_wakeup_fd(-1)
                ours.close()
                self._close()
                code = kernel.live(theirs, self.directory)
            except BaseException:  # noqa: BLE001 - nothing may climb into the server's own frames
                traceback.print_exc()
            finally:
                os._exit(code)
        theirs.close()
        self.pool[pid] = ours
        return pid

    def _close(self) -> None:
        """In a child: leave the server's sockets to the server, so that its end is seen at their other ends."""
        self.listener.close()
        for one in (self._wake, *self.callers, *self.holders, *self.kernels.values(), *self.pool.values()):
            one.close()

    def _has_left(self) -> bool:
        """Leave where nobody is connected; under the lock, so that no other server begins here meanwhile."""
        if self.callers or self.holders or self.kernels or time.monotonic() < self._deadline:
            return False
        with locked(self.directory):
            if select.select([self.listener], [], [], 0)[0]:
                return False
            self._clean_up()
            return True

    def _clean_up(self) -> None:
        """Leave nothing behind, but for a log that has something to say."""
        for pid in self.pool:
            _kill_group(pid)
            os.waitpid(pid, 0)
        sweep(self.directory.parent)
        shutil.rmtree(self.directory, ignore_errors=True)
        log = self.directory.with_suffix(".log")
        if not log.stat().st_size:
            log.unlink()

    def _execute_anew(self) -> None:
        """Become a new server with fresh imports. Kernels that wait are dismissed, those that run stay our children."""
        for pid, channel in self.pool.items():
            channel.close()
            _kill_group(pid)
            kernel.forget(self.directory, pid)
        kept = {"kernels": {pid: one.fileno() for pid, one in self.kernels.items()}}
        kept |= {
            "holders": [one.fileno() for one in self.holders],
            "callers": [one.fileno() for one in self.callers],
        }
        for one in (self.listener, *self.kernels.values(), *self.holders, *self.callers):
            one.set_inheritable(True)
        arguments = {"recipe": vars(self.recipe), "directory": str(self.directory), "listener": self.listener.fileno()}
        os.execv(  # noqa: S606 - our own interpreter
            sys.executable, [sys.executable, "-P", "-m", f"{__package__}.server", json.dumps({**arguments, **kept})]
        )


def _has_idle_core() -> bool:
    """Whether fewer threads want to run than there are cores, as the operating system counts them at this moment."""
    running = int(Path("/proc/loadavg").read_text().split()[3].split("/")[0]) - 1  # without ourselves
    return running < (os.cpu_count() or 1)


def _kill_group(pid: int) -> None:
    """End a kernel and what it started; one that has not yet made its own group, alone."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
            return


def main(given: dict[str, Any]) -> None:
    """Import, freeze, serve. A module that cannot be imported is left out: the cell that needs it tells why."""
    recipe = Recipe(**{name: tuple(part) if isinstance(part, list) else part for name, part in given["recipe"].items()})
    # as ipykernel does at a kernel's start, which for us comes after Matplotlib has read it
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    snapshot = Snapshot.take(recipe.packages)
    for name in (*kernel.STARTUP_MODULES, *recipe.modules):
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - any code may run at import
            traceback.print_exc()
    kernel.settle()
    gc.collect()
    gc.freeze()  # so that a child's collections leave the shared pages alone
    _adopt(given, recipe, snapshot).run()


def _adopt(given: dict[str, Any], recipe: Recipe, snapshot: Snapshot) -> ForkServer:
    def take(descriptor: int) -> socket.socket:
        one = socket.socket(fileno=descriptor)
        one.set_inheritable(False)
        return one

    return ForkServer(
        take(given["listener"]),
        recipe,
        Path(given["directory"]),
        snapshot,
        kernels={int(pid): take(one) for pid, one in given.get("kernels", {}).items()},
        holders=[take(one) for one in given.get("holders", ())],
        callers=[take(one) for one in given.get("callers", ())],
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
