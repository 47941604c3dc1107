"""A registry as a service of its own: manifest, candidates, columns, suggestions, previews."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from loader.errors import UsageError
from query_ui.reconciliation.registries.registry_service import (
    find_identifier_space,
    open_registries,
)
from tests.loader.release.registers.samples import ABBOTS

ID, OLD_ID = "01kj2bm70", "024mrxd33"


def get(visitor: FlaskClient, path: str, **fields: Any) -> Any:
    """The JSON at an address of a service."""
    answer = visitor.get(f"/reconcile/{path}", query_string=fields)
    assert answer.status_code == 200, answer.text
    return answer.json


def extend(visitor: FlaskClient, registry: str, id_: str, *properties: str) -> dict[str, list[Any]]:
    """The values of properties of one organisation."""
    wanted = {"ids": [id_], "properties": [{"id": one} for one in properties]}
    found = get(visitor, registry, extend=json.dumps(wanted))
    return {name: [*values] for name, values in found["rows"][id_].items()}


@pytest.mark.parametrize(
    ("registry", "space", "view", "kinds"),
    [
        ("ror", "https://ror.org/", "https://ror.org/{{id}}", ["education", "facility", "funder"]),
        (
            "hesa",
            "urn:ukprn:",
            "http://localhost/reconcile/hesa/preview?id={{id}}",
            ["provider"],
        ),
    ],
)
def test_each_registry_has_a_manifest_of_its_own(
    visitor: FlaskClient, registry: str, space: str, view: str, kinds: list[str]
) -> None:
    manifest = get(visitor, registry)
    assert (manifest["identifierSpace"], manifest["view"]["url"]) == (space, view)
    assert [one["id"] for one in manifest["defaultTypes"]] == ["organisation", *kinds]
    own = f"http://localhost/reconcile/{registry}"
    assert {one["service_url"] for one in manifest["suggest"].values()} == {own}
    assert manifest["extend"]["propose_properties"]["service_url"] == own
    assert manifest["preview"]["url"].startswith(f"{own}/preview?")
    assert manifest["name"] in ("dump.json", "hesa.csv")


def test_the_manifest_is_valid_under_the_schema(
    visitor: FlaskClient, validators: dict[str, Any]
) -> None:
    for registry in ("ror", "hesa"):
        validators["manifest"].validate(get(visitor, registry))


@pytest.mark.parametrize(
    ("query", "id_"),
    [
        ({"query": "Abbots Ness University"}, ID),
        ({"query": "Prifysgol Abbots", "type": "organisation"}, ID),
        ({"query": "University of Abbots Ness", "type": "education"}, ID),
        ({"query": ID}, ID),
        ({"query": ABBOTS}, ID),
        ({"query": "?", "properties": [{"pid": "isni", "v": "0000 0001 0462 7212"}]}, ID),
        ({"query": "?", "properties": [{"pid": "fundref", "v": "10.13039/100000001"}]}, ID),
    ],
)
def test_names_and_identifiers_match(visitor: FlaskClient, query: dict[str, Any], id_: str) -> None:
    found = get(visitor, "ror", queries=json.dumps({"q": query}))["q"]["result"][0]
    assert (found["id"], found["match"]) == (id_, True)
    assert found["type"][0] == {"id": "organisation", "name": "Organisation"}
    assert "Wales" in found["description"]


def test_a_type_of_the_registry_narrows_the_candidates(visitor: FlaskClient) -> None:
    query = {"query": "Ness Institute", "type": "facility"}
    found = get(visitor, "ror", queries=json.dumps({"q": query}))["q"]
    assert [one["id"] for one in found["result"]] == [OLD_ID]
    other = get(visitor, "ror", queries=json.dumps({"q": query | {"type": "keyword"}}))["q"]
    assert other["result"] == []
    assert other["warnings"] == [
        "There is no type “keyword”; use organisation, education, facility, funder."
    ]


def test_a_provider_is_found_by_its_number_and_described(visitor: FlaskClient) -> None:
    queries = {
        "number": {"query": "10000001"},
        "hesa": {"query": "x", "properties": [{"pid": "hesa", "v": "0003"}]},
        "status": {
            "query": "Ness College",
            "properties": [{"pid": "nation", "v": "England"}, {"pid": "nope", "v": "1"}],
        },
    }
    found = get(visitor, "hesa", queries=json.dumps(queries))
    assert found["number"]["result"][0]["id"] == "10000001"
    old = found["hesa"]["result"][0]
    assert (old["name"], old["description"]) == ("Old Ness College", "Northern Ireland, inactive")
    features = {f["id"]: f["value"] for f in found["status"]["result"][0]["features"]}
    assert features["properties"] == 1
    assert "“nope”" in found["status"]["warnings"][0]


def test_the_draft_of_1_0_is_answered(visitor: FlaskClient) -> None:
    conditions = [{"matchType": "name", "propertyValue": "Ness College"}]
    answer: Any = visitor.post(
        "/reconcile/hesa/match", json={"queries": [{"conditions": conditions}]}
    )
    assert answer.json["results"][0]["candidates"][0]["id"] == "10000001"
    wanted = {"ids": ["10000001"], "properties": [{"id": "nation"}]}
    answer = visitor.post("/reconcile/hesa/extend", json=wanted)
    assert answer.json["rows"] == [
        {"id": "10000001", "properties": [{"id": "nation", "values": [{"str": "England"}]}]}
    ]


def test_columns_are_added_from_ror(visitor: FlaskClient) -> None:
    wanted = ("isni", "fundref", "nation", "status", "child", "kind", "hesa", "place", "country")
    assert extend(visitor, "ror", ID, *wanted) == {
        "isni": [{"str": "https://isni.org/isni/0000000104627212"}],
        "fundref": [{"str": "100000001"}],
        "nation": [{"str": "Wales"}],
        "status": [{"str": "active"}],
        "child": [{"id": OLD_ID, "name": "Ness Institute"}],
        "kind": [{"str": "education"}, {"str": "funder"}],
        "hesa": [],
        "place": [{"str": "Abbots Ness"}],
        "country": [{"str": "GB"}],
    }
    assert extend(visitor, "ror", OLD_ID, "status", "successor") == {
        "status": [{"str": "withdrawn"}],
        "successor": [{"id": ID, "name": "Abbots Ness University"}],
    }
    settings = {
        "ids": [OLD_ID],
        "properties": [{"id": "successor", "settings": {"content": "iri"}}],
    }
    rows = get(visitor, "ror", extend=json.dumps(settings))["rows"]
    assert rows[OLD_ID]["successor"] == [{"str": ABBOTS}]


def test_columns_are_added_from_a_list_of_providers(visitor: FlaskClient) -> None:
    assert extend(visitor, "hesa", "10007799", "ukprn", "hesa", "nation", "region", "iri") == {
        "ukprn": [{"str": "10007799"}],
        "hesa": [{"str": "0001"}],
        "nation": [{"str": "Wales"}],
        "region": [],
        "iri": [{"str": "urn:ukprn:10007799"}],
    }
    assert extend(visitor, "hesa", "no-such-id", "ukprn") == {"ukprn": []}


def test_suggestions_flyouts_and_previews(visitor: FlaskClient) -> None:
    (found,) = get(visitor, "ror/suggest/entity", prefix="abb", type="organisation")["result"]
    assert (found["id"], found["name"]) == (ID, "Abbots Ness University")
    ids = [one["id"] for one in get(visitor, "ror/suggest/property", prefix="succ")["result"]]
    assert ids == ["successor"]
    assert get(visitor, "ror/suggest/type", prefix="fund")["result"] == [
        {"id": "funder", "name": "Funder"}
    ]
    proposed = get(visitor, "ror/properties", type="organisation")["properties"]
    wanted = {"ukprn", "hesa", "isni", "fundref", "nation", "region", "status", "successor"}
    assert wanted <= {one["id"] for one in proposed}
    assert "ror.org/01kj2bm70" in get(visitor, "ror/flyout/entity", id=ID)["html"]
    assert "replaced it" in get(visitor, "ror/flyout/property", id="successor")["html"]
    assert "2 in this registry" in get(visitor, "ror/flyout/type", id="organisation")["html"]
    assert "1 in this registry" in get(visitor, "ror/flyout/type", id="funder")["html"]
    page = visitor.get("/reconcile/hesa/preview?id=10000001")
    assert "Ness College" in page.text and "England" in page.text
    assert visitor.get("/reconcile/hesa/preview?id=99").status_code == 404


def test_the_graph_is_served_as_before(visitor: FlaskClient) -> None:
    assert get(visitor, "")["identifierSpace"] == "https://w3id.org/concordat-kg/"
    query = json.dumps({"q": {"query": "Abbots Ness University", "type": "organisation"}})
    assert get(visitor, "", queries=query)["q"]["result"] == []
    # Its own paths are no names of registries.
    assert visitor.get("/reconcile/match").status_code == 405
    assert visitor.get("/reconcile/suggest").status_code == 404


def test_an_unknown_registry_is_not_found_and_the_known_are_named(visitor: FlaskClient) -> None:
    for address in ("/reconcile/ofs", "/lookup?id=10000001&registry=ofs"):
        answer = visitor.get(address)
        assert answer.status_code == 404
        assert "There is no registry “ofs” here; those served are: ror, hesa." in answer.text


@pytest.mark.parametrize(
    ("first", "last", "space"),
    [
        ("https://ror.org/01", "https://ror.org/09", "https://ror.org/"),
        ("https://ror.org/01", "https://ror.org/01", "https://ror.org/"),
        ("urn:ukprn:10000001", "urn:ukprn:10000002", "urn:ukprn:"),
        ("https://a.org/1", "https://b.org/1", ""),
        ("https://ror.org/01", "urn:ukprn:1", ""),
        ("urn:a:1", "urn:b:1", ""),
    ],
)
def test_the_identifier_space_is_what_all_have_in_common(first: str, last: str, space: str) -> None:
    assert find_identifier_space(first, last) == space


def test_registries_that_cannot_be_served_are_refused(
    tmp_path: Path, registry_folder: Path
) -> None:
    dump = registry_folder / "dump.json"
    with pytest.raises(UsageError, match="Two registries have the name ror"):
        open_registries([("ror", dump), ("ror", dump)], tmp_path)
    with pytest.raises(UsageError, match="none.json: the register cannot be read"):
        open_registries([("ror", registry_folder / "none.json")], tmp_path)
    record = {"name": "X", "names": [], "types": [], "ext": {}, "rel": []}
    lines = [json.dumps(record | {"id": iri}) for iri in ("https://a.org/1", "urn:ukprn:1")]
    (tmp_path / "mixed.jsonl").write_text("\n".join(lines), "utf-8")
    with pytest.raises(UsageError, match="identifiers of several kinds"):
        open_registries([("mixed", tmp_path / "mixed.jsonl")], tmp_path)


def test_a_registry_is_read_once_and_again_where_it_has_changed(
    tmp_path: Path, registry_folder: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,ukprn\nNess,10000001\n", "utf-8")
    for text, total in [("", 1), ("", 1), ("Abbots,10000002\n", 2)]:
        path.write_text(path.read_text("utf-8") + text, "utf-8")
        registry = open_registries([("list", path)], tmp_path)["list"]
        assert registry.entity_count == total
        registry.name_index.close()
    assert len([*(tmp_path / "registers").glob("*.sqlite")]) == 2
