"""What one kernel may use: set from outside on its process, so that it holds for warm and plain kernels alike."""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


@dataclass(frozen=True)
class KernelLimits:
    """Limits of one kernel's process; None is no limit.

    `memory_bytes` is address space beyond what the process has when the limit is set, `cpu_seconds` processor time of
    all its threads, `open_files` the number of file descriptors.
    """

    memory_bytes: int | None = None
    cpu_seconds: int | None = None
    open_files: int | None = None

    def apply(self, pid: int) -> None:
        """Limit a running process of ours; nothing happens to one that has ended, or where the system cannot."""
        if not hasattr(resource, "prlimit"):
            return
        with suppress(ProcessLookupError, FileNotFoundError, PermissionError):
            if self.memory_bytes:
                _lower(pid, resource.RLIMIT_AS, _address_space(pid) + self.memory_bytes)
            if self.cpu_seconds:
                _lower(pid, resource.RLIMIT_CPU, self.cpu_seconds, grace=5)
            if self.open_files:
                _lower(pid, resource.RLIMIT_NOFILE, self.open_files)

    def was_reached(self, code: int) -> bool:
        """Whether an exit code is the end that a limit brings: processor time kills, the others raise."""
        return bool(self.cpu_seconds) and code == -getattr(signal, "SIGXCPU", 0)

    def explain_exit(self, code: int) -> str:
        """One clause on how the kernel's process ended, from its exit code (negative for a signal)."""
        if self.was_reached(code):
            return f"it used more than {self.cpu_seconds} s of processor time"
        if code < 0:
            with suppress(ValueError):
                return f"it was ended by {signal.Signals(-code).name}"
        return f"it ended with exit code {code}"

    def explain_error(self, name: str, message: str) -> str | None:
        """One clause where an exception's name and message are those of a limit that was reached, else None."""
        if self.memory_bytes and (name.endswith("MemoryError") or "bad_alloc" in message or "Errno 12" in message):
            return f"it needed more than {self.memory_bytes / 2**20:,.0f} MiB of memory"
        if self.open_files and "Errno 24" in message:
            return f"it opened more than {self.open_files:,} files"
        return None


def _lower(pid: int, kind: int, soft: int, *, grace: int = 0) -> None:
    """Set a soft limit, never above the hard one; the hard one follows, so that the process cannot raise its own."""
    _, hard = resource.prlimit(pid, kind)
    ceiling = soft + grace if hard == resource.RLIM_INFINITY else min(soft + grace, hard)
    resource.prlimit(pid, kind, (min(soft, ceiling), ceiling))


def _address_space(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    return pages * resource.getpagesize()
