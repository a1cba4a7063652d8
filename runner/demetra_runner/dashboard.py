"""The dashboard's server: Voila as a child process, closed but for the one page."""

from __future__ import annotations

import http.client
import logging
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final, Self

from demetra.errors import DemetraError
from demetra_runner.kernels import KERNEL_NAME, jupyter_path, kernel_options, warm_up
from demetra_runner.listening import check_exposure, write_address

if TYPE_CHECKING:
    from types import TracebackType

    from demetra.settings import Settings

logger = logging.getLogger(__name__)
IDLE_SECONDS: Final = 600
"""A visitor's kernel is ended after so long without a message; the page that it made stays readable."""


def prepare_pages_quietly(settings: Settings) -> None:
    """After a run: paint its pages before anybody asks. Should that fail, the first visitor's kernel does it."""
    from demetra.dashboard.paint import prepare_pages

    try:
        prepare_pages(settings)
    except Exception:
        logger.exception("The dashboard's pages could not be prepared")


class DashboardFailedError(DemetraError):
    """The dashboard's server ended or never answered."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"The dashboard at {address} is not served: {reason}")


class Dashboard:
    """Serves `notebooks/dashboard.ipynb` between `__enter__` and `__exit__`.

    With `api_port`, its page hears from the REST API on that port of the same host when something happens; without, it
    asks every few seconds.

    Raises:
        ConfigurationError: `host` is not loopback and no DEMETRA_API_TOKEN is set.
    """

    def __init__(self, settings: Settings, *, host: str, port: int, api_port: int | None = None) -> None:
        check_exposure(settings, host=host)
        self._settings, self._host, self._port = settings, host, port
        self._events = f"{write_address(host, api_port)}api/events" if api_port else ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return write_address(self._host, self._port)

    def __enter__(self) -> Self:
        self._settings.outputs.mkdir(parents=True, exist_ok=True)
        warm_up(warm_kernels=self._settings.warm_kernels)
        with (self._settings.outputs / "dashboard.log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                env=self._environment(),
                stdin=subprocess.PIPE,  # its lifeline: it ends when this end is closed, by us or by our death
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self._process.stdin.close()

    def check(self) -> None:
        """Raise DashboardFailedError where the server has ended."""
        if self._process is not None and self._process.poll() is not None:
            raise DashboardFailedError(self.address, f"it ended ({self._process.returncode}). {self._last_words()}")

    def wait_until_ready(self, *, seconds: float = 60) -> None:
        """Wait until the port answers and kernels are warm; the page itself is not asked for: that would start one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            connection = http.client.HTTPConnection(self._host, self._port, timeout=2)
            try:
                connection.request("GET", "/voila/static/")
                connection.getresponse()
            except OSError:
                time.sleep(0.1)
            else:
                warm_up(warm_kernels=self._settings.warm_kernels, wait_seconds=max(deadline - time.monotonic(), 1))
                return
            finally:
                connection.close()
        raise DashboardFailedError(self.address, f"no answer within {seconds:.0f} s. {self._last_words()}")

    def _command(self) -> list[str]:
        options = {
            "Voila.ip": self._host,
            "Voila.port": self._port,
            "Voila.port_retries": 0,
            "Voila.open_browser": False,
            "GuardedVoila.events": self._events,
            "Voila.auto_token": self._settings.api_token is not None,
            "VoilaConfiguration.template": "demetra",
            "VoilaConfiguration.http_header_envs": "['Accept-Language']",
            "VoilaConfiguration.file_denylist": "['.*']",
            "VoilaConfiguration.allow_template_override": "NO",
            "VoilaConfiguration.allow_theme_override": "NO",
            "VoilaConfiguration.show_tracebacks": False,
            "VoilaConfiguration.strip_sources": True,
            "MappingKernelManager.cull_idle_timeout": IDLE_SECONDS,
            "MappingKernelManager.cull_interval": 60,
            "MappingKernelManager.cull_connected": True,
            "MultiKernelManager.default_kernel_name": KERNEL_NAME,
        }
        for name, section in kernel_options(warm_kernels=self._settings.warm_kernels).items():
            options |= {f"{name}.{option}": value for option, value in section.items()}
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return [
            sys.executable,
            "-m",
            "demetra_runner.guarded_voila",
            str(self._settings.notebooks / "dashboard.ipynb"),
            *arguments,
        ]

    def _environment(self) -> dict[str, str]:
        token = self._settings.api_token
        secret = {"JUPYTER_TOKEN": token.reveal()} if token else {}
        return {**os.environ, "JUPYTER_PATH": jupyter_path(), **secret}

    def _last_words(self) -> str:
        log = (self._settings.outputs / "dashboard.log").read_text(errors="replace").strip().splitlines()
        return "Last lines of outputs/dashboard.log: " + " | ".join(log[-3:]) if log else ""
