"""A database with the sample's rows and a published run, and the API over it on a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
import sqlalchemy as sa
from api_cases import SAMPLE, publish_run, serve

from demetra.ingest import ingest_files
from demetra.settings import Secret, Settings
from demetra.store.engine import open_engine


@pytest.fixture
def client(settings: Settings, engine: sa.Engine) -> Iterator[httpx.Client]:
    """A client of the API over an empty database."""
    with serve(settings, engine) as found:
        yield found


@pytest.fixture(scope="module")
def stocked(
    copy_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, sa.Engine]]:
    """A database with the sample's rows and one published run, for tests that change nothing."""
    with copy_database() as url:
        settings = Settings(home=tmp_path_factory.mktemp("api"), database_url=Secret(url))
        engine = open_engine(settings, migrate=False)
        ingest_files(engine, [SAMPLE])
        publish_run(engine, "run-1", 1.0)
        yield settings, engine
        engine.dispose()


@pytest.fixture(scope="module")
def shop(stocked: tuple[Settings, sa.Engine]) -> Iterator[httpx.Client]:
    """A client of the API over the stocked database."""
    with serve(*stocked) as found:
        yield found
