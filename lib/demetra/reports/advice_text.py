"""The written recommendations, cut into titled paragraphs, and who wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS: Final = (
    ("recommendations", "What to do"),
    ("channel_comparison", "How the channels compare"),
    ("ml_predictions", "What is forecast"),
)
_TITLES: Final = {
    "roi_growth": "ROI growth",
    "top_channel": "Top channel",
    "budget_allocation": "Budget",
    "optimization": "CPC, CTR and CPM",
}


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


def lay_out_advice(written: Mapping[str, Any]) -> Advice:
    """Read the stored JSON in the brief's shape; nested values of any depth become paragraphs, empty ones vanish."""
    sections = []
    for key, title in _PARTS:
        content = written.get(key) or {}
        entries = content.items() if isinstance(content, dict) else [("", content)]
        filled = [(_name(str(name)), _list_paragraphs(value)) for name, value in entries]
        if kept := [(name, texts) for name, texts in filled if texts]:
            sections.append(Section(title, kept))
    return Advice(str(written.get("summary") or ""), sections, _name_author(written))


def _name_author(written: Mapping[str, Any]) -> str:
    if written.get("generated_by") == "llm":
        return f"Written by the language model {written.get('model') or 'of unknown name'}; its figures were checked."
    return "Written by rules from the figures above, without a language model."


def _name(key: str) -> str:
    return _TITLES.get(key, key.replace("_", " ").capitalize() if key.islower() else key)


def _list_paragraphs(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{_name(str(key))}: {text}" for key, inner in value.items() for text in _list_paragraphs(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _list_paragraphs(inner)]
    text = "" if value is None else str(value).strip()
    return [text] if text else []
