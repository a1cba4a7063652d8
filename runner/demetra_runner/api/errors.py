"""Errors as JSON: `{"detail": …}`, one sentence that says what to do, and never a trace of the inside."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from demetra.errors import DatabaseUnavailableError, IncidentStateError, NoDataError, UnknownIncidentError
from demetra_runner.api.models.base import FaultyRequest, Problem

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

logger = logging.getLogger(__name__)

AWAY = "The database cannot be reached. Try again in a moment."


def document(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that an endpoint may answer, for its OpenAPI description."""
    meanings = {
        404: "There is nothing of that name, or nothing yet",
        409: "Its present state does not allow this",
        413: "The request is too large",
        415: "The request is not JSON",
    }
    return {status: {"model": Problem, "description": meanings[status]} for status in statuses}


ALWAYS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The request cannot be read"},
    401: {"model": Problem, "description": "The token is missing or wrong (where DEMETRA_API_TOKEN is set)"},
    403: {"model": Problem, "description": "A page of another origin asked for a change"},
    413: {"model": Problem, "description": "The request is too large"},
    421: {"model": Problem, "description": "The Host header is not this machine's own (where no token is set)"},
    422: {"model": FaultyRequest, "description": "The request is not what this endpoint takes"},
    500: {"model": Problem, "description": "A fault of ours; the log has it"},
    503: {"model": Problem, "description": "The database is away"},
}
"""What any endpoint may answer."""


def install(app: FastAPI) -> None:
    """Answer our errors, and those that nobody expected."""
    app.add_exception_handler(RequestValidationError, _tell_faults)
    app.add_exception_handler(DatabaseUnavailableError, _tell_away)
    app.add_exception_handler(NoDataError, _tell_nothing)
    app.add_exception_handler(UnknownIncidentError, _tell_nothing)
    app.add_exception_handler(IncidentStateError, _tell_conflict)
    app.add_exception_handler(Exception, _tell_fault)


async def _tell_faults(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how handlers are typed
    faults = [{name: fault[name] for name in ("loc", "msg", "type")} for fault in error.errors()]
    told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
    return JSONResponse(jsonable_encoder({"detail": told, "faults": faults}), 422)


async def _tell_away(_: Request, error: Exception) -> JSONResponse:
    logger.warning("%s", error)
    return JSONResponse({"detail": AWAY}, 503, {"retry-after": "5"})


async def _tell_nothing(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 404)


async def _tell_conflict(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 409)


async def _tell_fault(request: Request, _: Exception) -> JSONResponse:
    detail = f"{request.method} {request.url.path} failed through a fault of DEMETRA. Its log has the details."
    return JSONResponse({"detail": detail}, 500)
