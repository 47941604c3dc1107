"""Named addresses of page queries: short, and the same query on the way back."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import UsageError
from loader.settings import BASE
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.named_queries import (
    build_named_query_path,
    expand_iri,
    parse_named_query_fields,
    shorten_iri,
)

PREFIXES = {"ckg": f"{BASE}ontology#", "org": "http://www.w3.org/ns/org#"}
TRAINING = f"{BASE}concept/keywords/training"
WELLBEING = f"{BASE}concept/keywords/wellbeing"
SELECTION = FacetFilter("", (f"{BASE}ontology#CaseStudy",), {"keyword": (TRAINING, WELLBEING)})


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (f"{BASE}ontology#CaseStudy", "ckg:CaseStudy"),
        (TRAINING, "concept/keywords/training"),
        ("https://example.org/a", "https://example.org/a"),
        ("urn:x", "urn:x"),
        (f"{BASE}graph/a:b", f"{BASE}graph/a:b"),
    ],
)
def test_iris_are_shortened(iri: str, short: str) -> None:
    assert shorten_iri(iri, PREFIXES) == short
    assert expand_iri(short, PREFIXES) == iri


@given(
    st.sampled_from([BASE, *PREFIXES.values(), "https://example.org/", "urn:"]),
    st.text(st.characters(exclude_characters=' <>"{}|^`\\', exclude_categories=["Cs", "Cc"])),
)
def test_every_iri_comes_back(namespace: str, end: str) -> None:
    assert expand_iri(shorten_iri(namespace + end, PREFIXES), PREFIXES) == namespace + end


@pytest.mark.parametrize("every", [frozenset[str](), frozenset({"keyword"})])
def test_address_has_classes_and_filters(every: frozenset[str]) -> None:
    selection = FacetFilter(SELECTION.kind, SELECTION.classes, SELECTION.chosen, every)
    path = build_named_query_path("count-of-class", {}, PREFIXES, selection)
    match = "&keyword-match=all" if every else ""
    fields = f"class=ckg:CaseStudy&keyword=training&keyword=wellbeing{match}"
    assert path == f"/page-queries/count-of-class?{fields}"
    values, back = parse_named_query_fields(["class"], parse_qs(urlsplit(path).query), PREFIXES)
    assert values == {"class": list(selection.classes)}
    assert back == selection


def test_address_of_parameters_has_no_filter() -> None:
    path = build_named_query_path("lift", {"one": [TRAINING]}, PREFIXES)
    assert path == "/page-queries/lift?one=concept/keywords/training"
    values = {"one": [TRAINING]}
    fields = parse_qs(urlsplit(path).query)
    assert parse_named_query_fields(["one"], fields, PREFIXES) == (values, None)


@pytest.mark.parametrize("parameters", [["one"], ["class"]])
def test_other_fields_are_refused(parameters: list[str]) -> None:
    with pytest.raises(UsageError, match="“keywords”"):
        parse_named_query_fields(parameters, {"keywords": ["training"]}, PREFIXES)
