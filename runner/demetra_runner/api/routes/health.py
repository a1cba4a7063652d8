"""Whether everything works: the one endpoint that needs no token."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Response

from demetra.errors import DatabaseUnavailableError
from demetra.store.published import read_marks
from demetra_runner.api.database import Stored
from demetra_runner.api.models.runs import Health

router = APIRouter(tags=["health"])


@router.get("/health", response_model=Health, responses={503: {"model": Health, "description": "Something is away"}})
def check_health(database: Stored, response: Response) -> Health:
    """Whether the API answers and its database is there. Tells nothing else, for it needs no token."""
    try:
        with database.snapshot() as connection:
            read_marks(connection)
    except DatabaseUnavailableError:
        response.status_code = 503
        return Health(status="unavailable", database="away", version=version("demetra"))
    return Health(status="ok", database="ok", version=version("demetra"))
