"""What things are called."""

import pytest
from flask import Flask
from pyoxigraph import Literal, NamedNode

from query_ui.graph.entity_labels import (
    EntityLabels,
    build_outline_label,
    choose_best_label,
    find_names,
    format_line_span,
    humanise_iri,
)
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext, PageRow

SKOS = "http://www.w3.org/2004/02/skos/core#"
CKG = "https://w3id.org/concordat-kg/ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def named(naming: str, text: str, language: str | None = None) -> PageRow:
    return {"naming": NamedNode(naming), "name": Literal(text, language=language)}


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([named(f"{SKOS}prefLabel", "Lles", "cy"), named(f"{SKOS}prefLabel", "W", "en-GB")], "W"),
        ([named(f"{SKOS}prefLabel", "Lles", "cy")], "Lles"),
        ([named("http://purl.org/dc/terms/title", "T"), named(f"{SKOS}prefLabel", "P")], "P"),
        ([named(f"{SKOS}prefLabel", "b"), named(f"{SKOS}prefLabel", "a")], "a"),
        (
            [named(f"{CKG}restatement", "It rains."), named(f"{SKOS}prefLabel", "P")],
            "Claim: “It rains.”",
        ),
    ],
)
def test_best_name(rows: list[PageRow], name: str) -> None:
    assert choose_best_label(rows) == name


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        (f"{CKG}responsibleGroup", "responsible group"),
        (f"{SKOS}prefLabel", "preferred label"),
        (f"{SKOS}altLabel", "alternative label"),
        ("https://w3id.org/concordat-kg/graph/case-studies-fellowship", "case studies fellowship"),
        ("https://ror.org/01v29qb04", "01v29qb04"),
        ("https://example.org/", "example.org"),
    ],
)
def test_readable(iri: str, words: str) -> None:
    assert humanise_iri(iri) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [("", "", ""), ("4", "4", "line 4"), ("4", "", "line 4"), ("4", "6", "lines 4–6")],
)
def test_span(start: str, end: str, words: str) -> None:
    assert format_line_span(start, end) == words


def test_outline_leaves_out_what_is_too_long_and_keeps_one_order() -> None:
    rows: list[PageRow] = [
        {"property": NamedNode(f"{CKG}sourceFile"), "value": Literal("a.txt"), "name": None},
        {"property": NamedNode(f"{CKG}sha256"), "value": Literal("f" * 64), "name": None},
        {"property": NamedNode(f"{CKG}aside"), "value": Literal("b"), "name": None},
        {"property": NamedNode(f"{RDF}type"), "value": NamedNode(f"{CKG}Thing"), "name": None},
    ]
    assert build_outline_label("x:y", f"{CKG}Figure", rows, "") == "Figure: b · a.txt"
    assert build_outline_label("https://e.org/y", f"{CKG}Figure", [], "") == "Figure: y"


def test_the_labels_of_the_index_are_those_of_the_query(shipped_app: Flask) -> None:
    graph: GraphContext = shipped_app.extensions[GRAPH_EXTENSION]
    assert graph.index
    iris = [iri for (iri,) in graph.index.connection.execute("SELECT iri FROM thing")]
    named = find_names(graph, iris)
    stated = EntityLabels(graph)
    stated.fetch_others([*named])
    assert stated.label_by_iri == named
    assert not stated.badge_by_iri and not stated.untitled_iris
    assert len(named) > 2000
    others = EntityLabels(graph)
    others.fetch([iri for iri in iris if iri not in named])
    assert {"low trust", "broad tagging"} <= {*others.badge_by_iri.values()}


def test_an_index_without_labels_leaves_them_to_the_query(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph: GraphContext = app.extensions[GRAPH_EXTENSION]
    assert graph.index
    careers = "https://w3id.org/concordat-kg/concept/keywords/careers"
    assert find_names(graph, [careers, "urn:none"]) == {careers: "Careers"}
    monkeypatch.setattr(graph.index, "facet_names", frozenset())
    assert find_names(graph, [careers]) == {}
    labels = EntityLabels(graph)
    labels.fetch([careers])
    assert labels.label_by_iri == {careers: "Careers"}


def test_a_link_has_what_has_been_found_since_it_was_first_made(app: Flask) -> None:
    careers = "https://w3id.org/concordat-kg/concept/keywords/careers"
    labels = EntityLabels(app.extensions[GRAPH_EXTENSION])
    assert labels.build_page_link(careers).text == "careers"
    labels.load([careers])
    link = labels.build_page_link(careers)
    assert link.text == "Careers"
    assert labels.build_page_link(careers) is link


def test_only_records_without_a_name_are_looked_for_in_their_sources(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph: GraphContext = app.extensions[GRAPH_EXTENSION]
    index = graph.index
    assert index
    unnamed: dict[str, list[str]] = {}
    for kind, iri in index.connection.execute(
        "SELECT kind.name, iri FROM thing, kind"
        " WHERE thing.name = '' AND number >= first AND number < after"
    ):
        unnamed.setdefault(kind, []).append(iri)
    records = {*unnamed["case-study"], *unnamed.get("initiative", ())}
    others = {iri for iris in unnamed.values() for iri in iris} - records
    assert records and others, unnamed
    looked_up: list[str] = []

    def note(_: GraphContext, iris: list[str]) -> list[PageRow]:
        looked_up.extend(iris)
        return []

    monkeypatch.setattr("query_ui.graph.entity_labels.fetch_places", note)
    labels = EntityLabels(graph)
    labels.load_outlines([*records, *others])
    assert set(looked_up) & others == set() and set(looked_up) >= set(unnamed["case-study"])
    assert labels.untitled_iris == {*records, *others}
