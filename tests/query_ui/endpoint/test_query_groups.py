"""The list of saved queries: groups by task, a search for words, tags, and what needs data."""

from collections.abc import Callable

import pytest
from flask import Flask

from loader.queries.query_files import load_saved_queries
from query_ui.endpoint.query_groups import NEEDS_DATA_GROUP, find_group, matches_search
from tests.conftest import PROJECT
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

SAVED = load_saved_queries(PROJECT / "sparql" / "queries")


@pytest.fixture
def see(shipped_app: Flask) -> Callable[[str], Element]:
    client = shipped_app.test_client()
    return lambda path: parsed(client.get(path, headers={"Accept": BROWSER}).text)


def titles(page: Element) -> list[str]:
    return [h.text for ul in page.find("ul", "queries") for h in ul.find("h3")]


def test_every_query_is_in_one_group_and_those_that_need_data_are_last(
    see: Callable[[str], Element],
) -> None:
    page = see("/queries")
    assert sorted(titles(page)) == sorted(query.title for query in SAVED.values())
    sections = page.one("div", "stack").find("section")
    assert sections[0].one("h2").text == "Find practice"
    assert sections[-1].one("h2").text == NEEDS_DATA_GROUP
    assert "add a dataset" in sections[-1].one("p", "note").text
    assert {find_group(query) for query in SAVED.values()} == {s.one("h2").text for s in sections}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("words=environment+profile", "Environment profiles in REF 2021"),
        ("words=Verific+claims", "Unverified claims and their verification status"),
        ("tag=claims", "Verification statuses"),
        ("words=claims&tag=claims", "Verification statuses"),
    ],
)
def test_words_and_tags_find_queries(
    see: Callable[[str], Element], address: str, expected: str
) -> None:
    page = see(f"/queries?{address}")
    assert expected in titles(page) and len(titles(page)) < 6
    assert page.one("h2").text == f"{len(titles(page))} of {len(SAVED)} queries"


def test_words_without_a_query_say_so(see: Callable[[str], Element]) -> None:
    page = see("/queries?words=zebra")
    assert titles(page) == [] and "No results for these words." in page.one("p", "notice").text


def test_a_word_matches_from_its_beginning() -> None:
    query = SAVED["practices-by-keyword"]
    assert matches_search(query, "practi KEYW", "") and matches_search(query, "", "practices")
    assert not matches_search(query, "actices", "") and not matches_search(query, "", "claims")
