"""What an article is taken apart into, in each form it comes in."""

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.document import Document, Record
from loader.readers.article import extract_content_words, read_article
from loader.readers.source import SourceFile, load_source

PLAIN = """\
College plans to look after its technicians better
How a small college wants to keep the people who run its workshops
The college has named three measures for technicians, who run its workshops and its laboratories.
Training Time
Every technician may spend ten days a year on training, and managers plan that time with them.
Saying Who Did the Work
Papers will name the technicians whose skill made an experiment possible, in the list of authors.
Listening
Two technicians now sit on the workshop committee, and a survey asks all of them what they need.
With these measures the college has named how its technicians and its laboratories get better.
[1] The measures: [insert link] [2] Survey: https://example.org/a:b [3] Minutes
- Technicians may spend ten days on training, and papers name the technicians in the authors.
- A prize of five hundred pounds rewards the cleverest new machine built in the autumn term.
"""


def article(text: str, name: str = "a.txt") -> Document:
    data = text.encode()
    return read_article(SourceFile(name, name, data, sha256(data).hexdigest()))


def record(text: str) -> Record:
    (found,) = article(text).records
    return found


def sections(found: Record) -> list[tuple[str, str]]:
    parts = [part for part in found.parts if part.kind == "section"]
    return [(part.text("title"), part.text("text")) for part in parts]


def texts(found: Record, kind: str) -> list[str]:
    return [part.text("text") for part in found.parts if part.kind == kind]


def test_plain_text_without_a_blank_line() -> None:
    found = record(PLAIN)
    lines = PLAIN.split("\n")
    assert found.kind == "article"
    assert {field.name: field.text for field in found.fields} == {
        "title": lines[0],
        "subtitle": lines[1],
        "abstract": lines[2],
        "conclusion": lines[9],
    }
    assert sections(found) == [(lines[3], lines[4]), (lines[5], lines[6]), (lines[7], lines[8])]
    assert [part.slug for part in found.parts if part.kind == "section"] == [
        "training-time",
        "saying-who-did-the-work",
        "listening",
    ]
    assert texts(found, "bullet") == [lines[11][2:], lines[12][2:]]


def test_references_with_and_without_a_target() -> None:
    found = [part for part in record(PLAIN).parts if part.kind == "reference"]
    assert [(part.slug, part.text("label"), part.text("target")) for part in found] == [
        ("1", "The measures", "[insert link]"),
        ("2", "Survey", "https://example.org/a:b"),
        ("3", "Minutes", ""),
    ]


def test_findings_have_their_place() -> None:
    findings = article(PLAIN).findings
    assert [(found.code, found.line, found.column) for found in findings] == [
        ("unresolved-reference", 11, 19),
        ("repeated-summary", 12, 0),
    ]
    assert findings[0].message == (
        "“[insert link]” is where a link for “The measures” should be; "
        "put the address in its place."
    )


def test_blank_lines_and_line_breaks_make_no_difference() -> None:
    lines = PLAIN.rstrip("\n").split("\n")
    spaced = record("\r\n\r\n".join(lines))
    assert sections(spaced) == sections(record(PLAIN))
    assert spaced.text("subtitle") == lines[1]
    assert spaced.text("conclusion") == lines[9]
    assert texts(spaced, "bullet") == texts(record(PLAIN), "bullet")


def test_markdown() -> None:
    found = record(
        "# A college and its technicians\n\nThe lead names\nits measures.\n\n"
        "Short line\n\nIt was a paragraph, since headings are marked here.\n\n"
        "## Training ##\nTen days a year.\n\n- for all\n- for ever\n\nPlanned together.\n\n"
        "## Nothing here\n\n## Training\n\nAgain.\n\n## References\n\n1. [link](https://e.org)\n"
    )
    assert found.text("title") == "A college and its technicians"
    assert found.text("abstract").startswith(
        "The lead names\nits measures.\n\nShort line\n\nIt was"
    )
    assert sections(found) == [
        ("Training", "Ten days a year.\n\n- for all\n- for ever\n\nPlanned together."),
        ("Training", "Again."),
    ]
    assert [part.slug for part in found.parts] == ["training", "training-2", ""]
    assert [field.text for field in found.all("heading")] == ["Nothing here", "References"]
    assert texts(found, "bullet") == ["[link](https://e.org)"]


def test_subtitle_or_first_heading() -> None:
    lead = "The lead is a sentence that is longer than the line above.\n"
    assert record(f"# Title\n\nUnder it\n{lead}").text("subtitle") == "Under it"
    assert record(f"Title\nUnder it\n\n{lead}").text("subtitle") == "Under it"
    assert record(f"Title\n\nUnder it\n\n{lead}").text("subtitle") == "Under it"
    assert sections(record(f"Title\n\nUnder it\n{lead}")) == [("Under it", lead.strip())]
    assert sections(record(f"# Title\n## Under it\n{lead}")) == [("Under it", lead.strip())]


