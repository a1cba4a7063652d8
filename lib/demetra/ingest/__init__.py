"""Getting rows in: files on request, live sources at the start of each run, a simulated market for a start."""

from demetra.ingest.files import ingest_files
from demetra.ingest.live import load_demo, pull_sources
from demetra.ingest.report import FileReport, IngestReport

__all__ = [
    "FileReport",
    "IngestReport",
    "ingest_files",
    "load_demo",
    "pull_sources",
]
