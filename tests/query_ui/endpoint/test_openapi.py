"""The description of the interface: valid, whole, true, and the server survives what it allows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate
from werkzeug.routing import Rule

from loader.errors import UsageError
from loader.release.build import BuildResult
from loader.release.search_index.search_schema import ENTITY_KINDS
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.labels_api import MAX_IRIS
from query_ui.endpoint.openapi.openapi_builder import OPENAPI_FILE, load_fixed_routes
from query_ui.endpoint.paging.page_range import MAX_PAGE_SIZE
from query_ui.endpoint.paging.request_options import RESERVED_NAMES
from query_ui.endpoint.protocol_request import QUERY_MEDIA_TYPE, parse_timeout
from query_ui.engine import open_engine
from query_ui.engine.result_formats import FORMAT_NAMES, FORMATS_BY_KIND, XLSX
from query_ui.graph.csv_metadata import METADATA_MEDIA_TYPE, METADATA_SUFFIX
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.search_index.search_query import MAX_QUERY_LENGTH
from query_ui.http.problem_details import PROBLEM_MEDIA_TYPE
from query_ui.http.release_address import can_name_release
from tests.conftest import PROJECT
from tests.query_ui.endpoint.protocol.conftest import serving
from tests.torture.described_requests import list_operations, send_requests


@pytest.fixture(scope="module")
def site(shipped: tuple[Settings, BuildResult]) -> Iterator[Flask]:
    """The site over the project's own data."""
    engine = open_engine(shipped[0])
    yield create_app(shipped[0], engine)
    engine.close()


@pytest.fixture(scope="module")
def described(site: Flask) -> Any:
    """Its description."""
    answer = site.test_client().get("/openapi.json")
    assert answer.mimetype == "application/json"
    return answer.json


