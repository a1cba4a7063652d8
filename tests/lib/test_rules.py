from __future__ import annotations

from pathlib import Path

import pytest

from demetra.errors import ConfigurationError
from demetra.rules import Rules, read_rules
from demetra.settings import CHECKOUT


def test_the_file_in_the_repository_holds_the_defaults():
    assert read_rules(CHECKOUT / "demetra.toml") == Rules()


def test_a_section_left_out_keeps_its_defaults(tmp_path: Path):
    path = tmp_path / "demetra.toml"
    path.write_text("[budget]\nbound = 0.1\n")
    rules = read_rules(path)
    assert rules.budget.bound == 0.1
    assert rules.alerts == Rules().alerts


def test_unknown_ill_typed_and_impossible_values_are_told_at_once(tmp_path: Path):
    path = tmp_path / "demetra.toml"
    path.write_text('[budget]\nbound = 3.0\nbounds = 1\n[forecast]\nhorizon_days = "14"\n[account]\ncurrency = "usd"\n')
    with pytest.raises(ConfigurationError) as caught:
        read_rules(path)
    places = {problem.where for problem in caught.value.problems}
    assert places == {"budget.bound", "budget.bounds", "forecast.horizon_days", "account.currency"}


@pytest.mark.parametrize("content", [b"[budget\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_toml_is_an_error_that_names_it(tmp_path: Path, content: bytes):
    path = tmp_path / "demetra.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"demetra\.toml"):
        read_rules(path)


def test_a_missing_file_says_how_to_get_it_back(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="Restore"):
        read_rules(tmp_path / "none.toml")
