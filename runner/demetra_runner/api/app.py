"""The API put together: endpoints, errors, and the guard before them."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from demetra_runner.api import errors
from demetra_runner.api.coalescing import Coalesced
from demetra_runner.api.database import Database
from demetra_runner.api.documents import Documents, ReadyAnswers
from demetra_runner.api.routes import (
    alerts,
    analytics,
    campaigns,
    dashboards,
    events,
    export,
    health,
    predictions,
    sync,
)
from demetra_runner.api.security import Guard

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from demetra.settings import Settings

_ABOUT: Final = """What every ad channel returned, what it will return, and where the next unit of budget should go.

Ratios are ratios of sums; what is unknown is `null`. Days are ISO dates in the account's own calendar, moments UTC.
Lists answer a page at a time (`skip`, `limit`); `X-Total-Count` says how many rows there are. Errors are
`{"detail": …}`. Where `DEMETRA_API_TOKEN` is set, every request but `/health` carries it: `Authorization: Bearer …`.
"""


def build_app(settings: Settings, engine: Any) -> FastAPI:
    """The endpoints and their OpenAPI document, unguarded."""
    app = FastAPI(
        title="DEMETRA",
        version=version("demetra"),
        description=_ABOUT,
        docs_url=None,  # the stock pages load scripts from elsewhere
        redoc_url=None,
        responses=errors.ALWAYS,
    )
    app.state.database = Database(settings, engine)
    app.state.documents = Documents(app.state.database)
    app.state.happenings = Coalesced(lambda: events.read_state(app.state.database))
    app.state.stopping = False
    errors.install(app)
    for area in (health, dashboards, sync, campaigns, analytics, predictions, alerts, export, events):
        app.include_router(area.router)
    return app


def guard(app: FastAPI, settings: Settings) -> ASGIApp:
    """The endpoints behind what every request has to pass."""
    guarded: ASGIApp = Guard(
        ReadyAnswers(app, app.state.documents), token=settings.api_token, origins=settings.cors_origins
    )
    if not settings.cors_origins:
        return guarded
    return CORSMiddleware(
        guarded,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST", "PATCH"],
        allow_headers=["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID"],
        expose_headers=["ETag", "X-Total-Count"],
    )
