"""Hostile values in every parameter, path and body of every route: 400 with a sentence, no 500."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from loader.errors import UsageError
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.openapi.openapi_builder import load_fixed_routes
from query_ui.engine import open_engine
from query_ui.http.request_input import parse_json

CONTROL_CHARACTERS = ("\x00", "a\x00b", "\x1b[2J", "a\x0bb", "\x7f")
NUMBERS = ("1e999", "-1e999", "NaN", "²", "٣", "9" * 5000, "-1", "0x10", "1_0", " ")
SURROGATES = ("\ud800", "a\udfffb", "\udc80")
OTHERS = ("%", "'", '"', "]]>", "a" * 3000, "\u202e", "\ufffe", "\U0010ffff", "..", "//", "\n")
EXTRA_PARAMETERS = ("limit", "page", "size", "callback", "format", "spreadsheet")
SPARQL_FIELDS = frozenset({"query", "default-graph-uri", "named-graph-uri"})
PATH_VALUES = {
    "name": "training",
    "scheme": "keywords",
    "kind": "organisation",
    "form": "json",
    "suffix": ".ttl",
    "release": "0123456789abcdef",
    "short": "0123456789",
    "part": "1",
    "filename": "site.css",
}
JSON_BODIES: dict[str, Any] = {
    "/lookup": {"ids": ["X"]},
    "/sparql/names": {"iris": ["X"]},
    "/reconcile/extend": {"ids": ["X"], "properties": [{"id": "ror"}]},
    "/reconcile/match": {
        "queries": [
            {
                "type": "organisation",
                "limit": 3,
                "conditions": [
                    {"matchType": "name", "propertyValue": "X"},
                    {"matchType": "property", "propertyId": "place", "propertyValue": "Y"},
                ],
            }
        ]
    },
}
FORMS: dict[str, dict[str, str]] = {
    "/q": {"query": "ASK {}"},
    "/sparql": {"query": "ASK {}", "format": "json", "timeout": "5"},
    "/sparql/doctor": {"query": "ASK {}", "format": "json", "timeout": "5"},
    "/reconcile": {"queries": '{"q0": {"query": "Leeds"}}'},
    "/link": {"table": "name\nLeeds", "column": "name", "type": "organisation", "name": "t"},
    "/link/joined": {"table": "name\nLeeds", "column": "name", "type": "organisation"},
    "/link/mapping-set": {"table": "name\nLeeds", "column": "name", "type": "organisation"},
}


def list_operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the path, method and description of each operation of the OpenAPI file."""
    for path, item in load_fixed_routes()["paths"].items():
        for method in ("get", "post"):
            if method in item:
                yield path, method, item


