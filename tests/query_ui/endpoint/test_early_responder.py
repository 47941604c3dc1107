"""Queries answered on the event loop: the same responses, accounts and limits as from a thread."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.metrics import METRICS_EXTENSION
from query_ui.engine import open_engine
from query_ui.engine.protocol import QueryLimits
from query_ui.engine.worker_engine import WorkerEngine
from query_ui.http import early_bridge
from query_ui.http.client_address import parse_networks
from query_ui.http.outer_layers import get_front
from query_ui.http.public_address import PublicAddress
from query_ui.http.rate_limit import WorkRateLimiter
from query_ui.http.request_limits import RequestLimits
from query_ui.http.wsgi_bridge import (
    EARLY_KEY,
    NOTES_KEY,
    AsgiApplication,
    Receive,
    Scope,
    Send,
    WsgiBridge,
)
from tests.query_ui.conftest import BROWSER
from tests.query_ui.endpoint.protocol.conftest import settings_over
from tests.query_ui.http.asgi_client import AsgiResponse, build_scope, respond
from tests.query_ui.log_lines import Lines
from tests.query_ui.releases import CROSS_PRODUCT, publish_beside, switch

pytestmark = pytest.mark.skipif(not early_bridge.IS_OFFERED, reason="needs epoll")

PATIENT = 600.0
SELECT = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s ?o"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
LARGE = "SELECT ?a ?b ?c { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z }"
NOW = "SELECT (NOW() AS ?now) {}"
JSON = {"Accept": "application/sparql-results+json"}


def to_target(query: str, more: str = "", path: str = "/sparql") -> str:
    """The address of a query."""
    return f"{path}?query={quote(query)}{more}"


@dataclass
class Site:
    """A site with workers: with early queries in front of its threads, and without."""

    app: Flask
    workers: WorkerEngine
    front: AsgiApplication
    behind: AsgiApplication
    passed_on: list[str]


def open_site(settings: Settings, limits: QueryLimits, **options: Any) -> Site:
    """A site with a worker that has started."""
    engine = open_engine(settings)
    workers = engine.isolate(limits)
    assert isinstance(workers, WorkerEngine)
    app = create_app(settings, engine, workers, **options)
    workers.query("ASK {}")
    front, behind, passed_on = get_front(app), WsgiBridge(app, 4), list[str]()
    assert front

    async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
        passed_on.append(scope["query_string"].decode())
        await behind(scope, receive, send)

    return Site(app, workers, front(pass_on), behind, passed_on)


@pytest.fixture(scope="module")
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A project over the example release."""
    return settings_over(tmp_path_factory.mktemp("early"))


