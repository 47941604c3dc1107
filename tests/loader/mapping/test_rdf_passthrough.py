"""RDF documents: what passes through, and in which form."""

from hashlib import sha256

import pytest
from pyoxigraph import Literal, NamedNode

from loader.document import Document
from loader.errors import Severity
from loader.mapping.provenance import build_document_lines, graph_of
from loader.mapping.rdf_passthrough import (
    find_changed_literals,
    map_rdf_statements,
    normalise_literal,
)
from loader.namespaces import PROV, XSD
from loader.readers.rdf import read_rdf
from loader.readers.source import SourceFile


@pytest.mark.parametrize(
    ("text", "datatype", "stored"),
    [
        ("0.0", XSD.decimal, "0"),
        ("+7", XSD.integer, "7"),
        ("007", XSD.integer, "7"),
        ("1", XSD.boolean, "true"),
        ("2017-06", XSD.gYearMonth, "2017-06"),
        ("no number", XSD.integer, "no number"),
        ("0.0", NamedNode("https://type.example/"), "0.0"),
    ],
)
def test_a_value_is_written_as_the_engine_gives_it_back(
    text: str, datatype: NamedNode, stored: str
) -> None:
    assert normalise_literal(Literal(text, datatype=datatype)) == Literal(stored, datatype=datatype)


PREFIXES = """
@prefix ex: <https://vocab.example.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def read(text: str, name: str = "a.ttl") -> Document:
    data = (PREFIXES + text).encode()
    return read_rdf(SourceFile(f"data/{name}", name, data, sha256(data).hexdigest()))


def find_quotations(text: str) -> dict[str, str]:
    """The written form of each literal, by the form that is stored."""
    return {
        s.quoted: s.object.value
        for s in map_rdf_statements(read(text))
        if s.quoted and isinstance(s.object, Literal)
    }


@pytest.mark.parametrize(
    ("written", "datatype"),
    [
        ("007", "integer"),
        ("1.50", "decimal"),
        ("24:00:00", "time"),
        ("1", "boolean"),
        ("P14M", "duration"),
        ("2024-01-01T00:00:00+00:00", "dateTime"),
        ("1e3", "double"),
    ],
)
def test_a_form_that_the_store_does_not_keep_is_told_and_quoted(
    written: str, datatype: str
) -> None:
    text = f'ex:a ex:p "{written}"^^xsd:{datatype} .'
    assert set(find_quotations(text)) == {written}
    (finding,) = find_changed_literals(read(text))
    assert (finding.path, finding.line, finding.severity) == ("data/a.ttl", 6, Severity.INFO)
    assert f'"{written}" as "' in finding.message and f"xsd:{datatype}" in finding.message


@pytest.mark.parametrize(
    ("written", "datatype"),
    [("7", "integer"), ("-0044", "gYear"), ("P1Y2M", "duration"), ("true", "boolean"), ("x", "ID")],
)
def test_a_form_that_is_kept_is_not_told(written: str, datatype: str) -> None:
    text = f'ex:a ex:p "{written}"^^xsd:{datatype} , "{written}" , "007"@en .'
    assert find_quotations(text) == {}
    assert list(find_changed_literals(read(text))) == []


def test_two_forms_of_one_value_are_both_in_the_catalogue() -> None:
    document = read('ex:a ex:p "P1Y2M"^^xsd:duration , "P14M"^^xsd:duration , "x" .')
    lines = build_document_lines(document, graph_of("a.ttl"), [*map_rdf_statements(document)])
    quoted = [text for text, _ in lines if str(PROV.value) in text]
    assert len(quoted) == 1 and quoted[0].endswith('"P14M"')


def test_many_literals_are_one_finding_with_the_first_ten_lines() -> None:
    text = "".join(f'ex:a{n} ex:p "00{n}"^^xsd:integer .\n' for n in range(30))
    (finding,) = find_changed_literals(read(text))
    assert finding.message.startswith("30 literals are stored by value")
    assert "lines 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, …)" in finding.message


def list_labels(text: str) -> set[tuple[str, str, str]]:
    return {
        (s.predicate.value.rpartition("#")[2], s.object.value, s.rule.value)
        for s in map_rdf_statements(read(text))
        if s.predicate.value.startswith("http://www.w3.org/2004/02/skos/core#")
        and isinstance(s.object, Literal)
    }


def test_the_literal_form_of_a_label_of_skos_xl_is_a_label() -> None:
    text = """
    ex:a xl:prefLabel ex:l ; xl:altLabel [ xl:literalForm "Other"@en ] ; xl:hiddenLabel ex:none .
    ex:l xl:literalForm "Label"@en .
    """
    assert list_labels(text) == {
        ("prefLabel", "Label", "LiteralForm"),
        ("altLabel", "Other", "LiteralForm"),
    }


def test_a_label_that_is_stated_too_is_stated_once() -> None:
    text = 'ex:a xl:prefLabel [ xl:literalForm "L"@en ] ; skos:prefLabel "L"@en .'
    assert list_labels(text) == {("prefLabel", "L", "RdfStatement")}
