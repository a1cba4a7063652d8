"""The report as a file: one content, three kinds."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final, Literal, get_args

from demetra.words import ENGLISH

if TYPE_CHECKING:
    from pathlib import Path

    from demetra.reports.published import Published
    from demetra.words import Words

Kind = Literal["xlsx", "pdf", "html"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MEDIA_TYPES: Final[dict[Kind, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}


def render_file(published: Published, kind: Kind, *, words: Words = ENGLISH) -> bytes:
    """The report's content. Each kind's package is imported when that kind is asked for."""
    if kind == "xlsx":
        from demetra.reports.workbook import render_workbook

        return render_workbook(published, words=words)
    if kind == "pdf":
        from demetra.reports.pdf import render_pdf

        return render_pdf(published, words=words)
    from demetra.reports.render import render_report

    return render_report(published, words=words).encode()


def name_file(published: Published, kind: Kind) -> str:
    """`demetra-2026-03-31.pdf`, by the last day of the data."""
    return f"demetra-{published.as_of or 'empty'}.{kind}"


def write_file(published: Published, kind: Kind, path: Path, *, words: Words = ENGLISH) -> None:
    """Write the report aside and rename it: who opens `path` finds the former report or the new one, whole.

    Raises:
        OSError: the folder cannot be written to.
    """
    content = render_file(published, kind, words=words)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
