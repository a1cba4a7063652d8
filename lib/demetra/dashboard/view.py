"""What a visitor asked for: the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from demetra.words import Words, choose_language

if TYPE_CHECKING:
    from demetra.settings import Visit


def choose_words(visit: Visit) -> Words:
    """The words of the visitor's language: the address's (`?lang=ru`), else the browser's first that we have."""
    asked = parse_qs(visit.query).get("lang", [""])[-1]
    return Words(choose_language(asked, visit.accept_language))
