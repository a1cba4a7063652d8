"""The figures of a written text, each led back to the published table that holds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

Linked = list[tuple[str, str]]
"""Pieces of a text in order: the piece, and the name of the table that it comes from, or nothing."""

_FIGURE: Final = re.compile(r"[$€£₽]?\d[\d,\u00a0\u202f]*(?:[.,]\d+)?(?:[\u00a0 ]?[%$€£₽])?")
_ORDER: Final = ("budget-recommendation", "roi-forecast", "figures", "compare")


def collect_figures(tables: Mapping[str, pd.DataFrame]) -> dict[str, NDArray[np.float64]]:
    """The numbers of each table; fractions count as percent too."""
    found = {}
    for name in _ORDER:
        if name in tables:
            values = tables[name].select_dtypes("number").to_numpy(dtype="float64").ravel()
            known = np.abs(values[np.isfinite(values)])
            found[name] = np.concatenate([known, 100 * known[known < 1]])
    return found


def link_figures(text: str, figures: Mapping[str, NDArray[np.float64]]) -> Linked:
    """Cut a text at its figures and name the first table that holds each, rounded as the text rounds it.

    Small whole numbers (a count of days, a 14) are left alone: they are found everywhere and mean nothing.
    """
    pieces: Linked = []
    end = 0
    for match in _FIGURE.finditer(text):
        source = _find_source(match.group(), figures)
        if source:
            pieces += [(text[end : match.start()], ""), (match.group(), source)]
            end = match.end()
    return [piece for piece in [*pieces, (text[end:], "")] if piece[0]]


def _find_source(figure: str, figures: Mapping[str, NDArray[np.float64]]) -> str:
    plain = re.sub(r"[^\d.,]", "", figure)
    marked = not figure[0].isdigit() or not figure[-1].isdigit()
    decimal = re.search(r"[.,](\d{1,2})$", plain)
    digits = len(decimal.group(1)) if decimal else 0
    whole = re.sub(r"[.,]", "", plain[: decimal.start()] if decimal else plain)
    if not whole or not (decimal or marked or len(whole) > 3):
        return ""
    value = float(f"{whole}.{decimal.group(1) if decimal else 0}")
    for name, known in figures.items():
        if (np.abs(known - value) <= 0.5 * 10.0**-digits + 1e-9).any():
            return name
    return ""
