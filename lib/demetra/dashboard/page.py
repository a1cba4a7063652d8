"""The page of one visitor: first its HTML, whole and readable without scripts; then answers to its script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demetra.dashboard.frame import frame_page
from demetra.dashboard.live import Live
from demetra.dashboard.paint import Painted, paint_page
from demetra.dashboard.view import choose_words
from demetra.errors import DemetraError
from demetra.settings import Settings, Visit

if TYPE_CHECKING:
    from demetra.dashboard.frame import Html
    from demetra.words import Words

LONGEST_REASON: Final = 300


def open_page() -> Html:
    """The page for the visitor of this kernel, in their language; from now on its script is answered.

    Where the database does not answer, a plain page says so and tries again.
    """
    words = choose_words(Visit.from_environment())
    try:
        settings = Settings.from_environment()
        painted = paint_page(settings, words=words)
    except DemetraError as error:
        painted = Painted(_apologise(error, words), shown="")
    else:
        Live(settings, words).listen()
    return frame_page(painted.html, words=words, live=True, shown=painted.shown)


def _apologise(error: DemetraError, words: Words) -> str:
    from demetra.dashboard.render import fill

    reason = str(error)
    cut = reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"
    return fill("away.html.j2", words, reason=cut)
