from __future__ import annotations

import base64
import html
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from api_cases import serve

from demetra.errors import ConfigurationError
from demetra.settings import Secret, Settings
from demetra_runner.api.app import build_app
from demetra_runner.api.security import HEADERS, MAX_BODY_BYTES
from demetra_runner.api.server import Api, ApiFailedError
from demetra_runner.dashboard import Dashboard
from demetra_runner.door import HEADERS as DOOR
from demetra_runner.guarded_voila import GuardedVoila

TOKEN = "s3cret-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def guarded(settings: Settings, engine: sa.Engine) -> Iterator[httpx.Client]:
    with serve(replace(settings, api_token=Secret(TOKEN)), engine) as client:
        yield client


def test_with_a_token_no_route_answers_without_it(guarded: httpx.Client, settings: Settings, engine: sa.Engine):
    document = build_app(settings, engine).openapi()
    routes = [(method, path) for path, methods in document["paths"].items() for method in methods]
    assert len(routes) > 15
    wrong = [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": "Basic !"}]
    for method, path in [*routes, ("get", "/openapi.json"), ("get", "/nothing"), ("options", "/api/alerts")]:
        for headers in wrong if path != "/health" else []:
            answer = guarded.request(method, path.replace("{alert_id}", "1"), headers=headers)
            assert (answer.status_code, list(answer.json())) == (401, ["detail"]), (method, path, headers)
    assert guarded.get("/health").status_code == 200
    browser = base64.b64encode(f"anyone:{TOKEN}".encode()).decode()
    for headers in (BEARER, {"Authorization": f"Basic {browser}"}):
        assert guarded.get("/api/alerts", headers=headers).status_code == 200
    assert guarded.get("/api/alerts", headers={**BEARER, "Host": "reports.example.com"}).status_code == 200


@pytest.mark.usefixtures("environment")
def test_with_a_token_no_route_of_the_dashboard_answers_without_it(settings: Settings):
    """Every route that Voila has, by a path that it takes, asks for the token on a page of ours."""
    voila = GuardedVoila()
    voila.initialize([str(settings.notebooks / "dashboard.ipynb"), "--no-browser"])
    voila.init_settings()
    patterns = [route[0] for route in voila.init_handlers()]
    assert len(patterns) > 8
    number = "0" * 8 + "-0000-0000-0000-" + "0" * 12
    paths = [
        re.sub(r"\(.*\)", number if "kernel" in pattern else "voila.js", pattern).lstrip("/") for pattern in patterns
    ]
    guarded = replace(settings, api_token=Secret(TOKEN))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Dashboard(guarded, host="127.0.0.1", port=port) as dashboard:
        dashboard.wait_until_ready()
        with httpx.Client(base_url=dashboard.address, trust_env=False, timeout=20) as client:
            for path in [*paths, "login", "logout", "voila/files/dashboard.ipynb", "voila/static/style/index.css"]:
                for method in ("GET", "POST"):
                    answer = client.request(method, path)
                    assert answer.status_code in (401, 403, 405), (method, path, answer.status_code)
                    assert not any(name in answer.text for name in ("Voil", "Jupyter", "Traceback")), path
                    if not path.endswith("/channels"):  # a socket's, where browsers heed none of them
                        assert DOOR.items() <= {name.title(): value for name, value in answer.headers.items()}.items()
                        assert "default-src 'none'" in answer.headers["content-security-policy"], path
            enter(client)
            client.headers["Authorization"] = f"token {TOKEN}"
            assert client.get("voila/static/voila.js").status_code == 200
    assert TOKEN not in (settings.outputs / "dashboard.log").read_text()


def enter(client: httpx.Client) -> None:
    """A visitor types the token: first a wrong one, then the right one; then the cookie is enough."""
    asked = client.get("?lang=ru&channel=VK")
    assert (asked.status_code, "Эта страница открывается по токену" in asked.text) == (401, True)
    form = {name: re.search(f'name="{name}" value="([^"]*)"', asked.text)[1] for name in ("_xsrf", "next")}
    form["next"] = html.unescape(form["next"])
    wrong = client.post("login", data={**form, "password": "wrong"})
    assert (wrong.status_code, "That is not the token." in wrong.text) == (401, True)
    assert client.post("login", data={"password": TOKEN}).status_code == 403, "not from another page"
    assert "DEMETRA" in client.get("login?next=https://evil.example/").text
    entered = client.post("login", data={**form, "password": TOKEN})
    assert (entered.status_code, entered.headers["location"]) == (302, "/?lang=ru&channel=VK")
    elsewhere = client.post("login", data={**form, "next": "https://evil.example/", "password": TOKEN})
    assert elsewhere.headers["location"] == "/", "nobody is sent elsewhere"
    assert client.get("voila/static/voila.js").status_code == 200, "by the cookie"
    client.cookies.clear()
    assert client.get("voila/static/voila.js").status_code == 401
    assert client.get("voila/static/voila.js", params={"token": TOKEN}).status_code == 200
    assert client.get("voila/static/voila.js").status_code == 200, "a link with the token sets the cookie too"
    client.cookies.clear()


def test_without_a_token_only_this_machines_own_names_are_answered(client: httpx.Client):
    port = client.base_url.port
    for host in ("127.0.0.1", f"localhost:{port}", f"[::1]:{port}", "LOCALHOST"):
        assert client.get("/api/alerts", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0"):
        for path in ("/api/alerts", "/health"):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 421, host
            assert "detail" in answer.json()


def test_pages_of_other_origins_may_not_write(client: httpx.Client):
    foreign = {"Origin": "https://evil.example"}
    assert client.post("/api/sync/run-now", headers=foreign).status_code == 403
    assert client.post("/api/sync/run-now", headers={"Origin": "null"}).status_code == 403
    own = {"Origin": str(client.base_url).rstrip("/")}
    assert client.post("/api/sync/run-now", headers=own).status_code == 202
    read = client.get("/api/alerts", headers=foreign)
    assert "access-control-allow-origin" not in read.headers, "a browser keeps it from the page that asked"


def test_configured_origins_may_read_and_write(settings: Settings, engine: sa.Engine):
    origin = {"Origin": "https://reports.example.com"}
    with serve(replace(settings, cors_origins=(origin["Origin"],), api_token=Secret(TOKEN)), engine) as client:
        asked = {**origin, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "Authorization"}
        assert client.options("/api/alerts/1/read", headers=asked).headers["access-control-allow-origin"]
        assert client.post("/api/sync/run-now", headers={**origin, **BEARER}).status_code == 202
        refused = client.get("/api/alerts", headers=origin)
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, origin["Origin"])
        assert client.options("/api/alerts", headers={**asked, "Origin": "https://evil.example"}).status_code == 400


def test_requests_have_a_size(client: httpx.Client):
    large = b"[" + b" " * MAX_BODY_BYTES + b"]"
    json = {"Content-Type": "application/json"}
    for content in (large, (large[start : start + 1000] for start in range(0, len(large), 1000))):
        answer = client.post("/api/campaigns", content=content, headers=json)
        assert (answer.status_code, list(answer.json())) == (413, ["detail"])
    assert client.get("/api/campaigns", params={"channel": "x" * 201}).status_code == 422


def test_every_answer_carries_the_headers_that_browsers_heed(client: httpx.Client):
    for answer in (client.get("/health"), client.get("/nothing"), client.get("/", headers={"Host": "evil.example"})):
        assert HEADERS.items() <= dict(answer.headers).items()
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_a_fault_of_ours_tells_nothing_of_the_inside(
    settings: Settings, engine: sa.Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "demetra.toml").write_text("secret-of-the-inside = ")
    with serve(replace(settings, api_token=Secret(TOKEN)), engine) as client:
        answer = client.post(
            "/api/campaigns",
            headers=BEARER,
            json={
                "date": "2026-03-31",
                "channel": "x",
                "campaign_id": "y",
                "spend": 1,
                "impressions": 1,
                "clicks": 1,
                "conversions": 1,
                "revenue": 1,
            },
        )
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "secret-of-the-inside" not in answer.text
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "ConfigurationError" in caplog.text, "the log has it"
    assert TOKEN not in caplog.text


def test_another_address_is_refused_without_a_token(settings: Settings, engine: sa.Engine):
    with pytest.raises(ConfigurationError, match="DEMETRA_API_TOKEN"):
        Api(settings, engine, host="0.0.0.0", port=1)


def test_a_port_in_use_is_said(settings: Settings, engine: sa.Engine):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ApiFailedError, match="in use"), Api(settings, engine, host="127.0.0.1", port=port):
            pass
