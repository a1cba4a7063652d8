"""Clears outputs, counts and run metadata from notebooks; with `--check`, only names those that have any."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nbformat

TRACES = ("papermill", "execution", "collapsed", "scrolled", "widgets", "ExecuteTime")
"""Metadata that an execution or a viewer leaves behind."""


def clear(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy of the notebook as it is kept in git, without a trace of an execution."""
    cleared = nbformat.from_dict(notebook)
    for part in (cleared, *cleared.cells):
        for trace in TRACES:
            part.metadata.pop(trace, None)
    for cell in cleared.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return cleared


def main() -> int:
    """Exit code 1 when `--check` finds a notebook with traces of an execution."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a notebook is not clear")
    options = parser.parse_args()

    changed = []
    for path in sorted(options.folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        cleared = clear(notebook)
        if cleared != notebook:
            changed.append(path)
            if not options.check:
                nbformat.write(cleared, path)
    for path in changed:
        print(f"{path}: {'has outputs; `make format` clears them' if options.check else 'cleared'}")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
