from __future__ import annotations

import logging
from pathlib import Path

import pytest

from demetra.errors import ConfigurationError
from demetra.settings import CHECKOUT, Secret, Settings


def test_without_variables_everything_lies_in_the_checkout_and_nothing_is_secret():
    settings = Settings.from_environment({})
    assert settings.home == CHECKOUT
    assert settings.database_dir == CHECKOUT / "outputs" / "database"
    assert (settings.database_url, settings.hf_token, settings.api_token) == (None, None, None)
    assert settings.sync_minutes == 30


def test_an_empty_variable_counts_as_unset():
    assert Settings.from_environment({"DEMETRA_DATABASE_URL": " ", "DEMETRA_SYNC_MINUTES": ""}) == Settings()


def test_all_problems_are_told_at_once():
    wrong = {
        "DEMETRA_SYNC_MINUTES": "0",
        "DEMETRA_DATABASE_URL": "mysql://x",
        "DEMETRA_LLM_BASE_URL": "localhost",
        "DEMETRA_LLM_PRICES": "0,3",
        "DEMETRA_WARM_KERNELS": "65",
        "DEMETRA_CORS_ORIGINS": "https://reports.example.com, *",
        "DEMETRA_DASHBOARD_URL": "reports.example.com",
    }
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment(wrong)
    assert {problem.where for problem in caught.value.problems} == wrong.keys()


@pytest.mark.parametrize(("text", "prices"), [("", None), ("0.3/0.60", (0.3, 0.6)), ("1 / 2", (1.0, 2.0))])
def test_prices_are_dollars_per_million_tokens_sent_and_written(text: str, prices: tuple[float, float] | None):
    assert Settings.from_environment({"DEMETRA_LLM_PRICES": text}).llm_prices == prices


def test_a_home_of_its_own_may_have_its_own_rules(tmp_path: Path):
    settings = Settings.from_environment({"DEMETRA_HOME": str(tmp_path)})
    assert settings.rules_file == CHECKOUT / "demetra.toml"
    (tmp_path / "demetra.toml").touch()
    assert settings.rules_file == tmp_path / "demetra.toml"


def test_a_secret_shows_itself_only_when_asked(caplog: pytest.LogCaptureFixture):
    settings = Settings.from_environment({"HF_TOKEN": "hunter2"})
    assert settings.hf_token is not None
    logging.getLogger("test").warning("%s %s", settings, settings.hf_token)
    shown = f"{settings} {settings.hf_token!r} {settings.hf_token} {caplog.text}"
    assert "hunter2" not in shown
    assert settings.hf_token.reveal() == "hunter2"


def test_secrets_are_equal_by_value():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
