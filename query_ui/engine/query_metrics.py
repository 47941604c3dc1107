"""What is counted of visitors' queries: how each ended, and how long it took.

https://prometheus.io/docs/concepts/metric_types/
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from loader.errors import (
    ClientGone,
    NotOffered,
    ProjectError,
    QueryRefused,
    QueryStopped,
    QueueFull,
)
from query_ui.engine.protocol import Answer, Engine, Limits, Question, Result, present

BUCKETS = (0.005, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0)
"""Seconds; a quarter of one is where a query stops being short."""
ENDINGS: Mapping[type[ProjectError], str] = {
    ClientGone: "left",
    QueryStopped: "stopped",
    QueueFull: "turned_away",
    QueryRefused: "refused",
    NotOffered: "not_offered",
}
"""How a query ended, by the first kind of error that fits; any other is ``failed``."""


class Counts:
    """The numbers of one server since it began. Safe to use from several threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._ended = Counter(
            "concordat_kg_queries",
            "Queries of visitors by how they ended; of those stopped, at which limit.",
            ["ending", "limit"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "concordat_kg_query_seconds",
            "How long queries of visitors took, waiting included.",
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._running = Gauge(
            "concordat_kg_queries_in_progress",
            "Queries of visitors that run or wait now.",
            registry=self._registry,
        )
        self._release = Gauge(
            "concordat_kg_release",
            "The release that answers, by its hash; always 1.",
            ["release"],
            registry=self._registry,
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count what happens inside a ``with`` block as one query."""
        begun, ending, limit = time.perf_counter(), "answered", ""
        self._running.inc()
        try:
            yield
        except ProjectError as error:
            ending, limit = _ending(error)
            raise
        finally:
            self._running.dec()
            self._seconds.observe(time.perf_counter() - begun)
            self._ended.labels(ending, limit).inc()

    def told(self, release: str) -> bytes:
        """All numbers in Prometheus's text format; ``release`` is the hash, "" for none."""
        self._release.clear()
        self._release.labels(release).set(1)
        return generate_latest(self._registry)


def _ending(error: ProjectError) -> tuple[str, str]:
    """How a query ended that was not answered, and the limit that stopped it, "" for none."""
    ending = next((name for kind, name in ENDINGS.items() if isinstance(error, kind)), "failed")
    if ending == "stopped" and isinstance(error, QueryStopped):
        return ending, error.limit.value
    return ending, ""


class Counted:
    """An engine whose queries are counted; see ``Engine`` for what it does."""

    def __init__(self, engine: Engine, counts: Counts) -> None:
        self._engine = engine
        self._counts = counts

    @property
    def prefixes(self) -> Mapping[str, str]:
        """See ``Engine.prefixes``."""
        return self._engine.prefixes

    @property
    def release(self) -> str:
        """See ``Engine.release``."""
        return self._engine.release

    def ask(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """See ``Engine.ask``."""
        with self._counts.watched():
            return self._engine.ask(text, default_graphs=default_graphs, named_graphs=named_graphs)

    def run(self, question: Question, gone: Callable[[], bool] = present) -> Result:
        """See ``Engine.run``."""
        with self._counts.watched():
            return self._engine.run(question, gone)

    def for_visitors(self, limits: Limits | None = None) -> Engine:
        """See ``Engine.for_visitors``; what it asks is counted too."""
        return Counted(self._engine.for_visitors(limits), self._counts)

    def close(self) -> None:
        """See ``Engine.close``."""
        self._engine.close()
