"""A descriptor: title, publisher, licence, address, key columns, and what each column means."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from loader.errors import DataError, Finding, Severity
from loader.readers.source import Source

DATATYPES = ("string", "integer", "decimal", "date", "anyURI")
SCHEMES = ("ror", "ukprn", "wikidata", "isni", "grid", "gtr", "openalex", "hesa", "homepage")
REVIEWED = "reviewed-name"
"""A join over names that somebody has reviewed in a mapping set; a name alone joins nothing."""
KEYS = frozenset(
    {
        *("title", "publisher", "licence", "source", "retrieved", "file", "records", "key"),
        *("keep", "only", "join", "column", "constant", "endpoint"),
    }
)
NEEDED = ("title", "publisher", "licence", "source", "file", "key")


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the property that its cells are values of, or the scheme that they belong to.

    ``name`` is a header, or a path into the objects of JSON. ``separator`` takes a cell apart.
    """

    name: str
    term: str = ""
    scheme: str = ""
    datatype: str = "string"
    separator: str = ""

    @property
    def field(self) -> str:
        """What the field of a record is called."""
        return f"id {self.scheme}" if self.scheme else f"{self.datatype} {self.term}"

    def values(self, cells: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """The values in a row."""
        for cell in cells.get(self.name, ()):
            parts = cell.split(self.separator) if self.separator else [cell]
            yield from (part.strip() for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class Join:
    """A column by whose identifiers, or reviewed names, rows are joined to things of the graph."""

    column: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Constant:
    """What every row says: a property and a thing in short form."""

    term: str
    value: str


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a download is and what its columns mean.

    ``records`` is the path to the list of objects in JSON; ``only`` keeps the rows that have one
    of some texts in a column; ``keep`` is all or joined. ``endpoint`` is the address of the SPARQL
    endpoint that the download is a copy of, in whose place it is asked.
    """

    name: str
    title: str
    publisher: str
    licence: str
    source: str
    retrieved: str
    download: Path
    key: tuple[str, ...]
    records: str = ""
    keep: str = "all"
    endpoint: str = ""
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()
    columns: tuple[Column, ...] = ()
    constants: tuple[Constant, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All columns that have to be there."""
        named = (*self.key, *self.only, *(j.column for j in self.joins))
        return tuple(dict.fromkeys((*named, *(c.name for c in self.columns))))


def read_descriptor(source: Source) -> Descriptor:
    """A descriptor; DataError, with every problem, where it is not in order."""
    try:
        found = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 0)
        message = f"this is not TOML: {error}."
        finding = Finding(source.path, line, column, Severity.ERROR, message, "sector-form")
        raise DataError(str(finding), [finding]) from None
    reading = _Reading(source)
    described = reading.descriptor(found)
    errors = [f for f in reading.findings if f.severity is Severity.ERROR]
    if errors or described is None:
        raise DataError("\n".join(map(str, errors)), errors)
    return described


class _Reading:
    """The walk through a descriptor, with what was found wrong."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []

    def note(self, severity: Severity, message: str, near: str, code: str = "form") -> None:
        """A finding at the first line that holds ``near``."""
        lines = enumerate(self.source.lines, start=1)
        line = next((number for number, text in lines if near and near in text), 1)
        self.findings.append(
            Finding(self.source.path, line, 0, severity, message, f"sector-{code}")
        )

    def error(self, message: str, near: str = "", code: str = "form") -> None:
        self.note(Severity.ERROR, message, near, code)

    def descriptor(self, found: Mapping[str, Any]) -> Descriptor | None:
        """What the file says; None where that cannot be told."""
        for name in found.keys() - KEYS:
            self.error(f"“{name}” means nothing here; known are {', '.join(sorted(KEYS))}.", name)
        for name in NEEDED:
            if not found.get(name):
                self.error(f"{name} is missing; a descriptor has to say it.")
        if found.get("keep", "all") not in ("all", "joined"):
            self.error("keep has to be all or joined.", "keep")
        columns = tuple(self.column(one) for one in self.tables(found, "column"))
        joins = tuple(self.join(one) for one in self.tables(found, "join"))
        constants = tuple(self.constant(one) for one in self.tables(found, "constant"))
        if self.findings:
            return None
        retrieved = self.retrieved(found.get("retrieved"))
        key = found["key"]
        return Descriptor(
            name=Path(self.source.path).stem,
            title=str(found["title"]),
            publisher=str(found["publisher"]),
            licence=str(found["licence"]),
            source=str(found["source"]),
            retrieved=retrieved,
            download=Path(self.source.path).parent / str(found["file"]),
            key=(key,) if isinstance(key, str) else tuple(key),
            records=str(found.get("records", "")),
            keep=str(found.get("keep", "all")),
            endpoint=str(found.get("endpoint", "")),
            only={k: [v] if isinstance(v, str) else v for k, v in found.get("only", {}).items()},
            joins=joins,
            columns=columns,
            constants=constants,
            findings=tuple(self.findings),
        )

    def tables(self, found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """The tables [[name]]."""
        tables = found.get(name, [])
        if isinstance(tables, list) and all(isinstance(one, dict) for one in tables):
            return tables
        self.error(f"write [[{name}]], once for each.", name)
        return []

    def retrieved(self, given: Any) -> str:
        """The day of the download; a warning where it is not told."""
        if isinstance(given, date):
            return given.isoformat()
        message = (
            f"retrieved is missing: write the day on which you downloaded it, as "
            f"retrieved = {date(2026, 11, 26)}."
        )
        self.note(Severity.WARNING, message, "retrieved", "undated")
        return ""

    def column(self, one: Mapping[str, Any]) -> Column:
        """One [[column]]."""
        name = str(one.get("name", ""))
        column = Column(
            name,
            str(one.get("propertyUrl", "")),
            str(one.get("scheme", "")),
            str(one.get("datatype", "string")),
            str(one.get("separator", "")),
        )
        if not name or bool(column.term) == bool(column.scheme):
            self.error("a [[column]] needs a name, and either propertyUrl or scheme.", name)
        if column.scheme and column.scheme not in SCHEMES:
            self.error(f"scheme is “{column.scheme}”; known: {', '.join(SCHEMES)}.", name)
        if column.datatype not in DATATYPES:
            self.error(f"datatype is “{column.datatype}”; known: {', '.join(DATATYPES)}.", name)
        return column

    def join(self, one: Mapping[str, Any]) -> Join:
        """One [[join]]."""
        found = Join(str(one.get("column", "")), str(one.get("scheme", "")))
        if not found.column or found.scheme not in (*SCHEMES, REVIEWED):
            known = ", ".join((*SCHEMES, REVIEWED))
            self.error(f"a [[join]] needs a column and a scheme: {known}.", found.column)
        return found

    def constant(self, one: Mapping[str, Any]) -> Constant:
        """One [[constant]]."""
        found = Constant(str(one.get("propertyUrl", "")), str(one.get("valueUrl", "")))
        if not found.term or not found.value:
            self.error("a [[constant]] needs propertyUrl and valueUrl.", "constant")
        return found
