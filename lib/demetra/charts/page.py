"""The page that every chart is drawn on: its size, its header, and text placed in inches from the top left corner.

5.6 inches at 250 dots are 1400 pixels: sharp at twice the width of a phone or of half a desktop page, and the smallest
letters (7 points) are still readable on a phone of 390 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from demetra import palette
from demetra.charts.png import render_png
from demetra.charts.typeset import (
    BODY,
    FAMILY,
    LINE_HEIGHT,
    SMALL,
    TITLE,
    clean_text,
    make_font,
    measure_text,
    wrap_text,
)
from demetra.formats import format_day

if TYPE_CHECKING:
    from datetime import date

    from matplotlib.axes import Axes

WIDTH: Final = 5.6
DPI: Final = 250
MARGIN: Final = 0.22


class Page(Figure):
    """A Matplotlib figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        png = render_png(self)
        return png.data, {"width": png.width // 2, "height": png.height // 2}


@dataclass(frozen=True)
class Header:
    """What stands above a chart: `title`, then until when the data go, then `reading`, what the chart says."""

    title: list[str]
    until: str
    reading: list[str]
    demo: bool

    @property
    def height(self) -> float:
        """Inches that the header takes, margins included."""
        lines = TITLE * len(self.title) + SMALL * 1.15 + BODY * len(self.reading)
        return MARGIN + lines * LINE_HEIGHT + 0.16


def plan_header(title: str, reading: str, *, as_of: date, demo: bool) -> Header:
    """Break a header into lines, so that its height is known before the page is opened."""
    wide = WIDTH - 2 * MARGIN
    return Header(
        title=wrap_text(title, wide - (0.95 if demo else 0), TITLE, bold=True, most=2),
        until=f"Data until {format_day(as_of)}",
        reading=wrap_text(reading, wide, BODY, most=4),
        demo=demo,
    )


def open_page(header: Header, *, height: float) -> Page:
    """A white page with the header drawn and `height` inches below it."""
    page = Page(figsize=(WIDTH, header.height + height), dpi=DPI, facecolor="white")
    y = write(page, MARGIN, MARGIN, header.title, size=TITLE, bold=True)
    y = write(page, MARGIN, y + 0.02, [header.until], size=SMALL, colour=palette.MUTED)
    write(page, MARGIN, y + 0.05, header.reading, size=BODY)
    if header.demo:
        _stamp_demo(page)
    return page


def _stamp_demo(page: Page) -> None:
    text = "Demo data"
    wide = measure_text(text, SMALL, bold=True) + 0.16
    left = WIDTH - MARGIN - wide
    box = FancyBboxPatch(
        (left, page.get_figheight() - MARGIN - 0.2),
        wide,
        0.2,
        boxstyle="round,pad=0,rounding_size=0.06",
        facecolor="#fff3d6",
        edgecolor="#e2b04a",
        linewidth=0.6,
        transform=page.dpi_scale_trans,
    )
    page.add_artist(box)
    write(page, left + 0.08, MARGIN + 0.04, [text], size=SMALL, bold=True, colour=palette.WARNING)


def write(
    page: Page,
    left: float,
    top: float,
    lines: list[str],
    *,
    size: float,
    bold: bool = False,
    colour: str = palette.INK,
    align: str = "left",
) -> float:
    """Write lines below `top`, at or around `left` (inches from the top left corner); returns where they end.

    Nothing is read as mathematics: a `$` is a dollar.
    """
    font = make_font(size, bold=bold)
    full = page.get_figheight()
    for number, line in enumerate(lines):
        base = top + (number + 0.76) * size * LINE_HEIGHT
        page.text(
            left / WIDTH,
            1 - base / full,
            clean_text(line),
            fontproperties=font,
            color=colour,
            ha=align,
            va="baseline",
            parse_math=False,
        )
    return top + len(lines) * size * LINE_HEIGHT


def add_axes(page: Page, left: float, top: float, width: float, height: float) -> Axes:
    """Axes without frame or ticks, placed in inches from the top left corner."""
    full = page.get_figheight()
    axes = page.add_axes((left / WIDTH, 1 - (top + height) / full, width / WIDTH, height / full), frame_on=False)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=palette.MUTED, labelfontfamily=FAMILY, pad=2)
    return axes


def no_data_page(title: str, *, as_of: date, demo: bool) -> Page:
    """The page of a chart whose table holds nothing to draw."""
    header = plan_header(title, "There is nothing to show yet.", as_of=as_of, demo=demo)
    page = open_page(header, height=1.5)
    axes = add_axes(page, MARGIN, header.height, WIDTH - 2 * MARGIN, 1.5 - MARGIN)
    axes.set(xticks=[], yticks=[], frame_on=True, facecolor=palette.SHADE)
    axes.spines[:].set_visible(False)
    write(page, WIDTH / 2, header.height + 0.5, ["no data"], size=TITLE, colour=palette.MUTED, align="center")
    return page
