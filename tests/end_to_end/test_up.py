"""`demetra up` on an empty home, as a newcomer meets it; looked at in Chromium at both widths."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

DEMETRA = Path(sys.executable).with_name("demetra")
CHROMIUM = shutil.which("chromium")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(280)]


def start(home: Path, runtime: Path, port: int, api_port: int) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DEMETRA_", "HF_"))}
    environment |= {"DEMETRA_HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}
    command = [DEMETRA, "up", "--port", str(port), "--api-port", str(api_port)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def processes_of(home: Path, runtime: Path) -> list[str]:
    """Command lines of living processes that belong to this home, or to its fork server."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        environment = process.info["environ"] or {}
        ours = environment.get("DEMETRA_HOME") == str(home) or environment.get("XDG_RUNTIME_DIR") == str(runtime)
        if (ours or str(home) in words) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(words)
    return found


@pytest.fixture
def runtime() -> Iterator[Path]:
    """Where this test's own fork server has its sockets; their paths must be short."""
    with tempfile.TemporaryDirectory(prefix="wk-") as path:
        yield Path(path)
        assert [left for left in Path(path).rglob("*") if left.is_socket()] == []


@pytest.fixture
def home(tmp_path: Path, runtime: Path) -> Iterator[Path]:
    path = tmp_path / "home"
    path.mkdir()
    yield path
    for _ in range(100):
        if not (left := processes_of(path, runtime)):
            break
        time.sleep(0.1)
    assert left == [], "Ctrl-C stops everything, the database too"


@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="Debian's chromium is not installed")
def test_one_command_brings_the_dashboard_and_ctrl_c_stops_all_of_it(home: Path, runtime: Path):
    with socket.socket() as probe, socket.socket() as other:
        probe.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        port, api_port = probe.getsockname()[1], other.getsockname()[1]
    with start(home, runtime, port, api_port) as process:
        said = read_until_ready(process)
        assert "simulated market (demo data)" in said
        assert f"http://127.0.0.1:{port}/" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{api_port}/api/ml-dashboard/summary", timeout=30) as answer:
            assert len(json.load(answer)["dashboards"]) == 4
        for width in (1440, 390):
            look_at(f"http://127.0.0.1:{port}/", width)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert (home / "outputs" / "latest" / "report.html").exists()

    with start(home, runtime, port, api_port) as process:
        again = read_until_ready(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert "simulated market" not in again
    assert "Nothing changed" in again


def look_at(address: str, width: int) -> None:
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(viewport={"width": width, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        with page.expect_response(f"{address}api/events") as bell:
            page.goto(address)
        assert bell.value.status == 200, "it hears of runs and incidents from the API, by way of its own server"
        page.wait_for_selector(".dm-connected")
        text = page.inner_text("body")
        assert "Demo data" in text
        assert "Data until" in text
        for channel in ("Instagram", "Google Ads", "Telegram", "Yandex.Direct"):
            assert channel in text
        loaded = page.eval_on_selector_all(
            "img", "images => images.map(image => image.naturalWidth > 0 && !!image.alt)"
        )
        assert loaded == [True] * 5, "four charts and that of the audiences, each drawn and described"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing scrolls sideways"
        assert errors == []
        browser.close()
