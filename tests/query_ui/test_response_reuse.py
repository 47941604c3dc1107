"""Responses from the cache: the same as fresh ones, never of another release, never an error."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.http.outer_layers import get_front
from query_ui.http.request_limits import DEFAULT_LIMITS
from query_ui.http.response_cache import ResponseCache
from query_ui.http.wsgi_bridge import AsgiApplication, WsgiBridge
from tests.query_ui.conftest import BROWSER
from tests.query_ui.endpoint.protocol.conftest import settings_over
from tests.query_ui.http.asgi_client import AsgiResponse, build_scope, respond
from tests.query_ui.releases import publish_beside, switch

SAYS = '<https://example.org/graph> {{ <https://example.org/a> <https://example.org/says> "{}" }}'
PAGE = "/things?iri=https://example.org/a"
QUERY = "/sparql?query=SELECT+?v+{+?s+<https://example.org/says>+?v+}"
ACCEPT = {PAGE: BROWSER, QUERY: "application/json"}
ACCEPTS = (BROWSER, "application/json", "text/turtle", "text/csv", "*/*")
CODINGS = ("gzip", "zstd", "gzip, deflate, br", "")
TARGETS = (
    *("/", "/case-studies", "/case-studies/alpha", "/case-studies/alpha.ttl", "/initiatives"),
    *("/organisations/icr", "/concepts", "/concepts/keywords", "/concepts/keywords/training"),
    *("/coverage", "/coverage.csv", "/coverage.svg", "/changes", "/due", "/about", "/help"),
    *("/queries", "/queries.json", "/queries/by-keyword", "/queries/by-keyword.csv", "/dataset"),
    *("/queries/by-keyword?keyword=training&most=3", "/search?q=alpha", "/search.json?q=alpha"),
    *("/search/suggestions?q=al", "/sparql", "/sparql?query=SELECT+*+{+?s+?p+?o+}+LIMIT+3"),
    *("/ontology", "/case-studies.csv", "/reconcile", "/lookup?id=x", "/graphs", "/sitemap.xml"),
    *("/static/site.css", "/openapi.json", "/nowhere", "/case-studies?keyword=nothing"),
    *("/sparql?query=SELECT", "/health/live", "/sparql?query=SELECT+(NOW()+AS+?now)+{}"),
)
VOLATILE = ("/health/live", "/nowhere", "/sparql?query=SELECT")


def build_front(settings: Settings, cache: ResponseCache | None = None) -> AsgiApplication:
    """The site with the cache in front of it."""
    app = create_app(
        settings, open_engine(settings), response_cache=ResponseCache() if cache is None else cache
    )
    front = get_front(app)
    assert front
    return front(WsgiBridge(app, 2))


def ask(app: AsgiApplication, target: str, accept: str = BROWSER, **headers: str) -> AsgiResponse:
    """The response to a request."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return respond(app, build_scope(target, {"Accept": accept} | given))


def strip_identifier(response: AsgiResponse) -> AsgiResponse:
    """The response without the identifier that each request has of its own."""
    headers = {n: v for n, v in response.headers.items() if n != "x-request-id"}
    return response._replace(headers=headers)


@pytest.fixture
def two_releases(tmp_path: Path) -> Settings:
    """A project with the releases r1 and r2, of which r1 is the current one."""
    found = settings_over(tmp_path, SAYS.format("text of r1"))
    publish_beside(found.out, "r2", SAYS.format("text of r2"))
    return found


def test_a_kept_response_is_a_fresh_one_byte_for_byte(settings: Settings, app: Flask) -> None:
    cache = ResponseCache()
    kept, fresh = build_front(settings, cache), WsgiBridge(app, 2)
    chance = random.Random(29)
    for _ in range(250):
        target = chance.choice(TARGETS)
        headers = {"Accept": chance.choice(ACCEPTS), "Accept-Encoding": chance.choice(CODINGS)}
        scope = build_scope(target, headers)
        first = respond(kept, dict(scope))
        if first.headers.get("cache-control") == "no-store":
            continue
        again, other = respond(kept, dict(scope)), respond(fresh, dict(scope))
        assert strip_identifier(first) == strip_identifier(again), (target, headers)
        length = {"content-length": str(len(other.body))}  # the copy has it in any case
        told = strip_identifier(other)
        assert strip_identifier(again) == told._replace(headers=told.headers | length), target
    assert cache.hits > 100


@pytest.fixture(scope="module")
def front(settings: Settings) -> AsgiApplication:
    """The site with a cache; each target is asked for by one test."""
    return build_front(settings)


