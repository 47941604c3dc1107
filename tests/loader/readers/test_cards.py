"""Where one summary card ends and the next begins, and that every line is in one of them."""

import csv
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from loader.document import Document, Record, Rule, Span
from loader.mapping.tag_line_segmenter import Tagger
from loader.readers.cards import LABEL_BY_TAG_FIELD, has_cards, parse_label, read_cards
from loader.readers.source import SourceFile, load_source

TWO = """\
Our college wanted a workshop that its technicians would use. It was built in a year.

Many of them now meet there.

Beneficiaries: Technicians Research staff
Stakeholders: Researchers
Concordat principles: Employment
Keywords: Training Policy

The second card is about mentors.

Beneficiaries: Clinicians
Stakeholders: Funders
Concordat principles: Employment
Keywords: Mentorship
"""

BLOCK = "Beneficiaries: B\nStakeholders: S\nConcordat principles: P\nKeywords: K\n"


def source(data: bytes | str) -> SourceFile:
    raw = data if isinstance(data, bytes) else data.encode()
    return SourceFile("data/cards.txt", "cards.txt", raw, sha256(raw).hexdigest())


def document(data: bytes | str) -> Document:
    return read_cards(source(data))


def contents(data: bytes | str) -> list[list[tuple[str, str]]]:
    """Name and text of every field of every card."""
    return [
        [(field.name, field.text) for field in record.fields] for record in document(data).records
    ]


def codes(data: str) -> list[tuple[str, int]]:
    return [(found.code, found.line) for found in document(data).findings]


def prose(record: Record) -> str:
    return " / ".join(field.text for field in record.all("abstract"))


def test_prose_and_tag_lines_of_two_cards() -> None:
    found = document(TWO)
    first, second = found.records
    assert (first.kind, first.slug, first.span) == ("case-study", "", Span(1, 8))
    assert prose(first) == "\n".join(TWO.split("\n")[:3])
    assert [(field.name, field.text) for field in first.fields[1:]] == [
        ("beneficiaries", "Technicians Research staff"),
        ("stakeholders", "Researchers"),
        ("principles", "Employment"),
        ("keywords", "Training Policy"),
    ]
    assert {field.rule for field in first.fields[1:]} == {Rule.TAG_LINE}
    assert first.fields[0].rule is Rule.AS_WRITTEN
    assert first.fields[1].span == Span(5, 5, 16)
    assert prose(second) == "The second card is about mentors."
    assert (found.findings, found.lines, found.reader) == ((), 15, "cards")


@pytest.mark.parametrize(
    "data",
    [
        TWO.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TWO.encode(),
        TWO.rstrip("\n").encode(),
        TWO.replace("\n", "\r").encode(),
        ("\n\n" + TWO.replace("\n\n", "\n \t\n\n")).encode(),
        TWO.replace("Keywords:", "KEYWORDS :").replace("Stakeholders", "stakeholders").encode(),
        TWO.replace("Concordat principles:", " Concordat\u00a0 principle(s):").encode(),
        TWO.replace("Keywords:", "**Keywords:**").encode(),
        TWO.replace("\n\nThe second", "\nThe second").encode(),
        TWO.replace("them.\n\nB", "them.\nB").encode(),
    ],
)
def test_forms_that_mean_the_same(data: bytes) -> None:
    def plain(data: bytes | str) -> list[list[tuple[str, list[str]]]]:
        return [[(name, text.split()) for name, text in card] for card in contents(data)]

    assert plain(data) == plain(TWO)
    assert document(data).findings == ()


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("Beneficiary: x", "beneficiaries", "x"),
        ("  Stakeholder(s)  :x: y", "stakeholders", "x: y"),
        ("concordat PRINCIPLE: x", "principles", "x"),
        ("Key words: x", "keywords", "x"),
        ("__Institution__: x", "institution", "x"),
        ("Source: https://e.org", "source", "https://e.org"),
        ("Keywords", "", ""),
        ("The Keywords: x", "", ""),
        ("Principles: x", "", ""),
        ("“Keywords: x", "", ""),
        ("Keywords of ours that went on for long and for longer: x", "", ""),
    ],
)
def test_labels(line: str, name: str, text: str) -> None:
    found, column = parse_label(line)
    assert (found, line[column:] if name else "") == (name, text)


def test_place_of_a_wrapped_tag_line() -> None:
    found = document("It is.\n\nKeywords:  Training\n  and Policy  \nfor all\nStakeholders: S\n")
    field = next(found.records[0].all("keywords"))
    assert (field.text, field.span) == ("Training\n  and Policy  \nfor all", Span(3, 5, 12))
    assert field.place(field.text.index("Policy")) == Span(4, 4, 7)
    assert field.place(field.text.index("all")) == Span(5, 5, 5)


