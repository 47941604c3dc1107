"""Metrics of requests: how long each route took, and why requests were refused.

https://prometheus.io/docs/practices/naming/
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

from query_ui.http.problem_details import REFUSAL_BY_ERROR

REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""


class RequestMetrics:
    """The metrics of requests in a registry; thread-safe.

    There is a series for each route template and class of statuses, and never one for an address.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "concordat_kg_http_request_seconds",
            "How long requests took, from their arrival to the last byte of the response.",
            ["route", "status"],
            buckets=REQUEST_BUCKETS,
            registry=registry,
        )
        self._series: dict[tuple[str, int], Histogram] = {}
        self._refusal_counter = Counter(
            "concordat_kg_http_requests_refused",
            "Requests that were not begun: no room in the queue or for the task, too large, "
            "rate used up, no sound release.",
            ["reason"],
            registry=registry,
        )
        # From the start, so that the first refusal is an increase.
        for _, reason in REFUSAL_BY_ERROR:
            self._refusal_counter.labels(reason)

    def count_request(self, route: str, status: int, seconds: float, refusal: str) -> None:
        """Count one request; ``refusal`` is why it was not begun, or ""."""
        self._find_series(route, status // 100).observe(seconds)
        if refusal:
            self._refusal_counter.labels(refusal).inc()

    def _find_series(self, route: str, hundreds: int) -> Histogram:
        """Return the series of a route, which the library would look up under a lock each time."""
        series = self._series.get((route, hundreds))
        if series is None:
            series = self._series[route, hundreds] = self._seconds.labels(route, f"{hundreds}xx")
        return series