def test_hard_wrapped_text_is_not_taken_for_headings() -> None:
    found = record(
        "Technicians at the college\n\n"
        "This year the college and the workshop of Professor\n"
        "Lee agreed on a plan that the council of the whole\n"
        "college has to accept. Nothing is\n"
        "certain.\n\n"
        "Training Time\n"
        "Every technician may spend ten days of the working\n"
        "year on training.\n"
    )
    assert found.text("abstract").startswith("This year") and found.text("abstract").endswith(
        "certain."
    )
    assert [title for title, _ in sections(found)] == ["Training Time"]


def test_a_last_section_of_two_paragraphs_is_no_conclusion() -> None:
    found = record(
        "Technicians\n\nA lead on cooking.\n\nMoney\n\nThe machine fund pays for machine parts.\n\n"
        "Machine parts come from the machine fund in spring.\n"
    )
    assert found.first("conclusion") is None
    assert sections(found)[0][1].endswith("in spring.")


def test_bullets_that_a_colon_leads_to_stay_in_their_section() -> None:
    found = record("Title\n\nThe lead is here.\n\nTools\n\nWe now own these:\n- a lathe\n- a saw\n")
    assert sections(found) == [("Tools", "We now own these:\n- a lathe\n- a saw")]
    assert texts(found, "bullet") == []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("T\n\nSee [Insert  Link] and\n[link]. Or [url here]!\n", [(3, 5), (4, 1), (4, 12)]),
        ("T\n\nSee [link](https://e.org), [link][1], [1], [linked], TBC, [sic].\n", []),
        ("T\n\nSee [insert\nlink] there.\n", [(3, 5)]),
    ],
)
def test_placeholders(text: str, places: list[tuple[int, int]]) -> None:
    found = [item for item in article(text).findings if item.code == "unresolved-reference"]
    assert [(item.line, item.column) for item in found] == places


@pytest.mark.parametrize(
    "bullet",
    [
        "The college publishes a salary review in June and will hire a careers adviser.",
        "Technicians may spend ten days a year on training, wherever in Europe courses begin.",
        "Technicians of the college can apply for mentoring; a first cohort starts in autumn.",
    ],
)
def test_a_bullet_that_adds_something_is_no_repetition(bullet: str) -> None:
    codes = [found.code for found in article(f"{PLAIN}- {bullet}\n").findings]
    assert codes.count("repeated-summary") == 1


def test_content_words() -> None:
    assert extract_content_words("These technicians and the TECHNICIAN’s pay: 1000 pay-days") == {
        "techni",
        "days",
    }


def test_empty_file_and_missing_headline() -> None:
    empty = article(" \n\n")
    assert (empty.records, [found.code for found in empty.findings]) == ((), ["empty-document"])
    untitled = article("All of this is one sentence.\n")
    assert untitled.records[0].text("abstract") == "All of this is one sentence."
    assert [found.code for found in untitled.findings] == ["missing-title"]


def words_of(found: Record) -> list[str]:
    """Every word of every field, parts included."""
    own = [word for field in found.fields for word in field.text.split()]
    return own + [word for part in found.parts for word in words_of(part)]


LINE = st.sampled_from(
    [
        "",
        " ",
        "Short heading",
        "# Marked heading",
        "## Second ##",
        "A sentence that is long enough to follow a heading ends here.",
        "a line that breaks off in the middle of what it",
        "- a bullet",
        "2) another bullet.",
        "[1] label: target [2] https://e.org [3]",
        "It leads on:",
        "  indented text.",
        "**Bold heading**",
        "References",
        "-",
    ]
)


@given(st.lists(LINE, max_size=14))
def test_nothing_is_lost_and_fields_are_where_they_say(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = article(text)
    marks = str.maketrans("", "", "#*-[]:)1230")
    read_words = [word.translate(marks) for item in found.records for word in words_of(item)]
    assert sorted(filter(None, read_words)) == sorted(
        filter(None, (word.translate(marks) for word in text.split()))
    )
    for item in found.records:
        for part in (item, *item.parts):
            for field in part.fields:
                rest = "\n".join(text.split("\n")[field.span.start - 1 : field.span.end])
                assert rest[field.span.column - 1 :].startswith(field.text)


@pytest.mark.shared
def test_the_pledge_article_as_it_came(shared: Path) -> None:
    path = shared / "seeds" / "004_585f71dbaea7eb21.txt"
    document = read_article(load_source(path, path.name, 1 << 20))
    lines = path.read_text(encoding="utf-8").split("\n")
    (found,) = document.records
    names = {field.name: field.text for field in found.fields}
    assert names == {
        "title": lines[0],
        "subtitle": lines[1],
        "abstract": lines[2],
        "conclusion": lines[19],
    }
    assert sections(found) == [(lines[n], lines[n + 1]) for n in range(3, 19, 2)]
    assert texts(found, "bullet") == [lines[21][2:], lines[22][2:]]
    assert [part.text("label") for part in found.parts if part.kind == "reference"] == [
        "MI Talent report",
        "Outreach and widening participation teams",
        "Midlands Innovation initiatives",
    ]
    assert [(item.code, item.line, item.column) for item in document.findings] == [
        ("unresolved-reference", 21, 23),
        ("unresolved-reference", 21, 84),
        ("unresolved-reference", 21, 135),
        ("repeated-summary", 22, 0),
        ("repeated-summary", 23, 0),
    ]
    assert (document.lines, document.reader) == (23, "articles")