@pytest.mark.parametrize("target", TARGETS)
def test_each_response_says_whether_it_may_be_kept(front: AsgiApplication, target: str) -> None:
    response = ask(front, target)
    is_error = response.status >= 400
    is_volatile = is_error or target in VOLATILE or "NOW" in target
    assert ("etag" in response.headers) == (response.status == 200 and not is_volatile)
    expected = "no-store" if is_volatile else "public, no-cache"
    assert response.headers["cache-control"] == expected
    if "etag" in response.headers:
        unchanged = ask(front, target, If_None_Match=response.headers["etag"])
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert unchanged.headers["etag"] == response.headers["etag"]


def test_each_request_has_an_identifier_of_its_own(settings: Settings) -> None:
    front = build_front(settings)
    found = {ask(front, "/about").headers["x-request-id"] for _ in range(4)}
    assert len(found) == 4


def test_what_was_posted_may_be_gone_back_to(app: Flask) -> None:
    """A browser shows a page that it posted for again, unless that says ``no-store``."""
    client = app.test_client()
    response = client.post("/link", data={"table": "name\nDurham University"})
    assert response.status_code == 200
    assert "Cache-Control" not in response.headers
    refused = client.post("/link", data={"table": ""})
    assert (refused.status_code >= 400, refused.headers["Cache-Control"]) == (True, "no-store")


def test_other_limits_give_another_tag(settings: Settings) -> None:
    tags = {
        create_app(settings, open_engine(settings), limits=limits)
        .test_client()
        .get("/reconcile")
        .headers["ETag"]
        for limits in (DEFAULT_LIMITS, DEFAULT_LIMITS, replace(DEFAULT_LIMITS, max_batch_queries=7))
    }
    assert len(tags) == 2


def test_errors_are_never_kept(two_releases: Settings) -> None:
    cache = ResponseCache()
    front = build_front(two_releases, cache)
    for target in ("/nowhere", "/sparql?query=SELECT", "/case-studies?keyword=none"):
        assert ask(front, target).status >= 400
    assert len(cache) == 0


def test_head_is_answered_from_the_page_without_its_body(settings: Settings) -> None:
    cache = ResponseCache()
    front = build_front(settings, cache)
    page = ask(front, "/about")
    head = respond(front, build_scope("/about", {"Accept": BROWSER}, "HEAD"))
    assert cache.hits == 1
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(page.body))


def test_a_switch_is_seen_by_the_next_request(two_releases: Settings) -> None:
    cache = ResponseCache()
    front = build_front(two_releases, cache)
    targets = tuple(ACCEPT)
    tags = {}
    for target in targets:
        for _ in range(2):
            assert b"text of r1" in ask(front, target, ACCEPT[target]).body
        tags[target] = ask(front, target, ACCEPT[target]).headers["etag"]
    switch(two_releases.out, "r2")
    for target in targets:
        response = ask(front, target, ACCEPT[target], If_None_Match=tags[target])
        assert response.status == 200
        assert b"text of r2" in response.body
        assert b"text of r1" not in response.body


def test_a_response_that_a_switch_overtakes_is_not_kept(
    two_releases: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = ResponseCache()
    app = create_app(two_releases, open_engine(two_releases), response_cache=cache)

    @app.after_request
    def publish_meanwhile(response):  # type: ignore[no-untyped-def]
        if not done:
            done.append(True)
            switch(two_releases.out, "r2")
        return response

    done: list[bool] = []
    front = get_front(app)
    assert front
    site = front(WsgiBridge(app, 2))
    first = ask(site, PAGE)
    assert b"text of r1" in first.body  # it began before the switch
    second = ask(site, PAGE, If_None_Match=first.headers["etag"])
    assert (second.status, b"text of r2" in second.body) == (200, True)


def test_a_page_that_shows_the_day_is_another_one_the_next_day(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    from query_ui.engine import site_state

    day = [date(2026, 11, 29)]
    monkeypatch.setattr(site_state, "get_today", lambda: day[0])
    front = build_front(settings)
    tag = ask(front, "/due").headers["etag"]
    assert ask(front, "/due", If_None_Match=tag).status == 304
    day[0] = date(2026, 11, 30)
    assert ask(front, "/due", If_None_Match=tag).status == 200


def test_requests_from_the_cache_are_counted(settings: Settings) -> None:
    front = build_front(settings)
    for _ in range(3):
        ask(front, "/about")
    lines = ask(front, "/metrics").body.decode().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(values["concordat_kg_response_cache_hits_total"]) == 2
    assert float(values["concordat_kg_response_cache_responses"]) == 1
    route = 'concordat_kg_http_request_seconds_count{route="/about",status="2xx"}'
    assert float(values[route]) == 3


def test_a_large_response_passes_through(settings: Settings) -> None:
    cache = ResponseCache(2048)
    front = build_front(settings, cache)
    whole = ask(front, "/ontology")
    assert whole.status == 200
    assert len(whole.body) > cache.max_response_bytes
    assert (len(cache), cache.hits) == (0, 0)


def test_without_a_cache_there_is_no_front(app: Flask) -> None:
    assert get_front(app) is None
