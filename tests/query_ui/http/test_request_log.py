"""The log of requests: what a line says, and that no value of a user is in it."""

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Map, Rule

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.protocol import EarlyQuery
from query_ui.http.client_address import parse_networks
from query_ui.http.rate_limit import WorkRateLimiter
from query_ui.http.request_log import build_route_finder
from query_ui.http.wsgi_bridge import EARLY_KEY, NOTES_KEY
from tests.query_ui.log_lines import Lines

SECRET = "Jane Roe of Ward 9"
LINE = re.compile(r"(\w+|\(\w+\)) (\S+) (\d{3}) [\d.]+ ms (\d+) bytes( cut)? release (\w*)")


def read_fields(lines: Lines) -> dict[str, object]:
    """The members of the only line."""
    assert len(lines.texts) == 1, lines.texts
    found: dict[str, object] = json.loads(lines.texts[0])
    return found


def test_a_request_is_one_line_with_what_it_was(client: FlaskClient, lines: Lines) -> None:
    response = client.get("/case-studies/alpha", buffered=True)
    fields = read_fields(lines)
    assert fields["request_id"] == response.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{16}", str(fields["request_id"]))
    found = LINE.fullmatch(str(fields["message"]))
    assert found
    size = str(len(response.data))
    assert found.groups() == ("GET", "/case-studies/<path:name>", "200", size, None, "0123abcd")
    expected = {"method": "GET", "route": "/case-studies/<path:name>", "status": 200}
    assert expected.items() <= fields.items()
    assert (fields["level"], fields["bytes"], fields["release"]) == ("info", int(size), "0123abcd")
    assert 0 < float(str(fields["milliseconds"])) < 60_000


def test_a_line_names_the_release_that_responded(
    settings: Settings, tmp_path: Path, lines: Lines
) -> None:
    own = replace(settings, out=Path(copytree(settings.out, tmp_path / "build")))
    app = create_app(own, open_engine(own))

    @app.before_request
    def publish_another() -> None:
        (own.out / "current").write_text("4567cdef\n", "ascii")

    response = app.test_client().get("/help", buffered=True)
    assert response.status_code == 200
    assert read_fields(lines)["release"] == "0123abcd"


def test_the_time_of_an_early_query_counts_from_its_beginning(
    client: FlaskClient, lines: Lines
) -> None:
    notes = {EARLY_KEY: EarlyQuery(time.perf_counter() - 100)}
    client.get("/sparql?query=ASK{}", environ_overrides={NOTES_KEY: notes}, buffered=True)
    assert float(str(read_fields(lines)["milliseconds"])) > 100_000


def test_two_requests_have_two_identifiers(client: FlaskClient) -> None:
    names = {client.get("/health/live").headers["X-Request-ID"] for _ in range(20)}
    assert len(names) == 20


QUERY = "SELECT * { ?s ?p 'Jane Roe of Ward 9' }"


@pytest.mark.parametrize(
    ("method", "path", "body", "route"),
    [
        ("GET", f"/search?q={SECRET}", None, "/search"),
        ("GET", f"/sparql?query={QUERY}", None, "/sparql"),
        ("POST", "/sparql", {"query": QUERY}, "/sparql"),
        ("POST", "/sparql", {"query": f"SELECT {SECRET}"}, "/sparql"),
        ("POST", "/q", {"query": QUERY}, "/q"),
        ("POST", "/link", {"table": f"name\n{SECRET}\n"}, "/link"),
        ("GET", f"/organisations/{SECRET}", None, "/organisations/<path:name>"),
        ("GET", f"/{SECRET}/x", None, "(none)"),
        ("DELETE", "/case-studies/alpha", None, "/case-studies/<path:name>"),
        ("JANE", "/case-studies", None, "/case-studies"),
    ],
)
def test_no_value_of_a_user_is_in_the_log(  # noqa: PLR0913 (one parameter a column)
    app: Flask, lines: Lines, method: str, path: str, body: dict[str, str] | None, route: str
) -> None:
    headers = {"User-Agent": "Jane's browser", "Referer": "https://ward9.example/"}
    environ = {"REMOTE_ADDR": "203.0.113.77", "HTTP_X_REQUEST_ID": "Jane-Roe-9"}
    response = app.test_client().open(
        path, method=method, data=body, headers=headers, environ_base=environ, buffered=True
    )
    assert response.status_code
    assert read_fields(lines)["route"] == route
    for private in ("Jane", "JANE", "Ward", "ward9", "203.0.113.77", "browser"):
        assert private not in "".join(lines.texts)


