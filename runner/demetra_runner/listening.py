"""Where servers may listen: on this machine alone, or anywhere with a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demetra.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from demetra.settings import Settings

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def check_exposure(settings: Settings, *, host: str) -> None:
    """Refuse to listen for other machines without a token.

    Raises:
        ConfigurationError: `host` is not loopback and no DEMETRA_API_TOKEN is set.
    """
    if host not in LOOPBACK and settings.api_token is None:
        problem = Problem("--host", host, "127.0.0.1", "Set DEMETRA_API_TOKEN to listen on another address.")
        raise ConfigurationError("The servers would be open to others without a token", [problem])


def write_address(host: str, port: int) -> str:
    """The address that a browser on this machine takes; one that listens everywhere is called by its loopback name."""
    name = "127.0.0.1" if host == "0.0.0.0" else f"[{host}]" if ":" in host else host  # noqa: S104 - a name, no bind
    return f"http://{name}:{port}/"
