"""Channel colours stay the same, differ from each other, and do so for colour-blind readers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from chart_frames import TEN_CHANNELS
from hypothesis import given
from hypothesis import strategies as st

from demetra import palette, schema

NAMES = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=10, unique=True)
NORMAL = np.eye(3)
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
CONES = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
LAB = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])


def _linear(colour: str) -> np.ndarray:
    levels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def _oklab(colour: str, sight: np.ndarray) -> np.ndarray:
    return LAB @ np.cbrt(CONES @ np.clip(sight @ _linear(colour), 0, 1))


def test_channels_of_the_catalogue_keep_their_colour_in_any_company():
    alone = palette.choose_colours(["Instagram"])["Instagram"]
    assert palette.choose_colours(TEN_CHANNELS)["Instagram"] == alone


def test_every_channel_of_the_catalogue_has_a_colour_of_its_own():
    known = set(schema._CHANNEL_OF.values())
    colours = palette.choose_colours(known)
    assert len(set(colours.values())) == len(known)
    assert colours == {name: palette.choose_colours([name])[name] for name in known}


@given(NAMES)
def test_ten_channels_of_any_name_have_ten_colours_whatever_their_order(names):
    colours = palette.choose_colours(names)
    assert len(set(colours.values())) == len(names)
    assert palette.choose_colours(reversed(names)) == colours


def test_colours_repeat_only_beyond_sixteen_channels():
    assert len(set(palette.choose_colours(f"c{number}" for number in range(16)).values())) == 16
    assert len(palette.choose_colours(f"c{number}" for number in range(40))) == 40


def test_any_two_colours_stay_apart_for_colour_blind_readers():
    colours = set(palette.choose_colours(f"c{number}" for number in range(16)).values())
    for sight in (NORMAL, DEUTERANOPIA, PROTANOPIA):
        for one, other in combinations(sorted(colours), 2):
            assert np.linalg.norm(_oklab(one, sight) - _oklab(other, sight)) > 0.055, (one, other)


def test_every_colour_is_seen_on_white():
    for colour in palette.choose_colours(f"c{number}" for number in range(16)).values():
        luminance = _linear(colour) @ np.array([0.2126, 0.7152, 0.0722])
        assert 1.05 / (luminance + 0.05) > 2.4
