"""The form for a case study or a practice: its fields, and the file that their values make.

The fields of a practice are the columns of its table, those of a case study the keys of the front
matter of its Markdown.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import yaml

from loader.errors import Finding
from loader.mapping.concept_schemes import Scheme
from loader.namespaces import slugify
from loader.readers.table_description import ColumnDescription, TableDescription
from loader.release.document_check import CheckedDocument

Values = Mapping[str, Sequence[str]]
Choice = tuple[str, str]
"""The value of a choice, and its label."""
TAG_ORIGINS = (("curated", "I chose them"), ("tags", "The source prints them"))
"""The keys of the front matter below which tags are, in words."""
TAG_FIELDS = ("beneficiaries", "stakeholders", "principles", "keywords")
CURATED_PREFIX = "curated_"
"""Before the name of a field of a case study whose values are the curator's."""
LONG_TEXTS = frozenset({"summary", "evaluation", "evaluation_method", "money_or_scale", "note"})
MAIN_COLUMNS = (
    *("id", "title", "institution", "kind", "summary", "source", "beneficiaries", "keywords"),
    *("evidence_level", "start", "end", "status", "obligations"),
)
"""The columns of a practice that the form shows first, in this order."""
HIDDEN_COLUMNS = frozenset({"title_printed", "second_reading"})
"""Columns of a practice that later readers fill in."""
HINTS = {
    "id": "A short name in small letters, digits and hyphens. It becomes part of the address and "
    "stays the same.",
    "institution": "Names are suggested as you type. Separate several with |.",
    "source": "The address of the public page, beginning with https://.",
    "summary": "One sentence in your own words: what is done, and for whom.",
    "text": "What was done, in your own words.",
    "start": "A year, a month or a day: 2024, 2024-09 or 2024-09-01.",
    "end": "A year, a month or a day. Leave it empty if it is running.",
    "date": "When it was published: 2024, 2024-09 or 2024-09-01.",
    "evidence_level": "The strongest kind of evidence that the source reports.",
    "keywords": "What it is about.",
    "obligations": "The obligations of the Concordat that it helps to meet.",
    "framework_elements": "For example technician-commitment/tc-v. Separate several with |.",
}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: ``kind`` is line, text, organisation, choice or choices.

    ``is_main`` is False for what the form shows in a fold.
    """

    name: str
    label: str
    kind: str = "line"
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    is_main: bool = True

    @property
    def hint(self) -> str:
        """A sentence that helps to fill in the field, or ""."""
        return HINTS.get(self.name, "")


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """A finding, and the field that it is about; ``field`` is None for the whole record."""

    field: FormField | None
    finding: Finding


def list_case_study_fields(
    schemes: Mapping[str, Scheme], obligations: tuple[Choice, ...]
) -> tuple[FormField, ...]:
    """Return the fields of a case study; ``obligations`` are those to choose from."""
    tags = [
        FormField(name, name.capitalize(), "choices", choices=list_choices(schemes, name))
        for name in TAG_FIELDS
    ]
    return (
        FormField("title", "Title", is_required=True),
        FormField("institution", "Institution", "organisation", True),
        FormField("source", "Address of the source"),
        FormField("text", "Text", "text", True),
        *tags,
        FormField("tags_from", "Where these tags come from", "choice", choices=TAG_ORIGINS),
        FormField(
            "curated_obligations",
            "Obligations that you link",
            "choices",
            choices=obligations,
        ),
        FormField("date", "Date", is_main=False),
        FormField("slug", "Id", is_main=False),
        FormField("note", "Note", "text", is_main=False),
    )


def list_practice_fields(
    table: TableDescription, schemes: Mapping[str, Scheme], obligations: tuple[Choice, ...]
) -> tuple[FormField, ...]:
    """Return a field for each column of the table of practices, the main ones first."""
    fields = {
        column.name: build_field(column, table, schemes, obligations)
        for column in table.columns
        if column.name not in HIDDEN_COLUMNS
    }
    main = [fields.pop(name) for name in MAIN_COLUMNS if name in fields]
    return (*main, *fields.values())


def build_field(
    column: ColumnDescription,
    table: TableDescription,
    schemes: Mapping[str, Scheme],
    obligations: tuple[Choice, ...],
) -> FormField:
    """Return the field for a column, of the kind that its description asks for."""
    kind = "text" if column.name in LONG_TEXTS else "line"
    choices: tuple[Choice, ...] = ()
    if column.lookup == "organisation":
        kind = "organisation"
    elif column.lookup:
        kind = "choices" if column.separator else "choice"
        choices = list_choices(schemes, column.lookup)
    elif column.value_template == "concept/principles/{}":
        kind, choices = "choices", obligations
    label = column.name.replace("_", " ").capitalize()
    is_required = column.required or column.name in table.required_headers
    return FormField(column.name, label, kind, is_required, choices, column.name in MAIN_COLUMNS)


def list_choices(schemes: Mapping[str, Scheme], name: str) -> tuple[Choice, ...]:
    """Return the labels of a scheme as choices, in its order; () where there is no such scheme."""
    found = schemes.get(name)
    return tuple((concept.pref, concept.pref) for concept in found.concepts) if found else ()


def read_values(fields: Iterable[FormField], given: Mapping[str, Sequence[str]]) -> Values:
    """Return the values of the fields without blanks at the ends; one with several is a list."""
    values: dict[str, list[str]] = {}
    for field in fields:
        texts = [text.strip() for text in given.get(field.name, ())]
        if field.kind == "organisation":
            texts = [part.strip() for text in texts for part in text.split("|")]
        values[field.name] = list(dict.fromkeys(text for text in texts if text))
    return values


def format_case_study(values: Values) -> tuple[str, str]:
    """Return the name and the text of the Markdown file of a case study."""
    title = " ".join(values["title"])
    slug = " ".join(values["slug"]) or slugify(title)
    curated = {
        name.removeprefix(CURATED_PREFIX): list(found)
        for name, found in values.items()
        if name.startswith(CURATED_PREFIX) and found
    }
    matter: dict[str, object] = {"type": "case-study", "title": title, "slug": slug}
    institutions = list(values["institution"])
    matter["institution"] = institutions[0] if len(institutions) == 1 else institutions
    matter |= {name: values[name][0] for name in ("source", "date") if values[name]}
    origin = next(iter(values["tags_from"]), TAG_ORIGINS[0][0])
    tags = {name: list(values[name]) for name in TAG_FIELDS if values[name]}
    matter |= (
        {"tags": tags, "curated": curated} if origin == "tags" else {"curated": tags | curated}
    )
    matter["note"] = " ".join(values["note"])
    given = {key: value for key, value in matter.items() if value}
    head = yaml.safe_dump(given, sort_keys=False, allow_unicode=True, width=1_000_000)
    text = "\n\n".join(values["text"]).replace("\r\n", "\n")
    return f"{slugify(slug) or 'case-study'}.md", f"---\n{head}---\n{text}\n"


def format_practice(table: TableDescription, values: Values) -> tuple[str, str]:
    """Return the name and the text of a CSV file with one practice: the headers and its row.

    https://www.rfc-editor.org/rfc/rfc4180
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    names = [column.name for column in table.columns]
    writer.writerow(names)
    writer.writerow([" | ".join(values.get(name, ())) for name in names])
    slug = slugify(" ".join(values.get("id", ())))
    return f"{slug or 'practice'}.csv", stream.getvalue()


