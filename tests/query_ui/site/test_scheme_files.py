"""The files of concept schemes, opened by other programs: rdflib and Skosify.

Skosify repairs what it finds and reports it in its log alone
(https://github.com/NatLibFi/Skosify), so a file is in order when the log is empty and no label and
no relation has gone.
"""

import csv
import io
import logging
from pathlib import Path
from typing import Any

import pytest
import rdflib
import skosify
from flask import Flask
from flask.testing import FlaskClient
from rdflib.namespace import RDF, SKOS

FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
KEPT = (SKOS.prefLabel, SKOS.altLabel, SKOS.definition, SKOS.broader, SKOS.related, SKOS.inScheme)

LEAVES_FILES_OPEN = pytest.mark.filterwarnings(
    "ignore:unclosed file:ResourceWarning",
    "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning",
)
"""Skosify does."""


@pytest.fixture
def client(shipped_app: Flask) -> FlaskClient:
    """Somebody who asks the site over the shipped data."""
    return shipped_app.test_client()


def read_rows(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """The rows of a CSV of the site."""
    return list(csv.DictReader(io.StringIO(client.get(path).text)))


def list_schemes(client: FlaskClient) -> list[str]:
    """The names of all schemes."""
    rows = read_rows(client, "/queries/concept-schemes.csv")
    return [row["scheme"].rpartition("/")[2] for row in rows]


def list_concepts(client: FlaskClient, scheme: str) -> set[str]:
    """The concepts of a scheme by a SPARQL query, which knows nothing of the files."""
    query = (
        "SELECT ?concept { ?concept <http://www.w3.org/2004/02/skos/core#inScheme> "
        f"<https://w3id.org/concordat-kg/scheme/{scheme}> }}"
    )
    text = client.get("/sparql", query_string={"query": query, "format": "csv"}).text
    return set(text.split()[1:])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("suffix", FORMATS)
def test_rdflib_reads_every_concept_of_every_scheme(client: FlaskClient, suffix: str) -> None:
    schemes = list_schemes(client)
    assert {"keywords", "principles", "beneficiaries", "stakeholders"} < set(schemes)
    for scheme in schemes:
        data = client.get(f"/concepts/{scheme}.{suffix}").data
        graph = rdflib.Graph().parse(data=data, format=FORMATS[suffix])
        expected = list_concepts(client, scheme)
        assert {str(s) for s in graph.subjects(SKOS.inScheme)} == expected != set(), scheme
        assert {str(s) for s in graph.subjects(RDF.type, SKOS.Concept)} == expected, scheme


def test_a_table_of_a_scheme_has_every_concept(client: FlaskClient) -> None:
    for scheme in ("keywords", "principles", "stakeholders"):
        rows = read_rows(client, f"/concepts/{scheme}.csv")
        assert {row["concept"] for row in rows} == list_concepts(client, scheme)


@pytest.mark.long
@LEAVES_FILES_OPEN
def test_skosify_opens_every_scheme_and_has_nothing_to_repair(
    client: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for scheme in list_schemes(client):
        path = tmp_path / f"{scheme}.ttl"
        path.write_bytes(client.get(f"/concepts/{scheme}.ttl").data)
        before = rdflib.Graph().parse(path)
        after = read_with_skosify(path)
        told = [record.getMessage() for record in caplog.records if record.levelno > logging.INFO]
        assert told == [], scheme
        for term in KEPT:
            assert set(before.triples((None, term, None))) <= set(after), (scheme, term)
        found = {str(s) for s in after.subjects(RDF.type, SKOS.Concept)}
        assert found == list_concepts(client, scheme)


def read_with_skosify(path: Path) -> Any:
    """The vocabulary as Skosify makes it from a file."""
    return skosify.skosify(str(path))


@LEAVES_FILES_OPEN
def test_skosify_would_report_a_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "faulty.ttl"
    path.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "<http://x/s> a skos:ConceptScheme .\n"
        '<http://x/a> a skos:Concept ; skos:prefLabel "a"@en , "b"@en ;\n'
        "  skos:inScheme <http://x/s> .",
        "utf-8",
    )
    read_with_skosify(path)
    assert any("preflabel" in record.getMessage().lower() for record in caplog.records)