WRAPPED = [
    # Under a tag line without a blank: the lines, and how many of them are its wrapped rest.
    (["development Policy", "Research culture"], 2),
    (["Equality, diversity and", "inclusion Well-being IT skills"], 2),
    (["The workshop was built in a year."], 0),
    (["“We wanted a workshop,” they say."], 0),
    (["Research culture", "The workshop was built in a year."], 1),
    (["Research culture", "Many technicians wanted", "a workshop that works."], 1),
    (["Many technicians wanted", "a workshop that works."], 0),
    (["support for the menopause Training"], 1),
    (["Mentors met monthly."], 0),
    (["Training Policy", "Mentors met monthly."], 1),
    (["Training Policy", "Rise Academy"], 1),
]


@pytest.mark.parametrize(("lines", "rest"), WRAPPED)
def test_wrapped_line_or_next_card_without_a_blank_line(lines: list[str], rest: int) -> None:
    known = rest == len(lines)
    following = "\nAnother card is here.\n\n" if known else ""
    text = BLOCK + "\n".join(lines) + "\n" + following + BLOCK
    first, second = document(text).records
    assert first.text("keywords") == "\n".join(["K", *lines[:rest]])
    assert prose(second) == ("Another card is here." if known else "\n".join(lines[rest:]))
    assert document(text).findings == ()


def test_a_full_stop_alone_does_not_begin_a_card() -> None:
    (card,) = contents("It is.\n\nKeywords: K\nTraining Policy.\n")
    assert card == [("abstract", "It is."), ("keywords", "K\nTraining Policy.")]


def test_a_repeated_line_under_a_wrapped_one_does_not_begin_a_card() -> None:
    (card,) = contents("It is.\n\nKeywords: K\nTraining\nKeywords: Policy\n")
    assert card[1:] == [("keywords", "K\nTraining"), ("keywords", "Policy")]


def test_terms_listed_under_a_bare_label() -> None:
    (card,) = contents("It is.\n\nKeywords:\nTraining\nPolicy\nStakeholders: S\n")
    assert card[1:] == [("keywords", "\nTraining\nPolicy"), ("stakeholders", "S")]


HEADS = "Title: A\nInstitution: I\nSource: U\n"
MORE = HEADS.replace("A", "B").replace("I\n", "J\n").replace("U", "V")


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADS}\nIt is.\n\n{BLOCK}\n{MORE}\nWe are.\n\n{BLOCK}",
        f"{HEADS}It is.\n{BLOCK}{MORE}We are.\n{BLOCK}",
        f"It is.\n{HEADS}{BLOCK}\nWe are.\n\n{MORE}\n{BLOCK}",
        f"It is.\n\n{BLOCK}{HEADS}\nWe are.\n\n{BLOCK}{MORE}",
        f"It is.\n\n{BLOCK}{HEADS}\nWe are.\n\n{BLOCK}\n{MORE}",
        f"Title: A\nIt is.\n{BLOCK}Institution: I\nSource: U\n\nTitle: B\nWe are.\n{BLOCK}"
        "Institution: J\nSource: V\n",
        f"It is.\n{HEADS}Keywords: K\n\nBeneficiaries: B\nStakeholders: S\n"
        f"Concordat principles: P\n\n{MORE}We are.\n{BLOCK}",
    ],
)
def test_head_lines_find_their_card(text: str) -> None:
    first, second = document(text).records
    for record, expected in ((first, "A I U It is."), (second, "B J V We are.")):
        names = ("title", "institution", "source", "abstract")
        assert " ".join(record.text(name) for name in names) == expected
        assert sorted(field.name for field in record.fields) == sorted(
            [*names, *LABEL_BY_TAG_FIELD]
        )
    assert document(text).findings == ()


def test_source_lines_under_cards_that_have_no_other_head_line() -> None:
    first, second = document(f"It is.\n{BLOCK}Source: U\nWe are.\n{BLOCK}Source: V\n").records
    assert [record.text("source") for record in (first, second)] == ["U", "V"]
    assert [prose(record) for record in (first, second)] == ["It is.", "We are."]


def test_a_head_line_right_above_prose_begins_a_card_where_cards_begin_so() -> None:
    first, second = document(f"Title: A\nIt is.\n{BLOCK}Institution: J\nWe are.\n{BLOCK}").records
    assert (first.text("institution"), second.text("institution")) == ("", "J")


def test_a_source_line_and_the_title_of_the_next_card_under_it() -> None:
    text = f"It is.\n{BLOCK}Source: U\nTitle: B\nWe are.\n{BLOCK}Source: V\n"
    first, second = document(text).records
    assert (first.text("title"), first.text("source")) == ("", "U")
    assert (second.text("title"), second.text("source")) == ("B", "V")


