"""What a line of terms that only spaces separate is read as, and that nothing of it is lost."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from loader.mapping.tag_line_segmenter import Run, Segmentation, Tag, Tagger, fold

BASE = "https://example.org/"

KEYWORDS = (
    "Training",
    "Professional development",
    "Research culture",
    "Research",
    "Culture",
    "Career management",
    "Career",
    "Managers of researchers",
    "Equality, diversity and inclusion",
    "Inclusion",
    "Teaching-only staff",
    "Senior/executive team",
    "Researcher's voice",
    "Open Transparent and Merit-based (OTM) recruitment and progression",
)


def concept(label: str, scheme: str = "keywords") -> NamedNode:
    return NamedNode(f"{BASE}{scheme}/{fold(label).replace(' ', '-')}")


def tagger(labels: tuple[str, ...] | list[str] = KEYWORDS, scheme: str = "keywords") -> Tagger:
    return Tagger((label, concept(label, scheme)) for label in labels)


def parts(found: Segmentation) -> list[Tag | Run]:
    both: list[Tag | Run] = [*found.tags, *found.unknown]
    return sorted(both, key=lambda part: part.offset)


def printed(part: Tag | Run) -> str:
    return part.printed if isinstance(part, Tag) else part.text


def unknown_size(found: Segmentation) -> int:
    return sum(len("".join(run.text.split())) for run in found.unknown)


def assert_whole(text: str, found: Segmentation) -> None:
    """Tags and unknown runs are slices of the text, in order, and cover all but its spaces."""
    pieces = parts(found)
    for piece in pieces:
        assert text[piece.offset : piece.offset + len(printed(piece))] == printed(piece)
    assert "".join("".join(printed(piece).split()) for piece in pieces) == "".join(text.split())
    assert not any(isinstance(a, Run) and isinstance(b, Run) for a, b in pairwise(pieces))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Training", ["Training"]),
        ("Research culture Training", ["Research culture", "Training"]),
        ("Culture Research Research culture", ["Culture", "Research", "Research culture"]),
        (
            "Managers of researchers Equality, diversity and inclusion Inclusion",
            ["Managers of researchers", "Equality, diversity and inclusion", "Inclusion"],
        ),
        ("Senior/executive team Research", ["Senior/executive team", "Research"]),
        (
            "Career Open Transparent and Merit-based (OTM) recruitment and progression Training",
            [
                "Career",
                "Open Transparent and Merit-based (OTM) recruitment and progression",
                "Training",
            ],
        ),
        ("tRAINING  research\n\tCULTURE\u00a0Career", ["Training", "Research culture", "Career"]),
        ("Teaching–only staff Researcher’s voice", ["Teaching-only staff", "Researcher's voice"]),
        ("Research\u200b cul\u00adture", ["Research culture"]),
    ],
)
def test_known_terms(text: str, labels: list[str]) -> None:
    found = tagger().segment(text)
    assert [tag.concept for tag in found.tags] == [concept(label) for label in labels]
    assert found.unknown == ()
    assert_whole(text, found)


def test_printed_form_and_offset_are_kept() -> None:
    found = tagger().segment("  Research\n  CULTURE training ")
    assert found.tags == (
        Tag(concept("Research culture"), "Research\n  CULTURE", 2),
        Tag(concept("Training"), "training", 21),
    )


@pytest.mark.parametrize(
    ("text", "labels", "unknown"),
    [
        ("", [], []),
        (" \n ", [], []),
        ("No such  terms", [], [Run("No such  terms", 0)]),
        ("Training for  all Career", ["Training", "Career"], [Run("for  all", 9)]),
        ("Trainings Training.", [], [Run("Trainings Training.", 0)]),
        ("Equality, diversity and", [], [Run("Equality, diversity and", 0)]),
        ("Equality and inclusion", ["Inclusion"], [Run("Equality and", 0)]),
        ("Senior / executive team", [], [Run("Senior / executive team", 0)]),
        ("x Training y", ["Training"], [Run("x", 0), Run("y", 11)]),
    ],
)
def test_unknown_words_are_kept_word_for_word(
    text: str, labels: list[str], unknown: list[Run]
) -> None:
    found = tagger().segment(text)
    assert [tag.concept for tag in found.tags] == [concept(label) for label in labels]
    assert list(found.unknown) == unknown
    assert_whole(text, found)


def test_fewest_unknown_characters_win_over_the_longest_first_term() -> None:
    found = tagger(["a b c", "a b", "c dddd"]).segment("a b c dddd")
    assert [tag.printed for tag in found.tags] == ["a b", "c dddd"]
    found = tagger(["a b", "b cc"]).segment("a b cc")
    assert ([tag.printed for tag in found.tags], found.unknown) == (["b cc"], (Run("a", 0),))
    found = tagger(["aa b", "b c"]).segment("aa b c")
    assert ([tag.printed for tag in found.tags], found.unknown) == (["aa b"], (Run("c", 5),))


def test_ties_go_to_the_longest_term_where_readings_differ() -> None:
    found = tagger(["a", "a b", "b c", "c"]).segment("a b c")
    assert [tag.printed for tag in found.tags] == ["a b", "c"]
    found = tagger(["a b", "b c"]).segment("a b c")
    assert ([tag.printed for tag in found.tags], found.unknown) == (["a b"], (Run("c", 4),))


def test_of_equal_labels_the_first_given_wins() -> None:
    labels = [("Open data", NamedNode(BASE + "1")), ("OPEN  DATA", NamedNode(BASE + "2"))]
    assert Tagger(labels).segment("open data").tags[0].concept == NamedNode(BASE + "1")
    assert Tagger(labels[::-1]).match("Open data") == NamedNode(BASE + "2")


def test_one_label_is_a_concept_of_its_own_in_each_scheme() -> None:
    found = {
        tagger(scheme=scheme).segment("managers of researchers").tags[0].concept
        for scheme in ("keywords", "beneficiaries", "stakeholders")
    }
    assert found == {
        NamedNode(f"{BASE}{scheme}/managers-of-researchers")
        for scheme in ("keywords", "beneficiaries", "stakeholders")
    }


def test_match_takes_the_whole_item_or_nothing() -> None:
    assert tagger().match(" research  CULTURE ") == concept("Research culture")
    assert tagger().match("Research culture Training") is None
    assert tagger().match("Managers of") is None
    assert tagger().match("") is None
    assert tagger(["", " "]).match("") is None


def test_fold_makes_look_alikes_equal() -> None:
    assert fold(" “Don’t”\u00a0STOP — CAFÉ\n") == '"don\'t" stop - café'
    assert fold("Cafe\u0301") == fold("CAFÉ")
    assert fold("Straße") == fold("STRASSE")


@given(st.text())
def test_fold_twice_is_fold_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def readings(words: list[str], labels: set[str]) -> Iterator[int]:
    """The unrecognised characters of every possible reading, by brute force."""
    if not words:
        yield 0
        return
    yield from (len(words[0]) + rest for rest in readings(words[1:], labels))
    for end in range(1, len(words) + 1):
        if " ".join(words[:end]) in labels:
            yield from readings(words[end:], labels)


WORD = st.sampled_from(["a", "bb", "c/d", "and", "ee,"])
LABEL = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@given(st.lists(LABEL, max_size=6), st.lists(WORD | st.sampled_from(["?", "zzz"]), max_size=9))
def test_no_reading_leaves_less_unknown(labels: list[str], words: list[str]) -> None:
    text = " ".join(words)
    found = tagger(labels).segment(text)
    assert unknown_size(found) == min(readings(words, set(labels)))
    assert_whole(text, found)
    for tag in found.tags:
        assert tag.printed in labels and tag.concept == concept(tag.printed)


SPACE = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", " \n "])


@st.composite
def lines(draw: st.DrawFn, terms: st.SearchStrategy[str]) -> tuple[list[str], str]:
    """Terms in any order, joined by any white space."""
    chosen = draw(st.lists(terms, min_size=1, max_size=25))
    return chosen, "".join(term + draw(SPACE) for term in chosen)


@given(lines(st.sampled_from(KEYWORDS)))
def test_terms_joined_in_any_order_are_all_recognised(line: tuple[list[str], str]) -> None:
    terms, text = line
    found = tagger().segment(text)
    assert found.unknown == ()
    assert_whole(text, found)
    assert len(found.tags) <= len(terms)
    # "Research" before "Culture" reads as "Research culture" as well: an equally short reading.
    if len(found.tags) == len(terms):
        assert [tag.concept for tag in found.tags] == [concept(term) for term in terms]


CLEAR = tuple(label for label in KEYWORDS if label not in ("Research", "Culture", "Career"))


@given(lines(st.sampled_from(CLEAR)))
def test_terms_that_cannot_be_confused_come_back_exactly(line: tuple[list[str], str]) -> None:
    terms, text = line
    found = tagger(CLEAR).segment(text)
    assert [tag.concept for tag in found.tags] == [concept(term) for term in terms]
    assert found.unknown == ()


@given(
    st.lists(st.sampled_from(CLEAR), max_size=8),
    st.lists(st.text("xyzXYZ'&,", min_size=1, max_size=6), min_size=1, max_size=4),
    st.lists(st.sampled_from(CLEAR), max_size=8),
    SPACE,
)
def test_unknown_text_in_any_place_comes_back_whole(
    before: list[str], strange: list[str], after: list[str], space: str
) -> None:
    unknown = space.join(strange)
    text = " ".join([*before, unknown, *after])
    found = tagger(CLEAR).segment(text)
    assert found.unknown == (Run(unknown, len(" ".join([*before, ""]))),)
    assert [tag.concept for tag in found.tags] == [concept(term) for term in before + after]


@given(st.text())
def test_nothing_of_any_text_is_lost(text: str) -> None:
    assert_whole(text, tagger().segment(text))


@pytest.mark.parametrize("end", ["", " never a term"])
def test_a_very_long_line_is_read(end: str) -> None:
    found = tagger().segment("Research culture Career " * 20_000 + end)
    assert len(found.tags) == 40_000
    assert [run.text for run in found.unknown] == ([end.strip()] if end else [])
