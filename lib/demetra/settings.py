"""The environment, read once into a frozen `Settings`. Business rules are in `rules`, not here."""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demetra.errors import ConfigurationError, Problem

CHECKOUT = Path(__file__).resolve().parents[2]
DEFAULT_LLM_MODEL = "Qwen/Qwen2.5-7B-Instruct"


class Secret:
    """A value that masks itself when it is shown, logged or formatted; `reveal()` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret('********')"

    def __str__(self) -> str:
        return "********"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def reveal(self) -> str:
        """The value itself, for the one call that needs it."""
        return self._value


@dataclass(frozen=True)
class Visit:
    """The request that a page's kernel was started for, as the page's server hands it on."""

    query: str = ""
    accept_language: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Visit:
        """Read the variables of the common gateway interface (RFC 3875)."""
        env = os.environ if environment is None else environment
        return cls(env.get("QUERY_STRING", ""), env.get("HTTP_ACCEPT_LANGUAGE", ""))


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides; see `.env.example` for the meaning of each variable."""

    home: Path = CHECKOUT
    database_url: Secret | None = None
    api_token: Secret | None = None
    hf_token: Secret | None = None
    llm_model: str = DEFAULT_LLM_MODEL
    llm_base_url: str | None = None
    llm_prices: tuple[float, float] | None = None
    """US dollars per million tokens sent to the model and written by it; None: not known."""
    sync_minutes: int = 30
    warm_kernels: int = 2
    cors_origins: tuple[str, ...] = ()
    notify_urls: Secret | None = None
    dashboard_url: str = "http://127.0.0.1:8866/"
    checkout: Path = field(default=CHECKOUT, repr=False)

    @property
    def outputs(self) -> Path:
        """Where runs and the embedded server's data lie."""
        return self.home / "outputs"

    @property
    def database_dir(self) -> Path:
        """The embedded server's data directory."""
        return self.outputs / "database"

    @property
    def notebooks(self) -> Path:
        """The notebooks that the pipeline executes."""
        return self.checkout / "notebooks"

    @property
    def rules_file(self) -> Path:
        """The business rules: the home's own copy where there is one, else the checkout's."""
        own = self.home / "demetra.toml"
        return own if own.exists() else self.checkout / "demetra.toml"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the `DEMETRA_*` variables and `HF_TOKEN`; an empty variable counts as unset.

        Raises:
            ConfigurationError: naming every variable that cannot be used, at once.
        """
        env = os.environ if environment is None else environment
        problems: list[Problem] = []

        def text(name: str) -> str | None:
            return env.get(name, "").strip() or None

        def secret(name: str) -> Secret | None:
            value = text(name)
            return Secret(value) if value else None

        minutes = text("DEMETRA_SYNC_MINUTES") or "30"
        if not minutes.isdigit() or not 1 <= int(minutes) <= 1440:
            problems.append(Problem("DEMETRA_SYNC_MINUTES", repr(minutes), "a whole number of minutes, 1 to 1440"))
            minutes = "30"
        warm = text("DEMETRA_WARM_KERNELS") or "2"
        if not warm.isdigit() or int(warm) > 64:
            problems.append(Problem("DEMETRA_WARM_KERNELS", repr(warm), "a whole number, 0 to 64"))
            warm = "2"
        url = secret("DEMETRA_DATABASE_URL")
        if url and not url.reveal().startswith(("postgresql://", "postgresql+psycopg2://", "postgres://")):
            problems.append(
                Problem(
                    "DEMETRA_DATABASE_URL",
                    f"a URL that starts with {url.reveal().split(':')[0]!r}",
                    "postgresql://user:password@host:port/name",
                    "Unset it to use the embedded server.",
                )
            )
        base_url = text("DEMETRA_LLM_BASE_URL")
        if base_url and not base_url.startswith(("http://", "https://")):
            problems.append(Problem("DEMETRA_LLM_BASE_URL", repr(base_url), "an http:// or https:// address"))
        prices = text("DEMETRA_LLM_PRICES") or ""
        known = re.fullmatch(r"(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)", prices)
        if prices and known is None:
            wanted = "US dollars per million tokens, sent and written, like 0.30/0.60"
            problems.append(Problem("DEMETRA_LLM_PRICES", repr(prices), wanted))
        origins = tuple((text("DEMETRA_CORS_ORIGINS") or "").replace(",", " ").split())
        problems += [
            Problem(
                "DEMETRA_CORS_ORIGINS", repr(origin), "origins like https://reports.example.com, with commas between"
            )
            for origin in origins
            if not re.fullmatch(r"https?://[^/\s*]+", origin)
        ]
        dashboard_url = text("DEMETRA_DASHBOARD_URL") or cls.dashboard_url
        if not dashboard_url.startswith(("http://", "https://")):
            problems.append(Problem("DEMETRA_DASHBOARD_URL", repr(dashboard_url), "an http:// or https:// address"))
        if problems:
            raise ConfigurationError("The environment cannot be used", problems)
        return cls(
            home=Path(text("DEMETRA_HOME") or CHECKOUT).expanduser().resolve(),
            database_url=url,
            api_token=secret("DEMETRA_API_TOKEN"),
            hf_token=secret("HF_TOKEN"),
            llm_model=text("DEMETRA_LLM_MODEL") or DEFAULT_LLM_MODEL,
            llm_base_url=base_url,
            llm_prices=(float(known[1]), float(known[2])) if known else None,
            sync_minutes=int(minutes),
            warm_kernels=int(warm),
            cors_origins=origins,
            notify_urls=secret("DEMETRA_NOTIFY_URLS"),
            dashboard_url=dashboard_url,
        )