def assign_findings(
    fields: Sequence[FormField], text: str, checked: CheckedDocument
) -> list[FieldFinding]:
    """Return the findings, each with the field at whose place in the file it was found."""
    by_name = {field.name: field for field in fields}
    is_table = not text.startswith("---")
    place = find_column if is_table else find_key
    return [
        FieldFinding(by_name.get(place(text, checked, finding)), finding)
        for finding in checked.findings
    ]


def find_column(text: str, checked: CheckedDocument, finding: Finding) -> str:
    """Return the column of a finding in a table with one row, "" where it is not known."""
    for record in checked.document.records if checked.document else ():
        for field in record.fields:
            if finding.column and field.span.column == finding.column:
                return field.name
    match = re.search(r"column “(\w+)”", finding.message)
    return match[1] if match else ""


def find_key(text: str, checked: CheckedDocument, finding: Finding) -> str:
    """Return the field of a finding in the Markdown of a case study, "" where it is not known."""
    lines = text.split("\n")
    head = lines[: lines.index("---", 1)]
    if finding.line > len(head):
        return "text"
    group = ""
    for line in head[: finding.line]:
        if match := re.match(r"(\w+):", line):
            group, name = match[1], match[1]
        elif match := re.match(r"  (\w+):", line):
            is_tag = group != "curated" or match[1] in TAG_FIELDS
            name = match[1] if is_tag else f"{CURATED_PREFIX}{match[1]}"
    return name if group else ""
