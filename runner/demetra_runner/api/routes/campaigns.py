"""Campaign rows: listed, looked up, added."""

from __future__ import annotations

import csv
import secrets
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Response
from fastapi import Path as InPath

from demetra.errors import UnreadableFileError
from demetra.ingest import ingest_files
from demetra.rules import read_rules
from demetra.store.pages import find_campaign, find_newest_row, has_channel, list_campaigns
from demetra_runner.api.database import Stored
from demetra_runner.api.errors import document
from demetra_runner.api.models.campaigns import Campaign, CampaignDetail, NewCampaign
from demetra_runner.api.parameters import ChannelName, Limit, Narrowed, Plain, Since, Skip, Until, narrow_to

if TYPE_CHECKING:
    from demetra.ingest import IngestReport

router = APIRouter(prefix="/api/campaigns", tags=["campaigns"])
SOURCE = "api"
"""The source that rows handed in belong to: they never replace rows of a file."""


@router.get("", response_model=list[Campaign])
def list_campaign_rows(
    database: Stored, response: Response, narrow: Narrowed, skip: Skip = 0, limit: Limit = 100
) -> list[dict[str, Any]]:
    """Stored rows, the newest day first, of some channels and days."""
    with database.snapshot() as connection:
        page = list_campaigns(connection, narrow, skip=skip, limit=limit)
    response.headers["X-Total-Count"] = str(page.total)
    return page.rows


@router.get("/channel/{channel}", response_model=list[Campaign], responses=document(404))
def list_channel_rows(
    channel: ChannelName,
    database: Stored,
    response: Response,
    since: Since = None,
    until: Until = None,
    skip: Skip = 0,
    limit: Limit = 100,
) -> list[dict[str, Any]]:
    """The rows of one channel, in any known spelling, the newest day first."""
    narrow = narrow_to([channel], since, until)
    with database.snapshot() as connection:
        if not has_channel(connection, channel):
            raise HTTPException(404, f"There are no rows of a channel {channel!r}.")
        page = list_campaigns(connection, narrow, skip=skip, limit=limit)
    response.headers["X-Total-Count"] = str(page.total)
    return page.rows


@router.get("/{campaign_id:path}", response_model=CampaignDetail, responses=document(404))
def read_campaign(
    campaign_id: Annotated[str, InPath(max_length=500), Plain], database: Stored, skip: Skip = 0, limit: Limit = 100
) -> dict[str, Any]:
    """One campaign over all its rows (an id may have many: a row per day and dimensions), and a page of them."""
    with database.snapshot() as connection:
        found = find_campaign(connection, campaign_id, skip=skip, limit=limit)
    if found is None:
        raise HTTPException(404, f"There is no campaign {campaign_id!r}.")
    return found


@router.post("", status_code=201, response_model=Campaign)
def add_campaign(campaign: NewCampaign, database: Stored) -> dict[str, Any]:
    """Store a row, judged and loaded as a file's row would be; one with the same key is replaced.

    422 says what is wrong with it. The next run computes from it. The first real row withdraws the simulated market.
    """
    currency = read_rules(database.settings.rules_file).account.currency
    with database.changing():
        _load(database.engine, campaign, currency)
        with database.snapshot() as connection:
            stored = find_newest_row(connection, source=SOURCE, campaign_id=campaign.campaign_id)
    if stored is None:
        raise HTTPException(422, "The row was not stored: another delivery of the same moment replaced it.")
    return stored


def _load(engine: Any, campaign: NewCampaign, currency: str) -> IngestReport:
    """Through the door that files take: a file of one row, with a name that no other delivery has.

    Raises:
        HTTPException: 422, the row is not fit to be stored, and why.
    """
    values = campaign.model_dump(mode="json", exclude_none=True)
    with TemporaryDirectory(prefix="demetra-row-") as folder:
        path = Path(folder, f"{secrets.token_hex(16)}.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(values), quoting=csv.QUOTE_NONNUMERIC)
            writer.writeheader()
            writer.writerow(values)
        try:
            report = ingest_files(engine, [path], source=SOURCE, currency=currency)
        except UnreadableFileError as error:
            told = "; ".join(
                f"{problem.where.removeprefix(str(path))}: found {problem.found}, expected {problem.expected}"
                for problem in error.problems
            )
            raise HTTPException(422, told.lstrip(": ")) from error
    for file in report.files:
        for rejected in file.rejections:
            raise HTTPException(422, f"{rejected.column or 'The row'}: {rejected.reason}")
    return report
