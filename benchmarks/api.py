"""Requests per second of the API's charts and rows at 50 clients, against the same bytes from a bare Starlette app.

Both are served by uvicorn with the same options, each in a process of its own, and asked in turn by the same client, in
a process of its own too: read the ratio, not the numbers. The API looks into the database for every request, as it must
not answer with a result that is no longer the published one; the bare app does nothing but send.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.request import urlopen

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from demetra.ingest import load_demo
from demetra.rules import Rules
from demetra.settings import Settings
from demetra.store.engine import open_engine
from demetra_runner.api.server import UVICORN, Api
from demetra_runner.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENTS, REQUESTS, ROUNDS = 50, 40, 5
LEAST_RATIO = 0.5
PATHS = (
    "/api/ml-dashboard/roi-forecast/chart",
    "/api/ml-dashboard/roi-forecast/data",
    "/api/ml-dashboard/roi-timeseries/chart",
    "/api/ml-dashboard/roi-timeseries/data",
)


def serve_api(home: str, port: int) -> None:
    """The API over the database of `home`, until the process is ended."""
    os.environ["DEMETRA_HOME"] = home
    settings = Settings.from_environment()
    with Api(settings, open_engine(settings), host="127.0.0.1", port=port) as api:
        while True:
            api.check()
            asyncio.run(asyncio.sleep(1))


def serve_bytes(contents: dict[str, tuple[str, bytes]], port: int) -> None:
    """A bare Starlette app that sends the same bytes."""

    def answer(kind: str, body: bytes) -> Callable[..., object]:
        async def send(_: object) -> Response:
            return Response(body, media_type=kind)

        return send

    app = Starlette(routes=[Route(path, answer(*content)) for path, content in contents.items()])
    uvicorn.run(app, host="127.0.0.1", port=port, **UVICORN)


@contextmanager
def running(target: Callable[..., None], *arguments: object) -> Iterator[int]:
    """A server in a process of its own; gives its port when it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=target, args=(*arguments, port))
    process.start()
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            process.join(0.05)
        yield port
    finally:
        process.terminate()
        process.join()


async def keep_asking(port: int, path: str, expected: bytes) -> int:
    """Ask again and again over one connection; returns how many answers were not the expected bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    question = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    wrong = 0
    for _ in range(REQUESTS):
        writer.write(question)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        wrong += await reader.readexactly(length) != expected or not head.startswith(b"http/1.1 200")
    writer.close()
    return wrong


def measure(port: int, path: str, expected: bytes) -> tuple[float, int]:
    """Requests per second of all clients together, and the number of wrong answers."""

    async def ask() -> int:
        return sum(await asyncio.gather(*(keep_asking(port, path, expected) for _ in range(CLIENTS))))

    began = perf_counter()
    wrong = asyncio.run(ask())
    return CLIENTS * REQUESTS / (perf_counter() - began), wrong


def main() -> int:
    """Print the table; 1 where a ratio is below its bound or an answer was wrong."""
    failed = False
    with tempfile.TemporaryDirectory(prefix="demetra-bench-") as home:
        os.environ["DEMETRA_HOME"] = home
        os.environ.pop("DEMETRA_DATABASE_URL", None)
        settings = Settings.from_environment()
        engine = open_engine(settings)
        load_demo(engine, rules=Rules(), today=datetime.now(UTC).date())
        Sync(settings).run()
        with running(serve_api, home) as ours:
            contents = {}
            for path in PATHS:
                with urlopen(f"http://127.0.0.1:{ours}{path}") as answer:
                    contents[path] = (answer.headers["content-type"], answer.read())
            with running(serve_bytes, contents) as bare:
                print(f"{CLIENTS} clients, median of {ROUNDS} rounds of {CLIENTS * REQUESTS:,} requests each")
                print(f"{'':<42}{'kB':>6}{'API /s':>9}{'bare /s':>9}{'ratio':>7}{'goal':>8}")
                for path, (_, body) in contents.items():
                    rounds = [(measure(ours, path, body), measure(bare, path, body)) for _ in range(ROUNDS)]
                    rates = [statistics.median(pair[place][0] for pair in rounds) for place in (0, 1)]
                    ratio = statistics.median(pair[0][0] / pair[1][0] for pair in rounds)
                    wrong = sum(pair[0][1] for pair in rounds)
                    failed |= ratio < LEAST_RATIO or wrong > 0
                    rate, bare_rate = rates
                    told = f"{path:<42}{len(body) / 1000:>6.0f}{rate:>9.0f}{bare_rate:>9.0f}{ratio:>7.2f}"
                    met = "met" if ratio >= LEAST_RATIO and not wrong else "MISSED"
                    print(f"{told}{f'>= {LEAST_RATIO}':>8}  {met}, {wrong} wrong answers")
        engine.dispose()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
