"""Parser of descriptors: title, publisher, licence, key columns, and what each column means."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from loader.errors import DataError, Finding, Severity
from loader.readers.dataset_descriptor.value_forms import (
    multiply,
    rewrite_academic_year,
    rewrite_date,
)
from loader.readers.source import SourceFile

DATATYPES = ("string", "integer", "decimal", "date", "academicYear", "anyURI")
"""``date`` has a ``format``; ``academicYear`` is 2020/21 however it is written."""
IDENTIFIER_SCHEMES = (
    "ror",
    "ukprn",
    "wikidata",
    "isni",
    "grid",
    "gtr",
    "openalex",
    "hesa",
    "homepage",
)
REVIEWED_NAME = "reviewed-name"
"""A join by names that a mapping set has reviewed; a name alone joins nothing."""
DESCRIPTOR_KEYS = frozenset(
    {
        *("title", "publisher", "licence", "source", "retrieved", "file", "records", "key"),
        *("keep", "only", "join", "column", "constant", "endpoint", "sheet", "null", "label"),
    }
)
REQUIRED_KEYS = ("title", "publisher", "licence", "source", "file", "key")


COLUMN_KEYS = frozenset(
    {
        *("name", "titles", "propertyUrl", "scheme", "datatype", "separator", "format"),
        *("null", "factor", "unit", "languagePrefix"),
    }
)


@dataclass(frozen=True, slots=True)
class DescriptorColumn:
    """A column with the property of its values, or the identifier scheme that they belong to.

    ``name`` is a header, or a path into the objects of JSON; ``titles`` are other headers of the
    same column, or other paths. ``separator`` splits a cell. ``null_values`` are cells that say
    nothing. ``date_format`` is the form of a date, such as dd/MM/yyyy. A number is multiplied by
    ``factor`` and is then in ``unit``. ``has_language_prefix``: values are as in ``en: London``.
    """

    name: str
    term: str = ""
    scheme: str = ""
    datatype: str = "string"
    separator: str = ""
    titles: tuple[str, ...] = ()
    date_format: str = ""
    null_values: tuple[str, ...] = ()
    factor: Decimal | None = None
    unit: str = ""
    has_language_prefix: bool = False

    @property
    def field_name(self) -> str:
        """The name of the field of a record that holds the cells."""
        datatype = "langString" if self.has_language_prefix else self.datatype
        return f"id {self.scheme}" if self.scheme else f"{datatype} {self.term}"

    def list_values(self, cells: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """Return the values in a row, in the form of the datatype where they have another form."""
        found = cells.get(self.name, ())
        if not found or not (self.term or self.scheme):
            return ()
        if self.separator:
            found = [part for cell in found for part in cell.split(self.separator)]
        texts = [text for cell in found if (text := cell.strip()) not in self.null_values and text]
        is_written = self.datatype in ("date", "academicYear") or self.factor is not None
        return [self._convert(text) for text in texts] if is_written else texts

    def _convert(self, text: str) -> str:
        if self.date_format:
            return rewrite_date(text, self.date_format)
        if self.datatype == "academicYear":
            return rewrite_academic_year(text)
        return multiply(text, self.factor) if self.factor is not None else text


@dataclass(frozen=True, slots=True)
class DescriptorJoin:
    """A column whose identifiers, or reviewed names, join rows to entities of the graph."""

    column: str
    scheme: str


@dataclass(frozen=True, slots=True)
class DescriptorConstant:
    """A statement that every row makes: a property and a value, both as prefixed names."""

    term: str
    value: str


@dataclass(frozen=True, slots=True)
class SectorDescriptor:
    """A download and the meaning of its columns.

    ``records_path`` is the path to the list of objects in JSON; ``row_filters`` keeps the rows that
    have one of some texts in each of some columns; ``row_policy`` is "all" or "joined".
    ``endpoint`` is the address of the SPARQL endpoint that the download is a copy of. ``sheet`` is
    the sheet of a workbook, "" for the first one with all columns. ``label_template`` names a row,
    with columns in braces. A row without a value in the first column of ``key`` is no record.
    """

    name: str
    title: str
    publisher: str
    licence: str
    source: str
    retrieved: str
    download: Path
    key: tuple[str, ...]
    records_path: str = ""
    row_policy: str = "all"
    endpoint: str = ""
    sheet: str = ""
    label_template: str = ""
    row_filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    joins: tuple[DescriptorJoin, ...] = ()
    columns: tuple[DescriptorColumn, ...] = ()
    constants: tuple[DescriptorConstant, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def required_columns(self) -> tuple[str, ...]:
        """All columns that must be present."""
        named = (*self.key, *self.row_filters, *(j.column for j in self.joins))
        label = re.findall(r"\{([^}]+)\}", self.label_template)
        return tuple(dict.fromkeys((*named, *label, *(c.name for c in self.columns))))

    @property
    def titles_by_column(self) -> Mapping[str, tuple[str, ...]]:
        """Every header, or path, under which each required column may be found."""
        titles = {column.name: column.titles for column in self.columns}
        return {name: (name, *titles.get(name, ())) for name in self.required_columns}

    def format_label(self, cells: Mapping[str, Sequence[str]]) -> str:
        """Return the name of a row, "" without a template."""
        if not self.label_template:
            return ""
        text = re.sub(
            r"\{([^}]+)\}", lambda name: ", ".join(cells.get(name[1], ())), self.label_template
        )
        # An empty column leaves a space before the mark that follows it.
        return re.sub(r"\s+(?=[,:;]|\s|$)", "", text).strip(" ,:;–-")


def read_descriptor(source: SourceFile, folders: Sequence[Path] = ()) -> SectorDescriptor:
    """Parse a descriptor; raise DataError with every problem where it is invalid.

    The download is looked for beside the descriptor, then in ``folders``.
    """
    try:
        found = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 0)
        message = f"this is not TOML: {error}."
        finding = Finding(source.path, line, column, Severity.ERROR, message, "sector-form")
        raise DataError(str(finding), [finding]) from None
    reading = _DescriptorParser(source, folders)
    described = reading.parse_descriptor(found)
    errors = [f for f in reading.findings if f.severity is Severity.ERROR]
    if errors or described is None:
        raise DataError("\n".join(map(str, errors)), errors)
    return described


class _DescriptorParser:
    """Parses one descriptor and collects the findings."""

    def __init__(self, source: SourceFile, folders: Sequence[Path]) -> None:
        self.source = source
        own = Path(source.path)
        # A folder with a descriptor of this name reads its downloads by that.
        others = [folder for folder in folders if not (folder / own.name).exists()]
        self.folders = list(dict.fromkeys([own.parent, *others]))
        self.findings: list[Finding] = []

    def note(self, severity: Severity, message: str, excerpt: str, code: str = "form") -> None:
        """Record a finding at the first line that holds ``excerpt``."""
        lines = enumerate(self.source.lines, start=1)
        line = next((number for number, text in lines if excerpt and excerpt in text), 1)
        self.findings.append(
            Finding(self.source.path, line, 0, severity, message, f"sector-{code}")
        )

    def add_error(self, message: str, excerpt: str = "", code: str = "form") -> None:
        """Record an error at the first line that holds ``excerpt``."""
        self.note(Severity.ERROR, message, excerpt, code)

    def parse_descriptor(self, entries: Mapping[str, Any]) -> SectorDescriptor | None:
        """Return the parsed descriptor, or None where there are findings."""
        for name in entries.keys() - DESCRIPTOR_KEYS:
            self.add_error(
                f"“{name}” means nothing here; known are {', '.join(sorted(DESCRIPTOR_KEYS))}.",
                name,
            )
        for name in REQUIRED_KEYS:
            if not entries.get(name):
                self.add_error(f"{name} is missing; a descriptor has to say it.")
        if entries.get("keep", "all") not in ("all", "joined"):
            self.add_error("keep has to be all or joined.", "keep")
        null_values = self.list_texts(entries, "null")
        tables = self.list_tables(entries, "column")
        columns = tuple(self.parse_column(one, null_values) for one in tables)
        if len({column.unit for column in columns if column.unit}) > 1:
            self.add_error("all columns of a descriptor have one unit; write a second one.", "unit")
        joins = tuple(self.parse_join(one) for one in self.list_tables(entries, "join"))
        constants = tuple(self.parse_constant(one) for one in self.list_tables(entries, "constant"))
        download = self.find_download(entries)
        if self.findings:
            return None
        retrieved = self.read_retrieval_date(entries.get("retrieved"))
        key = entries["key"]
        return SectorDescriptor(
            name=Path(self.source.path).stem,
            title=str(entries["title"]),
            publisher=str(entries["publisher"]),
            licence=str(entries["licence"]),
            source=str(entries["source"]),
            retrieved=retrieved,
            download=download,
            key=(key,) if isinstance(key, str) else tuple(key),
            records_path=str(entries.get("records", "")),
            row_policy=str(entries.get("keep", "all")),
            endpoint=str(entries.get("endpoint", "")),
            sheet=str(entries.get("sheet", "")),
            label_template=str(entries.get("label", "")),
            row_filters={
                k: [v] if isinstance(v, str) else v for k, v in entries.get("only", {}).items()
            },
            joins=joins,
            columns=columns,
            constants=constants,
            findings=tuple(self.findings),
        )

    def list_tables(self, entries: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """Return the tables ``[[name]]``."""
        tables = entries.get(name, [])
        if isinstance(tables, list) and all(isinstance(one, dict) for one in tables):
            return tables
        self.add_error(f"write [[{name}]], once for each.", name)
        return []

    def read_retrieval_date(self, value: Any) -> str:
        """Return the day of the download in ISO 8601; "" with a warning where it is missing."""
        if isinstance(value, date):
            return value.isoformat()
        message = (
            f"retrieved is missing: write the day on which you downloaded it, as "
            f"retrieved = {date(2026, 11, 26)}."
        )
        self.note(Severity.WARNING, message, "retrieved", "undated")
        return ""

    def list_texts(self, entries: Mapping[str, Any], name: str) -> tuple[str, ...]:
        """Return the texts of an entry that is a text or a list of texts."""
        found = entries.get(name, [])
        texts = [found] if isinstance(found, str) else found
        if isinstance(texts, list) and all(isinstance(one, str) for one in texts):
            return tuple(texts)
        self.add_error(f"{name} has to be a text or a list of texts.", name)
        return ()

    def find_download(self, entries: Mapping[str, Any]) -> Path:
        """Return the first file that is there of those that ``file`` names or matches.

        Without any, return the first one that it names.
        """
        names = self.list_texts(entries, "file") or ("",)
        for folder, name in product(self.folders, names):
            # Only a name of this folder: a pattern never leaves it.
            found = sorted(folder.glob(Path(name).name)) if re.search(r"[*?]", name) else []
            found = found or [path for path in [folder / name] if path.is_file()]
            if len(found) > 1:
                listed = ", ".join(path.name for path in found)
                self.add_error(f"several files are called {name}: {listed}; leave one.", name)
            if found:
                return found[0]
        return self.folders[0] / names[0]

    def parse_column(
        self, table: Mapping[str, Any], null_values: tuple[str, ...]
    ) -> DescriptorColumn:
        """Parse one ``[[column]]``; ``null_values`` are those of the descriptor."""
        name = str(table.get("name", ""))
        for key in table.keys() - COLUMN_KEYS:
            known = ", ".join(sorted(COLUMN_KEYS))
            self.add_error(f"“{key}” means nothing in a [[column]]; known are {known}.", key)
        column = DescriptorColumn(
            name,
            str(table.get("propertyUrl", "")),
            str(table.get("scheme", "")),
            str(table.get("datatype", "string")),
            str(table.get("separator", "")),
            self.list_texts(table, "titles"),
            str(table.get("format", "")),
            self.list_texts(table, "null") or null_values,
            self.parse_factor(table.get("factor"), name),
            str(table.get("unit", "")),
            bool(table.get("languagePrefix")),
        )
        self.check_column(column)
        return column

    def parse_factor(self, value: Any, name: str) -> Decimal | None:
        """Return the number that values are multiplied by, or None."""
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Decimal(str(value))
        self.add_error(f"factor is “{value}”; write a number such as 1000.", name)
        return None

    def check_column(self, column: DescriptorColumn) -> None:
        """Report what a column lacks, or says in a form that is not known."""
        name, is_number = column.name, column.datatype in ("integer", "decimal")
        if not name or (column.term and column.scheme):
            self.add_error("a [[column]] needs a name, and either propertyUrl or scheme.", name)
        elif not column.term and not column.scheme and not column.titles:
            self.add_error("a [[column]] needs propertyUrl, scheme, or titles.", name)
        if column.scheme and column.scheme not in IDENTIFIER_SCHEMES:
            known = ", ".join(IDENTIFIER_SCHEMES)
            self.add_error(f"scheme is “{column.scheme}”; known: {known}.", name)
        if column.datatype not in DATATYPES:
            self.add_error(f"datatype is “{column.datatype}”; known: {', '.join(DATATYPES)}.", name)
        if (column.factor is not None or column.unit) and not is_number:
            self.add_error("factor and unit belong to an integer or a decimal.", name)
        parts = re.findall("dd|d|MM|M|yyyy", column.date_format)
        if column.date_format and (
            column.datatype != "date" or sorted(part[0] for part in parts) != ["M", "d", "y"]
        ):
            self.add_error(
                f"format is “{column.date_format}”; write it for a date, as in dd/MM/yyyy.", name
            )

    def parse_join(self, table: Mapping[str, Any]) -> DescriptorJoin:
        """Parse one ``[[join]]``."""
        found = DescriptorJoin(str(table.get("column", "")), str(table.get("scheme", "")))
        if not found.column or found.scheme not in (*IDENTIFIER_SCHEMES, REVIEWED_NAME):
            known = ", ".join((*IDENTIFIER_SCHEMES, REVIEWED_NAME))
            self.add_error(f"a [[join]] needs a column and a scheme: {known}.", found.column)
        return found

    def parse_constant(self, table: Mapping[str, Any]) -> DescriptorConstant:
        """Parse one ``[[constant]]``."""
        found = DescriptorConstant(
            str(table.get("propertyUrl", "")), str(table.get("valueUrl", ""))
        )
        if not found.term or not found.value:
            self.add_error("a [[constant]] needs propertyUrl and valueUrl.", "constant")
        return found
