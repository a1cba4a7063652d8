"""Names that come from data, made fit to be shown: a channel or a campaign may be called anything, orders included."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 60
_INVISIBLE: Final = {"Cc": " ", "Zl": " ", "Zp": " ", "Zs": " ", "Cf": "", "Cs": "", "Co": "", "Cn": ""}
"""What becomes of a character by its Unicode category; private-use ones go too, for the checks use them as marks."""
_QUOTES: Final = {"en": ("“", "”"), "ru": ("«", "»")}


def clean_name(name: str) -> str:
    """A name on one line: control and invisible characters removed, quotation marks made plain, cut at 60."""
    spaced = "".join(_INVISIBLE.get(unicodedata.category(letter)[:2], letter) for letter in name)
    folded = " ".join(re.sub(r"[\"“”«»„`<>{}\[\]]", "'", spaced).split())
    return folded if len(folded) <= LONGEST else folded[: LONGEST - 1].rstrip() + "…"


def clean_names(names: list[str]) -> dict[str, str]:
    """The clean form of each name; forms that would coincide are numbered, empty ones get a word."""
    shown: dict[str, str] = {}
    for name in dict.fromkeys(names):
        base = clean_name(name) or "unnamed"
        candidate, number = base, 2
        while candidate in shown.values():
            candidate, number = f"{base[: LONGEST - 4]} ({number})", number + 1
        shown[name] = candidate
    return shown


def quote(name: str, language: str) -> str:
    """The name in the language's quotation marks."""
    opening, closing = _QUOTES[language]
    return f"{opening}{name}{closing}"
