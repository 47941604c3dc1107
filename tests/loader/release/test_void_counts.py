"""Counting: each statement once, each link where it leads, and nothing without its query."""

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from loader.errors import DataError, Finding, Severity
from loader.namespaces import RDF, SKOS
from loader.release.void_counts import (
    IssueCounter,
    Statistics,
    count_partitions,
    count_statements,
)
from loader.settings import BASE
from loader.validation.data_issues import format_issues
from tests.conftest import PROJECT

DESCRIBING = PROJECT / "sparql" / "describing"


def test_a_statement_of_two_documents_counts_once() -> None:
    one, two, kind = (NamedNode(f"https://example.org/{name}") for name in ("1", "2", "kind"))
    thing = NamedNode("https://example.org/thing")
    triples = [
        (thing, RDF.type, kind),
        (thing, SKOS.exactMatch, NamedNode("https://ror.org/012345678")),
        (thing, SKOS.exactMatch, NamedNode(f"{BASE}id/organisation/own")),
    ]
    store = Store()
    store.extend(Quad(*triple, graph) for triple in triples for graph in (two, DefaultGraph()))
    store.add(Quad(thing, RDF.type, kind, one))
    found = count_statements(store, DESCRIBING)
    assert found.whole.properties == {RDF.type: 1, SKOS.exactMatch: 2}
    assert found.whole.classes == {kind: 1}
    assert found.whole.pairs == {(kind, RDF.type): 1, (kind, SKOS.exactMatch): 2}
    assert found.graphs == {one: 1, two: 3}
    assert (found.subjects, found.objects, found.whole.triples) == (1, 3, 3)
    ((link),) = found.links
    assert (link.space, link.register, link.triples) == ("https://ror.org/", None, 1)
    assert count_partitions(sorted(store, key=str)) == found.whole


def test_an_empty_store_has_statistics_too() -> None:
    assert count_statements(Store(), DESCRIBING) == Statistics()


def test_a_missing_query_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"subjects\.rq: The query does not exist"):
        count_statements(Store(), tmp_path)


def test_issues_are_counted_while_they_pass() -> None:
    first = Finding("a.csv", 2, 0, Severity.WARNING, "Wrong.", "form", "https://example.org/1")
    other = Finding("b.csv", 0, 0, Severity.ERROR, "Wrong too.", "form")
    counter = IssueCounter()
    lines = [*counter.pass_on(format_issues([first, other], {"a.csv": "a.csv"}))]
    text = "".join(f"{triple} {graph} .\n" for triple, graph in lines)
    assert counter.list_partitions() == count_partitions(parse(text, RdfFormat.N_QUADS))
    assert IssueCounter().list_partitions() == count_partitions([])
