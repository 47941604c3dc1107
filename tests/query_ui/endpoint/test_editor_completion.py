"""What the editor knows of the graph."""

from typing import Any

from flask.testing import FlaskClient

from query_ui.endpoint.editor_completion import format_iri_for_query
from query_ui.graph.entity_labels import EntityLabels


def known(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/sparql/terms.json")
    assert response.mimetype == "application/json"
    assert isinstance(response.json, dict)
    return response.json


def test_terms_have_kind_label_and_the_way_to_write_them(client: FlaskClient) -> None:
    found = known(client)
    terms = {term["short"]: (term["kind"], term["label"]) for term in found["terms"]}
    assert terms["concept:wellbeing"] == ("concept", "Wellbeing")
    assert terms["ckg:CaseStudy"] == ("class", "case study")
    assert terms["ckg:organisation"] == ("property", "organisation")
    assert terms["dcterms:subject"] == ("property", "subject")
    assert terms["organisation:icr"] == ("organisation", "Institute of Cancer Research")
    assert terms["organisation:n8"] == ("organisation", "N8 Research Partnership")
    assert found["total"] == len(found["terms"])
    assert found["truncated"] is False


def test_classes_and_properties_have_counts_and_examples(client: FlaskClient) -> None:
    used = {(term["kind"], term["short"]): term for term in known(client)["terms"]}
    study, subject = used["class", "ckg:CaseStudy"], used["property", "dcterms:subject"]
    asked = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{study['iri']}> }}"
    rows = client.get("/sparql", query_string={"query": asked, "format": "csv"}).text
    assert rows.split() == ["n", str(study["count"])]
    assert study["count"] > 0
    assert study["example"].startswith("study:")
    assert subject["count"] >= 3
    assert subject["example"].startswith(("concept:", "principle:"))
    assert "count" not in used["concept", "concept:wellbeing"]


def test_notations_are_other_names(client: FlaskClient) -> None:
    (eci1,) = (term for term in known(client)["terms"] if term["short"] == "principle:eci1")
    assert eci1["also"] == ["ECI1"]


def test_saved_queries_run_as_they_are_given(client: FlaskClient) -> None:
    found = {query["name"]: query for query in known(client)["queries"]}
    assert found["by-keyword"]["title"] == "Case studies by keyword"
    assert found["by-keyword"]["tag"] == "browse"
    assert "#+" not in found["by-keyword"]["text"]
    answer = client.post("/sparql", data={"query": found["by-keyword"]["text"]})
    assert answer.status_code == 200


def test_prefixes_are_ours_alone(client: FlaskClient) -> None:
    prefixes = known(client)["prefixes"]
    assert prefixes["schema"] == "https://schema.org/"
    assert "dbpedia" not in prefixes


def test_second_visit_fetches_nothing_again(client: FlaskClient) -> None:
    tag = client.get("/sparql/terms.json").headers["ETag"]
    response = client.get("/sparql/terms.json", headers={"If-None-Match": tag})
    assert (response.status_code, response.data) == (304, b"")


def test_iri_whose_end_is_no_plain_name_is_written_in_full(app) -> None:  # type: ignore[no-untyped-def]
    names = EntityLabels(app.extensions["concordat-kg"])
    base = "https://w3id.org/concordat-kg/concept/keywords/"
    assert format_iri_for_query(names, f"{base}a-b.c") == "concept:a-b.c"
    for end in ("a/b", "a.", "a b", "-a", "a%20b"):
        assert format_iri_for_query(names, f"{base}{end}") == f"<{base}{end}>"
    assert format_iri_for_query(names, "https://example.org/x") == "<https://example.org/x>"
