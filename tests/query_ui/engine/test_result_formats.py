"""Formats and their negotiation."""

import pytest

from query_ui.engine.result_formats import (
    CSV,
    FORMAT_NAMES,
    FORMATS_BY_KIND,
    JSON,
    TURTLE,
    ResultKind,
    find_format,
    find_format_by_suffix,
)
from query_ui.http.negotiation import negotiate_format


@pytest.mark.parametrize(
    ("accept", "kind", "name"),
    [
        ("", "bindings", "json"),
        ("*/*", "bindings", "json"),
        ("*/*", "graph", "ttl"),
        ("text/csv", "bindings", "csv"),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.7", "bindings", "tsv"),
        ("TEXT/CSV; Q=0.9, */*;q=0.1", "bindings", "csv"),
        ("text/*", "bindings", "csv"),
        ("text/*;q=0.3, text/tab-separated-values", "bindings", "tsv"),
        ("text/csv;q=0, text/*", "bindings", "tsv"),
        ("*/*, application/sparql-results+json;q=0", "bindings", "csv"),
        ("text/csv, */*", "bindings", "csv"),
        ("application/json", "bindings", "json"),
        ("application/json", "graph", "jsonld"),
        ("application/xml", "boolean", "xml"),
        ("application/rdf+xml", "graph", "rdfxml"),
        ("application/n-triples, text/turtle;q=0.9", "graph", "nt"),
        ("text/turtle", "bindings", None),
        ("text/csv", "graph", None),
        ("image/png", "bindings", None),
        ("*/*;q=0", "bindings", None),
        ("nonsense", "bindings", None),
        ("text/csv;q=high, text/tab-separated-values", "bindings", "tsv"),
    ],
)
def test_the_best_liked_format_wins(accept: str, kind: ResultKind, name: str | None) -> None:
    form = negotiate_format(accept, kind)
    assert (form.name if form else None) == name


def test_formats_are_found_by_name_and_suffix_within_their_kind() -> None:
    assert find_format("csv", "bindings") is CSV
    assert find_format("csv", "graph") is None
    assert find_format_by_suffix(".ttl", "graph") is TURTLE
    assert find_format_by_suffix(".json", "boolean") is JSON
    assert find_format_by_suffix(".rdf", "bindings") is None


def test_text_formats_say_their_encoding() -> None:
    assert CSV.content_type == "text/csv; charset=utf-8"
    assert JSON.content_type == "application/sparql-results+json"


def test_names_and_suffixes_are_unambiguous_within_a_kind() -> None:
    for forms in FORMATS_BY_KIND.values():
        assert len({form.name for form in forms}) == len(forms)
        assert len({form.suffix for form in forms}) == len(forms)
    assert set(FORMAT_NAMES) == {"json", "csv", "tsv", "xml", "ttl", "nt", "jsonld", "rdfxml"} | {
        "trig",
        "nq",
    }
