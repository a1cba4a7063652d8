"""Recommendations for facts: a model's words where one is configured and what it says holds, else by rules.

Speaks to Hugging Face inference, or to any OpenAI-compatible server (`DEMETRA_LLM_BASE_URL`). Whatever goes wrong there
becomes a reason, never an error: the report must stand without a model.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from demetra.advice import (
    Facts,
    Recommendations,
    answer_schema,
    build_messages,
    build_repair,
    check_answer,
    write_by_rules,
)
from demetra.llm.client import MAX_TOKENS, TEMPERATURE, NoAnswerError, Reply, ask_model, name_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.advice import Checked
    from demetra.settings import Settings
    from demetra.words import Language

_ECHOED: Final = 4000


@dataclass(frozen=True)
class Advice:
    """Recommendations as they are stored.

    `rejected_reason` says why a model's answer was not used, or which of its sentences were taken out; None where there
    was nothing to reject. `model` is the model that wrote, or that was asked in vain; None where none is configured.
    `unanswered` says that a model is configured and gave no answer, so that it is worth asking again.

    Token counts and `cost_usd` are of all requests made for this advice: 0 where a kept answer served, None where no
    model was asked, or where the server tells no counts, or where no price is known.
    """

    channel_comparison: dict[str, Any]
    ml_predictions: dict[str, Any]
    recommendations: dict[str, Any]
    summary: str
    generated_by: Literal["llm", "rules"]
    model: str | None
    rejected_reason: str | None
    unanswered: bool
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None


class KeptReplies(Protocol):
    """Where a model's replies are kept, so that the same question is paid for once."""

    def find(self, question: str) -> Reply | None:
        """The reply to a question, by its hash."""

    def keep(self, question: str, reply: Reply, *, model: str, cost_usd: float | None) -> None:
        """Keep the last reply to a question; its token counts are those of all requests that it took."""


def recommend(
    facts: Facts,
    *,
    settings: Settings,
    language: Language = "en",
    kept: KeptReplies | None = None,
    timeout_seconds: float = 60.0,
) -> Advice:
    """Recommendations for these facts: the model's where one is configured and its answer holds, else by rules.

    An answer that cannot be used is sent back once with its errors named. All requests and waits together take no
    longer than `timeout_seconds`. Without a key and without a server's address nothing is asked.

    What a model replied is kept by the hash of what it was sent (facts, language, prompt) and of whom. The same
    question is not asked again, whether its reply was used or refused; the reply is checked anew each time, so that
    nothing is shown that today's checks would take out. Where no reply came, the next call asks again.

    Args:
        facts: what may be said.
        settings: `llm_model`, and `hf_token` (sent to `llm_base_url` too, where that is set) or `llm_base_url`.
        language: "en" or "ru".
        kept: replies to earlier questions; None: each call asks.
        timeout_seconds: for everything.

    Raises:
        ParameterError: another language.
    """
    by_rules = write_by_rules(facts, language=language)
    if settings.hf_token is None and settings.llm_base_url is None:
        return _sign(by_rules, model=None)
    model = settings.llm_model
    fault = _find_fault(settings)
    if fault:
        return _sign(by_rules, model=model, reason=fault, unanswered=True)
    messages = build_messages(facts, language=language)
    question = _hash_question(messages, settings)
    earlier = kept.find(question) if kept else None
    if earlier is not None:
        checked = check_answer(earlier.text, facts, language=language)
        reason = _name_fault(checked, earlier)
        return _sign(checked.answer or by_rules, checked.answer, model=model, reason=reason, spent=_Spent(0, 0, 0.0))
    deadline = time.monotonic() + timeout_seconds
    talk = _converse(messages, facts, settings=settings, language=language, deadline=deadline)
    spent = _sum_up(talk.replies, settings)
    if kept and talk.answered:
        last = talk.replies[-1]
        reply = Reply(last.text, last.cut_off, spent.prompt_tokens, spent.completion_tokens)
        kept.keep(question, reply, model=model, cost_usd=spent.cost_usd)
    unanswered = not talk.answered
    return _sign(
        talk.answer or by_rules, talk.answer, model=model, reason=talk.reason, unanswered=unanswered, spent=spent
    )


@dataclass(frozen=True)
class _Spent:
    """What was asked and answered, in tokens and US dollars; None where not known."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class _Talk:
    """Up to two replies, what is left of the last one, and what was wrong; `answered`: nothing is still owed."""

    replies: tuple[Reply, ...]
    answer: Recommendations | None
    reason: str | None
    answered: bool


def _find_fault(settings: Settings) -> str | None:
    """Why there is no use in asking."""
    key = settings.hf_token
    if settings.llm_base_url is None and key is not None and not key.reveal().startswith("hf_"):
        return "HF_TOKEN is not a key of Hugging Face (these start with hf_), and DEMETRA_LLM_BASE_URL is not set"
    return None


def _hash_question(messages: list[dict[str, str]], settings: Settings) -> str:
    """A hash of all that decides an answer: facts, language and prompt as they are sent, and who is asked how."""
    asked = [name_model(settings), settings.llm_base_url, MAX_TOKENS, TEMPERATURE, answer_schema(), messages]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _converse(
    messages: list[dict[str, str]], facts: Facts, *, settings: Settings, language: Language, deadline: float
) -> _Talk:
    """Ask, and once more with the errors named where the answer cannot be used."""
    replies: tuple[Reply, ...] = ()
    reason = None
    while True:
        try:
            reply = ask_model(messages, settings=settings, deadline=deadline)
        except NoAnswerError as error:
            told = f"{reason}; when asked to correct it: {error.reason}" if reason else error.reason
            return _Talk(replies, None, told, answered=False)
        replies = (*replies, reply)
        checked = check_answer(reply.text, facts, language=language)
        reason = _name_fault(checked, reply)
        if checked.answer is not None:
            return _Talk(replies, checked.answer, reason, answered=True)
        if len(replies) > 1:
            return _Talk(replies, None, f"the corrected answer cannot be used either: {reason}", answered=True)
        repair = build_repair(checked.problems, language=language)
        messages = [*messages, {"role": "assistant", "content": reply.text[:_ECHOED]}, repair]


def _name_fault(checked: Checked, reply: Reply) -> str | None:
    cut_off = reply.cut_off and checked.answer is None
    return f"the answer was cut off; {checked.reason}" if cut_off else checked.reason


def _sum_up(replies: Sequence[Reply], settings: Settings) -> _Spent:
    """The tokens of all replies, and what they cost at the prices of the settings."""
    counts = [(reply.prompt_tokens, reply.completion_tokens) for reply in replies]
    known = [(prompt, completion) for prompt, completion in counts if prompt is not None and completion is not None]
    if not replies or len(known) < len(replies):
        return _Spent()
    prompt, completion = (sum(each) for each in zip(*known, strict=True))
    if settings.llm_prices is None:
        return _Spent(prompt, completion)
    prompt_price, completion_price = settings.llm_prices
    return _Spent(prompt, completion, (prompt * prompt_price + completion * completion_price) / 1e6)


def _sign(
    content: Recommendations,
    answer: Recommendations | None = None,
    *,
    model: str | None,
    reason: str | None = None,
    unanswered: bool = False,
    spent: _Spent = _Spent(),
) -> Advice:
    """The content with who wrote it: the model where `answer` is what was left of its words, else rules."""
    return Advice(
        **content.model_dump(),
        generated_by="rules" if answer is None else "llm",
        model=model,
        rejected_reason=reason,
        unanswered=unanswered,
        prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens,
        cost_usd=spent.cost_usd,
    )
