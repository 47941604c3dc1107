"""Curated Markdown: every value is a field in its place, and no fault passes without a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.document import Document, Record, Rule, Span
from loader.errors import DataError, Severity
from loader.readers import markdown
from loader.readers.source import SourceFile

TAGS = "tags:\n  beneficiaries: [a]\n  stakeholders: [b]\n  principles: [c]\n  keywords: [d]\n"
STUDY = f"type: case-study\ntitle: A\n{TAGS}"


def source(text: str, name: str = "case-studies/a.md") -> SourceFile:
    return SourceFile(f"data/{name}", name, text.encode(), "0" * 64)


def read(matter: str, body: str = "", name: str = "case-studies/a.md") -> Document:
    return markdown.read_markdown(source(f"---\n{matter}---\n{body}", name))


def faults(matter: str, body: str = "") -> list[str]:
    with pytest.raises(DataError) as caught:
        read(matter, body)
    return [str(finding) for finding in caught.value.findings]


def texts(record: Record, name: str) -> list[str]:
    return [field.text for field in record.all(name)]


def test_a_case_study_field_by_field() -> None:
    document = read(
        "type: case-study\n"
        "title: 'Care: <b>more</b> of it'\n"
        "slug: care\n"
        "institution: [University of Leeds, Kingston]\n"
        "source: https://example.org/a\n"
        "date: 2020-02\n"
        "tags:\n"
        "  beneficiaries: Research staff Technicians\n"
        "  stakeholders: [Researchers, Managers of researchers]\n"
        "  principles: Employment\n"
        "  keywords: Training\n"
        "curated:\n"
        "  obligations: [ECI1, ECI2]\n"
        "  describes: care-plan\n"
        "  keywords: [Mentorship]\n"
        "note: no\n"
        "trust: platform\n"
        "licence: https://example.org/l\n"
        "derived_from: {file: seed.txt, sha256: 0ab1, lines: 3-5}\n",
        "\nFirst paragraph\ngoes on.\n\n## Second, no commitment\n\nEnd.\n\n",
    )
    (record,) = document.records
    assert (record.kind, record.slug, record.parts) == ("case-study", "care", ())
    assert record.span == Span(1, 29)
    found = [(f.name, f.text, f.span.start, f.span.column, f.rule) for f in record.fields]
    assert found == [
        ("title", "Care: <b>more</b> of it", 3, 9, Rule.AS_WRITTEN),
        ("institution", "University of Leeds", 5, 15, Rule.AS_WRITTEN),
        ("institution", "Kingston", 5, 36, Rule.AS_WRITTEN),
        ("source", "https://example.org/a", 6, 9, Rule.AS_WRITTEN),
        ("date", "2020-02", 7, 7, Rule.AS_WRITTEN),
        ("beneficiaries", "Research staff Technicians", 9, 18, Rule.TAG_LINE),
        ("stakeholders", "Researchers", 10, 18, Rule.AS_WRITTEN),
        ("stakeholders", "Managers of researchers", 10, 31, Rule.AS_WRITTEN),
        ("principles", "Employment", 11, 15, Rule.TAG_LINE),
        ("keywords", "Training", 12, 13, Rule.TAG_LINE),
        ("obligations", "ECI1", 14, 17, Rule.CURATOR),
        ("obligations", "ECI2", 14, 23, Rule.CURATOR),
        ("describes", "care-plan", 15, 14, Rule.CURATOR),
        ("keywords", "Mentorship", 16, 14, Rule.CURATOR),
        ("note", "no", 17, 7, Rule.AS_WRITTEN),
        (
            "abstract",
            "First paragraph\ngoes on.\n\n## Second, no commitment\n\nEnd.",
            23,
            1,
            Rule.AS_WRITTEN,
        ),
    ]
    assert next(record.all("abstract")).span == Span(23, 28, 1)
    assert {f.name: f.text for f in document.about} == {
        "title": "Care: <b>more</b> of it",
        "source": "https://example.org/a",
        "trust": "platform",
        "licence": "https://example.org/l",
        "derived_from.file": "seed.txt",
        "derived_from.sha256": "0ab1",
        "derived_from.lines": "3-5",
    }
    assert (document.reader, document.lines, document.findings) == ("markdown", 29, ())


def test_a_tag_line_wrapped_over_lines_keeps_its_places() -> None:
    matter = STUDY.replace("keywords: [d]", "keywords: Training\n    Blue sky\n    Policy")
    document = read(matter)
    field = next(document.records[0].all("keywords"))
    assert (field.text, field.rule) == ("Training\n    Blue sky\n    Policy", Rule.TAG_LINE)
    assert field.place(field.text.index("Blue")) == Span(9, 9, 5)


@pytest.mark.parametrize("style", [">-", "|"])
def test_a_tag_line_as_a_block_keeps_its_places(style: str) -> None:
    matter = STUDY.replace("keywords: [d]", f"keywords: {style}\n    Training\n    Blue sky")
    field = next(read(matter).records[0].all("keywords"))
    assert field.text.split() == ["Training", "Blue", "sky"]
    assert field.place(field.text.index("Blue")) == Span(10, 10, 5)


def test_an_initiative_with_commitments_claims_and_issues() -> None:
    document = read(
        "type: pledge\n"
        "title: P\n"
        "organisation: N8 Research Partnership\n"
        "start: 2020-02\n"
        "end: 2025\n"
        "claims:\n"
        "  - {text: It is so., about: [organisation/a, initiative/b], standing: false, lines: 3}\n"
        "issues:\n"
        "  - code: garbled\n"
        "    message: It is garbled.\n"
        "    about: organisation/a\n"
        "    severity: info\n"
        "    lines: 1-2\n",
        "What it is.\n\n"
        "## First *thing* ##\n"
        "keywords: [Training, Policy]\n"
        "beneficiaries: Technicians\n"
        "standing: unsupported\n"
        "evidence: None.\n"
        "lines: 6-7\n"
        "\n"
        "Text of it.\n\n```\n## no heading\n```\n### Deeper\n"
        "## Second\n"
        "Text directly under it.\n"
        "## Third\n",
        name="initiatives/The Pledge.md",
    )
    (record,) = document.records
    assert (record.kind, record.slug) == ("pledge", "p")
    assert texts(record, "description") == ["What it is."]
    assert texts(record, "institution") == ["N8 Research Partnership"]
    assert (texts(record, "start"), texts(record, "end")) == (["2020-02"], ["2025"])
    assert [part.kind for part in record.parts] == ["commitment"] * 3 + ["claim", "issue"]
    first, second, third, claim, issue = record.parts
    assert [(f.name, f.text, f.span.start, f.span.column, f.rule) for f in first.fields] == [
        ("title", "First *thing*", 18, 4, Rule.AS_WRITTEN),
        ("keywords", "Training", 19, 12, Rule.CURATOR),
        ("keywords", "Policy", 19, 22, Rule.CURATOR),
        ("beneficiaries", "Technicians", 20, 16, Rule.CURATOR),
        ("standing", "unsupported", 21, 11, Rule.CURATOR),
        ("evidence", "None.", 22, 11, Rule.CURATOR),
        ("lines", "6-7", 23, 8, Rule.AS_WRITTEN),
        (
            "description",
            "Text of it.\n\n```\n## no heading\n```\n### Deeper",
            25,
            1,
            Rule.AS_WRITTEN,
        ),
    ]
    assert first.span == Span(18, 30)
    assert texts(second, "description") == ["Text directly under it."]
    assert (texts(third, "title"), len(third.fields), third.span) == (["Third"], 1, Span(33, 33))
    assert texts(claim, "about") == ["organisation/a", "initiative/b"]
    assert texts(claim, "standing") == ["false"]
    assert next(claim.all("standing")).rule is Rule.CURATOR
    assert (texts(claim, "text"), texts(claim, "lines")) == (["It is so."], ["3"])
    assert {f.name: f.text for f in issue.fields} == {
        "code": "garbled",
        "message": "It is garbled.",
        "about": "organisation/a",
        "severity": "info",
        "lines": "1-2",
    }
    assert issue.span == Span(10, 14)
    assert document.findings == ()


@given(
    st.text(
        st.characters(
            exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"
        ),
        min_size=1,
    )
)
def test_any_title_comes_back(title: str) -> None:
    written = json.dumps(title, ensure_ascii=False)
    document = read(f"type: case-study\ntitle: {written}\nid: a\n{TAGS}")
    assert texts(document.records[0], "title") == [title]


@given(st.lists(st.text("ab #-:<>\"'`é\t", min_size=1, max_size=8), max_size=6))
def test_the_text_under_the_front_matter_is_kept_whole(lines: list[str]) -> None:
    body = "\n".join(lines)
    found = texts(read(STUDY, body).records[0], "abstract")
    assert found == ([body.strip("\n\t ")] if body.strip() else []) or found[0] in body
    assert "".join("".join(found).split()) == "".join(body.split())


def test_missing_tag_lines_are_reported_one_by_one() -> None:
    document = read("type: case-study\ntitle: A\ntags:\n  keywords: [d]\n  principles:\n")
    assert [str(finding) for finding in document.findings] == [
        f"data/case-studies/a.md:5:3: warning: the case study has no {name} under tags; add them "
        "if the source has any. [missing-tag-line]"
        for name in ("beneficiaries", "principles", "stakeholders")
    ]


def test_unknown_keys_are_reported_and_kept_word_for_word() -> None:
    document = read(
        STUDY.replace("  keywords:", "  colours: dark red\n  keywords:")
        + "start: 2020\nextra:\n  - one\n  - {two: 2}\n"
    )
    assert texts(document.records[0], "unknown") == [
        "colours: dark red",
        "start: 2020",
        "extra: - one\n  - {two: 2}",
    ]
    assert [(f.line, f.column, f.code, f.severity) for f in document.findings] == [
        (8, 3, "unknown-key", Severity.WARNING),
        (10, 1, "unknown-key", Severity.WARNING),
        (11, 1, "unknown-key", Severity.WARNING),
    ]
    assert 'the key "colours" is not known here; its text is kept' in document.findings[0].message


def test_an_unknown_key_under_a_heading_is_kept_with_its_commitment() -> None:
    document = read("type: pledge\ntitle: P\n", "## One\ncolour: red\n\nText.\n")
    (part,) = document.records[0].parts
    assert texts(part, "unknown") == ["colour: red"]
    assert [(f.line, f.code) for f in document.findings] == [(6, "unknown-key")]


@pytest.mark.parametrize(
    ("matter", "place", "reason"),
    [
        ("title: A\n", "2:1", "there is no type; write type: and one of case-study, programme"),
        ("type: story\ntitle: A\n", "2:7", 'the type "story" is not known; write type:'),
        ("type: pledge\n", "2", "there is no title; add a line title: …"),
        ("type: pledge\ntitle: [A, B]\n", "3:8", "title is one text, not a list"),
        ("type: pledge\ntitle: A\nslug: A b\n", "4:7", '"A b" is no id; write id: a-b.'),
        ("type: pledge\ntitle: A\ntrust: hi\n", "4:8", 'the trust "hi" is not known'),
        ("type: pledge\ntitle: A\ntags: Training\n", "4:7", "tags holds lines of the form key"),
        ("type: pledge\ntitle: A\ntags: {keywords: {a: b}}\n", "4:18", "keywords under tags is a"),
        ("type: pledge\ntitle: A\nclaims: [one]\n", "4:10", "each of the claims has the keys text"),
        ("type: pledge\ntitle: A\nclaims: [{about: b}]\n", "4:10", "one of the claims has no text"),
        ("type: pledge\ntitle: A\nissues: {code: b}\n", "4:9", "issues is a list; each item"),
        (
            "type: pledge\ntitle: A\nissues: [{code: b, message: c, severity: bad}]\n",
            "4:42",
            'the severity "bad" is not one of error, warning, info',
        ),
        ("type: pledge\ntitle: A\nderived_from: {path: b}\n", "4:16", "derived_from has the keys"),
        ("type: pledge\ntitle: A: B\n", "3:9", "put the whole value in quotes"),
        ("type: pledge\ntitle: A\ntitle: B\n", "4:1", "is here for the second time"),
        ("type: pledge\ntitle: A\x01\n", "3:9", "control character U+0001"),
    ],
)
def test_a_broken_front_matter_says_what_and_where(matter: str, place: str, reason: str) -> None:
    found = faults(matter)
    assert any(
        f.startswith(f"data/case-studies/a.md:{place}: error: ") and reason in f for f in found
    ), found
    assert any(f.endswith("[front-matter]") for f in found)


def test_all_faults_are_reported_together() -> None:
    assert len(faults("type: story\nslug: A b\ntrust: hi\nnote: [a]\nnever: seen\n")) == 6


def test_front_matter_that_is_not_closed() -> None:
    with pytest.raises(DataError) as caught:
        markdown.read_markdown(source("---\ntype: pledge\n\nText\n"))
    assert str(caught.value) == (
        "data/case-studies/a.md:1:1: error: the front matter is not closed; write a line of three "
        "hyphens (---) under it. [front-matter]"
    )


def test_a_fault_under_a_heading_has_its_line() -> None:
    (message,) = faults("type: pledge\ntitle: A\n", "Text.\n\n## One\nevidence: a: b\n")
    assert message.startswith("data/case-studies/a.md:8:12: error: what stands directly under the")


@pytest.mark.parametrize(
    ("matter", "expected"),
    [
        ("title: Café & Code\n", "cafe-code"),
        ("title: Café & Code\nid: code\n", "code"),
        ("title: Café & Code\nslug: code\n", "code"),
    ],
)
def test_the_address_comes_from_the_id_or_the_title_and_never_from_the_file(
    matter: str, expected: str
) -> None:
    for name in ("a.md", "case-studies/moved.md", "文.md"):
        (record,) = read(f"type: pledge\n{matter}", name=name).records
        assert record.slug == expected


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("title: 文\n", "the title has no letter that an address can be made of; add id: …"),
        ("title: A\nid: a\nslug: a\n", "id and slug mean the same; keep one of them."),
        ("title: A\nid: 文\n", "“文” is no id; use small letters, digits and hyphens."),
    ],
)
def test_an_address_that_cannot_be_made_is_an_error(matter: str, reason: str) -> None:
    (fault,) = faults(f"type: pledge\n{matter}")
    assert reason in fault.replace('"文"', "“文”")


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    text = f"---\n{STUDY}---\nText\n".replace("\n", "\r\n")
    document = markdown.read_markdown(source("\ufeff" + text))
    assert texts(document.records[0], "abstract") == ["Text"]
    assert document.findings == ()


def test_control_characters_in_the_text_are_reported_and_kept() -> None:
    document = read(STUDY, "a\x07b\n")
    assert texts(document.records[0], "abstract") == ["a\x07b"]
    assert [(f.line, f.column, f.code) for f in document.findings] == [(10, 2, "control-character")]
