"""The frame around the page's content: its style and its script, the piece of a page that Voila is given."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from demetra.words import Words

SCRIPTS: Final = ("wire", "page", "tables", "chart", "explorer", "controls", "alerts", "start")
"""The parts of the page's script, in order; they share one scope."""


@dataclass(frozen=True)
class Html:
    """A piece of a page, which a notebook shows as its cell's output; in parts, as the notebook keeps it."""

    parts: tuple[str, ...]

    def _repr_html_(self) -> str:
        return "".join(self.parts)


@cache
def read_front_end(name: str) -> str:
    """A file of `front_end/`; all are in ASCII, like the content: each visitor's kernel holds them."""
    return files("demetra.dashboard").joinpath("front_end", name).read_text(encoding="utf-8")


def write_script() -> str:
    """The whole script, as it stands between its tags."""
    parts = "\n".join(read_front_end(f"{name}.js") for name in SCRIPTS)
    return f'(() => {{"use strict";\n{parts}\n}})();'


def hash_script() -> str:
    """The source expression of a Content-Security-Policy that allows this script; changed files are read anew."""
    read_front_end.cache_clear()
    digest = hashlib.sha256(write_script().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def frame_page(content: str, *, words: Words, live: bool, shown: str = "") -> Html:
    """The page's content with its style and, for a page that is `live`, its script: a piece of a page for Voila.

    `shown` is the state of the store that the content shows; the script compares it with the pulse.
    """
    names = "demetra mathjax_ignore tex2jax_ignore"
    return Html(
        (
            f"<style>{read_front_end('style.css')}</style>",
            f'<div id="demetra" class="{names}" lang="{words.language}" data-shown="{shown}">',
            content,
            "</div>",
            f"<script>{write_script()}</script>" if live else "",
        )
    )
