"""What a request beyond a limit gets: a status that says so, a sentence, and no work begun."""

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.http.request_limits import EXPENSIVE_PREFIXES, MAX_BODY_BYTES, RequestLimits
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH
from tests.hostile_workbooks import REFUSED, external_link, plain_workbook

LIMITS = RequestLimits(
    max_cells=60,
    max_columns=6,
    max_names=5,
    max_name_characters=40,
    max_batch_queries=3,
    max_query_values=2,
    max_identifiers=4,
    max_entities=3,
    max_properties=2,
)
LARGE = ("rows", "zip bomb")


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """A site that allows little."""
    engine = open_engine(settings)
    yield create_app(settings, engine, limits=LIMITS)
    engine.close()


@pytest.fixture(scope="module")
def roomy(settings: Settings) -> Iterator[FlaskClient]:
    """A site with the limits that it has by itself."""
    engine = open_engine(settings)
    yield create_app(settings, engine).test_client()
    engine.close()


def require_refusal(response: TestResponse, status: int, said: str) -> None:
    assert response.status_code == status, (response.status_code, response.text[:300])
    detail = json.loads(response.data)["detail"]
    assert re.search(said, detail), detail
    assert detail.endswith(".")
    assert len(detail) < 400, "what was sent is not repeated at length"


def upload(client: FlaskClient, data: bytes, name: str = "t.xlsx", **form: str) -> TestResponse:
    sent: dict[str, Any] = {"file": (BytesIO(data), name), **form}
    response = client.post("/link", data=sent, content_type="multipart/form-data")
    response.request.environ["wsgi.input"].close()  # a large one is a temporary file
    return response


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(build, id=name, marks=[pytest.mark.slow] if name in LARGE else [])
        for name, build in REFUSED.items()
    ],
)
def test_workbook_that_cannot_be_read_is_unprocessable(
    roomy: FlaskClient, build: Callable[[], bytes]
) -> None:
    data = build()
    response = upload(roomy, data)
    if len(data) > MAX_BODY_BYTES:
        assert response.status_code == 413
    else:
        require_refusal(response, 422, "^t.xlsx: ")


def test_plain_workbook_is_read(roomy: FlaskClient) -> None:
    response = upload(roomy, plain_workbook())
    assert (response.status_code, "University of Leeds" in response.text) == (200, True)


def test_link_to_another_workbook_is_named(roomy: FlaskClient) -> None:
    require_refusal(upload(roomy, external_link()), 422, "refers to other files")


def test_table_is_bounded(client: FlaskClient) -> None:
    def paste(text: str, **form: str) -> TestResponse:
        return client.post("/link", data={"table": text, **form})

    require_refusal(paste("a,b,c,d,e,f,g\n1"), 422, "7 columns, more than 6")
    require_refusal(paste("a,b,c\n" + "1\n" * 30), 422, "31 rows of 3 columns, more than 60")
    many = "name\n" + "".join(f"University {n}\n" for n in range(6))
    require_refusal(paste(many), 413, "at most 5 at once, these are 6")
    require_refusal(paste("name\n" + "x" * 41), 413, "41 characters, and may have 40")
    long = f"name,id\nLeeds,{'1' * 41}"
    require_refusal(paste(long, column="name", identifiers="id"), 413, "may have 40")
    assert paste("name\n" + "University\n" * 30).status_code == 200, "the same name counts once"


def test_header_does_not_multiply(roomy: FlaskClient) -> None:
    wide = "a," * 900 + "z\n" + "1\n" * 100_000
    require_refusal(roomy.post("/link", data={"table": wide}), 422, "more than 200,000 cells")


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/link", "/link/joined", "/link/mapping-set"])
def test_forty_thousand_names_are_refused(roomy: FlaskClient, path: str) -> None:
    names = "name\n" + "".join(f"University {n}\n" for n in range(40_000))
    response = roomy.post(path, data={"table": names, "column": "name"})
    require_refusal(response, 413, "at most 5,000 at once, these are 40,000")


