"""What people read, in English and Russian: one catalogue of strings, and figures as each language writes them."""

from demetra.words.retelling import retell
from demetra.words.voice import ENGLISH, LANGUAGES, Language, Words, choose_language

__all__ = ["ENGLISH", "LANGUAGES", "Language", "Words", "choose_language", "retell"]
