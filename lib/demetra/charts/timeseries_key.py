"""The key of the time series charts, drawn once above the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from demetra import palette
from demetra.charts.page import MARGIN, WIDTH, write
from demetra.charts.typeset import LINE_HEIGHT, SMALL, measure_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demetra.charts.page import Page

BAND80: Final = "#aebac6"
BAND95: Final = "#d3dbe3"
PREDICTED: Final = palette.INK
NO_DATA: Final[dict[str, Any]] = {"facecolor": "#f7f2ea", "edgecolor": "#d9cbb2", "hatch": "////", "linewidth": 0.0}
KEY_HEIGHT: Final = SMALL * LINE_HEIGHT + 0.14

_SWATCH: Final = 0.2


def draw_forecast_key(page: Page, *, top: float, forecast: bool) -> None:
    """Name the lines, bands and shades of a time series on one line below `top` (inches)."""
    entries = ["actual", "predicted a day ahead", "80%", "95%", "no data", *(["forecast"] if forecast else [])]
    draw_key(page, entries, top=top)


def draw_key(page: Page, entries: Sequence[str], *, top: float) -> None:
    """Name so many of the lines, bands and shades on one line below `top` (inches)."""
    full = page.get_figheight()
    middle = full - top - SMALL * LINE_HEIGHT / 2
    left = MARGIN
    spare = WIDTH - 2 * MARGIN - sum(_SWATCH + 0.05 + measure_text(entry, SMALL) for entry in entries)
    for entry in entries:
        _draw_swatch(page, entry, left, middle)
        write(page, left + _SWATCH + 0.05, top, [entry], size=SMALL, colour=palette.MUTED)
        left += _SWATCH + 0.05 + measure_text(entry, SMALL) + min(0.16, spare / (len(entries) - 1))


def _draw_swatch(page: Page, entry: str, left: float, middle: float) -> None:
    inches = page.dpi_scale_trans
    if entry in ("actual", "predicted a day ahead", "expected"):
        colour, width = (palette.RAISE, 1.6) if entry == "actual" else (PREDICTED, 0.9)
        page.add_artist(
            Line2D([left, left + _SWATCH], [middle, middle], color=colour, linewidth=width, transform=inches)
        )
        return
    styles: dict[str, dict[str, Any]] = {
        "80%": {"facecolor": BAND80},
        "expected range": {"facecolor": BAND80},
        "95%": {"facecolor": BAND95},
        "no data": NO_DATA,
        "forecast": {"facecolor": palette.SHADE, "edgecolor": palette.LINE, "linewidth": 0.6},
    }
    page.add_artist(Rectangle((left, middle - 0.045), _SWATCH, 0.09, transform=inches, **styles[entry]))
