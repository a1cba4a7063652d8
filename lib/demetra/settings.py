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
        env = _Environment(os.environ if environment is None else environment)
        settings = cls(
            home=Path(env.text("DEMETRA_HOME") or CHECKOUT).expanduser().resolve(),
            database_url=env.database("DEMETRA_DATABASE_URL"),
            api_token=env.secret("DEMETRA_API_TOKEN"),
            cors_origins=env.origins("DEMETRA_CORS_ORIGINS"),
            hf_token=env.secret("HF_TOKEN"),
            llm_model=env.text("DEMETRA_LLM_MODEL") or DEFAULT_LLM_MODEL,
            llm_base_url=env.address("DEMETRA_LLM_BASE_URL"),
            llm_prices=env.prices("DEMETRA_LLM_PRICES"),
            notify_urls=env.secret("DEMETRA_NOTIFY_URLS"),
            dashboard_url=env.address("DEMETRA_DASHBOARD_URL") or cls.dashboard_url,
            sync_minutes=env.number("DEMETRA_SYNC_MINUTES", 1, 1440, "a whole number of minutes", cls.sync_minutes),
            warm_kernels=env.number("DEMETRA_WARM_KERNELS", 0, 64, "a whole number", cls.warm_kernels),
        )
        if env.problems:
            raise ConfigurationError("The environment cannot be used", env.problems)
        return settings


class _Environment:
    """Reads variables one by one, an empty one as unset; what is wrong with them is in `problems`."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.problems: list[Problem] = []

    def text(self, name: str) -> str | None:
        return self._variables.get(name, "").strip() or None

    def secret(self, name: str) -> Secret | None:
        value = self.text(name)
        return Secret(value) if value else None

    def number(self, name: str, least: int, most: int, what: str, default: int) -> int:
        value = self.text(name) or str(default)
        if value.isdigit() and least <= int(value) <= most:
            return int(value)
        self._refuse(name, repr(value), f"{what}, {least} to {most}")
        return default

    def address(self, name: str) -> str | None:
        value = self.text(name)
        if value and not value.startswith(("http://", "https://")):
            self._refuse(name, repr(value), "an http:// or https:// address")
        return value

    def database(self, name: str) -> Secret | None:
        value = self.text(name)
        if value and not value.startswith(("postgresql://", "postgresql+psycopg2://", "postgres://")):
            found = f"a URL that starts with {value.split(':')[0]!r}"
            remedy = "Unset it to use the embedded server."
            self._refuse(name, found, "postgresql://user:password@host:port/name", remedy)
        return self.secret(name)

    def prices(self, name: str) -> tuple[float, float] | None:
        value = self.text(name) or ""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)", value)
        if value and not found:
            self._refuse(name, repr(value), "US dollars per million tokens, sent and written, like 0.30/0.60")
        return (float(found[1]), float(found[2])) if found else None

    def origins(self, name: str) -> tuple[str, ...]:
        origins = tuple((self.text(name) or "").replace(",", " ").split())
        for origin in origins:
            if not re.fullmatch(r"https?://[^/\s*]+", origin):
                self._refuse(name, repr(origin), "origins like https://reports.example.com, with commas between")
        return origins

    def _refuse(self, name: str, found: str, expected: str, remedy: str = "") -> None:
        self.problems.append(Problem(name, found, expected, remedy))
