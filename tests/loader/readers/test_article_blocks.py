"""Which lines of an article are headings, paragraphs, bullets and references."""

import pytest

from loader.document import Span
from loader.readers.article_blocks import split_blocks

SENTENCE = "This is a paragraph, and it is longer than any heading above it."


def kinds(*lines: str) -> list[tuple[str, str]]:
    return [(block.kind.value[0], block.text) for block in split_blocks(lines)]


def test_kinds_and_texts_without_marks() -> None:
    assert kinds("# Title #", "", SENTENCE, "## **Two**", "- a", "  3. b", "more", "[1] c: d") == [
        ("h", "Title"),
        ("p", SENTENCE),
        ("h", "**Two**"),
        ("b", "a"),
        ("b", "b\nmore"),
        ("r", "[1] c: d"),
    ]


def test_place_and_level() -> None:
    title, bullet, text = split_blocks(["  ## Title", "  * point", "", "  text", " goes on"])
    assert (title.level, title.to_field("title").span) == (2, Span(1, 1, 6))
    assert (bullet.level, bullet.to_field("text").span) == (0, Span(2, 2, 5))
    assert (text.text, text.to_field("text").span) == ("text\n goes on", Span(4, 5, 3))


@pytest.mark.parametrize(
    "lines",
    [
        ("A short line", SENTENCE),
        ("A short line", "", SENTENCE),
        ("**A short line**", SENTENCE),
        ("Is it a short line?", SENTENCE),
        ("A short line", "- a bullet"),
    ],
)
def test_heading_under_a_paragraph(lines: tuple[str, ...]) -> None:
    found = split_blocks(["Title", "", "The lead is here.", *lines])
    assert [block.kind.value for block in found[:3]] == ["heading", "paragraph", "heading"]
    assert found[2].text == lines[0].strip("*")


@pytest.mark.parametrize(
    "lines",
    [
        ("A short line.", SENTENCE),
        ("A short line,", SENTENCE),
        ("A short line", "which goes on. " + SENTENCE),
        ("A short line", "Short."),
        ("A short line",),
        ("A line that is broken where Professor", "Leonardsson could not be put, for width."),
        ("A" * 121, SENTENCE * 3),
    ],
)
def test_no_heading(lines: tuple[str, ...]) -> None:
    found = split_blocks(["Title", "", "The lead is here.", "", *lines])
    assert {block.kind.value for block in found[1:]} == {"paragraph"}


def test_a_paragraph_a_line_unless_sentences_run_over_line_breaks() -> None:
    assert kinds("T", "", "One is.", "Two is.") == [("h", "T"), ("p", "One is."), ("p", "Two is.")]
    assert kinds("T", "", "One is.", "Two", "is.") == [("h", "T"), ("p", "One is.\nTwo\nis.")]


def test_first_line_is_the_headline_unless_it_ends_or_goes_on_as_a_sentence() -> None:
    assert kinds("Only a headline") == [("h", "Only a headline")]
    assert kinds("No headline.") == [("p", "No headline.")]
    assert kinds("No headline", "since it goes on.") == [("p", "No headline\nsince it goes on.")]
