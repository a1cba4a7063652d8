"""Asking a model: one chat completion over HTTP, tried again where the server is busy, within a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from demetra.advice import answer_schema
from demetra.advice.answer import LONGEST_ANSWER
from demetra.errors import DemetraError
from demetra.settings import DEFAULT_LLM_MODEL

if TYPE_CHECKING:
    from demetra.settings import Settings

PROVIDERS: Final = {DEFAULT_LLM_MODEL: "together"}
"""Who serves a model: pinned, for hosts differ in what they honour. Other models go as they are named."""
MAX_TOKENS: Final = 3000
TEMPERATURE: Final = 0.2
MOST_TRIES: Final = 5
BUSY: Final = frozenset({429, 502, 503, 504})
UNPROCESSABLE: Final = frozenset({400, 422})

T = TypeVar("T")


class NoAnswerError(DemetraError):
    """The model server gave no usable answer; `status` is HTTP's, `wait_seconds` what it asks for before a next try."""

    def __init__(self, reason: str, *, status: int | None = None, wait_seconds: float | None = None) -> None:
        self.reason = reason
        self.status = status
        self.wait_seconds = wait_seconds
        super().__init__(reason)


@dataclass(frozen=True)
class Reply:
    """A model's words, at most one character more than an answer may have; token counts are None where not told."""

    text: str
    cut_off: bool
    prompt_tokens: int | None
    completion_tokens: int | None


def ask_model(messages: list[dict[str, str]], *, settings: Settings, deadline: float) -> Reply:
    """One answer; a busy server is asked again as long as time allows, one that refuses the schema once without it."""
    structured = True
    for attempt in range(MOST_TRIES):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise NoAnswerError("no time was left to ask the model")
        try:
            return _request(messages, settings=settings, structured=structured, seconds=remaining)
        except NoAnswerError as error:
            if error.status in UNPROCESSABLE and structured:
                structured = False
                continue
            wait = 0.5 * 2**attempt if error.wait_seconds is None else error.wait_seconds
            if error.status not in BUSY or attempt == MOST_TRIES - 1:
                raise
            if time.monotonic() + wait >= deadline:
                raise NoAnswerError(f"{error.reason}, and no time was left to ask again") from error
            time.sleep(wait)
    raise NoAnswerError("the model server stayed busy")


def _request(messages: list[dict[str, str]], *, settings: Settings, structured: bool, seconds: float) -> Reply:
    """One request, in a thread of its own: a server that trickles its answer must not hold us beyond the time-out."""
    from huggingface_hub import InferenceClient, close_session

    # Without a key of ours, the client would send the one that is stored on this machine.
    token = settings.hf_token.reveal() if settings.hf_token else "none"
    schema = {"name": "recommendations", "schema": answer_schema(), "strict": True}
    response_format: Any = {"type": "json_schema", "json_schema": schema} if structured else None

    def complete() -> Reply:
        client = InferenceClient(base_url=settings.llm_base_url, api_key=token, timeout=seconds)
        return _read_reply(
            client.chat_completion(
                messages,
                model=name_model(settings),
                response_format=response_format,
                max_tokens=MAX_TOKENS,
                temperature=TEMPERATURE,
            )
        )

    try:
        return _run_apart(complete, seconds)
    except TimeoutError as error:
        raise NoAnswerError("the model server did not answer in time") from error
    except NoAnswerError:
        raise
    except Exception as error:  # whatever the vendor's client raises is a reason, not our failure
        raise _translate(error) from error
    finally:
        close_session()


def name_model(settings: Settings) -> str:
    """The model as the server is asked for it, with who is to serve it."""
    provider = PROVIDERS.get(settings.llm_model)
    return f"{settings.llm_model}:{provider}" if provider and settings.llm_base_url is None else settings.llm_model


def _read_reply(output: Any) -> Reply:
    choice = output.choices[0]
    text = choice.message.content
    if not text:
        raise NoAnswerError("the model gave no text")
    usage = output.usage
    counts = (getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens"))
    prompt, completion = (None if count is None else int(count) for count in counts)
    # Half of a surrogate pair and NUL can be neither written to a file nor stored.
    shown = str(text)[: LONGEST_ANSWER + 1].encode("utf-8", "replace").decode().replace("\0", "")
    return Reply(shown, choice.finish_reason == "length", prompt, completion)


def _run_apart(call: Callable[[], T], seconds: float) -> T:
    """The call's result, waited for no longer than `seconds`.

    Raises:
        TimeoutError: it took longer; its connection is closed, and the thread ends on that.
    """
    outcome: Future[T] = Future()

    def work() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
            outcome.set_exception(error)

    threading.Thread(target=work, name="demetra-llm", daemon=True).start()
    return outcome.result(timeout=seconds)


def _translate(error: Exception) -> NoAnswerError:
    """The reason in plain words; the vendor's own message stays out of it, for it may repeat what was sent."""
    from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError

    if isinstance(error, InferenceTimeoutError):
        return NoAnswerError("the model server did not answer in time")
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        words = {401: "refused our key", 403: "refused our key", 404: "does not know the model", 429: "is busy"}
        said = words.get(status, "is busy" if status in BUSY else "refused the request")
        wait = _read_wait(error.response.headers.get("Retry-After"))
        return NoAnswerError(f"the model server {said} (HTTP {status})", status=status, wait_seconds=wait)
    if isinstance(error, ValueError | TypeError | LookupError | AttributeError | RecursionError):
        return NoAnswerError("the model server's answer is not a chat completion")
    return NoAnswerError(f"the model server cannot be reached ({type(error).__name__})")


def _read_wait(header: str | None) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
