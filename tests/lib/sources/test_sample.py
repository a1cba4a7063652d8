from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from demetra.sources.files import read_file

SAMPLE = Path(__file__).parents[3] / "data/sample"


def test_the_sample_is_what_its_generator_writes(tmp_path: Path):
    subprocess.run([sys.executable, SAMPLE / "generate.py", tmp_path], check=True)
    for name in ("campaigns.csv", "plans.csv"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()


@pytest.mark.parametrize("name", ["campaigns.csv", "plans.csv"])
def test_the_sample_is_small_and_all_of_it_can_be_read(name: str):
    parsed = read_file(SAMPLE / name)
    assert parsed.rows_read == parsed.rows_loaded
    assert parsed.unused == ()
    assert (SAMPLE / name).stat().st_size < 300_000
