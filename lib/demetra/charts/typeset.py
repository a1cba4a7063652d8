"""Text that fits: measured in inches, wrapped, shortened, and kept to the letters that the font has."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path

FAMILY: Final = "DejaVu Sans"
"""Comes with Matplotlib, so that a chart has the same bytes on every machine; has Latin, Greek and Cyrillic."""

TITLE: Final = 12.0
BODY: Final = 8.5
SMALL: Final = 7.0
"""Font sizes in points."""

LINE_HEIGHT: Final = 1.32 / 72
"""Inches from line to line per point of font size."""


def make_font(size: float, *, bold: bool = False) -> FontProperties:
    """The charts' one typeface in a size in points."""
    return FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=FAMILY))).get_charmap())


def clean_text(text: str) -> str:
    """Text on one line; a letter that the font lacks becomes `□`."""
    folded = " ".join(str(text).split())
    return "".join(letter if ord(letter) in _letters() else "□" for letter in folded)


@lru_cache(maxsize=4096)
def measure_text(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line, inches."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, make_font(size, bold=bold), ismath=False)
    return float(width) / 72


def shorten_text(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """A line cut with an ellipsis where it is wider than `width` inches."""
    if measure_text(text, size, bold=bold) <= width:
        return text
    keep = len(text)
    while keep > 1 and measure_text(f"{text[:keep].rstrip()}…", size, bold=bold) > width:
        keep -= 1
    return f"{text[:keep].rstrip()}…"


def wrap_text(text: str, width: float, size: float, *, bold: bool = False, most: int = 99) -> list[str]:
    """Text broken at spaces, or within a word that is too wide, into at most `most` lines; the rest is cut."""
    lines: list[str] = []
    left = clean_text(text)
    while left and len(lines) < most - 1:
        line, left = _break_line(left, width, size, bold=bold)
        lines.append(line)
    if left:
        lines.append(shorten_text(left, width, size, bold=bold))
    return lines


def fit_name(name: str, width: float, *, most: int) -> tuple[list[str], float]:
    """A channel's name, bold, on one line in body size, else on up to `most` small lines; lines and size in points."""
    if measure_text(clean_text(name), BODY, bold=True) <= width:
        return [clean_text(name)], BODY
    return wrap_text(name, width, SMALL, bold=True, most=most), SMALL


def _break_line(text: str, width: float, size: float, *, bold: bool) -> tuple[str, str]:
    if measure_text(text, size, bold=bold) <= width:
        return text, ""
    low, high = 1, len(text)
    while low < high:  # the longest start that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure_text(text[:middle], size, bold=bold) <= width else (low, middle - 1)
    space = text.rfind(" ", 0, low + 1)
    cut = space if space > 0 else low
    return text[:cut].rstrip(), text[cut:].lstrip()
