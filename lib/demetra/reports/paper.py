"""Printing: A4 pages with margins, page numbers, headings, cards and tables whose text wraps."""

from __future__ import annotations

import io
import logging
import math
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace
from PIL import Image

from demetra.palette import INK, LINE, MUTED, RAISE, SHADE

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP: Final = 4.0  # millimetres
_MARGIN, _FOOT = 15, 12
_FONT = "DejaVu"
_BODY, _SMALL, _SMALLEST = 9.5, 8.0, 6.0  # points
_MOST_WEIGHED = 200
"""So many rows decide how a table's width is shared out."""
_LEAST_WEIGHT, _LONGEST_KEPT, _PADDING = 5.0, 16, 1.5  # characters
_NAME_WIDTH = 42


class Paper(FPDF):
    """A4 upright; all lengths in millimetres, all texts printed as they are."""

    def __init__(self, footer: str, *, language: str) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        logging.getLogger("fontTools").setLevel(logging.WARNING)
        self._footer = footer
        fonts = find_fonts()
        self.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
        self.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN + _FOOT / 2)
        self.set_title("DEMETRA report")
        self.set_creator("DEMETRA")
        self.set_lang(language)
        self._write_with(_BODY)

    def footer(self) -> None:
        """A line at the foot of each page: what this is, and which page of how many."""
        self.set_y(-_FOOT)
        self._write_with(_SMALL, colour=MUTED)
        self.cell(0, 5, f"{self._footer}   ·   {self.page_no()} / {{nb}}", align="R")

    def print_title(self, title: str, subtitle: str) -> None:
        """The cover's head."""
        with self.local_context(fill_color=_rgb(RAISE)):
            self.rect(0, 0, self.w, 8, style="F")
        self.ln(GAP * 2)
        self._write_with(30, bold=True)
        self.multi_cell(0, None, title, new_x="LMARGIN", new_y="NEXT")
        self._write_with(12, colour=MUTED)
        self.multi_cell(0, None, subtitle, new_x="LMARGIN", new_y="NEXT")
        self.ln(GAP * 2)

    def print_heading(self, text: str, *, size: float = 15) -> None:
        """A heading, kept with what follows it."""
        if self.will_page_break(30):
            self.add_page()
        self.ln(GAP)
        self._write_with(size, bold=True)
        self.multi_cell(0, None, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(GAP / 2)

    def print_text(self, text: str, *, size: float = _BODY, colour: str = INK) -> None:
        """A paragraph."""
        self._write_with(size, colour=colour)
        self.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(GAP / 4)

    def print_entry(self, name: str, text: str, *, colour: str = INK) -> None:
        """A name in bold at the left, and its text beside it."""
        if self.will_page_break(3 * GAP):
            self.add_page()
        top, page = self.y, self.page_no()
        self._write_with(_BODY, bold=True, colour=colour)
        self.multi_cell(_NAME_WIDTH - GAP, _BODY * 0.5, name, align="L", new_x="LMARGIN", new_y="NEXT")
        below = self.y if self.page_no() == page else 0.0
        self.set_xy(self.l_margin + _NAME_WIDTH, top if self.page_no() == page else self.t_margin)
        self._write_with(_BODY)
        self.multi_cell(0, _BODY * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.set_y((max(self.y, below) if self.page_no() == page else self.y) + GAP / 4)

    def print_picture(self, png: bytes, *, description: str, below: float) -> None:
        """A picture as large as the page allows when `below` stays free under it."""
        with Image.open(io.BytesIO(png)) as picture:
            shape = picture.height / picture.width
        width = min(self.epw, (self.h - self.y - self.b_margin - below) / shape)
        self.image(io.BytesIO(png), x=self.l_margin + (self.epw - width) / 2, w=width, alt_text=description)
        self.ln(GAP)

    def print_card(
        self, box: tuple[float, float, float, float], label: str, value: str, change: str, *, colour: str
    ) -> None:
        """A figure in a frame: (x, y, width, height)."""
        x, y, width, height = box
        self.set_draw_color(*_rgb(LINE))
        self.rect(x, y, width, height)
        for line, (text, size, bold, ink) in enumerate(
            ((label, 8, False, MUTED), (value, 14, True, INK), (change, 9, True, colour))
        ):
            self.set_xy(x + 2, y + 2 + 7 * line)
            self._write_with(size, bold=bold, colour=ink)
            self.cell(width - 4, 6, text)

    def print_table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Sequence[int]) -> None:
        """A table as wide as the page: heads repeat on each page, columns share the width by what they hold.

        `texts` are the columns that hold words: they are aligned left, all others right.
        """
        size = max(_SMALLEST, _SMALL - 0.25 * max(0, len(heads) - 6))
        self._write_with(size)
        self.set_draw_color(*_rgb(LINE))
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=_share_width(heads, rows),
            text_align=tuple("LEFT" if place in texts else "RIGHT" for place in range(len(heads))),
            headings_style=FontFace(emphasis="BOLD", color=_rgb(INK), fill_color=_rgb(SHADE)),
            line_height=size * 0.5,
            padding=0.8,
        ) as table:
            table.row(heads)
            for row in rows:
                table.row(row)
        self.ln(GAP / 2)

    def _write_with(self, size: float, *, bold: bool = False, colour: str = INK) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*_rgb(colour))


def find_fonts() -> Path:
    """Where Matplotlib keeps DejaVu Sans; the package itself is not imported.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise FileNotFoundError("DejaVu Sans comes with Matplotlib, which is not installed.")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def _share_width(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """Shares that let long texts wrap, at the square root of their length, and short words stay whole."""
    columns = zip(heads, *rows[:_MOST_WEIGHED], strict=True)
    return tuple(max(_weigh(cells), _LEAST_WEIGHT) for cells in columns)


def _weigh(cells: Sequence[str]) -> float:
    longest_word = max((len(word) for cell in cells for word in cell.split(" ")), default=0)
    longest = max(len(cell) for cell in cells)
    return max(min(longest_word, _LONGEST_KEPT) + _PADDING, 2.0 * math.sqrt(longest))


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
