"""Metrics that are read when Prometheus asks: the lanes, and the age and state of the release.

https://prometheus.io/docs/instrumenting/writing_exporters/#collectors
"""

import time
from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from loader.errors import BuildError
from loader.release.kept_releases import read_build_time
from loader.release.release_folder import Release
from query_ui.engine.embedded_engine import EmbeddedEngine, describe_degradation
from query_ui.engine.protocol import Engine
from query_ui.engine.worker_engine import WorkerEngine


class EngineCollector(Collector):
    """Collects the state of the engine of the pages and of that of users' queries.

    ``get_check_times`` returns when the release was last verified, in seconds since 1970, by the
    kind of check. What is unknown, as behind a remote endpoint, is left out.
    """

    def __init__(
        self,
        engine: Engine,
        user_engine: Engine,
        get_check_times: Callable[[], Mapping[str, float]] = dict,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._user_engine = user_engine
        self._get_check_times = get_check_times
        self._clock = clock
        self._cached_build_time: tuple[tuple[str, int], float] = (("", 0), 0.0)

    def describe(self) -> Iterator[Metric]:
        """Return the metrics without values: none, as nothing is to be read before it is asked."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics with their values now."""
        if isinstance(self._user_engine, WorkerEngine):
            running = GaugeMetricFamily(
                "concordat_kg_queries_running",
                "Queries of users that have a worker now, by lane.",
                labels=["lane"],
            )
            waiting = GaugeMetricFamily(
                "concordat_kg_queries_waiting",
                "Queries of users that wait for a worker now, by lane.",
                labels=["lane"],
            )
            for lane in self._user_engine.lanes:
                running.add_metric([lane.name], lane.busy_count)
                waiting.add_metric([lane.name], self._user_engine.count_waiting(lane))
            yield running
            yield waiting
        if isinstance(self._engine, EmbeddedEngine):
            yield from self._collect_release(self._engine)

    def _collect_release(self, engine: EmbeddedEngine) -> Iterator[Metric]:
        try:
            age = self._clock() - self._read_build_time(engine)
        except (BuildError, OSError):
            pass  # no release is sound, which the next metric says
        else:
            yield GaugeMetricFamily(
                "concordat_kg_release_age_seconds",
                "How long ago the release that answers was built.",
                value=age,
            )
        yield GaugeMetricFamily(
            "concordat_kg_release_degraded",
            "1 while the current release is damaged and another, or none, answers; else 0.",
            value=bool(describe_degradation(engine)),
        )
        checks = GaugeMetricFamily(
            "concordat_kg_release_verified_timestamp_seconds",
            "When a check of the release that answers last ended, by its kind: quick or full.",
            labels=["check"],
        )
        for kind, ended in self._get_check_times().items():
            checks.add_metric([kind], ended)
        yield checks

    def _read_build_time(self, engine: EmbeddedEngine) -> float:
        """Return when the release was built, in seconds since 1970; its report is read once."""
        release = Release(engine.out / "releases" / engine.release)
        try:
            key = (release.name, release.report_time())
        except BuildError:
            key = (release.name, 0)
        if key != self._cached_build_time[0]:
            self._cached_build_time = (key, read_build_time(release.folder).timestamp())
        return self._cached_build_time[1]
