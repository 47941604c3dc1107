"""Search over the shipped data: what is found, in what order, and that nothing breaks it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loader.errors import UsageError
from query_ui.graph.search_index import Index
from query_ui.graph.search_index.autocomplete import suggest
from query_ui.graph.search_index.highlight import CLOSE, OPEN, pieces, plain, within
from query_ui.graph.search_index.search_query import read_words
from query_ui.graph.search_index.search_runner import COMMON, Finder, Found
from query_ui.graph.search_index.spelling import mended

VOICE = "https://w3id.org/concordat-kg/concept/keywords/researcher-voice"


@pytest.fixture(scope="module")
def finder(index: Index) -> Finder:
    return Finder(index)


def names(found: Found, kind: str = "") -> list[str]:
    return [hit.name for hit in found.hits if kind in ("", hit.kind)]


@pytest.mark.parametrize(
    ("text", "how", "kind", "first"),
    [
        ("researcher voice", "all", "concept", "Researcher voice"),
        ("RESEARCHER   VOICE", "all", "concept", "Researcher voice"),
        ("mentor", "all", "concept", "Mentorship"),  # "mentoring" is an alternative label
        (
            "networks of women",
            "all",
            "case-study",
            "Network of Women+ Professors' Mentoring Scheme",
        ),
        ("well-being", "all", "concept", "Wellbeing"),  # through its hidden label
        ("reseracher voise", "mended", "concept", "Researcher voice"),
        ("mentring", "mended", "concept", "Mentorship"),
        ("ellowshi", "inside", "case-study", "Fellowship Fortnight"),
        ("technicians zebra", "some", "concept", "Technicians"),
        ("eci1", "all", "concept", "ECI1: make relevant staff aware of the Concordat"),
        ("newcastle", "all", "organisation", "Newcastle University"),
        ('"research culture awards"', "all", "case-study", "Research Culture Awards"),
        ("spectro", "", "", ""),
    ],
)
def test_search_finds(finder: Finder, text: str, how: str, kind: str, first: str) -> None:
    found = finder.search(text)
    assert (found.how, names(found, kind)[:1]) == (how, [first] if first else [])


def test_words_of_texts_and_of_sections_are_found_and_marked(finder: Finder) -> None:
    (hit,) = (hit for hit in finder.search("succession", "commitment").hits)
    assert hit.name == "Technical skills that last"
    assert ("succession", True) in hit.text
    assert plain(hit.text).startswith("To keep technical skills alive the universities scan")


def test_a_phrase_is_narrower_than_its_words(finder: Finder) -> None:
    assert finder.search('"voice researcher"').total < finder.search("voice researcher").total


def test_the_kind_that_is_called_so_comes_first(finder: Finder) -> None:
    groups = [kind for kind, _ in finder.search("university of york").groups()]
    assert groups[0] == "organisation"
    assert "case-study" in groups


def test_pages_of_a_kind_have_each_thing_once(finder: Finder) -> None:
    whole = names(finder.search("research", "concept", 1000))
    pages = [finder.search("research", "concept", 7, number) for number in range(1, 9)]
    assert [name for page in pages for name in names(page)] == whole[:56]
    assert [bool(page.more) for page in pages] == [len(whole) > 7 * n for n in range(1, 9)]


def test_common_words_are_sorted_by_where_they_stand(
    finder: Finder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("query_ui.graph.search_index.search_runner.COMMON", 3)
    found = finder.search("training", "case-study", 50)
    ranked = [("training" in hit.name.lower()) for hit in found.hits]
    assert found.crowded and ranked == sorted(ranked, reverse=True)
    monkeypatch.setattr("query_ui.graph.search_index.search_runner.COMMON", COMMON)
    calm = finder.search("training", "case-study", 50)
    assert not calm.crowded and set(names(calm)) == set(names(found))


@pytest.mark.parametrize(
    "text", ['"', "*", "NEAR(", "AND", "a:b", "-x", "^", "{name}", "\0", "''", "%"]
)
def test_signs_of_the_query_language_are_only_text(finder: Finder, text: str) -> None:
    found = finder.search(f"{text} wellbeing {text}")
    assert "Wellbeing" in names(found)
    finder.search(text)
    suggest(finder.index, text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_search(finder: Finder, text: str) -> None:
    found = finder.search(text)
    assert found == replace(found, total=max(found.total, len(found.hits)))
    assert len(suggest(finder.index, text)) <= 8


def test_a_search_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="10,000 characters long. At most 300"):
        read_words("x" * 10_000)


def test_suggestions_begin_with_what_many_carry(index: Index) -> None:
    names = [s.name for s in suggest(index, "rese cul")]
    assert names[0] == "Research culture" and "Research Culture Awards" in names
    (one,) = (s for s in suggest(index, "icr") if s.kind == "organisation")
    assert (one.name, one.label) == ("Institute of Cancer Research", "ICR")
    assert suggest(index, "ellowsh")[0].name == "Fellowship Fortnight"
    assert suggest(index, "reseracher voi")[0].iri == VOICE


def test_a_word_that_is_known_is_left_alone(index: Index) -> None:
    asked = read_words("training mentring zzzzzz")
    assert mended(index, asked).parts == ("training", "mentoring", "zzzzzz")


@given(st.text(), st.text(min_size=1))
def test_marking_keeps_the_text(text: str, part: str) -> None:
    assert plain(within(text, part)) == text
    clean = text.replace(OPEN, "").replace(CLOSE, "")
    assert plain(pieces(f"{clean}{OPEN}{part}{CLOSE}{clean}")) == f"{clean}{part}{clean}".replace(
        OPEN, ""
    ).replace(CLOSE, "")
