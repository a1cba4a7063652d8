"""Recommendations in the words of a language model, checked against the facts; by rules wherever that fails.

Speaks to Hugging Face inference, or to any OpenAI-compatible server (`DEMETRA_LLM_BASE_URL`). Whatever goes wrong there
becomes a reason, never an error: the report must stand without a model.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from demetra.advice import (
    Facts,
    Recommendations,
    answer_schema,
    build_messages,
    build_repair,
    check_answer,
    write_by_rules,
)
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
_ECHOED: Final = 4000

T = TypeVar("T")


@dataclass(frozen=True)
class Advice:
    """Recommendations as they are stored; token counts are of all requests made, None where none was answered.

    `rejected_reason` says why a model's answer was not used, or which of its sentences were taken out; None where there
    was nothing to reject. `model` is the model that wrote, or that was asked in vain; None where none is configured.
    """

    channel_comparison: dict[str, Any]
    ml_predictions: dict[str, Any]
    recommendations: dict[str, Any]
    summary: str
    generated_by: Literal["llm", "rules"]
    model: str | None
    rejected_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


class NoAnswerError(DemetraError):
    """The model server gave no usable answer; `status` is HTTP's, `wait_seconds` what it asks for before a next try."""

    def __init__(self, reason: str, *, status: int | None = None, wait_seconds: float | None = None) -> None:
        self.reason = reason
        self.status = status
        self.wait_seconds = wait_seconds
        super().__init__(reason)


@dataclass(frozen=True)
class _Reply:
    text: str
    cut_off: bool
    prompt_tokens: int
    completion_tokens: int


def recommend(facts: Facts, *, settings: Settings, language: str = "en", timeout_seconds: float = 60.0) -> Advice:
    """Recommendations for these facts: the model's where one is configured and its answer holds, else by rules.

    An answer that cannot be used is sent back once with its errors named. All requests and waits together take no
    longer than `timeout_seconds`. Without a key and without a server's address nothing is asked.

    Args:
        facts: what may be said.
        settings: `llm_model`, and `hf_token` (sent to `llm_base_url` too, where that is set) or `llm_base_url`.
        language: "en" or "ru".
        timeout_seconds: for everything.

    Raises:
        ParameterError: another language.
    """
    by_rules = write_by_rules(facts, language=language)
    if settings.hf_token is None and settings.llm_base_url is None:
        return _make_advice(by_rules, model=None)
    fault = _find_fault(settings)
    if fault:
        return _make_advice(by_rules, settings.llm_model, fault)
    deadline = time.monotonic() + timeout_seconds
    messages = build_messages(facts, language=language)
    replies: list[_Reply] = []
    reason = ""
    for last in (False, True):
        try:
            reply = _ask(messages, settings=settings, deadline=deadline)
        except NoAnswerError as error:
            reason = f"{reason}; when asked to correct it: {error.reason}" if reason else error.reason
            break
        replies.append(reply)
        checked = check_answer(reply.text, facts, language=language)
        if checked.answer is not None:
            return _make_advice(checked.answer, settings.llm_model, checked.reason, replies, by_model=True)
        reason = f"the answer was cut off; {checked.reason}" if reply.cut_off else checked.reason or ""
        if last:
            reason = f"the corrected answer cannot be used either: {reason}"
        messages = [
            *messages,
            {"role": "assistant", "content": reply.text[:_ECHOED]},
            build_repair(checked.problems, language=language),
        ]
    return _make_advice(by_rules, settings.llm_model, reason, replies)


def _find_fault(settings: Settings) -> str | None:
    """Why there is no use in asking."""
    key = settings.hf_token
    if settings.llm_base_url is None and key is not None and not key.reveal().startswith("hf_"):
        return "HF_TOKEN is not a key of Hugging Face (these start with hf_), and DEMETRA_LLM_BASE_URL is not set"
    return None


def _make_advice(
    answer: Recommendations,
    model: str | None,
    reason: str | None = None,
    replies: list[_Reply] | None = None,
    *,
    by_model: bool = False,
) -> Advice:
    content = answer.model_dump()
    return Advice(
        **content,
        generated_by="llm" if by_model else "rules",
        model=model,
        rejected_reason=reason or None,
        prompt_tokens=sum(reply.prompt_tokens for reply in replies) if replies else None,
        completion_tokens=sum(reply.completion_tokens for reply in replies) if replies else None,
    )


def _ask(messages: list[dict[str, str]], *, settings: Settings, deadline: float) -> _Reply:
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


def _request(messages: list[dict[str, str]], *, settings: Settings, structured: bool, seconds: float) -> _Reply:
    """One request, in a thread of its own: a server that trickles its answer must not hold us beyond the time-out."""
    from huggingface_hub import InferenceClient, close_session

    # Without a key of ours, the client would send the one that is stored on this machine.
    token = settings.hf_token.reveal() if settings.hf_token else "none"
    schema = {"name": "recommendations", "schema": answer_schema(), "strict": True}
    response_format: Any = {"type": "json_schema", "json_schema": schema} if structured else None

    def complete() -> _Reply:
        client = InferenceClient(base_url=settings.llm_base_url, api_key=token, timeout=seconds)
        return _read_reply(
            client.chat_completion(
                messages,
                model=_name_model(settings),
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


def _name_model(settings: Settings) -> str:
    provider = PROVIDERS.get(settings.llm_model)
    return f"{settings.llm_model}:{provider}" if provider and settings.llm_base_url is None else settings.llm_model


def _read_reply(output: Any) -> _Reply:
    choice = output.choices[0]
    text = choice.message.content
    if not text:
        raise NoAnswerError("the model gave no text")
    usage = output.usage
    counts = (getattr(usage, name, None) or 0 for name in ("prompt_tokens", "completion_tokens"))
    return _Reply(str(text), choice.finish_reason == "length", *(int(count) for count in counts))


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
