"""Every error has one shape, in JSON, as a page and as text."""

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, TypeAlias

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from loader.errors import (
    BadValue,
    BuildError,
    DataError,
    EndpointError,
    Limit,
    ProjectError,
    QueryError,
    QueryRefused,
    QueryStopped,
    QueryTooLarge,
    QueueFull,
    UsageError,
)
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.protocol import Engine, EngineRequest, QueryResult, SerialisedResult
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import parsed

Fail: TypeAlias = Callable[[Exception], FlaskClient]


class Failing:
    """Visitors' engine that fails in a chosen way."""

    def __init__(self, engine: Engine, error: Exception) -> None:
        self.prefixes = engine.prefixes
        self.release = engine.release
        self.error = error

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        raise self.error

    def execute(self, question: EngineRequest, gone: object = None) -> SerialisedResult:
        raise self.error

    def isolate(self, limits: object = None) -> NoReturn:
        raise self.error

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(scope="module")
def failing(settings: Settings) -> Iterator[Fail]:
    """A site whose engine for queries of visitors fails with the error that it is given."""
    engine = open_engine(settings)
    visitors = Failing(engine, RuntimeError("no error was given"))
    client = create_app(settings, engine, visitors).test_client()

    def fail_with(error: Exception) -> FlaskClient:
        visitors.error = error
        return client

    yield fail_with
    engine.close()


def name_request(response: TestResponse, status: int) -> dict[str, str]:
    """The member that a problem has for a fault of the server: what to look for in the log."""
    return {"request_id": response.headers["X-Request-ID"]} if status >= 500 else {}


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        (Limit.TIME, 504),
        (Limit.MEMORY, 503),
        (Limit.SIZE, 413),
        (Limit.DISK, 507),
        (Limit.PROCESS, 503),
    ],
)
def test_a_stopped_query_says_which_limit_and_how_long_it_ran(
    failing: Fail, limit: Limit, status: int
) -> None:
    client = failing(QueryStopped("It was too much.", limit, 1.234))
    response = client.get("/sparql?query=ASK{}")
    assert response.status_code == status
    assert response.json == {
        "type": "about:blank",
        "title": "The query was stopped",
        "status": status,
        "detail": "It was too much.",
        "limit": limit.value,
        "seconds": 1.23,
        **name_request(response, status),
    }


def test_a_full_queue_says_when_to_come_back(failing: Fail) -> None:
    for accept in ("*/*", BROWSER):
        client = failing(QueueFull("Eight wait.", 10))
        response = client.get("/sparql?query=ASK{}", headers={"Accept": accept})
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (QueueFull("Eight wait.", 10), 503, "Too many queries are waiting"),
        (QueryTooLarge("A megabyte."), 413, "The query is too long"),
        (BadValue("No such year."), 422, "A value does not fit"),
        (QueryRefused("No SERVICE."), 403, "The query is not allowed here"),
        (EndpointError("No JSON."), 502, "The remote endpoint did not answer as it should"),
        (QueryError("Odd."), 400, "The query could not be read"),
        (UsageError("No."), 400, "The request is not valid"),
        (BuildError("No release."), 503, "There is no release to ask"),
        (DataError("Broken."), 500, "The data is at fault"),
    ],
)
def test_errors_of_the_project_have_a_status_and_one_shape(
    failing: Fail, error: ProjectError, status: int, title: str
) -> None:
    response = failing(error).get("/sparql?query=ASK%7B%7D")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": str(error),
        **name_request(response, status),
    }
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_syntax_error_says_line_and_column(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT * WHERE {\n  ?s nope:x ?o\n}"})
    assert response.status_code == 400
    assert response.json is not None
    assert (response.json["line"], response.json["column"]) == (2, 6)


def test_page_of_a_syntax_error_shows_the_query_again_with_the_line(client: FlaskClient) -> None:
    text = "SELECT * WHERE {\n  ?s nope:x ?o\n}"
    response = client.get("/sparql", query_string={"query": text}, headers={"Accept": BROWSER})
    page = parsed(response.text)
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert page.one("textarea").text == "SELECT * WHERE { ?s nope:x ?o }"
    assert page.one("pre", "faulty").text == "?s nope:x ?o ^"
    assert "Line 2, column 6." in page.one("p", "problem").text


def test_plain_text_for_who_asks_for_it(client: FlaskClient) -> None:
    response = client.get("/case-studies?page=none", headers={"Accept": "text/plain"})
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.text == (
        "400 The request is not valid\npage is “none”, and has to be a whole number from 1.\n"
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nowhere", 404, "Not Found"),
        ("DELETE", "/sparql", 405, "Method Not Allowed"),
        ("GET", "/queries/nix", 404, "Not Found"),
        ("GET", "/concepts/nix", 404, "Not Found"),
        ("GET", "/graphs/nix", 404, "Not Found"),
        ("GET", "/things?iri=nix", 404, "Not Found"),
        ("GET", "/things", 400, "The request is not valid"),
    ],
)
def test_errors_of_http_have_the_same_shape(
    client: FlaskClient, method: str, path: str, status: int, title: str
) -> None:
    response = client.open(path, method=method)
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert sorted(response.json) == ["detail", "status", "title", "type"]
    assert (response.status_code, response.json["status"]) == (status, status)
    assert response.json["title"] == title
    assert len(response.json["detail"]) > 20


def test_method_that_is_not_allowed_names_those_that_are(client: FlaskClient) -> None:
    allowed = client.delete("/sparql").headers["Allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "POST", "QUERY"}


def test_page_that_is_not_there_leads_on(client: FlaskClient) -> None:
    response = client.get("/case-studies/nix", headers={"Accept": BROWSER})
    page = parsed(response.text)
    assert response.status_code == 404
    assert page.one("h1").text == "No page here"
    leads = {a.attributes["href"] for a in page.one("main").find("a")}
    assert {"/initiatives", "/organisations", "/concepts", "/queries", "/help"} <= leads
    assert page.one("main").one("form").one("input").attributes["value"] == "nix"


def test_failure_of_ours_shows_no_traceback(
    failing: Fail, caplog: pytest.LogCaptureFixture
) -> None:
    client = failing(RuntimeError("secret detail"))
    with caplog.at_level(logging.ERROR):
        response = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": BROWSER})
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert "The fault is on this side" in response.text
    assert "secret detail" in caplog.text
    assert f"request {response.headers['X-Request-ID']}" in parsed(response.text).text


@pytest.mark.parametrize("accept", ["*/*", "text/plain"])
def test_failure_of_ours_before_the_pages_is_a_problem_too(
    failing: Fail, caplog: pytest.LogCaptureFixture, accept: str
) -> None:
    client = failing(RuntimeError("secret detail"))
    response = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": accept})
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert response.headers["X-Request-ID"] in response.text
    assert "RuntimeError: secret detail" in caplog.text


def test_lost_release_is_told_on_a_page(settings: Settings, tmp_path: Path) -> None:
    engine = open_engine(settings)
    app = create_app(settings, engine)
    current = settings.out / "current"
    name = current.read_text("ascii")
    current.unlink()
    try:
        response = app.test_client().get("/", headers={"Accept": BROWSER})
    finally:
        current.write_text(name, "ascii")
    assert response.status_code == 503
    assert "run `concordat-kg build` first" in parsed(response.text).one("p", "problem").text
