"""Metrics of users' queries: how each ended and how long it took.

https://prometheus.io/docs/concepts/metric_types/
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from loader.errors import (
    ClientGone,
    Limit,
    NotOffered,
    ProjectError,
    QueryRefused,
    QueryStopped,
    QueueFull,
)
from query_ui.engine.protocol import (
    EarlyQuery,
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    SerialisedResult,
    never_gone,
)

_Result = TypeVar("_Result")

DURATION_BUCKETS = (0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0)
"""Seconds; 0.25 is the default of ``QueryLimits.light_seconds``."""
ENDING_BY_ERROR: Mapping[type[ProjectError], str] = {
    ClientGone: "left",
    QueryStopped: "stopped",
    QueueFull: "turned_away",
    QueryRefused: "refused",
    NotOffered: "not_offered",
}
"""The label of an ending by error; the first class that matches applies, else ``failed``."""


class QueryMetrics:
    """The metrics of one server since it started; others join its ``registry``. Thread-safe."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._ending_counter = Counter(
            "concordat_kg_queries",
            "Queries of visitors by how they ended; of those stopped, at which limit.",
            ["ending", "limit"],
            registry=self.registry,
        )
        # From the start, so that the first query that is stopped is an increase.
        for limit in Limit:
            self._ending_counter.labels("stopped", limit.value)
        # Found once: the library looks for a series under a lock.
        self._answered_counter = self._ending_counter.labels("answered", "")
        self._seconds = Histogram(
            "concordat_kg_query_seconds",
            "How long queries of visitors took, waiting included.",
            buckets=DURATION_BUCKETS,
            registry=self.registry,
        )
        self._running = Gauge(
            "concordat_kg_queries_in_progress",
            "Queries of visitors that run or wait now.",
            registry=self.registry,
        )
        self._release = Gauge(
            "concordat_kg_release",
            "The release that answers, by its hash; always 1.",
            ["release"],
            registry=self.registry,
        )

    def measure_query(self, run: Callable[[], _Result], early: EarlyQuery | None = None) -> _Result:
        """Run a query, count and time it, and return or raise what ``run`` does.

        ``early`` is the query where it was begun already.
        """
        begun, counter = early.begun_at if early else time.perf_counter(), self._answered_counter
        self._running.inc()
        try:
            return run()
        except ProjectError as error:
            counter = self._ending_counter.labels(*_classify_ending(error))
            raise
        finally:
            self._running.dec()
            self._seconds.observe(time.perf_counter() - begun)
            counter.inc()

    def render_metrics(self, release: str) -> bytes:
        """Return all metrics in Prometheus's text format; ``release`` is its hash or "".

        https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
        """
        self._release.clear()
        self._release.labels(release).set(1)
        return generate_latest(self.registry)


def _classify_ending(error: ProjectError) -> tuple[str, str]:
    """Return the label of the ending of a failed query, and the limit that stopped it or ""."""
    ending = next(
        (name for kind, name in ENDING_BY_ERROR.items() if isinstance(error, kind)), "failed"
    )
    if ending == "stopped" and isinstance(error, QueryStopped):
        return ending, error.limit.value
    return ending, ""


class MeteredEngine:
    """An engine that passes all calls on and measures the queries; see ``Engine``."""

    def __init__(self, engine: Engine, metrics: QueryMetrics) -> None:
        self._engine = engine
        self._metrics = metrics

    @property
    def prefixes(self) -> Mapping[str, str]:
        """See ``Engine.prefixes``."""
        return self._engine.prefixes

    @property
    def release(self) -> str:
        """See ``Engine.release``."""
        return self._engine.release

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """See ``Engine.query``."""
        return self._metrics.measure_query(
            lambda: self._engine.query(
                text, default_graphs=default_graphs, named_graphs=named_graphs
            )
        )

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """See ``Engine.execute``."""
        return self._metrics.measure_query(
            lambda: self._engine.execute(request, is_client_gone), request.early
        )

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        """See ``Engine.isolate``; queries of the returned engine are measured too."""
        return MeteredEngine(self._engine.isolate(limits), self._metrics)

    def close(self) -> None:
        """See ``Engine.close``."""
        self._engine.close()
