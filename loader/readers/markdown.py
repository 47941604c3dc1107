"""Curated Markdown: a case study or an initiative as YAML front matter and text under it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from loader.document import Document, Field, Record, Span
from loader.errors import DataError, Finding, Severity
from loader.namespaces import slugify
from loader.readers.front_matter import TAGS, FrontMatter
from loader.readers.source import Source
from loader.readers.yaml_positions import Place, Value, read_block

HEADING = re.compile(r"##(?:[ \t]+(?P<title>.*?))?(?:[ \t]+#+)?[ \t]*$")
ATTRIBUTE = re.compile(r"[a-z][a-z_]*:(\s|$)")
FENCE = re.compile(r" {0,3}(```|~~~)")
COMMITMENT = ("keywords", "beneficiaries", "stakeholders", "standing", "evidence", "lines")
CODE = "front-matter"


@dataclass(frozen=True, slots=True)
class Section:
    """The lines from ``first`` to before ``end`` (counted from 0), under the heading ``title``."""

    title: str
    column: int
    first: int
    end: int


def has_front_matter(source: Source) -> bool:
    """Whether the first line is the three hyphens that open front matter."""
    return bool(source.lines) and source.lines[0].rstrip() == "---"


def read(source: Source) -> Document:
    """The one record of the file.

    Raises DataError, with every problem of the file, where the front matter is broken.
    """
    body = _closing(source) + 1
    place = Place(source.path, 2, CODE, "the front matter")
    matter = FrontMatter(read_block("\n".join(source.lines[1 : body - 1]), place), place)
    record = _record(source, matter, body)
    findings = (*source.control_characters(), *matter.findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise DataError("\n".join(str(finding) for finding in sorted(findings)), sorted(findings))
    lines = len(source.lines)
    return Document(
        source.path,
        source.name,
        source.sha256,
        lines,
        "markdown",
        about=matter.about,
        records=(record,),
        findings=tuple(sorted(findings)),
    )


def _closing(source: Source) -> int:
    """The index of the line that closes the front matter."""
    for index, line in enumerate(source.lines[1:], 1):
        if line.rstrip() == "---":
            return index
    message = "the front matter is not closed; write a line of three hyphens (---) under it."
    finding = Finding(source.path, 1, 1, Severity.ERROR, message, CODE)
    raise DataError(str(finding), [finding])


def _record(source: Source, matter: FrontMatter, body: int) -> Record:
    """The record with its text and, for an initiative, the commitments under its headings."""
    study = matter.type == "case-study"
    sections = [] if study else _sections(source.lines, body)
    end = sections[0].first - 1 if sections else len(source.lines)
    name = "abstract" if study else "description"
    commitments = [_commitment(source, matter, section) for section in sections]
    if study:
        _missing_tags(matter)
    return Record(
        matter.type,
        _slug(source, matter),
        Span(1, max(len(source.lines), 1)),
        (*matter.fields, *prose(name, source.lines, body, end)),
        (*commitments, *matter.parts),
    )


def _slug(source: Source, matter: FrontMatter) -> str:
    """The slug given, else the file name as one."""
    given = matter.block.get("slug")
    text = given.text if given else ""
    slug = slugify(text or PurePosixPath(source.name).stem)
    if text and text != slug:
        hint = f"write slug: {slug}" if slug else "use small letters, digits and hyphens"
        matter.error(f'"{text}" is no slug; {hint}.', given)
    elif not slug:
        matter.error("the file name holds no letter that a slug can be made of; add slug: …")
    return slug


def _missing_tags(matter: FrontMatter) -> None:
    group = matter.block.get("tags")
    for name in TAGS:
        value = group.get(name) if group else None
        if value is None or value.empty:
            message = f"the case study has no {name} under tags; add them if the source has any."
            matter.warn("missing-tag-line", message, group or matter.block)


def _sections(lines: Sequence[str], body: int) -> list[Section]:
    """The parts under ``## `` headings; a heading inside a fenced block of code is none."""
    heads = []
    fence = ""
    for index, line in enumerate(lines[body:], body):
        mark = FENCE.match(line)
        if mark:
            fence = mark[1] if not fence else "" if mark[1] == fence else fence
        elif not fence and (found := HEADING.match(line)):
            heads.append((index, found["title"] or "", max(found.start("title"), 0) + 1))
    ends = [index for index, _, _ in heads[1:]] + [len(lines)]
    return [
        Section(title, column, index + 1, end)
        for (index, title, column), end in zip(heads, ends, strict=False)
    ]


def _commitment(source: Source, matter: FrontMatter, section: Section) -> Record:
    """The heading as the title, the lines directly under it as attributes, the rest as text."""
    head = Span(section.first, section.first, section.column)
    if not section.title:
        matter.findings.append(matter.place.finding("a heading has no text.", section.first, 1))
    text = _attributes_end(source.lines, section)
    fields = [Field("title", section.title, head)]
    for key, value in _attributes(source, section.first, text):
        fields += matter.part_field(COMMITMENT, key, value, key.text in TAGS)
    fields += prose("description", source.lines, text, section.end)
    last = max([section.first, *(field.span.end for field in fields)])
    return Record("commitment", "", Span(section.first, last), tuple(fields))


def _attributes_end(lines: Sequence[str], section: Section) -> int:
    """The index of the first line after the heading's ``key: value`` lines."""
    first = section.first
    if first >= section.end or not ATTRIBUTE.match(lines[first]):
        return first
    blank = (index for index in range(first, section.end) if not lines[index].strip())
    return next(blank, section.end)


def _attributes(source: Source, first: int, end: int) -> tuple[tuple[Value, Value], ...]:
    place = Place(source.path, first + 1, CODE, "what stands directly under the heading")
    return read_block("\n".join(source.lines[first:end]), place).entries


def prose(name: str, lines: Sequence[str], first: int, end: int) -> Iterator[Field]:
    """The text of those lines as one field, blank lines around it left out; none if it is empty."""
    filled = [index for index in range(first, end) if lines[index].strip()]
    if filled:
        start, last = filled[0], filled[-1]
        text = "\n".join(lines[start : last + 1]).rstrip()
        indent = len(text) - len(text.lstrip())
        yield Field(name, text[indent:], Span(start + 1, last + 1, indent + 1))
