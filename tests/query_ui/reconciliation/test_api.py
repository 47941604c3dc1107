"""The reconciliation service: the conformance data of 0.2, candidates with reasons, JSONP, 1.0."""

import json
import re
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.reconciliation.matching.scoring import FEATURE_WEIGHTS
from tests.query_ui.site.small import small_release

Check = Any
WELSH = """
PREFIX concept: <https://w3id.org/concordat-kg/concept/keywords/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
GRAPH <https://w3id.org/concordat-kg/graph/welsh> {
  concept:training skos:prefLabel "Hyfforddiant"@cy .
  concept:careers skos:prefLabel "Gyrfaoedd"@cy .
}
"""


@pytest.fixture(scope="module")
def ours(shipped_app: Flask) -> FlaskClient:
    """Somebody who asks the site over the shipped data."""
    return shipped_app.test_client()


def examples(folder: Path, name: str, sort: str) -> Iterator[Any]:
    """The examples of a schema of a sort: valid or invalid."""
    for path in sorted((folder / "examples" / name / sort).glob("*.json")):
        yield json.loads(path.read_text("utf-8"))


def got(client: FlaskClient, path: str, **fields: str) -> Any:
    """The JSON at an address of the service."""
    answer = client.get(f"/reconcile{path}", query_string=fields)
    assert answer.status_code == 200, answer.text
    return answer.json


def sent(client: FlaskClient, path: str = "", **given: Any) -> Any:
    """The JSON that is answered to a form, or under another path to JSON."""
    answer = client.post(f"/reconcile{path}", **given)
    assert answer.status_code == 200, answer.text
    return answer.json


def asked(client: FlaskClient, **queries: Any) -> Any:
    """The result of a batch."""
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    return answer.json


def best(client: FlaskClient, query: str, **more: Any) -> Any:
    """The first candidate for one query, or None."""
    found = asked(client, q={"query": query, **more})["q"]["result"]
    return found[0] if found else None


def test_the_manifest_is_valid(ours: FlaskClient, validators: dict[str, Check]) -> None:
    manifest = got(ours, "")
    validators["manifest"].validate(manifest)
    assert [one["id"] for one in manifest["defaultTypes"]] == [
        *("organisation", "case-study", "initiative", "keyword"),
        *("principle", "obligation", "beneficiary", "stakeholder"),
    ]


def test_the_manifest_claims_no_version_under_which_it_is_not_valid(ours: FlaskClient) -> None:
    """The draft of 1.0 has booleans in ``suggest``, where 0.2 has objects."""
    manifest = got(ours, "")
    assert manifest["versions"] == ["0.1", "0.2"]
    assert not isinstance(manifest["suggest"]["entity"], bool)


def test_the_documentation_of_the_manifest_explains_each_feature(ours: FlaskClient) -> None:
    manifest = got(ours, "")
    page = ours.get(manifest["documentation"])
    assert (page.status_code, page.mimetype) == (200, "text/html")
    address, _, anchor = manifest["feature_view"]["url"].partition("#")
    assert (address, anchor) == (manifest["documentation"], "{{id}}")
    for feature in FEATURE_WEIGHTS:
        assert f'id="{feature}"' in page.text


def test_the_batch_size_of_the_manifest_is_the_most_that_is_answered(ours: FlaskClient) -> None:
    size = got(ours, "")["batchSize"]
    batch = {f"q{n}": {"query": f"College {n}"} for n in range(size)}
    assert asked(ours, **batch).keys() == batch.keys()
    larger = {"queries": json.dumps({**batch, "more": {"query": "x"}})}
    assert ours.post("/reconcile", data=larger).status_code == 413


def test_batches_by_get_and_by_post_answer_the_same_and_are_valid(
    ours: FlaskClient, validators: dict[str, Check]
) -> None:
    batch = {
        "q0": {"query": "Durham", "type": "organisation", "limit": 3},
        "q1": {"query": "wellbeing", "type": ["keyword"], "type_strict": "any"},
        "q2": {"properties": [{"pid": "ror", "v": "https://ror.org/01kj2bm70"}]},
    }
    validators["reconciliation-query-batch"].validate(batch)
    found = got(ours, "", queries=json.dumps(batch))
    assert found == asked(ours, **batch)
    validators["reconciliation-result-batch"].validate(found)
    assert found["q2"]["result"][0]["name"] == "Newcastle University"
    assert found["q2"]["result"][0]["match"] is True


