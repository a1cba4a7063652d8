"""Which names may stand in a sentence without quotation marks."""

from __future__ import annotations

import re
from typing import Final

from demetra.advice.checks import claim_words, lexicon, money_words
from demetra.advice.checks.figures import UNREADABLE
from demetra.schema import KNOWN_CHANNELS

LONGEST: Final = 30
_ORDINARY: Final = re.compile(r"[^\W\d]+(?:[ &+./-]{1,3}[^\W\d]+){0,2}")
_MEANINGFUL: Final = (
    UNREADABLE,
    *lexicon.FAMILIES.values(),
    *(
        word
        for module in (lexicon, claim_words, money_words)
        for word in vars(module).values()
        if isinstance(word, re.Pattern)
    ),
)
"""Every pattern that the checks read sentences by."""


def is_plain_name(name: str) -> bool:
    """Whether a clean name may stand in a sentence without quotation marks.

    A name from the catalogue may; another one only if nothing in it could be read as a figure, a claim or a channel.
    """
    if name in KNOWN_CHANNELS:
        return True
    if len(name) > LONGEST or not _ORDINARY.fullmatch(name):
        return False
    folded = name.casefold()
    return not any(pattern.search(name) for pattern in _MEANINGFUL) and not any(
        known.casefold() in folded.split() or (" " in known and known.casefold() in folded) for known in KNOWN_CHANNELS
    )