def test_description_is_valid(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    validate(described)


def test_every_route_is_described_and_every_description_has_a_route(site: Flask) -> None:
    described = {
        (path, method): operation["operationId"]
        for path, item in load_fixed_routes()["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post")
    }
    routed = {
        (to_path_template(rule.rule), method.lower()): build_operation_id(rule, method)
        for rule in site.url_map.iter_rules()
        for method in {"GET", "POST"} & (rule.methods or set())
    }
    assert described == routed, f"compare the routes with {OPENAPI_FILE}"


def test_every_operation_has_a_summary_and_sparql_takes_the_query_method(described: Any) -> None:
    for path, item in described["paths"].items():
        assert "<" not in path
        assert all(item[method]["summary"] for method in ("get", "post") if method in item), path
    sparql = described["paths"]["/sparql"]
    assert sparql["x-query"]["requestBody"] == sparql["post"]["requestBody"]
    assert described["components"]["requestBodies"]["SparqlRequest"]["required"]


def test_values_in_paths_are_those_of_the_routes(site: Flask, described: Any) -> None:
    for rule in site.url_map.iter_rules():
        item = described["paths"][to_path_template(rule.rule)]
        enum_by_name = {
            parameter["name"]: parameter["schema"].get("enum", [])
            for parameter in resolve(described, item.get("parameters", []))
        }
        for values, name in re.findall(r"<any\(([^)]*)\):(\w+)>", rule.rule):
            assert enum_by_name[name] == re.findall("'([^']*)'", values)
    suffixes = {form.suffix for kind in FORMATS_BY_KIND for form in FORMATS_BY_KIND[kind]}
    form = described["components"]["parameters"]["form_in_path"]["schema"]
    assert {f".{one}" for one in form["enum"]} == suffixes | {f".{METADATA_SUFFIX}", XLSX.suffix}


def test_values_from_the_code_stand_in_the_file(described: Any) -> None:
    parameters = described["components"]["parameters"]
    lists = resolve(described, described["paths"]["/case-studies"]["get"]["parameters"])
    assert [one["name"] for one in lists if one["description"].endswith(": any of these.")] == [
        facet.name for facet in FACET_BY_NAME.values()
    ]
    assert [one["name"] for one in lists if one["name"].endswith("-match")] == [
        facet.parameter for facet in FACET_BY_NAME.values()
    ]
    assert set(RESERVED_NAMES) <= set(parameters)
    assert parameters["search_kind"]["schema"]["enum"] == list(ENTITY_KINDS)
    assert parameters["search_words"]["schema"]["maxLength"] == MAX_QUERY_LENGTH
    assert parameters["size"]["schema"]["maximum"] == MAX_PAGE_SIZE
    assert f"html, {', '.join(FORMAT_NAMES)};" in parameters["sparql_format"]["description"]
    names = described["paths"]["/sparql/names"]["post"]["requestBody"]["content"]
    iris = names["application/json"]["schema"]["properties"]["iris"]
    assert iris["maxItems"] == MAX_IRIS
    shortest = parameters["timeout"]["schema"]["minimum"]
    assert parse_timeout(str(shortest)) == shortest
    with pytest.raises(UsageError):
        parse_timeout(str(shortest * 0.99))


def test_responses_have_every_format_of_the_code(described: Any) -> None:
    graphs, tables = (
        {form.media_type for form in FORMATS_BY_KIND[kind]} for kind in ("graph", "bindings")
    )
    content = {
        name: set(response.get("content", {}))
        for name, response in described["components"]["responses"].items()
    }
    assert content["Graph"] == graphs
    assert content["PageOrGraph"] == graphs | {"text/html"}
    assert content["ListDownload"] == graphs | tables | {
        "application/json",
        METADATA_MEDIA_TYPE,
        XLSX.media_type,
    }
    assert content["QueryResult"] == graphs | tables | {"text/html"}
    assert content["SavedQueryResult"] == content["QueryResult"] | {
        QUERY_MEDIA_TYPE,
        METADATA_MEDIA_TYPE,
        XLSX.media_type,
    }
    assert content["BAD_REQUEST"] == {PROBLEM_MEDIA_TYPE, "text/html", "text/plain"}


def to_path_template(rule: str) -> str:
    """Convert a rule of Flask to a path template: ``/things/{kind}/{name}``."""
    return re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", rule)


def build_operation_id(rule: Rule, method: str) -> str:
    """Build the name of an operation: one view may stand at more than one address."""
    parts = [method.lower(), *rule.endpoint.split(".")]
    return "_".join([*parts, "as"] if "<suffix>" in rule.rule else parts)


def resolve(document: Any, parameters: list[Any]) -> list[Any]:
    """Replace references to parameters by the parameters."""
    names = [one.get("$ref", "").rpartition("/")[2] for one in parameters]
    components = document["components"]["parameters"]
    return [components[name] if name else one for name, one in zip(names, parameters, strict=True)]


def test_release_is_a_parameter_of_what_can_be_given_from_a_release(described: Any) -> None:
    for path, item in described["paths"].items():
        known = resolve(described, item.get("get", {}).get("parameters", []))
        names = [one["name"] for one in known if one["in"] == "query"]
        assert names.count("release") == int("get" in item and can_name_release(path)), path


def test_every_saved_query_is_described_with_types_and_choices(described: Any) -> None:
    asked = [path for path in described["paths"] if path.startswith("/queries/")]
    files = [*(PROJECT / "sparql" / "queries").glob("*.rq")]
    assert len([path for path in asked if "{" not in path]) == len(files) > 90
    keyword = described["paths"]["/queries/case-studies-by-keyword"]["get"]["parameters"][0]
    base = "https://w3id.org/concordat-kg/concept/keywords/"
    assert (keyword["name"], keyword["required"]) == ("keyword", False)
    assert keyword["schema"]["default"] == [base + "wellbeing"]
    assert base + "training" in keyword["schema"]["items"]["enum"]
    assert (
        "/queries/case-studies-by-keyword/choices.json?parameter=keyword"
        in (keyword["description"])
    )
    day = described["paths"]["/queries/was-a-member"]["get"]["parameters"][2]
    assert day["schema"]["items"] == {"type": "string", "format": "date"}
    assert day["schema"]["default"] == ["2026-01-01"]


def test_examples_are_what_the_server_answers(site: Flask, described: Any) -> None:
    client = site.test_client()
    kinds = set()
    for path in ("case-studies-by-keyword", "was-a-member", "keyword-frequency"):
        content = described["paths"][f"/queries/{path}"]["get"]["responses"]["200"]["content"]
        example = content["application/sparql-results+json"]["example"]
        window = "" if "boolean" in example else "?page=1&size=2"
        assert client.get(f"/queries/{path}.json{window}").json == example
        kinds.add("boolean" in example)
    assert kinds == {True, False}
    content = described["paths"]["/queries/case-study-neighbourhood"]["get"]["responses"]["200"]
    lines = content["content"]["application/n-triples"]["example"].splitlines()
    assert len(lines) == 2
    assert "text/csv" not in content["content"]


def test_description_is_kept_and_not_sent_again(site: Flask) -> None:
    client = site.test_client()
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


SELF = "GET /openapi.json"
"""The description itself, which schemathesis reads and does not ask again."""


@pytest.mark.slow
@pytest.mark.parametrize("times", [3, pytest.param(15, marks=pytest.mark.long)])
def test_server_survives_what_the_description_allows_and_what_it_does_not(
    settings: Settings, times: int
) -> None:
    sent: list[tuple[str, int]] = []
    with serving(settings) as port:
        kinds = list_operations(port)
        for operation, mode in kinds:
            send_requests(operation, mode, times, sent)
    assert {label for label, _ in sent} >= {one.label for one, _ in kinds} - {SELF}
    assert "GET /queries/by-keyword" in {label for label, _ in sent}
    assert {200, 400, 404, 422} <= {status for _, status in sent} < set(range(200, 500))
