from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from demetra.names import LONGEST, clean_name, clean_names, quote


@given(st.text())
def test_a_clean_name_is_one_short_visible_line(name):
    shown = clean_name(name)
    assert len(shown) <= LONGEST
    assert not any(unicodedata.category(letter).startswith("C") for letter in shown)
    assert not set('\n"“”«»<>{}') & set(shown)
    assert clean_name(shown) == shown


@given(st.lists(st.text(alphabet="ab \n“", max_size=70)))
def test_different_names_stay_different(names):
    shown = clean_names(names)
    assert len(set(shown.values())) == len(shown) == len(set(names))


def test_quotation_marks_are_the_languages_own():
    assert quote("Spring sale", "en") == "“Spring sale”"
    assert quote("Spring sale", "ru") == "«Spring sale»"