@pytest.mark.parametrize(
    ("sender", "sent", "is_taken"),
    [
        ("10.0.0.7", "4f5c8e2d9a7b4c1e8f3d2a6b5c4d3e2f", True),
        ("10.0.0.7", "short", False),
        ("10.0.0.7", "x" * 65, False),
        ("10.0.0.7", "with space and\tmore", False),
        ("10.0.0.7", "forged] 200", False),
        ("192.0.2.1", "4f5c8e2d9a7b4c1e8f3d2a6b5c4d3e2f", False),
    ],
)
def test_only_a_trusted_proxy_may_name_a_request(
    settings: Settings, sender: str, sent: str, is_taken: bool
) -> None:
    limiter = WorkRateLimiter(trusted_proxies=parse_networks(["10.0.0.0/8"]))
    app = create_app(settings, open_engine(settings), rate_limiter=limiter)
    response = app.test_client().get(
        "/health/live", environ_base={"REMOTE_ADDR": sender, "HTTP_X_REQUEST_ID": sent}
    )
    assert (response.headers["X-Request-ID"] == sent) is is_taken


def start(status: str, headers: list[tuple[str, str]], error: object = None, /) -> Any:
    """Begin a response that nobody reads."""


def test_a_response_that_is_given_up_is_marked(app: Flask, lines: Lines) -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/case-studies",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    body = app.wsgi_app(environ, start)
    assert lines.texts == []
    body.close()  # type: ignore[attr-defined]
    assert LINE.fullmatch(str(read_fields(lines)["message"]))[5] == " cut"  # type: ignore[index]
    assert read_fields(lines)["is_complete"] is False


def test_a_failure_after_the_start_of_a_response_replaces_it(
    settings: Settings, lines: Lines
) -> None:
    """By ``exc_info``, without which a server refuses a second start (PEP 3333)."""
    app = create_app(settings, open_engine(settings))
    starts: list[tuple[object, ...]] = []

    def fail(_: object, begin: Any) -> list[bytes]:
        begin("200 OK", [])
        raise RuntimeError("too late")

    app.wsgi_app._app._app = fail  # type: ignore[attr-defined]
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.url_scheme": "http"}
    body = b"".join(app.wsgi_app(environ, lambda *given: starts.append(given)))  # type: ignore
    assert json.loads(body)["status"] == 500
    assert [given[0] for given in starts] == ["200 OK", "500 Internal Server Error"]
    assert starts[1][2][0] is RuntimeError  # type: ignore[index]
    assert "RuntimeError: too late" in lines.texts[0]
    assert json.loads(lines.texts[1])["status"] == 500


def test_routes_are_found_as_flask_finds_them() -> None:
    rules = [Rule("/"), Rule("/a/<b>"), Rule("/c/", methods=["POST"]), Rule("/d/<path:e>")]
    for rule in rules:
        rule.endpoint = rule.rule
    find = build_route_finder(Map(rules))
    assert find("/", "GET") == "/"
    assert find("/a/x\xc3\xa9", "GET") == "/a/<b>"
    assert find("/c/", "GET") == "/c/"
    assert find("/c", "GET") == "(none)"
    assert find("/d/1/2", "POST") == "/d/<path:e>"
    assert find("/nowhere", "GET") == "(none)"
    assert find("/a/\udcff", "GET") == "/a/<b>"