def test_valid_and_invalid_queries_of_the_specification_behave_as_named(
    ours: FlaskClient, folder: Path, validators: dict[str, Check]
) -> None:
    """What ours lacks, the types and properties of the examples, is put in the place of theirs."""
    for batch in examples(folder, "reconciliation-query-batch", "valid"):
        text = re.sub(r'"pid": "[^"]*"', '"pid": "place"', json.dumps(batch))
        text = re.sub(r'"type": "[^"]*"', '"type": "organisation"', text)
        answer = ours.post("/reconcile", data={"queries": text})
        assert answer.status_code == 200, answer.text
        validators["reconciliation-result-batch"].validate(answer.json)
    for batch in examples(folder, "reconciliation-query-batch", "invalid"):
        answer = ours.post("/reconcile", data={"queries": json.dumps(batch)})
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), batch


def test_the_schemas_tell_the_examples_apart(folder: Path, validators: dict[str, Check]) -> None:
    """So that an answer of ours that is valid is known to be more than not looked at."""
    seen = 0
    for name, validator in validators.items():
        for sort in ("valid", "invalid"):
            for example in examples(folder, name, sort):
                if (name, example.get("name")) != ("manifest", None):
                    assert validator.is_valid(example) == (sort == "valid"), (name, example)
                    seen += 1
    assert seen > 25


@pytest.mark.parametrize(
    ("query", "type_", "name", "match", "feature"),
    [
        ("University of Durham", "organisation", "Durham University", True, "alternative_label"),
        ("KCL", "organisation", "King's College London", False, "acronym"),
        ("managers of researchers", "", "Managers of researchers", False, "exact_label"),
        ("managers of researchers", "beneficiary", "Managers of researchers", True, "exact_label"),
        ("Mentoring", "keyword", "Mentorship", True, "alternative_label"),
        ("Technician Comitment", "initiative", "Technician Commitment", True, "token_overlap"),
        ("ECI1", "obligation", "ECI1: make relevant staff aware of the Concordat", True, ""),
    ],
)
def test_candidates_say_why(  # noqa: PLR0913
    ours: FlaskClient, query: str, type_: str, name: str, match: bool, feature: str
) -> None:
    found = best(ours, query, **({"type": type_} if type_ else {}))
    assert (found["name"], found["match"]) == (name, match)
    assert not feature or feature in {one["id"] for one in found["features"]}


def test_a_score_is_recomputed_from_the_features(ours: FlaskClient) -> None:
    found = asked(ours, q={"query": "University of Leeds and York", "limit": 50})["q"]["result"]
    assert len(found) > 1
    for one in found:
        total = sum(FEATURE_WEIGHTS[f["id"]] * f["value"] for f in one["features"])
        assert one["score"] == pytest.approx(min(100, max(0, total)), abs=0.01)


def test_a_query_is_kept_to_a_scheme(ours: FlaskClient) -> None:
    scheme = "https://w3id.org/concordat-kg/scheme/stakeholders"
    found = best(ours, "managers of researchers", type=scheme)
    assert found["id"] == "concept/stakeholders/managers-of-researchers"
    assert found["match"] is True


def test_properties_are_evidence(ours: FlaskClient) -> None:
    ukprn = [{"pid": "ukprn", "v": 10007167.0}]
    assert best(ours, "York", properties=ukprn)["match"] is True
    assert best(ours, "York")["match"] is False
    wrong = [{"pid": "ukprn", "v": "10007799"}]
    assert best(ours, "University of York", properties=wrong)["match"] is False
    page = [{"pid": "homepage", "v": "www.york.ac.uk"}]
    found = best(ours, "York", properties=page)
    assert {"id": "homepage", "value": 1.0} in found["features"]


@pytest.mark.parametrize("country", ["UK", "uk", "GB", "United Kingdom", "England"])
def test_the_united_kingdom_is_known_by_all_its_names(ours: FlaskClient, country: str) -> None:
    given = [{"pid": "country", "v": country}]
    found = best(ours, "University of York", properties=given)
    assert found["match"] is True
    assert {"id": "country", "value": 1.0} in found["features"]