def test_a_title_after_a_blank_line_begins_a_card_though_the_one_before_has_none() -> None:
    first, second = document(f"It is.\n{BLOCK}\nTitle: B\n\nWe are.\n{BLOCK}").records
    assert (first.text("title"), second.text("title")) == ("", "B")


def test_a_second_title_begins_a_card_without_tag_lines() -> None:
    first, second = document(f"Title: A\nIt is.\n\nTitle: B\nWe are.\n{BLOCK}").records
    assert (first.text("title"), prose(first)) == ("A", "It is.")
    assert (second.text("title"), prose(second)) == ("B", "We are.")


def test_missing_tag_lines_are_named_with_their_card() -> None:
    found = document(TWO.replace("Stakeholders: Funders\n", "").replace("Keywords: T", "K: T"))
    assert [(item.code, item.line, item.message) for item in found.findings] == [
        (
            "missing-tag-line",
            1,
            "card 1 has no “Keywords:” line; add it if the source has one.",
        ),
        (
            "missing-tag-line",
            10,
            "card 2 has no “Stakeholders:” line; add it if the source has one.",
        ),
    ]
    assert found.records[0].text("principles") == "Employment\nK: Training Policy"


def test_a_tag_line_that_is_there_twice_is_kept_twice() -> None:
    found = document(f"It is.\n\n{BLOCK}Keywords: L\n")
    assert [field.text for field in found.records[0].all("keywords")] == ["K", "L"]
    (finding,) = found.findings
    assert (finding.code, finding.line) == ("duplicate-tag-line", 7)
    assert "card 1 has a “Keywords:” line already, at line 6; both are kept" in finding.message


def test_empty_tag_line_empty_file_control_characters() -> None:
    assert codes(f"It is.\n{BLOCK}".replace(" K", "")) == [("empty-tag-line", 5)]
    assert (document(" \n").records, codes(" \n")) == ((), [("empty-document", 0)])
    assert codes(f"It \x07is.\n{BLOCK}") == [("control-character", 1)]
    assert contents(f"It \x07is.\n{BLOCK}")[0][0] == ("abstract", "It \x07is.")


def test_a_file_without_a_tag_line_is_no_file_of_cards() -> None:
    assert has_cards(source(TWO))
    assert not has_cards(source("Title: A\n\nKeywords matter.\n"))


LINE = st.sampled_from(
    [
        "",
        "   ",
        "The first sentence is one of many.",
        "a rest that is prose.",
        "Many words without any mark",
        "Training Policy",
        "diversity and inclusion",
        "  Indented ones  ",
        "Short.",
        "Title: T",
        "Institution: I",
        "Source: S",
        *(f"{label}: x y" for label in LABEL_BY_TAG_FIELD.values()),
        "Keywords:",
        "—",
    ]
)


@given(st.lists(LINE, max_size=20))
def test_every_line_is_in_one_field_of_one_card(lines: list[str]) -> None:
    covered: dict[int, str] = {}
    last = 0
    for record in document("\n".join(lines)).records:
        assert record.span.start > last
        last = record.span.end
        for field in record.fields:
            assert record.span.start <= field.span.start <= field.span.end <= record.span.end
            for number, text in enumerate(field.text.split("\n"), field.span.start):
                line = lines[number - 1]
                prefix = line[: field.span.column - 1] if number == field.span.start else ""
                assert number not in covered and line.rstrip() == (prefix + text).rstrip()
                assert not prefix.strip() or parse_label(line) == (field.name, len(prefix))
                covered[number] = text
    assert {n for n, line in enumerate(lines, 1) if line.strip()} <= set(covered)


@pytest.mark.long
def test_many_cards_take_no_quadratic_time() -> None:
    assert len(document(f"{HEADS}It is.\n{BLOCK}" * 20_000).records) == 20_000


@pytest.mark.shared
def test_the_seed_cards_have_the_tags_of_the_first_case_studies(shared: Path) -> None:
    path = shared / "seeds" / "000_46700310ad19fabb.txt"
    found = read_cards(load_source(path, path.name, 1 << 20))
    with (shared / "facts" / "tag-vocabularies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (shared / "facts" / "case-studies.csv").open(encoding="utf-8", newline="") as file:
        studies = list(islice(csv.DictReader(file), 3))
    assert (len(found.records), found.findings, found.lines) == (3, (), 22)
    for record, study in zip(found.records, studies, strict=True):
        for scheme in LABEL_BY_TAG_FIELD:
            labels = [row["label"] for row in rows if row["scheme"] == scheme]
            iris = {NamedNode(f"https://e.org/{n}"): label for n, label in enumerate(labels)}
            tagger = Tagger((label, iri) for iri, label in iris.items())
            read_line = tagger.segment(record.text(scheme))
            assert [iris[tag.concept] for tag in read_line.tags] == study[scheme].split(" | ")
            assert read_line.unknown == ()
    assert prose(found.records[1]).count("\n\n") == 1
