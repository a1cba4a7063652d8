"""A figure as PNG bytes that depend on nothing but what is drawn: no dates, no software versions."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Png:
    """PNG bytes with their size in pixels and the SHA-256 of the bytes, in hexadecimal."""

    data: bytes
    width: int
    height: int
    sha256: str

    def _repr_png_(self) -> bytes:
        """What Jupyter shows."""
        return self.data


def render_png(figure: Figure) -> Png:
    """Draw a figure at its own size and resolution, in 128 colours, which makes it a third as large."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    drawn = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    image = _index_colours(drawn[:, :, :3])
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    data = buffer.getvalue()
    return Png(data, image.width, image.height, hashlib.sha256(data).hexdigest())


def _index_colours(pixels: np.ndarray) -> Image.Image:
    """A paletted image of the 128 most used colours, so that areas keep theirs exactly and only soft edges move.

    Colours are gathered in cells of 4 x 4 x 4 levels; each cell has one entry, its most used colour in every third row.
    """
    codes = _pack(pixels)
    used, counts = np.unique(codes[::3], return_counts=True)
    used = used[np.argsort(-counts, kind="stable")]
    _, first = np.unique(_find_cell(used), return_index=True)
    colours = _unpack(used[np.sort(first)[:128]])
    present = np.flatnonzero(np.bincount(_find_cell(codes).ravel(), minlength=64**3))
    middles = np.stack([present >> 12, (present >> 6) & 63, present & 63], axis=1) * 4 + 2
    apart = ((middles[:, None, :] - colours[None, :, :]) ** 2).sum(axis=2)
    entry = np.zeros(64**3, dtype=np.uint8)
    entry[present] = apart.argmin(axis=1)
    entry[_find_cell(_pack(colours))] = np.arange(len(colours))
    image = Image.fromarray(entry[_find_cell(codes)])
    image.putpalette(colours.astype(np.uint8).tobytes())
    return image


def _pack(pixels: np.ndarray) -> np.ndarray:
    red, green, blue = (pixels[..., channel].astype(np.int32) for channel in range(3))
    return (red << 16) | (green << 8) | blue


def _unpack(codes: np.ndarray) -> np.ndarray:
    return np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], axis=-1)


def _find_cell(codes: np.ndarray) -> np.ndarray:
    return ((codes >> 18) << 12) | (((codes >> 10) & 63) << 6) | ((codes >> 2) & 63)
