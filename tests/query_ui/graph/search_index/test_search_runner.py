"""Search over the shipped data: what is found, in what order, and that nothing breaks it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import UsageError
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.search_index.autocomplete import autocomplete_entities
from query_ui.graph.search_index.highlight import (
    HIGHLIGHT_END,
    HIGHLIGHT_START,
    highlight_part,
    parse_highlights,
    split_highlights,
    strip_highlights,
)
from query_ui.graph.search_index.search_query import parse_search_query
from query_ui.graph.search_index.search_runner import (
    _UNRANKED_SQL,
    FEW_RESULTS,
    MAX_RANKED_HITS,
    SearchResults,
    SearchRunner,
)
from query_ui.graph.search_index.spelling import correct_query

VOICE = "https://w3id.org/concordat-kg/concept/keywords/researcher-voice"


@pytest.fixture(scope="module")
def finder(index: SearchIndex) -> SearchRunner:
    return SearchRunner(index)


def names(found: SearchResults, kind: str = "") -> list[str]:
    return [hit.name for hit in found.hits if kind in ("", hit.kind)]


@pytest.mark.parametrize(
    ("text", "how", "kind", "first"),
    [
        ("researcher voice", "all", "concept", "Researcher voice"),
        ("RESEARCHER   VOICE", "all", "concept", "Researcher voice"),
        ("mentor", "all", "concept", "Mentorship"),  # "mentoring" is an alternative label
        (
            "networks of women",
            "telling",
            "case-study",
            "Network of Women+ Professors' Mentoring Scheme",
        ),
        ("well-being", "all", "concept", "Wellbeing"),  # through its hidden label
        ("reseracher voise", "mended", "concept", "Researcher voice"),
        ("mentring", "mended", "concept", "Mentorship"),
        ("ellowshi", "inside", "case-study", "Fellowship Fortnight"),
        ("technicians zebra", "some", "concept", "Technicians"),
        ("what does it do for the technicians", "telling", "concept", "Technicians"),
        ("show me your reseracher voise", "mended", "concept", "Researcher voice"),
        ("eci1", "all", "concept", "ECI1: make relevant staff aware of the Concordat"),
        ("newcastle university", "all", "organisation", "Newcastle University"),
        ('"research culture awards"', "all", "case-study", "Research Culture Awards"),
        ("spectro", "", "", ""),
    ],
)
def test_search_finds(finder: SearchRunner, text: str, how: str, kind: str, first: str) -> None:
    found = finder.search(text)
    assert (found.how, names(found, kind)[:1]) == (how, [first] if first else [])


def test_words_that_say_little_add_no_results(finder: SearchRunner) -> None:
    """Of a question, nearly every text has some word, such as "the" or "of"."""
    found = finder.search("how many of the technicians are there at a zebra")
    assert found.words.parts == ("technicians", "zebra")
    assert found.total == finder.search("technicians zebra").total
    assert finder.search("the of").words.parts == ("the", "of")


def test_few_results_with_every_word_come_before_those_without_short_ones(
    finder: SearchRunner,
) -> None:
    text, wide = "what is the wellbeing", finder.search("wellbeing")
    found = finder.search(text)
    query = parse_search_query(text).every()
    every = finder.count_matches(query)
    assert (found.how, found.whole, found.total) == ("telling", sum(every.values()), wide.total)
    assert 0 < found.whole < FEW_RESULTS < found.total
    assert [hit.kind for hit in found.hits if hit.kind in every]
    for kind in {hit.kind for hit in wide.hits}:
        pages = [finder.search(text, kind, 3, number) for number in (1, 2, 3)]
        listed = [name for page in pages for name in names(page)]
        assert len(listed) == len({*listed})
        first = finder.fetch_numbers(_UNRANKED_SQL, query, *finder.number_range_by_kind[kind], 9)
        ahead = [finder.load_hit(query, kind, number).name for number in first]
        assert {*listed[: len(ahead)]} == {*ahead}


@pytest.mark.parametrize(
    "word", ["wellb", "wellbei", "technici", "mentor", "surve", "peer", "care"]
)
def test_the_total_counts_every_result_of_unfinished_words_too(
    finder: SearchRunner, word: str
) -> None:
    for text in (f"what is the {word}", f"which of {word}", f"{word} of the"):
        found = finder.search(text, limit=1000)
        assert found.total == len({hit.iri for hit in found.hits}) == len(found.hits), text


def test_a_search_for_a_name_gets_no_others(finder: SearchRunner) -> None:
    name = next(h.name for h in finder.search("of", "organisation", 50).hits if " of " in h.name)
    found = finder.search(name)
    assert found.how == "all" and found.hits
    assert finder.search(name.replace(" of ", " ")).total >= found.total


def test_words_of_texts_and_of_sections_are_found_and_marked(finder: SearchRunner) -> None:
    (hit,) = (hit for hit in finder.search("succession", "commitment").hits)
    assert hit.name == "Technical skills that last"
    assert ("succession", True) in hit.text
    assert strip_highlights(hit.text).startswith(
        "To keep technical skills alive the universities scan"
    )


def test_a_phrase_is_narrower_than_its_words(finder: SearchRunner) -> None:
    assert finder.search('"voice researcher"').total < finder.search("voice researcher").total


def test_the_kind_that_is_called_so_comes_first(finder: SearchRunner) -> None:
    groups = [kind for kind, _ in finder.search("university of york").groups()]
    assert groups[0] == "organisation"
    assert "case-study" in groups


def test_pages_of_a_kind_have_each_thing_once(finder: SearchRunner) -> None:
    whole = names(finder.search("research", "concept", 1000))
    pages = [finder.search("research", "concept", 7, number) for number in range(1, 9)]
    assert [name for page in pages for name in names(page)] == whole[:56]
    assert [bool(page.more) for page in pages] == [len(whole) > 7 * n for n in range(1, 9)]


def test_common_words_are_sorted_by_where_they_stand(
    finder: SearchRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("query_ui.graph.search_index.search_runner.MAX_RANKED_HITS", 3)
    found = finder.search("training", "case-study", 50)
    ranked = [("training" in hit.name.lower()) for hit in found.hits]
    assert found.crowded and ranked == sorted(ranked, reverse=True)
    monkeypatch.setattr(
        "query_ui.graph.search_index.search_runner.MAX_RANKED_HITS", MAX_RANKED_HITS
    )
    calm = finder.search("training", "case-study", 50)
    assert not calm.crowded and set(names(calm)) == set(names(found))


@pytest.mark.parametrize("most", [0, 30, 10_000])
@pytest.mark.parametrize("query", ["training", "train*", '"wellbeing" OR "the"', "zzzz", "a*"])
def test_matches_of_a_kind_are_counted_alike_if_few_or_many(
    finder: SearchRunner, monkeypatch: pytest.MonkeyPatch, query: str, most: int
) -> None:
    monkeypatch.setattr("query_ui.graph.search_index.search_runner.MAX_RANKED_HITS", most)
    joined = """SELECT kind.name, count(*) FROM entry
        JOIN kind ON entry.rowid >= first AND entry.rowid < after WHERE entry MATCH ?
        GROUP BY kind.name"""
    expected = finder.index.connection.execute(joined, (query,)).fetchall()
    assert [*finder.count_matches(query).items()] == expected


@pytest.mark.parametrize(
    "text", ['"', "*", "NEAR(", "AND", "a:b", "-x", "^", "{name}", "\0", "''", "%"]
)
def test_signs_of_the_query_language_are_only_text(finder: SearchRunner, text: str) -> None:
    found = finder.search(f"{text} wellbeing {text}")
    assert "Wellbeing" in names(found)
    finder.search(text)
    autocomplete_entities(finder.index, text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_search(finder: SearchRunner, text: str) -> None:
    found = finder.search(text)
    assert found == replace(found, total=max(found.total, len(found.hits)))
    assert len(autocomplete_entities(finder.index, text)) <= 8


@pytest.mark.parametrize("marks", ['""', "“”", "„“", "«»", "””", '“"'])
def test_words_in_quotation_marks_of_any_kind_are_next_to_each_other(
    finder: SearchRunner, marks: str
) -> None:
    first, last = marks[0], marks[1]
    assert "Research culture" in names(finder.search(f"{first}research culture{last}"))
    assert "Research culture" not in names(finder.search(f"{first}culture research{last}"))
    assert parse_search_query(f"{first}a b{last} c").parts == ("a b", "c")


def test_a_search_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="10,000 characters long. At most 300"):
        parse_search_query("x" * 10_000)


def test_suggestions_begin_with_what_many_carry(index: SearchIndex) -> None:
    names = [s.name for s in autocomplete_entities(index, "rese cul")]
    assert names[0] == "Research culture"
    (one,) = (s for s in autocomplete_entities(index, "icr") if s.kind == "organisation")
    assert (one.name, one.label) == ("Institute of Cancer Research", "ICR")
    inside = {s.name for s in autocomplete_entities(index, "ellowsh")}
    assert "Fellowships" in inside
    assert autocomplete_entities(index, "reseracher voi")[0].iri == VOICE


def test_a_word_that_is_known_is_left_alone(index: SearchIndex) -> None:
    asked = parse_search_query("training mentring zzzzzz")
    assert correct_query(index, asked).parts == ("training", "mentoring", "zzzzzz")


@given(st.text(), st.text(min_size=1))
def test_marking_keeps_the_text(text: str, part: str) -> None:
    assert strip_highlights(highlight_part(text, part)) == text
    clean = text.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "")
    assert strip_highlights(
        parse_highlights(f"{clean}{HIGHLIGHT_START}{part}{HIGHLIGHT_END}{clean}")
    ) == f"{clean}{part}{clean}".replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "")


def test_a_highlighted_text_is_split_outside_its_matches() -> None:
    text = parse_highlights(f"a b · {HIGHLIGHT_START}c{HIGHLIGHT_END} d ·  · e")
    assert split_highlights(text, " · ") == [
        (("a b", False),),
        (("c", True), (" d", False)),
        (),
        (("e", False),),
    ]
    assert split_highlights((), " · ") == [()]
    assert split_highlights(((" · ", True),), " · ") == [((" · ", True),)]
