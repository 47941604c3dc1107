"""The errors of the project, and the finding: a problem in a source that a curator can fix.

ProjectError                 every error raised on purpose; its text is a sentence for people
├── UsageError               the caller passed something invalid (exit 2, HTTP 400)
│   ├── BadValue             a value that its parameter cannot have (exit 2, HTTP 422)
│   ├── RequestTooLarge      more than one request may hold (HTTP 413)
│   └── NotOffered           no acceptable format for a result of this kind (HTTP 406)
│       └── NotRepresentable the format cannot hold a character of the result (HTTP 406)
├── DataError                the data is at fault, nothing was changed (exit 1); has findings
│   └── BrokenQuery          the file of a saved query is invalid (exit 1, HTTP 503)
├── ServerBusy               no room or no time left for this request (HTTP 503 with Retry-After)
├── ReleaseChanged           the endpoint changed its release meanwhile (HTTP 503 with Retry-After)
├── BuildError               a release could not be made or opened: disk, lock, missing (exit 1)
└── QueryError               the query is at fault (exit 1, HTTP 400); has line and column
    ├── QueryRefused         well-formed but not allowed: an update, SERVICE (HTTP 403)
    ├── QueryTooLarge        longer than the limit (HTTP 413)
    ├── QueryStopped         ran into a limit, so there is no result (HTTP 504, 503, 507, 413)
    │   ├── ClientGone       the client closed the connection
    │   └── WorkerDied       its process ended for no fault of the query
    ├── QueueFull            not started, too many others wait (HTTP 503 with Retry-After)
    └── EndpointError        the remote endpoint broke the SPARQL 1.1 Protocol (HTTP 502)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """The severity of a finding: an error stops a build, a warning only under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One problem at one location, printed as ``file:line: severity: message [code]``.

    ``path`` is the file as the user named it, ``line`` and ``column`` count from 1 (0: unknown),
    ``about`` is the IRI of the entity concerned, or "". Where a name is unknown, ``name`` is that
    name, and ``named`` is "organisation" or the concept scheme in which it was looked up.
    ``is_low_trust`` says that a source calls the problem itself doubtful.
    """

    path: str
    line: int
    column: int
    severity: Severity
    message: str
    code: str
    about: str = ""
    name: str = ""
    named: str = ""
    is_low_trust: bool = False

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> "Finding":
        """Return the finding with these fields, as a report or the cache has them in JSON."""
        return cls(**{**fields, "severity": Severity(fields["severity"])})

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.severity}: {self.message} [{self.code}]"


class ProjectError(Exception):
    """Base class of all errors raised on purpose; pickled with all attributes between processes."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[ProjectError], args: tuple[Any, ...], state: dict[str, Any]) -> ProjectError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class UsageError(ProjectError):
    """A request that cannot be fulfilled because of what the caller passed."""


class BadValue(UsageError):
    """A value that its parameter cannot have: ``text`` as it was given, and the ``near`` ones."""

    def __init__(self, message: str, text: str = "", near: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.text = text
        self.near = tuple(near)


class RequestTooLarge(UsageError):
    """A request that holds more than one request may hold."""


class NotOffered(UsageError):
    """No format requested is available for a result of this ``kind`` (bindings, boolean, graph)."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class NotRepresentable(NotOffered):
    """A result with a character that the requested format cannot hold."""


class DataError(ProjectError):
    """The data is at fault; ``findings`` holds those of all documents, not just the first."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class BrokenQuery(DataError):
    """The file of the saved query ``name`` is invalid; all other queries work.

    The message names the file and line, without the folder on the server.
    """

    def __init__(self, name: str, findings: Sequence[Finding]) -> None:
        first = min(findings)
        place = f"{name}.rq:{first.line}" if first.line else f"{name}.rq"
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        message = f"The saved query {name} cannot be run: {place}: {first.message}{more}"
        super().__init__(message, findings)
        self.name = name


class ServerBusy(ProjectError):
    """There is no room or no time left for a request; ``retry`` is in seconds."""

    def __init__(self, message: str, retry: int) -> None:
        super().__init__(message)
        self.retry = retry


class ReleaseChanged(ProjectError):
    """The endpoint changed to another release during the request; ``retry`` is in seconds."""

    def __init__(self, message: str, retry: int = 1) -> None:
        super().__init__(message)
        self.retry = retry


class BuildError(ProjectError):
    """A release could not be made, switched to or opened."""


class QueryError(ProjectError):
    """The query is at fault; ``line`` and ``column`` count from 1, 0 where unknown.

    ``excerpt`` is the line at fault with a caret below, ``suggestion`` says what to do, and
    ``repair`` is the complete corrected query; each is "" where there is none.
    """

    def __init__(  # noqa: PLR0913
        self,
        message: str,
        line: int = 0,
        column: int = 0,
        *,
        excerpt: str = "",
        suggestion: str = "",
        repair: str = "",
    ) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.excerpt = excerpt
        self.suggestion = suggestion
        self.repair = repair


class QueryRefused(QueryError):
    """A well-formed query that is not allowed here."""


class QueryTooLarge(QueryError):
    """The text of the query is longer than the limit."""


class Limit(StrEnum):
    """A resource that a query can exhaust."""

    TIME = "time"
    MEMORY = "memory"
    SIZE = "size"
    DISK = "disk"
    PROCESS = "process"


class QueryStopped(QueryError):
    """The query ran into a limit after ``seconds``; no part of its result is returned."""

    def __init__(self, message: str, limit: Limit = Limit.TIME, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.limit = limit
        self.seconds = seconds


class ClientGone(QueryStopped):
    """The client closed the connection, so the query was stopped."""


class WorkerDied(QueryStopped):
    """The process of the query ended, and not because of a limit; another may succeed."""


class QueueFull(QueryError):
    """Too many queries wait, so this one was not started; ``retry`` is in seconds."""

    def __init__(self, message: str, retry: int) -> None:
        super().__init__(message)
        self.retry = retry


class EndpointError(QueryError):
    """The remote endpoint broke the SPARQL 1.1 Protocol: https://www.w3.org/TR/sparql11-protocol/"""
