"""The policy for all requests: what one request, and all of them together, may use.

Every limit is a field of RequestLimits, with its default; ``serve`` has options for those that an
operator may want to change. ``docs/guides/limits.md`` describes them for users. What a request
beyond a limit gets:

- 413 where it holds more than a request may hold, 422 where a workbook cannot be read within the
  limits;
- 429 with ``Retry-After`` where its client has used its seconds of work
  (``query_ui/http/rate_limit.py``);
- 503 with ``Retry-After`` where there is no room for its task, or its time is over
  (``query_ui/http/task_gate.py``).

SPARQL queries have limits of their own, ``QueryLimits`` in ``query_ui/engine/protocol.py``: they
run in processes that can be killed. The work of other requests runs in slices, each short because
what it handles is bounded here, and stops between two of them.
"""

from collections.abc import Mapping, Sized
from dataclasses import dataclass

from loader.errors import RequestTooLarge
from loader.readers.workbook import WorkbookLimits

MAX_BODY_BYTES = 1024 * 1024
"""Largest body of a request, in bytes."""
LARGE_BODY_BYTES = 64 * 1024
"""A request with a body above this waits its turn, so that pages are answered meanwhile."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Limits on one request, on the tasks at one time, and on the work of one client.

    A task is a request whose work grows with its body: a table in ``/link``, a batch in
    ``/reconcile`` or ``/lookup``.

    - ``max_unpacked_bytes``, ``max_cells``, ``max_columns``: an uploaded workbook or table.
    - ``max_names``: distinct cells of a column to match; ``max_name_characters``: one name, prefix,
      identifier or value of a property.
    - ``max_batch_queries`` and ``max_query_values``: queries in a batch, and values of properties
      in one of them; ``max_identifiers``: identifiers to look up; ``max_entities`` and
      ``max_properties``: rows and columns of a data extension.
    - ``max_task_seconds``: processor time of a task; ``max_elapsed_seconds``: time by the clock.
    - ``max_tasks`` run at a time, ``max_waiting_tasks`` wait, none longer than
      ``max_wait_seconds``.
    - ``work_seconds_per_minute``: processor time that one client may use, above 0; as much as
      ``work_seconds_at_once`` may be used at one time. An application without a rate limiter has
      no such limit.
    - ``max_permalinks`` are kept, for ``max_permalink_days`` after they were last followed.
    """

    max_unpacked_bytes: int = 64 * 1024 * 1024
    max_cells: int = 200_000
    max_columns: int = 1_000
    max_names: int = 5_000
    max_name_characters: int = 1_000
    max_batch_queries: int = 1_000
    max_query_values: int = 50
    max_identifiers: int = 5_000
    max_entities: int = 2_000
    max_properties: int = 50
    max_task_seconds: float = 20.0
    max_elapsed_seconds: float = 60.0
    max_tasks: int = 2
    max_waiting_tasks: int = 8
    max_wait_seconds: float = 5.0
    work_seconds_per_minute: float = 20.0
    work_seconds_at_once: float = 60.0
    max_permalinks: int = 50_000
    max_permalink_days: float = 730.0

    @property
    def max_concurrent_tasks(self) -> int:
        """The number of tasks that can run or wait at the same time."""
        return self.max_tasks + self.max_waiting_tasks

    @property
    def workbook(self) -> WorkbookLimits:
        """The limits on an uploaded workbook."""
        return WorkbookLimits(MAX_BODY_BYTES, self.max_unpacked_bytes, self.max_cells)


DEFAULT_LIMITS = RequestLimits()
MIN_COST_SECONDS = 0.01
"""Seconds that each expensive request counts as at least."""
COST_BY_ROUTE: Mapping[tuple[str, str], float] = {("POST", "/q"): 1.0, ("POST", "/cite"): 1.0}
"""The same for some routes: writing to the disk takes no processor time."""
TASK_PREFIXES = ("/link", "/lookup", "/reconcile", "/contribute")
"""Beginnings of the addresses to which a POST is a task."""
EXPENSIVE_PREFIXES = (
    *("/sparql", "/queries/", "/q", "/link", "/lookup", "/reconcile", "/search", "/coverage"),
    *("/dataset", "/case-studies", "/initiatives", "/organisations", "/graphs", "/things"),
    *("/action-plans", "/registers", "/indicators", "/changes", "/openapi.json", "/sitemap"),
    *("/contribute", "/mcp", "/cite", "/since"),
)
"""Beginnings of the addresses that a client gets no response from once its work is used up.

What is left answers always: the home page, concepts, help, health and static files.
"""


def check_count(what: str, items: Sized, most: int) -> None:
    """Raise RequestTooLarge for more than ``most`` items; ``what`` says what they are."""
    if len(items) > most:
        raise RequestTooLarge(
            f"{what}: at most {most:,} at once, these are {len(items):,}. Send them in parts."
        )


def check_length(what: str, text: str, most: int) -> None:
    """Raise RequestTooLarge for a text of more than ``most`` characters."""
    if len(text) > most:
        raise RequestTooLarge(
            f"{what} has {len(text):,} characters, and may have {most:,}. Shorten it."
        )
