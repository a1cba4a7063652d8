"""Whether the files of imported packages are still those that were imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Snapshot:
    """The Python files of packages as they were: path → inode, size and time of change."""

    roots: tuple[str, ...]
    files: dict[str, tuple[int, int, int]]

    @classmethod
    def take(cls, packages: Iterable[str]) -> Self:
        """Look at the files now; taken before the import, it shows a change that comes during it."""
        specs = [find_spec(name) for name in packages]
        roots = tuple(root for spec in specs if spec for root in spec.submodule_search_locations or ())
        return cls(roots, dict(_look(roots)))

    def is_stale(self) -> bool:
        """Whether a file was changed, added or removed since."""
        return dict(_look(self.roots)) != self.files


def _look(directories: Iterable[str]) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Python files below the directories; one that goes while we look is as one that was not there."""
    for directory in directories:
        try:
            entries = list(os.scandir(directory))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _look([entry.path])
            elif entry.name.endswith(".py"):
                try:
                    found = entry.stat()
                except OSError:
                    continue
                yield entry.path, (found.st_ino, found.st_size, found.st_mtime_ns)
