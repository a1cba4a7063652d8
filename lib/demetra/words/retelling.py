"""A sentence that was composed from the catalogue in English, said again in another language.

A run stores its reasons once, in English. Each entry of the catalogue is a pattern as well as a text: what matches it
is taken apart into its facts, these are said again in turn, and figures and days are written as the language does.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from demetra.words.voice import CATALOGUE

if TYPE_CHECKING:
    from demetra.words.voice import Words

_FIGURE: Final = re.compile(r"[+−]?[\d,.]+%?")
_FIELD: Final = re.compile(r"\\{(\w+)\\}")
_COUNT: Final = r"(?P<count>[\d,.]+)"


def retell(text: str, prefix: str, words: Words) -> str:
    """The sentence by the entries whose keys begin with `prefix.`; what none of them matches stays as it is."""
    if words.language == "en":
        return text
    for key, pattern in reversed(_list_patterns(prefix)):  # what is added to a sentence is taken off first
        match = pattern.fullmatch(text)
        if match:
            return words(key, **{name: retell(fact, prefix, words) for name, fact in match.groupdict().items()})
    if _FIGURE.fullmatch(text):
        return words.rewrite(text)
    try:
        return words.day(date.fromisoformat(text))
    except ValueError:
        return text


@cache
def _list_patterns(prefix: str) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (key, re.compile(_FIELD.sub(_match_fact, re.escape(english))))
        for key, (english, _) in CATALOGUE.items()
        if key.startswith(f"{prefix}.")
    ]


def _match_fact(field: re.Match[str]) -> str:
    """Any text, except where the fact is a count: a sentence shall not pass for one."""
    return _COUNT if field[1] == "count" else f"(?P<{field[1]}>.+?)"
