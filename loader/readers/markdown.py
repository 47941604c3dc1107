"""Reader of curated Markdown: YAML front matter and text for a case study or an initiative."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loader.document import Document, Field, Record, Span
from loader.errors import DataError, Finding, Severity
from loader.namespaces import slugify
from loader.readers.front_matter import ID_KEYS, TAG_FIELDS, FrontMatter
from loader.readers.source import SourceFile
from loader.readers.yaml_positions import BlockLocation, YamlValue, read_yaml_block

SECTION_HEADING = re.compile(r"##(?:[ \t]+(?P<title>.*?))?(?:[ \t]+#+)?[ \t]*$")
ATTRIBUTE_LINE = re.compile(r"[a-z][a-z_]*:(\s|$)")
FENCE = re.compile(r" {0,3}(```|~~~)")
COMMITMENT_KEYS = ("keywords", "beneficiaries", "stakeholders", "standing", "evidence", "lines")
FINDING_CODE = "front-matter"


@dataclass(frozen=True, slots=True)
class MarkdownSection:
    """The lines from ``first`` to before ``end`` (counted from 0), under the heading ``title``."""

    title: str
    column: int
    first: int
    end: int


def has_front_matter(source: SourceFile) -> bool:
    """Return whether the first line opens front matter with three hyphens."""
    return bool(source.lines) and source.lines[0].rstrip() == "---"


def read_markdown(source: SourceFile) -> Document:
    """Read the one record of the file.

    Raise DataError, with every problem of the file, where the front matter is broken.
    """
    body = _find_closing_line(source) + 1
    place = BlockLocation(source.path, 2, FINDING_CODE, "the front matter")
    matter = FrontMatter(read_yaml_block("\n".join(source.lines[1 : body - 1]), place), place)
    record = _build_record(source, matter, body)
    findings = (*source.find_control_characters(), *matter.findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise DataError("\n".join(str(finding) for finding in sorted(findings)), sorted(findings))
    lines = len(source.lines)
    return Document(
        source.path,
        source.name,
        source.sha256,
        lines,
        "markdown",
        about=matter.metadata,
        records=(record,),
        findings=tuple(sorted(findings)),
    )


def _find_closing_line(source: SourceFile) -> int:
    """Return the index of the line that closes the front matter; raise DataError without one."""
    for index, line in enumerate(source.lines[1:], 1):
        if line.rstrip() == "---":
            return index
    message = "the front matter is not closed; write a line of three hyphens (---) under it."
    finding = Finding(source.path, 1, 1, Severity.ERROR, message, FINDING_CODE)
    raise DataError(str(finding), [finding])


def _build_record(source: SourceFile, front_matter: FrontMatter, body: int) -> Record:
    """Return the record with its text and the commitments under the headings of an initiative."""
    study = front_matter.type == "case-study"
    sections = [] if study else _split_sections(source.lines, body)
    end = sections[0].first - 1 if sections else len(source.lines)
    name = "abstract" if study else "description"
    commitments = [_build_commitment(source, front_matter, section) for section in sections]
    if study:
        _check_tags(front_matter)
    return Record(
        front_matter.type,
        _resolve_slug(front_matter),
        Span(1, max(len(source.lines), 1)),
        (*front_matter.fields, *build_prose_fields(name, source.lines, body, end)),
        (*commitments, *front_matter.parts),
    )


def _resolve_slug(front_matter: FrontMatter) -> str:
    """Return the id in the front matter, else the title as an id; never the name of the file.

    The older key ``slug`` means the same as ``id``.
    """
    given = [value for key in ID_KEYS if (value := front_matter.block.get(key))]
    text = given[0].text if given else ""
    title = next((field.text for field in front_matter.fields if field.name == "title"), "")
    slug = slugify(text or title)
    if len(given) > 1:
        front_matter.add_error("id and slug mean the same; keep one of them.", given[1])
    if text and text != slug:
        hint = f"write id: {slug}" if slug else "use small letters, digits and hyphens"
        front_matter.add_error(f'"{text}" is no id; {hint}.', given[0])
    elif title and not slug:
        message = "the title has no letter that an address can be made of; add id: …"
        front_matter.add_error(message)
    return slug


def _check_tags(front_matter: FrontMatter) -> None:
    group = front_matter.block.get("tags")
    for name in TAG_FIELDS:
        value = group.get(name) if group else None
        if value is None or value.is_empty:
            message = f"the case study has no {name} under tags; add them if the source has any."
            front_matter.add_warning("missing-tag-line", message, group or front_matter.block)


def _split_sections(lines: Sequence[str], body: int) -> list[MarkdownSection]:
    """Return the parts under ``## `` headings; a heading inside a fenced code block is none."""
    heads = []
    fence = ""
    for index, line in enumerate(lines[body:], body):
        mark = FENCE.match(line)
        if mark:
            fence = mark[1] if not fence else "" if mark[1] == fence else fence
        elif not fence and (found := SECTION_HEADING.match(line)):
            heads.append((index, found["title"] or "", max(found.start("title"), 0) + 1))
    ends = [index for index, _, _ in heads[1:]] + [len(lines)]
    return [
        MarkdownSection(title, column, index + 1, end)
        for (index, title, column), end in zip(heads, ends, strict=False)
    ]


def _build_commitment(
    source: SourceFile, front_matter: FrontMatter, section: MarkdownSection
) -> Record:
    """Return a commitment: heading as title, the lines under it as attributes, the rest as text."""
    head = Span(section.first, section.first, section.column)
    if not section.title:
        front_matter.findings.append(
            front_matter.place.build_error("a heading has no text.", section.first, 1)
        )
    text = _find_attributes_end(source.lines, section)
    fields = [Field("title", section.title, head)]
    for key, value in _read_attributes(source, section.first, text):
        fields += front_matter.read_part_field(COMMITMENT_KEYS, key, value, key.text in TAG_FIELDS)
    fields += build_prose_fields("description", source.lines, text, section.end)
    last = max([section.first, *(field.span.end for field in fields)])
    return Record("commitment", "", Span(section.first, last), tuple(fields))


def _find_attributes_end(lines: Sequence[str], section: MarkdownSection) -> int:
    """Return the index of the first line after the ``key: value`` lines of the heading."""
    first = section.first
    if first >= section.end or not ATTRIBUTE_LINE.match(lines[first]):
        return first
    blank = (index for index in range(first, section.end) if not lines[index].strip())
    return next(blank, section.end)


def _read_attributes(
    source: SourceFile, first: int, end: int
) -> tuple[tuple[YamlValue, YamlValue], ...]:
    place = BlockLocation(
        source.path, first + 1, FINDING_CODE, "what stands directly under the heading"
    )
    return read_yaml_block("\n".join(source.lines[first:end]), place).entries


def build_prose_fields(name: str, lines: Sequence[str], first: int, end: int) -> Iterator[Field]:
    """Yield those lines as one field, without blank lines around it; nothing if all are blank."""
    filled = [index for index in range(first, end) if lines[index].strip()]
    if filled:
        start, last = filled[0], filled[-1]
        text = "\n".join(lines[start : last + 1]).rstrip()
        indent = len(text) - len(text.lstrip())
        yield Field(name, text[indent:], Span(start + 1, last + 1, indent + 1))