def test_other_properties_are_compared_and_do_not_count(ours: FlaskClient) -> None:
    n8 = [{"pid": "consortium", "v": "N8 Research Partnership"}]
    one, other = (best(ours, "University of York", properties=p) for p in (n8, []))
    assert {"id": "properties", "value": 1.0} in one["features"]
    assert one["score"] == other["score"]


def test_clients_of_0_1_are_answered(ours: FlaskClient) -> None:
    bare = got(ours, "", query="University of Leeds")
    assert bare == got(ours, "", query='{"query": "University of Leeds"}')
    assert bare["result"][0]["id"] == "id/organisation/university-of-leeds"


def test_jsonp_calls_the_function_of_the_client(ours: FlaskClient) -> None:
    answer = ours.get("/reconcile?callback=jQuery1.done")
    assert answer.mimetype == "text/javascript"
    found = re.fullmatch(r"/\*\*/jQuery1\.done\((.*)\);", answer.text, re.DOTALL)
    assert found and json.loads(found[1])["name"]


@pytest.mark.parametrize(
    "name",
    [
        "alert(1)//",
        "a b",
        "1a",
        "a.",
        ".a",
        "a-b",
        "a;b",
        "<script>",
        "ä",
        "a[0]",
        "a\n",
        "a=b",
        "%00",
    ],
)
def test_a_callback_that_is_no_name_of_a_function_is_refused(ours: FlaskClient, name: str) -> None:
    for path in ("", "/suggest/type", "/properties"):
        answer = ours.get(f"/reconcile{path}", query_string={"callback": name, "prefix": "x"})
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
        assert "name of a function" in answer.text


@pytest.mark.parametrize(
    ("type_", "fits"),
    [
        (None, True),
        ("", True),
        ([], True),
        ({"id": "organisation"}, True),
        ({"id": "organisation", "name": "Organisation"}, True),
        (["keyword", "organisation"], True),
        ([{"id": "keyword"}], False),
        ("keyword", False),
    ],
)
def test_a_type_may_be_null_a_text_an_object_or_a_list(
    ours: FlaskClient, type_: Any, fits: bool
) -> None:
    york = {"query": "University of York", "type": type_}
    found = asked(ours, q=york)["q"]
    assert "warnings" not in found
    names = [one["name"] for one in found["result"] if one["match"]]
    assert names == (["University of York"] if fits else [])


