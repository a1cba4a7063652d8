"""The written recommendations, cut into titled paragraphs, and who wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from demetra.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demetra.words import Words

_PARTS: Final = ("recommendations", "channel_comparison", "ml_predictions")


@dataclass(frozen=True)
class Section:
    """A part of the advice: its title, and its entries as (title, paragraphs)."""

    title: str
    entries: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Advice:
    """The advice: its summary, its sections, and a sentence about its author."""

    summary: str
    sections: list[Section]
    author: str


def lay_out_advice(written: Mapping[str, Any], *, words: Words = ENGLISH) -> Advice:
    """Read the stored JSON in the brief's shape; nested values of any depth become paragraphs, empty ones vanish."""
    sections = []
    for key in _PARTS:
        content = written.get(key) or {}
        entries = content.items() if isinstance(content, dict) else [("", content)]
        filled = [(_name(str(name), words), _list_paragraphs(value, words)) for name, value in entries]
        if kept := [(name, texts) for name, texts in filled if texts]:
            sections.append(Section(words(f"advice.{key}"), kept))
    return Advice(str(written.get("summary") or ""), sections, _name_author(written, words))


def _name_author(written: Mapping[str, Any], words: Words) -> str:
    if written.get("generated_by") == "llm":
        return words("advice.by_model", model=written.get("model") or words("advice.unnamed_model"))
    return words("advice.by_rules")


def _name(key: str, words: Words) -> str:
    return words.choose(f"advice.{key}", key.replace("_", " ").capitalize() if key.islower() else key)


def _list_paragraphs(value: Any, words: Words) -> list[str]:
    if isinstance(value, dict):
        return [
            f"{_name(str(key), words)}: {text}"
            for key, inner in value.items()
            for text in _list_paragraphs(inner, words)
        ]
    if isinstance(value, list):
        return [text for inner in value for text in _list_paragraphs(inner, words)]
    text = "" if value is None else str(value).strip()
    return [text] if text else []