@pytest.fixture(scope="module")
def site(own_settings: Settings) -> Iterator[Site]:
    """A site whose queries never leave the light lane."""
    limits = QueryLimits(seconds=PATIENT, light_seconds=PATIENT, light_workers=1)
    found = open_site(own_settings, limits)
    yield found
    lane = found.workers.lanes[0]
    assert (lane.busy_count, lane.waiting_count, len(lane.idle_workers)) == (0, 0, 1)
    found.workers.close()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reply come as late as it may on a busy machine."""
    monkeypatch.setattr(early_bridge, "REPLY_SECONDS", PATIENT)


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch, patience: None) -> None:
    """Let no reply come in time."""
    monkeypatch.setattr(early_bridge, "REPLY_SECONDS", 0.001)


def strip_identifier(response: AsgiResponse) -> AsgiResponse:
    """The response without the identifier that each request has of its own."""
    headers = {n: v for n, v in response.headers.items() if n != "x-request-id"}
    return response._replace(headers=headers)


EARLY = (
    *((to_target(SELECT), {"Accept": accept}) for accept in ("text/csv", "*/*", "application/xml")),
    (to_target(SELECT), {}),
    (to_target(SELECT, "&format=tsv"), JSON),
    (to_target(SELECT, path="/sparql/"), JSON),
    (to_target("ASK { ?s ?p 12 }"), JSON),
    (to_target(GRAPH), {"Accept": "text/turtle"}),
    (to_target(NOW.replace("NOW()", "1")), JSON | {"Accept-Encoding": "gzip"}),
    (to_target(SELECT + "#" + "x" * 1500, "&format=csv"), {"Accept-Encoding": "zstd, gzip"}),
    (to_target(LARGE + " LIMIT 60"), JSON | {"Accept-Encoding": "gzip"}),
    (to_target(LARGE + " LIMIT 60"), JSON | {"Accept-Encoding": "zstd"}),
    (to_target(SELECT, "&default-graph-uri=https://example.org/g2"), JSON),
    (to_target(SELECT, "&timeout=30"), JSON),
    (to_target("SELECT ?x { ?x ?p ?from }"), JSON),
)
"""Requests that need no thread."""
LATE = (
    (to_target("SELECT"), JSON),
    (to_target(SELECT), {"Accept": BROWSER}),
    (to_target(SELECT), {"Accept": "image/png"}),
    (to_target(SELECT, "&format=none"), JSON),
    (to_target(SELECT, "&timeout=none"), JSON),
    (to_target(SELECT, "&query=ASK{}"), JSON),
    (to_target(SELECT, "&release=r1"), JSON),
    (to_target(SELECT, "&release=0123456789"), JSON),
    (to_target(SELECT, "&name=%01"), JSON),
    (to_target("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), JSON),
    (to_target("CLEAR ALL"), JSON),
    (to_target(SELECT + "#" * 9000), JSON),
    (to_target(SELECT), JSON | {"If-None-Match": '"x"'}),
    (to_target(SELECT), JSON | {"X-Long": "x" * 5000}),
    (to_target(SELECT), JSON | {"Host": "b"}),
    ("/sparql?update=CLEAR+ALL", JSON),
    ("/sparql?query=%FF", JSON),
    ("/sparql", {"Accept": "text/turtle"}),
    ("/else/sparql?query=ASK{}", JSON),
    (to_target(LARGE + " LIMIT 900"), JSON),
)
"""Requests that a thread answers, some of them after a worker was sent the query."""


@pytest.mark.parametrize(("target", "headers"), [*EARLY, *LATE])
def test_a_response_is_the_one_from_a_thread(
    site: Site, target: str, headers: dict[str, str]
) -> None:
    site.passed_on.clear()
    early, other = (respond(app, build_scope(target, headers)) for app in (site.front, site.behind))
    assert strip_identifier(early) == strip_identifier(other)
    assert bool(site.passed_on) == ((target, headers) in LATE)
    assert early.status == 200 or (target, headers) in LATE


@pytest.mark.parametrize(
    ("target", "accept"),
    [
        (to_target("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), "text/csv"),
        (to_target(SELECT), BROWSER),
        (to_target(SELECT, "&format=html"), "text/csv"),
        (to_target(SELECT + "#" + "x" * 9000), "text/csv"),
        (to_target(SELECT + "#" * 600), "text/csv"),
        (to_target(SELECT, "&default-graph-uri=a:b" * 17), "text/csv"),
    ],
)
def test_what_is_not_plain_is_not_begun(site: Site, target: str, accept: str) -> None:
    scope = build_scope(target, {"Accept": accept})
    respond(site.front, scope)
    assert EARLY_KEY not in scope[NOTES_KEY]


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "PUT"])
def test_other_methods_go_to_a_thread(site: Site, method: str) -> None:
    site.passed_on.clear()
    early, other = (
        respond(app, build_scope(to_target(SELECT), JSON, method))
        for app in (site.front, site.behind)
    )
    assert strip_identifier(early) == strip_identifier(other)
    assert site.passed_on


def test_a_result_that_may_differ_has_no_etag(site: Site) -> None:
    found = respond(site.front, build_scope(to_target(NOW), JSON))
    assert "etag" not in found.headers
    assert found.headers["cache-control"] == "no-store"
    assert "etag" in respond(site.front, build_scope(to_target(SELECT), JSON)).headers


def read_counts(site: Site) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """The metrics that count, without times."""
    metrics = site.app.extensions[METRICS_EXTENSION].registry.collect()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for metric in metrics
        for sample in metric.samples
        if sample.name.endswith(("_total", "_count", "_progress")) and "le" not in sample.labels
    }


def find_changes(site: Site, app: AsgiApplication, target: str, lines: Lines) -> tuple[Any, Any]:
    """What a request changes in the metrics, and its line of the log without its own values."""
    before = read_counts(site)
    lines.texts.clear()
    respond(app, build_scope(target, JSON))
    after = read_counts(site)
    (line,) = map(json.loads, lines.texts)
    for name in ("time", "request_id", "milliseconds", "message"):
        assert line.pop(name)
    changes = {k: v - before.get(k, 0.0) for k, v in after.items() if v != before.get(k, 0.0)}
    return changes, line


@pytest.mark.parametrize("query", [SELECT, "SELECT", LARGE, GRAPH])
def test_log_and_metrics_are_those_of_a_thread(site: Site, lines: Lines, query: str) -> None:
    early = find_changes(site, site.front, to_target(query), lines)
    assert early == find_changes(site, site.behind, to_target(query), lines)
    assert early[0]["concordat_kg_query_seconds_count", ()] == 1
    assert early[1]["release"] == "r1"


@pytest.mark.usefixtures("impatience")
def test_a_query_past_its_time_is_stopped_in_the_worker_that_has_it(
    own_settings: Settings,
) -> None:
    site = open_site(own_settings, QueryLimits(seconds=1, light_seconds=1, light_workers=1))
    (worker,) = site.workers.lanes[0].idle_workers
    try:
        found = respond(site.front, build_scope(to_target(CROSS_PRODUCT), JSON))
        assert (found.status, b"the limit is 1 s" in found.body) == (504, True)
        assert not worker.process.is_alive()
        assert site.passed_on
        assert site.workers.query("ASK {}").boolean is True
    finally:
        site.workers.close()


@pytest.mark.usefixtures("impatience")
def test_a_client_that_has_gone_ends_its_query(own_settings: Settings) -> None:
    limits = QueryLimits(seconds=PATIENT, light_seconds=PATIENT, light_workers=1)
    site = open_site(own_settings, limits)
    (worker,) = site.workers.lanes[0].idle_workers
    messages = iter(({"type": "http.request"}, {"type": "http.disconnect"}))

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        pass

    async def ask() -> None:
        await site.front(build_scope(to_target(CROSS_PRODUCT), JSON), receive, send)

    try:
        asyncio.run(ask())
        assert not worker.process.is_alive()
        assert site.workers.lanes[0].busy_count == 0
        counts = read_counts(site)
        assert counts["concordat_kg_queries_total", (("ending", "left"), ("limit", ""))] == 1
    finally:
        site.workers.close()


def test_a_client_without_seconds_left_begins_no_query(own_settings: Settings) -> None:
    limiter = WorkRateLimiter(
        RequestLimits(work_seconds_per_minute=0.001, work_seconds_at_once=0.015)
    )
    limits = QueryLimits(seconds=PATIENT, light_seconds=PATIENT, light_workers=1)
    site = open_site(own_settings, limits, rate_limiter=limiter)
    try:
        found = [respond(site.front, build_scope(to_target(SELECT), JSON)) for _ in range(3)]
        assert [one.status for one in found] == [200, 200, 429]
        assert len(site.passed_on) == 1
        counts = read_counts(site)
        ended = ("concordat_kg_queries_total", (("ending", "answered"), ("limit", "")))
        assert counts[ended] == 2
    finally:
        site.workers.close()


PROXY = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "kg.example.org"}
HEADS: tuple[dict[str, str], ...] = (
    {},
    PROXY,
    PROXY | {"X-Forwarded-Prefix": "/kg"},
    PROXY | {"X-Forwarded-Prefix": "/other"},
    PROXY | {"X-Forwarded-Host": "evil.example"},
)


@pytest.mark.parametrize("base_path", ["", "/kg"])
def test_the_public_address_is_heeded(own_settings: Settings, base_path: str) -> None:
    proxies = parse_networks(["127.0.0.1"])
    address = PublicAddress(
        base_path=base_path,
        allowed_hosts=frozenset(("localhost", "kg.example.org")),
        trusted_proxies=proxies,
    )
    limits = QueryLimits(seconds=PATIENT, light_seconds=PATIENT, light_workers=1)
    limiter = WorkRateLimiter(trusted_proxies=proxies)
    site = open_site(own_settings, limits, public_address=address, rate_limiter=limiter)
    try:
        for path in ("/sparql", "/kg/sparql", "/kg/sparql/", "/kg/kg/sparql"):
            for head in HEADS:
                scopes = [build_scope(to_target(SELECT, path=path), JSON | head) for _ in "ab"]
                early, other = map(respond, (site.front, site.behind), scopes)
                assert strip_identifier(early) == strip_identifier(other), (path, head)
        assert any("203.0.113.9" in name for name in limiter._balance_by_client)
        early_number = 4 * len(HEADS) - len(site.passed_on)
        assert early_number > 3
    finally:
        site.workers.close()


def test_no_engine_without_workers_is_asked_early(own_settings: Settings) -> None:
    app = create_app(own_settings, open_engine(own_settings))
    assert get_front(app) is None


def test_two_hosts_are_refused_as_by_a_thread(site: Site) -> None:
    scopes = [build_scope(to_target(SELECT), JSON) for _ in "ab"]
    for scope in scopes:
        scope["headers"].append((b"host", b"other"))
    early, other = map(respond, (site.front, site.behind), scopes)
    assert (early.status, strip_identifier(early)) == (400, strip_identifier(other))


def test_the_release_is_the_one_that_was_current_when_the_request_came(tmp_path: Path) -> None:
    settings = settings_over(tmp_path)
    publish_beside(settings.out, "r2", "<urn:g> { <urn:a> <urn:b> 2 }")
    limits = QueryLimits(seconds=PATIENT, light_seconds=PATIENT, light_workers=1)
    site = open_site(settings, limits)
    try:
        first = respond(site.front, build_scope(to_target(SELECT), JSON))
        switch(settings.out, "r2")
        second = respond(site.front, build_scope(to_target(SELECT), JSON))
        assert site.passed_on == []
        assert first.headers["etag"] != second.headers["etag"]
        assert (b"urn:a" in first.body, b"urn:a" in second.body) == (False, True)
    finally:
        site.workers.close()
