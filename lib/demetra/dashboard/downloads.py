"""A table as a file for the visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets look for; ISO dates; unknown values empty.

    A text that a spreadsheet would take for a formula is led by an apostrophe: campaigns may be called anything.
    """
    texts = table.select_dtypes(include=["object", "str"]).columns
    safe = table.assign(**{name: table[name].map(_disarm, na_action="ignore") for name in texts})
    return safe.to_csv(index=False, date_format="%Y-%m-%d").encode("utf-8-sig")


def _disarm(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