OPERATIONS = [pytest.param(*one, id=f"{one[1]} {one[0]}") for one in list_operations()]
GETS = [p for p in OPERATIONS if p.values[1] == "get"]
POSTS = [p for p in OPERATIONS if p.values[1] == "post"]


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The site, on which an error in the program is a response 500."""
    engine = open_engine(settings)
    yield create_app(settings, engine)
    engine.close()


def fill_path(path: str, **values: str) -> str:
    """Return a path with a value for each of its parameters."""
    filled = path
    for name, value in (PATH_VALUES | values).items():
        filled = filled.replace(f"{{{name}}}", quote(value, safe=""))
    return filled


def list_described_parameters(path: str, method: str) -> list[str]:
    """Return the names of the parameters in the address that the route is said to have."""
    routes = load_fixed_routes()
    item = routes["paths"][path]
    found = []
    for one in [*item[method].get("parameters", []), *item.get("parameters", [])]:
        known = (
            routes["components"]["parameters"][one["$ref"].rsplit("/", 1)[1]]
            if ("$ref" in one)
            else one
        )
        if known["in"] == "query":
            found.append(known["name"])
    return found


def list_parameters(path: str, method: str) -> list[str]:
    """Return the names of the parameters of the route, with some that every route gets."""
    return list(dict.fromkeys([*list_described_parameters(path, method), *EXTRA_PARAMETERS]))


def fetch(client: FlaskClient, address: str) -> TestResponse:
    """Return the response to a GET, read to its end and closed."""
    response = client.get(address)
    response.get_data()
    response.close()
    return response


def require_problem(response: TestResponse, *statuses: int) -> None:
    """Assert that a response is a problem with a sentence and one of the statuses."""
    assert response.status_code in statuses, (response.request.path, response.text[:300])
    problem = json.loads(response.data)
    assert problem["status"] == response.status_code
    assert problem["detail"].strip().endswith((".", "?")), problem["detail"]


def test_each_value_reaches_each_described_parameter() -> None:
    """Also where each route gets a fifth of the values."""
    names = {name for one in GETS for name in list_described_parameters(str(one.values[0]), "get")}
    assert len(names) > 50
    for values in ((*NUMBERS, *OTHERS), tuple(CONTROL_CHARACTERS)):
        for name in names:
            chosen = {
                value
                for path in list_describing_paths(name)
                for value in choose_values(values, path, name, 5)
            }
            assert chosen == set(values), name


def is_sparql_text(path: str, name: str) -> bool:
    """Return whether a field holds SPARQL, whose grammar decides on its characters."""
    return name in SPARQL_FIELDS and path.startswith(("/sparql", "/q"))


@cache
def list_describing_paths(name: str) -> list[str]:
    """Return the paths of the routes whose GET is said to have a parameter."""
    return [
        path for one in GETS if name in list_described_parameters(path := str(one.values[0]), "get")
    ]


def choose_values(values: Sequence[str], path: str, name: str, step: int) -> Sequence[str]:
    """Return the values that a parameter of a route gets: all, or each ``step``-th in turn.

    Routes that share a parameter share its values, so that one of them gets each. What only one
    route describes gets every value there.
    """
    paths = list_describing_paths(name)
    if path in paths:
        step = min(step, len(paths))
        return values[paths.index(path) % step :: step]
    return values[sum(map(ord, path + name)) % step :: step]


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("path, method, item", GETS)
def test_control_characters_in_an_address_are_a_bad_request(
    client: FlaskClient, path: str, method: str, item: Any, step: int
) -> None:
    for name in list_parameters(path, method):
        for value in choose_values(CONTROL_CHARACTERS, path, name, step):
            response = fetch(client, f"{fill_path(path)}?{urlencode({name: value})}")
            if is_sparql_text(path, name):
                assert response.status_code < 500, (name, value)
            else:
                require_problem(response, 400)
        require_problem(fetch(client, f"{fill_path(path)}?{name}=%ED%A0%80"), 400)
    require_problem(fetch(client, f"{fill_path(path)}?a%00b=1"), 400)


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("path, method, item", GETS)
def test_odd_values_in_an_address_are_no_fault_of_the_server(
    client: FlaskClient, path: str, method: str, item: Any, step: int
) -> None:
    for name in list_parameters(path, method):
        for value in choose_values((*NUMBERS, *OTHERS), path, name, step):
            response = fetch(client, f"{fill_path(path)}?{urlencode({name: value})}")
            assert response.status_code < 500, (name, value, response.text[:300])


@pytest.mark.parametrize("path, method, item", [p for p in OPERATIONS if "{" in str(p.values[0])])
def test_odd_values_in_a_path_are_no_fault_of_the_server(
    client: FlaskClient, path: str, method: str, item: Any
) -> None:
    for name in PATH_VALUES:
        if f"{{{name}}}" in path:
            for value in (*NUMBERS, *OTHERS):
                response = fetch(client, fill_path(path, **{name: value}))
                assert response.status_code < 500, (name, value, response.text[:300])
            for value in CONTROL_CHARACTERS:
                require_problem(fetch(client, fill_path(path, **{name: value})), 400, 404)


@pytest.mark.parametrize("path, method, item", [p for p in POSTS if p.values[0] in JSON_BODIES])
def test_hostile_json_is_a_bad_request(
    client: FlaskClient, path: str, method: str, item: Any
) -> None:
    body = JSON_BODIES[path]
    for text in (*CONTROL_CHARACTERS, *SURROGATES):
        for hostile in spoil_each_text(body, text):
            require_problem(client.post(path, json=hostile), 400)
    for raw in ("1" * 5000, "[" * 100_000, '{"ids": [1e999]}', '{"a": NaN}', "\ud800", "", "{"):
        data = raw.encode("utf-8", "surrogatepass")
        require_problem(client.post(path, data=data, content_type="application/json"), 400)


@pytest.mark.parametrize("path, method, item", [p for p in POSTS if p.values[0] in JSON_BODIES])
def test_odd_json_is_no_fault_of_the_server(
    client: FlaskClient, path: str, method: str, item: Any
) -> None:
    value: Any
    for value in (None, True, -1, 0, 10**300, 1.5, [], {}, [[]], "", "²", *OTHERS):
        for hostile in spoil_each_text(JSON_BODIES[path], value):
            response = client.post(path, json=hostile)
            assert response.status_code < 500, (hostile, response.text[:300])


@pytest.mark.parametrize("path, method, item", [p for p in POSTS if p.values[0] in FORMS])
def test_hostile_forms_are_a_bad_request(
    client: FlaskClient, path: str, method: str, item: Any
) -> None:
    form = FORMS[path]
    for name in form:
        for value in CONTROL_CHARACTERS:
            response = client.post(path, data=form | {name: value})
            if is_sparql_text(path, name):
                assert response.status_code < 500, (name, value, response.text[:300])
            else:
                require_problem(response, 400)
        for value in (*NUMBERS, *OTHERS):
            response = client.post(path, data=form | {name: value})
            assert response.status_code < 500, (name, value, response.text[:300])
        raw = urlencode(form | {name: "X"}).replace(f"{name}=X", f"{name}=%ED%A0%80")
        response = client.post(path, data=raw, content_type="application/x-www-form-urlencoded")
        assert response.status_code < 500, (name, response.text[:300])


@pytest.mark.parametrize("field", ["queries", "extend", "query"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_hostile_json_in_a_field_of_reconciliation_is_a_bad_request(
    client: FlaskClient, field: str, method: str
) -> None:
    query = {
        "query": "X",
        "type": "organisation",
        "limit": 3,
        "properties": [{"pid": "place", "v": "X"}, {"pid": "ror", "v": "X"}],
    }
    values: dict[str, Any] = {
        "queries": {"q0": query},
        "extend": {"ids": ["X"], "properties": [{"id": "ror", "settings": {"limit": "1"}}]},
        "query": query,
    }

    def send(text: str) -> TestResponse:
        if method == "get":
            return client.get("/reconcile", query_string={field: text})
        return client.post("/reconcile", data={field: text})

    for text in (*CONTROL_CHARACTERS, *SURROGATES):
        for hostile in spoil_each_text(values[field], text):
            require_problem(send(json.dumps(hostile)), 400)
    plain = json.dumps(values[field])
    for number in ("1e999", "-1e999", "NaN", "Infinity", "1" * 5000, '"²"', '"1e999"'):
        for old in (": 3", '"limit": "1"'):
            if old in plain:
                new = f'"limit": {number}' if "limit" in old else f": {number}"
                require_problem(send(plain.replace(old, new)), 400)
    require_problem(send('{"q": ' + "[" * 10_000), 400)
    other: Any
    for other in (None, True, [], {}, 10**300, 1.5, *OTHERS):
        for hostile in spoil_each_text(values[field], other):
            response = send(json.dumps(hostile))
            assert response.status_code < 500, (hostile, response.text[:300])


def spoil_each_text(value: Any, hostile: Any) -> Iterator[Any]:
    """Yield copies of a JSON value in each of which one text, or one key, is the hostile one."""
    if isinstance(value, str):
        yield hostile
    elif isinstance(value, list):
        for place, one in enumerate(value):
            for spoilt in spoil_each_text(one, hostile):
                yield [*value[:place], spoilt, *value[place + 1 :]]
    elif isinstance(value, dict):
        for key, one in value.items():
            for spoilt in spoil_each_text(one, hostile):
                yield value | {key: spoilt}
            if isinstance(hostile, str):
                yield value | {hostile: one}


@pytest.mark.parametrize("limit", ["²", "9" * 5000, "1e999", "-1", "x"])
def test_limit_of_properties_is_a_whole_number(client: FlaskClient, limit: str) -> None:
    require_problem(client.get("/reconcile/properties", query_string={"limit": limit}), 400)


def test_uploaded_table_may_have_any_characters(client: FlaskClient) -> None:
    for data in (b"name\nLe\x00eds", b"name\n\xed\xa0\x80", b"name\n\x1b\x00\x00"):
        for name in ("a\x00.csv", "\u2028.csv", "²" * 3000):
            form = {"file": (BytesIO(data), name), "type": "organisation"}
            response = client.post("/link", data=form, content_type="multipart/form-data")
            assert response.status_code == 200, response.text[:300]
            assert "\x00" not in response.text and "\x1b" not in response.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"a\\u0007b"', "“a b” holds a control character"),
        ('"a\\ud800"', "half of a surrogate pair"),
        ('[1, ["\\u0007"]]', "holds a control character"),
        ('{"a": {"b": "\\u0007"}}', "holds a control character"),
        ('{"a\\u0007": 1}', "holds a control character"),
        ("1e999", "a number that is too large"),
        ("[NaN]", "a number that is too large, or none"),
    ],
)
def test_json_that_cannot_be_exchanged_is_refused_at_any_depth(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"^The body: .*{words}"):
        parse_json(text, "The body")


def test_json_that_can_be_exchanged_is_parsed() -> None:
    assert parse_json('{"a": ["\\u00e9\\n\\t", 1.5, null]}', "x") == {"a": ["é\n\t", 1.5, None]}
