"""The page of one visitor: first its HTML, whole and readable without scripts; then answers to its script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demetra.dashboard.contents import read_contents
from demetra.dashboard.live import Live
from demetra.dashboard.render import fill, frame_page, render_content
from demetra.dashboard.view import choose_words
from demetra.errors import DemetraError
from demetra.reports import Html
from demetra.settings import Settings, Visit
from demetra.store.engine import open_engine

if TYPE_CHECKING:
    from demetra.words import Words

LONGEST_REASON: Final = 300


def open_page() -> Html:
    """The page for the visitor of this kernel, in their language; from now on its script is answered.

    Where the database does not answer, a plain page says so and tries again.
    """
    words = choose_words(Visit.from_environment())
    try:
        settings = Settings.from_environment()
        engine = open_engine(settings)
        contents = read_contents(settings, engine)
    except DemetraError as error:
        return Html(frame_page(_apologise(error, words), words=words, live=True))
    Live(settings, engine, contents, words).listen()
    return Html(frame_page(render_content(contents, words=words), words=words, live=True))


def _apologise(error: DemetraError, words: Words) -> str:
    reason = str(error)
    cut = reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"
    return fill("away.html.j2", words, reason=cut)
