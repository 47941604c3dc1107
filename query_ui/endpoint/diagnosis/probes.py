"""Probes: reduced queries put to the engine, for as long as time and number allow."""

import time
from collections.abc import Callable, Sequence

from loader.errors import QueryError, QueryStopped, QueueFull
from query_ui.engine.protocol import Engine, EngineRequest, QueryResult

MAX_SECONDS = 5.0
MAX_PROBES = 60
MAX_PROBE_SECONDS = 1.0
"""The limits: seconds in all, probes in all, and seconds for each probe."""


class Probes:
    """Asks an engine for strangers about a dataset; counts what it asks and keeps the answers.

    ``count`` is the number of reduced queries; ``is_complete`` turns False once one had no answer.
    """

    def __init__(
        self,
        engine: Engine,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        seconds: float = MAX_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine = engine
        self.graphs = (tuple(default_graphs), tuple(named_graphs))
        self.max_seconds = seconds
        self.count = 0
        self.is_complete = True
        self._clock = clock
        self._start = clock()
        self._match_by_query: dict[str, bool | None] = {}

    @property
    def elapsed_seconds(self) -> float:
        """The seconds since the start."""
        return self._clock() - self._start

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing more may be asked."""
        return self.elapsed_seconds >= self.max_seconds or self.count >= MAX_PROBES

    def has_match(self, text: str) -> bool | None:
        """Whether an ASK query is true; None where that could not be told."""
        if text not in self._match_by_query:
            result = self.run(text)
            self._match_by_query[text] = None if result is None else bool(result.boolean)
        return self._match_by_query[text]

    def run(self, text: str) -> QueryResult | None:
        """Return the result of a reduced query; None where it cannot be had, or time is up."""
        if self.is_exhausted:
            self.is_complete = False
            return None
        self.count += 1
        return self._run_leniently(text, *self.graphs)

    def look_up(self, text: str) -> QueryResult | None:
        """Return the result of a query of ours about the whole graph, which is no probe."""
        if self.elapsed_seconds >= self.max_seconds:
            self.is_complete = False
            return None
        return self._run_leniently(text, (), ())

    def run_original(self, text: str) -> QueryResult | None:
        """Return the result of a query that may be at fault; raise what the engine raises.

        None where it takes longer than a probe may.
        """
        self.count += 1
        try:
            return self._run(text, *self.graphs)
        except QueryStopped:
            self.is_complete = False
            return None

    def _run_leniently(
        self, text: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]
    ) -> QueryResult | None:
        try:
            return self._run(text, default_graphs, named_graphs)
        except (QueryStopped, QueueFull):
            self.is_complete = False
        except QueryError:
            # A cut that the grammar forbids tells nothing, and the other cuts still do.
            pass
        return None

    def _run(
        self, text: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]
    ) -> QueryResult:
        seconds = max(min(MAX_PROBE_SECONDS, self.max_seconds - self.elapsed_seconds), 0.01)
        request = EngineRequest(text, default_graphs, named_graphs, seconds=seconds)
        result = self.engine.execute(request)
        with result.body as body:
            return QueryResult(result.kind, body.read())
