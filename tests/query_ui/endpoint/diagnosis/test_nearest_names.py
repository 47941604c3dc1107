"""Nearest names."""

import pytest

from query_ui.endpoint.diagnosis.nearest_names import (
    find_nearest_iris,
    find_nearest_texts,
    get_local_name,
    list_variants,
)

KNOWN = [
    "http://purl.org/dc/terms/title",
    "https://schema.org/name",
    "https://example.org/people",
    "https://example.org/People-and-Places",
    "https://le.ac.uk",
]


@pytest.mark.parametrize(
    ("iri", "nearest", "kind"),
    [
        ("https://purl.org/dc/terms/title", "http://purl.org/dc/terms/title", "scheme"),
        ("http://schema.org/name", "https://schema.org/name", "scheme"),
        ("https://le.ac.uk/", "https://le.ac.uk", "slash"),
        ("http://www.le.ac.uk/", "https://le.ac.uk", "scheme"),
        ("https://schema.org#name", "https://schema.org/name", "slash"),
        ("https://example.org/People", "https://example.org/people", "case"),
        ("http://purl.org/dc/elements/1.1/title", "http://purl.org/dc/terms/title", "namespace"),
        ("http://purl.org/dc/terms/titel", "http://purl.org/dc/terms/title", "spelling"),
        ("https://example.org/places", "https://example.org/People-and-Places", "part"),
    ],
)
def test_the_nearest_name_and_how_it_differs(iri: str, nearest: str, kind: str) -> None:
    assert find_nearest_iris(iri, KNOWN)[0] == (nearest, kind)


def test_a_name_that_is_near_to_none() -> None:
    assert find_nearest_iris("https://example.org/budget", KNOWN) == []


@pytest.mark.parametrize("iri", ["https://e.org/a", "https://e.org/a/", "https://e.org/a#", "e:a"])
def test_the_last_part_of_a_name(iri: str) -> None:
    assert get_local_name(iri) == "a"


def test_variants_are_addresses_of_the_same_place() -> None:
    assert set(list_variants("http://e.org/a")) == {
        "https://e.org/a",
        "http://e.org/a/",
        "http://e.org/a#",
        "https://e.org/a/",
        "https://e.org/a#",
    }
    assert not any(one.count("#") > 1 for one in list_variants("http://e.org/a#b"))


def test_the_nearest_texts() -> None:
    known = ["Research culture", "Researcher voice", "Training"]
    assert find_nearest_texts("research  Culture", known)[0] == "Research culture"
    assert find_nearest_texts("Zoology", known) == []
