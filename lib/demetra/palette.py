"""Colours, once for charts and pages: one per channel, the same everywhere, and told apart by colour-blind readers.

The sixteen channel colours were searched for, near the colours that people connect with the channels, so that any two
stay apart (OKLab distance of at least 0.055) in normal sight, deuteranopia and protanopia (matrices of Machado,
Oliveira and Fernandes, 2009), with a contrast of at least 2.4 : 1 on white. Charts label directly: colour only repeats.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

INK: Final = "#1c2733"
MUTED: Final = "#56626f"
LINE: Final = "#d5dbe1"
SHADE: Final = "#e9eff6"
RAISE: Final = "#1a6fb0"
CUT: Final = "#c2571a"
WARNING: Final = "#8a5a00"

_KNOWN: Final = {
    "Instagram": "#b3266f",
    "Facebook": "#3352b8",
    "Google Ads": "#d19a1a",
    "TikTok": "#149c9c",
    "Telegram": "#3a97f0",
    "Yandex.Direct": "#b8230f",
    "VK": "#5c7aa3",
    "Pinterest": "#7d0019",
    "Twitter": "#145c8f",
    "X": "#3d3d47",
    "YouTube": "#e06629",
    "LinkedIn": "#338f66",
    "Snapchat": "#99a366",
    "Microsoft Ads": "#855ccc",
}
_COLOURS: Final = (*_KNOWN.values(), "#705c3d", "#b885c2")


def choose_colours(channels: Iterable[str]) -> dict[str, str]:
    """A colour (`#rrggbb`) for each channel, whatever their order.

    Channels of the catalogue have their own. Another takes the colour that its name hashes to, or the next one that no
    channel here has; colours repeat only beyond sixteen channels.
    """
    names = sorted(set(channels))
    chosen = {name: _KNOWN[name] for name in names if name in _KNOWN}
    for name in names:
        if name in chosen:
            continue
        start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % len(_COLOURS)
        turned = _COLOURS[start:] + _COLOURS[:start]
        taken = set(chosen.values())
        chosen[name] = next((colour for colour in turned if colour not in taken), turned[0])
    return chosen
