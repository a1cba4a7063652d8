"""Paints the page's content once for each publication and language: what lies in `outputs/pages/` serves everybody.

A stored file's first line tells what it was made of: the state of the store, the business rules and the code. One made
of anything else is not shown but painted anew. A folder that cannot be written to costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import demetra
from demetra.store.pulse import feel_pulse
from demetra.store.state import borrow, connect_directly
from demetra.words import LANGUAGES, Words

if TYPE_CHECKING:
    from demetra.settings import Settings


@dataclass(frozen=True)
class Painted:
    """The HTML inside the page's frame, and the state of the store that it shows, as `Pulse.published` writes it."""

    html: str
    shown: str


def paint_page(settings: Settings, *, words: Words) -> Painted:
    """What is published, as one language shows it.

    Where it is stored, neither pandas nor SQLAlchemy is used: a kernel that only hands it on shares their memory.

    Raises:
        DemetraError: the business rules cannot be read, or the database does not answer.
    """
    return _find(settings, words) or _make(settings, words)


def prepare_pages(settings: Settings) -> None:
    """Store what is published in every language, so that no visitor waits for it.

    Raises:
        DemetraError: as `paint_page`.
    """
    for language in LANGUAGES:
        paint_page(settings, words=Words(language))


def _find(settings: Settings, words: Words) -> Painted | None:
    with connect_directly(settings) as connection:
        if connection is None:
            return None
        shown = feel_pulse(connection).published
    with suppress(OSError), _locate(settings, words).open(encoding="utf-8") as file:
        if file.readline().strip() == _sign(settings, shown):
            return Painted(file.read(), shown)
    return None


def _make(settings: Settings, words: Words) -> Painted:
    """Read and draw; the state is read first, so that what is published meanwhile counts as not shown yet."""
    from demetra.dashboard.contents import read_contents
    from demetra.dashboard.render import render_content
    from demetra.store.engine import open_engine

    engine = open_engine(settings)
    try:
        with borrow(engine) as connection:
            shown = feel_pulse(connection).published
        signature = _sign(settings, shown)
        html = render_content(read_contents(settings, engine), words=words)
        html = html.encode(
            "ascii", "xmlcharrefreplace"
        ).decode()  # Python holds ASCII in a byte a character, else in two
    finally:
        engine.dispose()
    _store(f"{signature}\n{html}", _locate(settings, words))
    return Painted(html, shown)


def _store(text: str, path: Path) -> None:
    """Replace what is there; readers find the old or the new, whole."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.write_text(text, encoding="utf-8")
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


def _sign(settings: Settings, shown: str) -> str:
    digest = hashlib.sha256(shown.encode())
    with suppress(FileNotFoundError):
        digest.update(settings.rules_file.read_bytes())
    for folder, _, names in os.walk(Path(demetra.__file__).parent):
        for name in sorted(names):
            if not name.endswith(".pyc"):
                found = os.stat(f"{folder}/{name}")  # noqa: PTH116 - some 300 files at every visit
                digest.update(f"{folder}/{name} {found.st_mtime_ns} {found.st_size}\n".encode())
    return digest.hexdigest()


def _locate(settings: Settings, words: Words) -> Path:
    return settings.outputs / "pages" / f"{words.language}.html"