@pytest.mark.parametrize(
    "text",
    ["University [of] York", "York/University of York", "a[0]/{b}?c=d&e=f#g", "[]", "/", "%"],
)
def test_slashes_and_brackets_in_queries_are_only_text(ours: FlaskClient, text: str) -> None:
    batch = {f"q/0[{text}]": {"query": text}, "r": {"query": "University of York"}}
    found = asked(ours, **batch)
    assert list(found) == list(batch)
    assert found["r"]["result"][0]["match"] is True
    assert got(ours, "", queries=json.dumps(batch)) == found
    # Clients often leave brackets and slashes as they are.
    plain = '/reconcile?queries={"q/[0]":{"query":"University of York"}}'
    assert ours.get(plain).get_json()["q/[0]"] == found["r"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_those_that_can_be_used(
    ours: FlaskClient, method: str
) -> None:
    for path, allowed in (
        ("", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/match", {"OPTIONS", "POST"}),
    ):
        answer = ours.open(f"/reconcile{path}", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == allowed
    head, get = ours.head("/reconcile"), ours.get("/reconcile")
    assert head.data == b"" and head.headers["Content-Length"] == get.headers["Content-Length"]


def test_any_page_may_read_it(ours: FlaskClient) -> None:
    answer = ours.options("/reconcile", headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


def test_suggestions_are_valid(ours: FlaskClient, validators: dict[str, Check]) -> None:
    for kind, prefix, first in (
        ("entity", "univ", ""),
        ("entity", "Newcastle U", "Newcastle University"),
        ("entity", "Newcsatle University", "Newcastle University"),
        ("property", "ukp", "UKPRN"),
        ("type", "case", "Case study"),
    ):
        schema = {"entity": "entities", "property": "properties", "type": "types"}[kind]
        found = got(ours, f"/suggest/{kind}", prefix=prefix)
        validators[f"suggest-{schema}-response"].validate(found)
        assert found["result"] and (not first or found["result"][0]["name"] == first)
    kept = got(ours, "/suggest/entity", prefix="re", type="keyword")["result"]
    assert kept and all(one["notable"][0]["id"] == "keyword" for one in kept)


def test_flyouts_and_previews_show_a_thing(ours: FlaskClient) -> None:
    manifest = got(ours, "")
    thing = "id/organisation/newcastle-university"
    for kind, name, word in (
        ("entity", thing, "Newcastle University"),
        ("property", "ukprn", "UKPRN"),
        ("type", "keyword", "Keyword"),
    ):
        path = manifest["suggest"][kind]["flyout_service_path"].replace("${id}", name)
        found = ours.get(f"/reconcile{path}").get_json()
        assert found["id"] == name and word in found["html"]
    preview = ours.get(manifest["preview"]["url"].replace("{{id}}", thing))
    assert "Newcastle University" in preview.text
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    view = ours.get(manifest["view"]["url"].replace("{{id}}", thing), follow_redirects=True)
    assert view.request.path == "/organisations/newcastle-university"


def test_columns_are_added(ours: FlaskClient, validators: dict[str, Check]) -> None:
    thing = "id/organisation/university-of-york"
    columns = ["ror", "ukprn", "consortium", "case-studies", "other-names", "iri"]
    query = {"ids": [thing, "id/organisation/none"], "properties": [{"id": c} for c in columns]}
    validators["data-extension-query"].validate(query)
    found = sent(ours, data={"extend": json.dumps(query)})
    validators["data-extension-response"].validate(found)
    assert [head["id"] for head in found["meta"]] == columns
    groups = {one["name"] for one in found["rows"][thing].pop("consortium")}
    assert groups >= {"N8 Research Partnership", "Russell Group"}
    assert found["rows"][thing] == {
        "ror": [{"str": "https://ror.org/04m01e293"}],
        "ukprn": [{"str": "10007167"}],
        "case-studies": [{"int": 2}],
        "other-names": [],
        "iri": [{"str": f"https://w3id.org/concordat-kg/{thing}"}],
    }
    assert all(values == [] for values in found["rows"]["id/organisation/none"].values())


def test_settings_limit_and_spell_the_values(ours: FlaskClient) -> None:
    thing = "concept/keywords/mentorship"
    settings = {"limit": "1", "content": "iri"}
    query = {"ids": [thing], "properties": [{"id": "broader", "settings": settings}]}
    found = sent(ours, data={"extend": json.dumps(query)})
    (value,) = found["rows"][thing]["broader"]
    assert value["str"].startswith("https://w3id.org/concordat-kg/concept/keywords/")


def test_properties_are_proposed_by_type(ours: FlaskClient, validators: dict[str, Check]) -> None:
    found = got(ours, "/properties", type="organisation", limit="2")
    validators["data-extension-property-proposal"].validate(found)
    assert [one["id"] for one in found["properties"]] == ["ror", "ukprn"]
    every = got(ours, "/properties", type="keyword")["properties"]
    assert "definition" in {one["id"] for one in every}


def test_the_draft_of_1_0_is_answered_beside(ours: FlaskClient) -> None:
    conditions = [
        {"matchType": "name", "propertyValue": "York University"},
        {"matchType": "property", "propertyId": "ror", "propertyValue": "04m01e293"},
    ]
    queries = [{"type": "organisation", "conditions": conditions, "limit": 1}]
    answer = sent(ours, "/match", json={"queries": queries})
    ((found,),) = [one["candidates"] for one in answer["results"]]
    assert (found["id"], found["match"]) == ("id/organisation/university-of-york", True)
    extension = {"ids": [found["id"]], "properties": [{"id": "ukprn"}]}
    assert sent(ours, "/extend", json=extension)["rows"] == [
        {"id": found["id"], "properties": [{"id": "ukprn", "values": [{"str": "10007167"}]}]}
    ]


def test_york_university_is_certain_only_with_its_country(ours: FlaskClient) -> None:
    """There is one in Toronto, which the graph does not have."""
    york = {"query": "York University", "type": "organisation"}
    country = [{"pid": "country", "v": "United Kingdom"}]
    found = asked(ours, q0=york, q1=york | {"properties": country})
    firsts = [found[name]["result"][0] for name in ("q0", "q1")]
    assert {one["name"] for one in firsts} == {"University of York"}
    assert [one["match"] for one in firsts] == [False, True]


UNKNOWN = [{"pid": "nope", "v": "1"}, {"pid": "colour", "v": ["red", "blue"]}]


def test_an_unknown_property_concerns_its_query_alone(
    ours: FlaskClient, validators: dict[str, Check]
) -> None:
    york = {"query": "University of York"}
    batch = {"q0": york, "q1": york | {"properties": UNKNOWN}, "q2": {"properties": UNKNOWN}}
    found = asked(ours, **batch)
    validators["reconciliation-result-batch"].validate(found)
    assert found["q0"]["result"][0]["match"] is True
    assert "warnings" not in found["q0"]
    assert found["q1"]["result"] == found["q0"]["result"]
    assert found["q2"]["result"] == []
    for key in ("q1", "q2"):
        (sentence,) = found[key]["warnings"]
        assert "no property “nope” or “colour”" in sentence and "ukprn" in sentence
    (one,) = got(ours, "", query=json.dumps(batch["q1"]))["warnings"]
    assert "“nope”" in one


def test_an_unknown_type_concerns_its_query_alone(ours: FlaskClient) -> None:
    york = {"query": "University of York"}
    found = asked(
        ours,
        q0=york,
        q1=york | {"type": "person"},
        q2=york | {"type": ["person", "organisation"]},
        q3=york | {"type": "https://w3id.org/concordat-kg/scheme/nowhere"},
    )
    assert found["q1"]["result"] == [] == found["q3"]["result"]
    assert found["q2"]["result"][0] == found["q0"]["result"][0]
    assert "no type “person”; use organisation, " in found["q1"]["warnings"][0]
    assert "no type “person”; " in found["q2"]["warnings"][0]
    assert "scheme/nowhere”" in found["q3"]["warnings"][0]
    for path in ("/properties", "/suggest/entity"):
        answer = ours.get(f"/reconcile{path}?type=person")
        assert answer.status_code == 400 and "“person”" in answer.text


def test_the_draft_warns_of_unknown_names_in_their_query(ours: FlaskClient) -> None:
    name = {"matchType": "name", "propertyValue": "University of York"}
    other = {"matchType": "property", "propertyId": "nope", "propertyValue": "1"}
    queries = [{"conditions": [name]}, {"conditions": [name, other], "type": "person"}]
    one, two = sent(ours, "/match", json={"queries": queries})["results"]
    assert one["candidates"] and "warnings" not in one
    assert two["candidates"] == []
    assert [re.findall("“(.*?)”", w) for w in two["warnings"]] == [["person"], ["nope"]]


def test_json_at_the_root_is_answered_like_the_form(ours: FlaskClient) -> None:
    batch = {"q0": {"query": "University of York"}}
    assert sent(ours, json={"queries": batch}) == asked(ours, **batch)
    conditions = [{"matchType": "name", "propertyValue": "University of York"}]
    draft = {"queries": [{"conditions": conditions}]}
    assert sent(ours, json=draft) == sent(ours, "/match", json=draft)
    extension = {"ids": ["id/organisation/university-of-york"], "properties": [{"id": "ukprn"}]}
    expected = sent(ours, data={"extend": json.dumps(extension)})
    assert sent(ours, json={"extend": extension}) == expected
    plain = ours.post("/reconcile", data=json.dumps({"queries": batch}), content_type="text/plain")
    assert plain.json == asked(ours, **batch)


@pytest.mark.parametrize("body", ["[]", '{"query": "x"}', '{"queries": "x"}', "null", "{", "q=x"])
def test_other_json_at_the_root_is_refused_with_an_example(ours: FlaskClient, body: str) -> None:
    answer = ours.post("/reconcile", data=body, content_type="application/json")
    assert answer.status_code == 400
    detail = json.loads(answer.text)["detail"]
    assert "not JSON" in detail or '{"queries": {"q0": {"query": "…"}}}' in detail


def test_the_address_of_the_draft_proposes_the_same_properties(
    ours: FlaskClient, validators: dict[str, Check]
) -> None:
    found = got(ours, "/extend/propose", type="organisation", limit="3")
    validators["data-extension-property-proposal"].validate(found)
    assert found == got(ours, "/properties", type="organisation", limit="3")
    assert len(found["properties"]) == 3


def test_an_entity_is_found_by_its_id(ours: FlaskClient) -> None:
    york = "id/organisation/university-of-york"
    full = f"https://w3id.org/concordat-kg/{york}"
    by_id = {"matchType": "id", "propertyValue": york}
    other_name = {"matchType": "name", "propertyValue": "University of Leeds"}
    place = {"matchType": "property", "propertyId": "place", "propertyValue": "York"}
    queries = [
        {"conditions": [by_id]},
        {"conditions": [other_name, by_id, place]},
        {"conditions": [by_id | {"propertyValue": full}], "type": "organisation"},
        {"conditions": [by_id], "type": "keyword"},
        {"conditions": [by_id | {"propertyValue": "id/organisation/none"}]},
    ]
    results = sent(ours, "/match", json={"queries": queries})["results"]
    for result in results[:3]:
        (one,) = result["candidates"]
        assert (one["id"], one["match"], one["score"]) == (york, True, 100)
    assert [result["candidates"] for result in results[3:]] == [[], []]
    assert best(ours, york)["match"] is True


def test_names_are_in_the_language_that_the_client_prefers(
    settings: Settings, tmp_path: Path
) -> None:
    """A label in a language is shown to those who prefer it; what has none stays English."""
    out = small_release(tmp_path, WELSH)
    ours = Settings(root=settings.root, out=out)
    client = create_app(ours, open_engine(ours)).test_client()
    query = {"queries": json.dumps({"q": {"query": "Training"}, "r": {"query": "Wellbeing"}})}
    for wanted, training, language in (
        ("cy, en;q=0.5", "Hyfforddiant", "cy, en-GB"),
        ("cy-GB", "Hyfforddiant", "cy, en-GB"),
        ("fr, en;q=0.5, cy;q=0.1", "Training", "en-GB"),
        ("", "Training", "en-GB"),
    ):
        said = {"Accept-Language": wanted}
        answer = client.post("/reconcile", data=query, headers=said)
        results = json.loads(answer.text)
        assert results["q"]["result"][0]["name"] == training
        assert results["r"]["result"][0]["name"] == "Wellbeing"
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
        extension = {"ids": ["concept/keywords/training"], "properties": [{"id": "broader"}]}
        rows = client.post("/reconcile/extend", json=extension, headers=said).get_json()["rows"]
        (value,) = rows[0]["properties"][0]["values"]
        assert value["name"] == ("Careers" if training == "Training" else "Gyrfaoedd")
        path = "/reconcile/suggest/entity?prefix=Train&type=keyword"
        assert client.get(path, headers=said).get_json()["result"][0]["name"] == training
        assert client.get("/reconcile", headers=said).headers["Content-Language"] == "en-GB"


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("", {"queries": "{"}, "not JSON"),
        ("", {"queries": "[]"}, "JSON object"),
        ("", {"queries": '{"a": {"query": "x", "type": 1}}'}, "a text"),
        ("", {"queries": '{"a": {"query": "x", "limit": "many"}}'}, "a number"),
        ("", {"queries": '{"a": {"query": 1}}'}, "a text"),
        ("", {"queries": '{"a": {"properties": [{"pid": 1, "v": 1}]}}'}, "the text pid"),
        ("", {"extend": '{"ids": "x", "properties": []}'}, "list of texts"),
        ("", {"extend": '{"ids": [], "properties": [{"id": "shoe"}]}'}, "no property “shoe”"),
        ("/match", {}, "queries"),
        ("/extend", {}, "ids"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    ours: FlaskClient, path: str, data: dict[str, str], sentence: str
) -> None:
    answer = ours.post(f"/reconcile{path}", data=data)
    assert answer.status_code == 400
    assert sentence in json.loads(answer.text)["detail"]


def test_a_release_without_names_says_what_to_do(
    ours: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("query_ui.graph.name_index.NAME_INDEX_VERSION", 99)
    found = ours.application.extensions["concordat-kg"].name_index_cache
    monkeypatch.setattr(found, "_cached", OrderedDict())
    answer = ours.get("/reconcile?query=x")
    assert answer.status_code == 503
    assert "concordat-kg build" in answer.text
