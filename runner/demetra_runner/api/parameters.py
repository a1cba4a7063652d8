"""What requests may ask for: channels, days, pages. Each parameter says its limits in the OpenAPI document."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query
from pydantic import AfterValidator, BeforeValidator, Field

from demetra.schema import normalise_channel
from demetra.store.analytics import Period, choose_period
from demetra.store.pages import Narrow

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
LONGEST_DAYS = 3660
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def _read_day(value: Any) -> Any:
    """Only `2026-03-31`: Pydantic alone would also take a number for a moment."""
    if not isinstance(value, date) and not _ISO.fullmatch(str(value)):
        raise ValueError("a day is text like 2026-03-31")
    return value


def _within_the_calendar(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"a day lies between {FIRST_DAY} and {LAST_DAY}")
    return day


def _storable(text: str) -> str:
    """PostgreSQL's text has neither NUL nor halves of characters."""
    if "\x00" in text or text != text.encode(errors="ignore").decode():
        raise ValueError("the text holds a character that cannot be stored")
    return text


Plain = AfterValidator(_storable)
Day = Annotated[date, BeforeValidator(_read_day), AfterValidator(_within_the_calendar)]
ChannelName = Annotated[str, Plain, Field(min_length=1, max_length=200), AfterValidator(normalise_channel)]
Channels = Annotated[
    list[ChannelName],
    Query(alias="channel", max_length=50, description="Only these channels, in any known spelling; repeatable"),
]
Since = Annotated[Day | None, Query(description="First day, included", examples=["2026-03-01"])]
Until = Annotated[Day | None, Query(description="Last day, included", examples=["2026-03-31"])]
Skip = Annotated[int, Query(ge=0, le=10_000_000, description="How many rows to pass over")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many rows at most")]


def narrow_to(channels: list[str], since: date | None, until: date | None) -> Narrow:
    """Channels and days.

    Raises:
        HTTPException: 422, the days are turned round.
    """
    if since is not None and until is not None and since > until:
        raise HTTPException(422, f"`since` ({since}) is after `until` ({until}).")
    return Narrow(channels, since, until)


async def read_narrow(channel: Channels = [], since: Since = None, until: Until = None) -> Narrow:  # noqa: B006 - never changed
    """Channels and days, as the lists take them."""
    return narrow_to(channel, since, until)


Narrowed = Annotated[Narrow, Depends(read_narrow)]


def find_period(connection: Any, narrow: Narrow) -> Period:
    """The period that a request means, 28 days where it does not say.

    Raises:
        HTTPException: 404 where nothing is stored, 422 where the period is turned round or too long.
    """
    period = choose_period(connection, since=narrow.since, until=narrow.until)
    if period is None:
        raise HTTPException(404, "Nothing is stored yet. Import a file: `demetra ingest FILE`.")
    if not 1 <= period.days <= LONGEST_DAYS:
        raise HTTPException(422, f"A period has 1 to {LONGEST_DAYS} days; {period.since} to {period.until} has not.")
    return period
