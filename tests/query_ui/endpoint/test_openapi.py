"""The description of the interface: valid, whole, true, and the server survives what it allows."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from openapi_spec_validator import validate
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.openapi.openapi_builder import to_path_template
from query_ui.engine import open_engine
from tests.query_ui.endpoint.protocol.conftest import serving


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


def test_every_route_is_described_and_says_what_it_is_for(site: Flask, described: Any) -> None:
    for rule in site.url_map.iter_rules():
        operations = described["paths"].get(to_path_template(rule.rule), {})
        for method in {"GET", "POST"} & (rule.methods or set()):
            assert method.lower() in operations, f"query_ui/openapi/routes.py lacks {rule.endpoint}"
            assert operations[method.lower()]["summary"], f"{rule.endpoint} has no docstring"
    assert described["paths"]["/sparql"]["x-query"]["requestBody"]["required"]


def test_every_saved_query_is_described_with_types_and_choices(described: Any) -> None:
    asked = [path for path in described["paths"] if path.startswith("/queries/")]
    assert len([path for path in asked if "{" not in path]) == 63
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


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 3}
SELF = "GET /openapi.json"
"""The description itself, which schemathesis reads and does not ask again."""


def asked(
    operation: "APIOperation[Any, Any, Any, Any]", mode: GenerationMode, sent: list[tuple[str, int]]
) -> None:
    """Ask an operation a few times, and hold each answer against its description."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: "Case[Any]") -> None:
        answer = case.call()
        sent.append((operation.label, answer.status_code))
        case.validate_response(answer, checks=CHECKS)

    ask()


def test_server_survives_what_the_description_allows_and_what_it_does_not(
    settings: Settings,
) -> None:
    sent: list[tuple[str, int]] = []
    with serving(settings) as port:
        schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/openapi.json")
        found = list(schema.get_all_operations())
        operations = [one.ok() for one in found if isinstance(one, Ok)]
        assert len(operations) == len(found)
        for operation in operations:
            asked(operation, GenerationMode.POSITIVE, sent)
            if len(operation.query) + len(operation.body):  # any text may stand in a path
                asked(operation, GenerationMode.NEGATIVE, sent)
    assert {label for label, _ in sent} >= {one.label for one in operations} - {SELF}
    assert "GET /queries/by-keyword" in {label for label, _ in sent}
    assert {200, 400, 404, 422} <= {status for _, status in sent} < set(range(200, 500))
