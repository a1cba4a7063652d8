"""Every error that DEMETRA raises on purpose.

Each kind keeps its facts as fields and builds its own sentence: what, where, found, expected, remedy. Vendor errors are
translated into these once, at the edge, `from` their cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DemetraError(Exception):
    """Base of all errors that a user can act on; `str(error)` is the whole message."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input: where it is, what was found, what was expected, and what to do."""

    where: str
    found: str
    expected: str
    remedy: str = ""

    def __str__(self) -> str:
        sentence = f"{self.where}: found {self.found}, expected {self.expected}"
        return f"{sentence}. {self.remedy}" if self.remedy else sentence


class ProblemsError(DemetraError):
    """Several problems of one input, told at once; `problems` holds them."""

    def __init__(self, what: str, problems: Sequence[Problem]) -> None:
        self.what = what
        self.problems = tuple(problems)
        super().__init__("\n  - ".join([f"{what}:", *(str(problem) for problem in self.problems)]))


class ConfigurationError(ProblemsError):
    """The environment or the rules file cannot be used."""


class UnreadableFileError(ProblemsError):
    """A file cannot be understood; nothing of it was loaded."""


class FrameError(ProblemsError):
    """A frame handed to a model or a chart lacks columns or has wrong types: a caller's mistake."""


class ParameterError(ProblemsError):
    """Notebook parameters are unknown, missing or of the wrong type; no kernel was started."""


class InfeasibleLimitsError(ProblemsError):
    """Budget limits contradict each other; each problem names a conflict."""


class NoDataError(DemetraError):
    """There is nothing to compute from."""

    def __init__(self, where: str, remedy: str) -> None:
        self.where = where
        self.remedy = remedy
        super().__init__(f"{where} holds no rows. {remedy}")


class DatabaseUnavailableError(DemetraError):
    """The database cannot be reached or refuses us."""

    def __init__(self, url: str, cause: str, remedy: str) -> None:
        self.url = url
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"The database at {url} cannot be used: {cause}. {remedy}")


class RunLockedError(DemetraError):
    """Another run holds the lock and the caller did not want to wait."""

    def __init__(self, run_id: str | None) -> None:
        self.run_id = run_id
        super().__init__(f"Another run ({run_id or 'unknown'}) is under way; leave out --no-wait to queue behind it.")


class LockLostError(DemetraError):
    """The connection that held the run lock is gone, so this run may no longer publish."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"Run {run_id} lost its lock on the database before publishing; nothing was published.")


class RunStoppedError(DemetraError):
    """The run was asked to stop before it was done; nothing of it was published."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f"Run {run_id} was stopped before it was done; nothing of it was published.")


class UnknownIncidentError(DemetraError):
    """There is no incident of that number."""

    def __init__(self, alert_id: int) -> None:
        self.alert_id = alert_id
        super().__init__(f"There is no incident {alert_id}. `demetra alerts list --all` shows those there are.")


class IncidentStateError(DemetraError):
    """An incident that is over cannot be acknowledged, snoozed or resolved."""

    def __init__(self, alert_id: int, status: str, wanted: str) -> None:
        self.alert_id = alert_id
        self.status = status
        self.wanted = wanted
        super().__init__(f"Incident {alert_id} is {status} and cannot be {wanted}. A relapse would open it again.")
