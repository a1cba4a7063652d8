"""Getting rows in: files on request, live sources at the start of each run, a simulated market for a start."""

from demetra.ingest.files import ingest_files
from demetra.ingest.frames import campaigns_from_file, history_from_file
from demetra.ingest.live import load_demo, pull_sources
from demetra.ingest.report import FileReport, IngestReport

__all__ = [
    "FileReport",
    "IngestReport",
    "campaigns_from_file",
    "history_from_file",
    "ingest_files",
    "load_demo",
    "pull_sources",
]
