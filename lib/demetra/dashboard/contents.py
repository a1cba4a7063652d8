"""What the page shows, read at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from demetra.errors import NoDataError
from demetra.metrics import summarise
from demetra.results import HEADLINE_DAYS, read_published_results
from demetra.rules import BudgetRules, read_rules
from demetra.store.history import read_history
from demetra.store.incidents import read_past_incidents
from demetra.store.published import snapshot

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Engine

    from demetra.reports import Published
    from demetra.settings import Settings


@dataclass(frozen=True, eq=False)
class Contents:
    """Everything that is published, the daily history until its day, and the business rules that the page names.

    `channels` sums up the headline's period by channel; `history_days` is how far the steps look back.
    """

    published: Published
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    channels: pd.DataFrame = field(default_factory=pd.DataFrame)
    past_alerts: pd.DataFrame = field(default_factory=pd.DataFrame)
    budget: BudgetRules = field(default_factory=BudgetRules)
    history_days: int = 90

    @property
    def as_of(self) -> date:
        """The last day of what is published.

        Raises:
            NoDataError: nothing is.
        """
        if self.published.as_of is None:
            raise NoDataError("What is published", "Run `demetra sync`.")
        return self.published.as_of


def read_contents(settings: Settings, engine: Engine) -> Contents:
    """Read what the page needs.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    rules = read_rules(settings.rules_file)
    published = read_published_results(settings, engine)
    if published.as_of is None:
        return Contents(published, budget=rules.budget)
    with snapshot(engine) as connection:
        history = read_history(connection, until=published.as_of)
        past = read_past_incidents(connection, limit=20)
    recent = history.loc[history["date"] > pd.Timestamp(published.as_of) - pd.Timedelta(days=HEADLINE_DAYS)]
    channels = summarise(recent, by=["channel"])
    return Contents(published, history, channels, past, rules.budget, rules.forecast.history_days)
