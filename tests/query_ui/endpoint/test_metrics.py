"""The numbers for those who run the server."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.protocol import QueryLimits
from query_ui.engine.release_watch import ReleaseWatch
from query_ui.http.rate_limit import WorkRateLimiter
from query_ui.http.request_limits import MAX_BODY_BYTES, RequestLimits
from tests.loader.release.test_release_manifest import make
from tests.query_ui.releases import CROSS_PRODUCT, publish


def test_queries_of_visitors_are_counted_and_pages_are_not(settings: Settings) -> None:
    app: Flask = create_app(settings, open_engine(settings))
    client = app.test_client()
    client.get("/")
    client.get("/sparql", query_string={"query": "ASK {}"})
    client.get("/queries/by-keyword.csv")
    client.get("/sparql", query_string={"query": "SELECT"})
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    assert 'concordat_kg_queries_total{ending="answered",limit=""} 2.0' in answer.text
    assert 'concordat_kg_queries_total{ending="failed",limit=""} 1.0' in answer.text
    assert 'concordat_kg_release{release="0123abcd"} 1.0' in answer.text


def test_numbers_are_there_without_a_release(settings: Settings) -> None:
    app = create_app(settings, open_engine(settings))
    (settings.out / "current").rename(settings.out / "kept")
    try:
        answer = app.test_client().get("/metrics")
    finally:
        (settings.out / "kept").rename(settings.out / "current")
    assert answer.status_code == 200
    assert 'concordat_kg_release{release=""} 1.0' in answer.text


def read_samples(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """The samples of the metrics by name and labels, read as Prometheus reads them."""
    families = list(text_string_to_metric_families(client.get("/metrics").text))
    assert len({family.name for family in families}) == len(families)
    assert all(family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    found = {(one.name, frozenset(one.labels.items())): one.value for one in samples}
    assert len(found) == len(samples), "a sample is there twice"
    return found


def sample(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"concordat_kg_{name}", frozenset(labels.items())


def test_requests_are_timed_by_route_and_status(settings: Settings) -> None:
    client = create_app(settings, open_engine(settings)).test_client()
    for path in ("/case-studies/alpha", "/case-studies/none", "/no/such/page"):
        client.get(path, buffered=True)
    for number in range(3):
        client.get(f"/organisations/none-{number}", buffered=True)
    client.get("/sparql?query=ASK{}", buffered=True)
    client.get("/sparql?query=ASK", buffered=True)
    found = read_samples(client)
    counts = {
        (labels["route"], labels["status"]): value
        for (name, pairs), value in found.items()
        if name == "concordat_kg_http_request_seconds_count" and (labels := dict(pairs))
    }
    assert counts == {
        ("/case-studies/<path:name>", "2xx"): 1,
        ("/case-studies/<path:name>", "4xx"): 1,
        ("/organisations/<path:name>", "4xx"): 3,
        ("(none)", "4xx"): 1,
        ("/sparql", "2xx"): 1,
        ("/sparql", "4xx"): 1,
    }
    labels = {"route": "/sparql", "status": "2xx"}
    assert 0 < found[sample("http_request_seconds_sum", **labels)] < 60
    assert found[sample("http_request_seconds_bucket", **labels, le="+Inf")] == 1


def test_refusals_are_counted_by_their_reason(settings: Settings) -> None:
    spent = WorkRateLimiter(RequestLimits(work_seconds_per_minute=0.06))
    spent.charge("127.0.0.1", 1000)
    client = create_app(settings, open_engine(settings), rate_limiter=spent).test_client()
    assert client.get("/sparql?query=ASK{}", buffered=True).status_code == 429
    page = client.get("/search?q=a", headers={"Accept": "text/html"}, buffered=True)
    assert page.status_code == 429
    open_to_all = create_app(settings, open_engine(settings)).test_client()
    for path in ("/sparql", "/q"):
        large = {"query": "a" * (MAX_BODY_BYTES + 1)}
        assert open_to_all.post(path, data=large, buffered=True).status_code == 413
    found = read_samples(client)
    assert found[sample("http_requests_refused_total", reason="rate")] == 2
    assert found[sample("http_requests_refused_total", reason="queue")] == 0
    found = read_samples(open_to_all)
    assert found[sample("http_requests_refused_total", reason="size")] == 2
    assert found[sample("http_requests_refused_total", reason="rate")] == 0


def test_lanes_age_and_verification_are_read_when_asked(tmp_path: Path, settings: Settings) -> None:
    name = make(tmp_path, '{"format": 1, "built": "2026-01-02T00:00:00Z"}', "<a:s> <a:p> 1").name
    served = Settings(root=settings.root, out=tmp_path)
    engine = open_engine(served, is_serving=True)
    visitors = engine.isolate(QueryLimits(light_workers=1))
    watch = ReleaseWatch(tmp_path, lambda: engine.release)
    client = create_app(served, engine, visitors, watch=watch).test_client()
    try:
        found = read_samples(client)
        assert not [key for key in found if "verified" in key[0]]
        before = time.time()
        assert watch.check(full=False) == name
        found = read_samples(client)
        for lane in ("light", "heavy"):
            assert found[sample("queries_running", lane=lane)] == 0
            assert found[sample("queries_waiting", lane=lane)] == 0
        built = datetime(2026, 1, 2, tzinfo=UTC).timestamp()
        assert 0 <= found[sample("release_age_seconds")] - (before - built) < 60
        assert found[sample("release_degraded")] == 0
        kinds = [dict(labels)["check"] for key, labels in found if "verified" in key]
        assert kinds == ["quick"]
        verified = found[sample("release_verified_timestamp_seconds", check="quick")]
        assert before <= verified <= time.time()
        (tmp_path / "releases" / name / "graph.nq").unlink()
        assert watch.check(full=True) == ""
        found = read_samples(client)
        assert found[sample("release_degraded")] == 1
        assert sample("release_age_seconds") not in found
        assert found[sample("release_verified_timestamp_seconds", check="full")] >= verified
    finally:
        visitors.close()
        engine.close()


def test_queries_that_run_and_wait_are_counted_by_lane(tmp_path: Path, settings: Settings) -> None:
    served = Settings(root=settings.root, out=publish(tmp_path / "build"))
    engine = open_engine(served)
    limits = QueryLimits(seconds=30, light_workers=1, heavy_workers=1, light_seconds=0.05)
    visitors = engine.isolate(limits)
    app = create_app(served, engine, visitors)
    asked = [
        threading.Thread(
            target=app.test_client().get, args=("/sparql",), kwargs={"query_string": {"query": q}}
        )
        for q in (CROSS_PRODUCT, f"{CROSS_PRODUCT} # 2", f"{CROSS_PRODUCT} # 3")
    ]
    try:
        for thread in asked:
            thread.start()
        until = time.monotonic() + 25
        while time.monotonic() < until:
            found = read_samples(app.test_client())
            if found[sample("queries_waiting", lane="heavy")] == 2:
                break
            time.sleep(0.05)
        assert found[sample("queries_running", lane="heavy")] == 1
        assert found[sample("queries_waiting", lane="heavy")] == 2
        assert found[sample("queries_in_progress")] == 3
        assert found[sample("queries_total", ending="stopped", limit="time")] == 0
    finally:
        visitors.close()
        for thread in asked:
            thread.join()
        engine.close()


def test_names_follow_the_conventions(settings: Settings) -> None:
    """https://prometheus.io/docs/practices/naming/"""
    client = create_app(settings, open_engine(settings)).test_client()
    client.get("/")
    for family in text_string_to_metric_families(client.get("/metrics").text):
        assert family.name.startswith("concordat_kg_")
        ends = {"counter": ("",), "histogram": ("_seconds",), "gauge": ("",)}[family.type]
        assert family.name.endswith(ends)
        if family.type == "counter":
            assert all(s.name.endswith(("_total", "_created")) for s in family.samples)
