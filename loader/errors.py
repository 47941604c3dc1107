"""The errors of the project and the finding, a problem in a source that a curator can act on.

ProjectError                 everything that is raised on purpose; its text is a sentence for people
├── UsageError               the caller asked for something that cannot be asked (exit 2, HTTP 400)
├── DataError                the data is at fault and nothing was changed (exit 1); carries findings
├── BuildError               a release could not be made or opened: disk, lock, missing (exit 1)
└── QueryError               the query is at fault (exit 1, HTTP 400); carries line and column
    ├── QueryRefused         understood and not allowed: an update, SERVICE (HTTP 403)
    ├── QueryStopped         ran into a limit, so there is no answer at all (HTTP 504)
    └── EndpointError        the remote endpoint broke the SPARQL 1.1 Protocol (HTTP 502)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error stops a build, a warning only under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One problem in one place; prints as ``file:line: severity: message [code]``.

    ``path`` is the file as the user named it, ``line`` and ``column`` count from 1 (0: unknown),
    ``about`` is the IRI of the thing concerned, where there is one.
    """

    path: str
    line: int
    column: int
    severity: Severity
    message: str
    code: str
    about: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.severity}: {self.message} [{self.code}]"


class ProjectError(Exception):
    """Everything that is raised on purpose."""


class UsageError(ProjectError):
    """The caller asked for something that cannot be asked."""


class DataError(ProjectError):
    """The data is at fault; every finding of every document is carried, not just the first."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class BuildError(ProjectError):
    """A release could not be made, switched to or opened."""


class QueryError(ProjectError):
    """The query is at fault; ``line`` and ``column`` count from 1, 0 where unknown."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryRefused(QueryError):
    """The query was understood and is not allowed here."""


class QueryStopped(QueryError):
    """The query ran into a limit; no part of its answer is given."""


class EndpointError(QueryError):
    """The remote endpoint did not answer as the SPARQL 1.1 Protocol says."""
