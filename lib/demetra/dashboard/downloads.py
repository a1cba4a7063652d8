"""Files for the visitor: a table as CSV, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demetra.reports import render_report

if TYPE_CHECKING:
    import pandas as pd

    from demetra.reports import Published

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets look for; ISO dates; unknown values empty.

    A text that a spreadsheet would take for a formula is led by an apostrophe: campaigns may be called anything.
    """
    texts = table.select_dtypes(include=["object", "str"]).columns
    safe = table.assign(**{name: table[name].map(_disarm, na_action="ignore") for name in texts})
    return safe.to_csv(index=False, date_format="%Y-%m-%d").encode("utf-8-sig")


def write_report(published: Published, kind: str) -> tuple[str, str, bytes]:
    """The report as (file name, media type, content).

    Raises:
        KeyError: there is no such kind.
    """
    day = published.as_of.isoformat() if published.as_of else "empty"
    return f"demetra-{day}.{kind}", "text/html", render_report(published).encode()


def _disarm(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
