from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from warm_place import Place, wait_until

from demetra_runner.warm import provisioner, rendezvous


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A place whose server has ended, and left nothing, when the test has."""
    with tempfile.TemporaryDirectory(prefix="wk-") as root:
        place = Place(Path(root))
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(place.runtime))
        monkeypatch.setattr(rendezvous, "_fruitless", {})
        monkeypatch.setattr(provisioner, "_told", set())
        place.write_kernelspec(modules=["json"])
        yield place
        rendezvous.release()
        assert wait_until(lambda: not place.processes()), place.processes()
        assert place.sockets() == []