def test_batch_is_bounded(client: FlaskClient) -> None:
    def ask(queries: Any) -> TestResponse:
        return client.post("/reconcile", data={"queries": json.dumps(queries)})

    require_refusal(ask({str(n): {"query": "a"} for n in range(4)}), 413, "at most 3 at once")
    require_refusal(ask({"a": {"query": "a" * 41}}), 413, "41 characters, and may have 40")
    values: list[Any] = [{"pid": "place", "v": "x"}] * 3
    require_refusal(ask({"a": {"query": "a", "properties": values}}), 413, "at most 2 at once")
    long: list[Any] = [{"pid": "place", "v": "x" * 41}]
    require_refusal(ask({"a": {"query": "a", "properties": long}}), 413, "may have 40")
    require_refusal(client.get("/reconcile?query=" + "a" * 41), 413, "may have 40")
    key = {"k" * 5000: {"query": "a" * 41}}
    require_refusal(ask(key), 413, "may have 40")


def test_draft_of_the_next_version_is_bounded(client: FlaskClient) -> None:
    def ask(*conditions: Any) -> TestResponse:
        return client.post("/reconcile/match", json={"queries": [{"conditions": list(conditions)}]})

    name: dict[str, Any] = {"matchType": "name", "propertyValue": "a" * 41}
    require_refusal(ask(name), 413, "may have 40")
    value = {"matchType": "property", "propertyId": "place", "propertyValue": "x"}
    require_refusal(ask(*[value] * 3), 413, "at most 2 at once")
    four = {"queries": [{"conditions": [name | {"propertyValue": "a"}]}] * 4}
    require_refusal(client.post("/reconcile/match", json=four), 413, "at most 3 at once")
    extend: dict[str, Any] = {"ids": ["a"] * 4, "properties": []}
    require_refusal(client.post("/reconcile/extend", json=extend), 413, "at most 3 at once")
    extend = {"ids": ["a"], "properties": [{"id": "ror"}] * 3}
    require_refusal(client.post("/reconcile/extend", json=extend), 413, "at most 2 at once")


def test_lookup_is_bounded(client: FlaskClient) -> None:
    require_refusal(client.post("/lookup", json={"ids": ["a"] * 5}), 413, "at most 4 at once")
    require_refusal(client.post("/lookup", json={"ids": ["a" * 41]}), 413, "may have 40")
    require_refusal(client.get("/lookup?id=" + "a" * 41), 413, "may have 40")


@pytest.mark.parametrize("kind", ["entity", "property", "type"])
def test_prefix_is_bounded(client: FlaskClient, kind: str) -> None:
    path = f"/reconcile/suggest/{kind}?prefix="
    require_refusal(client.get(path + "a" * 41), 413, "may have 40")


def test_query_of_seven_hundred_kilobytes_is_refused(roomy: FlaskClient) -> None:
    words = " ".join(f"university{n}" for n in range(50_000))[:700_000]
    require_refusal(
        roomy.post("/reconcile", data={"queries": json.dumps({"q": {"query": words}})}),
        413,
        "700,000 characters, and may have 1,000",
    )


def test_every_route_with_work_is_listed_and_what_must_answer_is_not(app: Flask) -> None:
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    for prefix in EXPENSIVE_PREFIXES:
        assert any(path.startswith(prefix) for path in paths), prefix
    for path in ("/", "/health/live", "/health/ready", "/metrics", "/concepts", "/static/site.css"):
        assert not path.startswith(EXPENSIVE_PREFIXES)


@pytest.mark.parametrize(
    "path",
    [
        *("/sparql", "/sparql/doctor", "/queries/by-keyword", "/q/abc", "/link", "/lookup"),
        *("/reconcile/match", "/search.json", "/coverage", "/dataset/graph.nq", "/things"),
        *("/changes.atom", "/openapi.json", "/sitemap-1.xml"),
    ],
)
def test_what_takes_work_is_expensive(path: str) -> None:
    assert path.startswith(EXPENSIVE_PREFIXES)


@pytest.mark.parametrize("path", LIST_DEFINITION_BY_PATH)
def test_every_list_is_expensive(path: str) -> None:
    for address in (path, f"{path}.csv", f"{path}/one"):
        assert address.startswith(EXPENSIVE_PREFIXES), address
