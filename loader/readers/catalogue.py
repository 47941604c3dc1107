"""Reader of ``catalogue.yaml`` of a data folder: title, source, licence and trust of documents."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from loader.document import Field
from loader.errors import DataError, Finding, Severity
from loader.readers.front_matter import METADATA_FIELD_BY_KEY, TRUST_LEVELS
from loader.readers.source import load_source
from loader.readers.yaml_positions import BlockLocation, YamlValue, read_yaml_block

CATALOGUE_FILE_NAME = "catalogue.yaml"
FIELD_BY_CATALOGUE_KEY = {**METADATA_FIELD_BY_KEY, "derived_from": "derived_from.file"}
MAX_CATALOGUE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DocumentCatalogue:
    """The entries of one data folder by document name; the spans are lines of the catalogue.

    ``version`` and ``issued`` are those of the data in the folder, or "": a year with a number, and
    a date of ISO 8601. People raise them with a change of the data.
    """

    path: str
    defaults: tuple[Field, ...] = ()
    documents: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    version: str = ""
    issued: str = ""

    def resolve_metadata(
        self, name: str, fallback_fields: tuple[Field, ...] = ()
    ) -> tuple[Field, ...]:
        """Return a document's fields, completed by ``fallback_fields``, then the defaults."""
        found: dict[str, Field] = {}
        for entry in (*self.documents.get(name, ()), *fallback_fields, *self.defaults):
            found.setdefault(entry.name, entry)
        return tuple(found.values())

    def find_unmatched_entries(self, names: Iterable[str]) -> Iterator[Finding]:
        """Yield a warning for each entry that matches none of the documents ``names``."""
        known = set(names)
        for name, line in self.lines.items():
            if name not in known:
                message = f'there is no document "{name}" in this folder; mend or delete the entry.'
                yield Finding(
                    self.path, line, 0, Severity.WARNING, message, "catalogue-no-document"
                )


def read_catalogue(folder: Path) -> DocumentCatalogue:
    """Read the catalogue of a folder, empty where it has none.

    Raise DataError, with every problem of the file, where it is broken.
    """
    path = folder / CATALOGUE_FILE_NAME
    if not path.is_file():
        return DocumentCatalogue(str(path))
    place = BlockLocation(str(path), 1, "catalogue", "the catalogue")
    block = read_yaml_block(load_source(path, CATALOGUE_FILE_NAME, MAX_CATALOGUE_BYTES).text, place)
    reading = _CatalogueParser(place)
    catalogue = reading.parse_catalogue(block)
    if reading.findings:
        message = "\n".join(str(finding) for finding in reading.findings)
        raise DataError(message, reading.findings)
    return catalogue


def is_version(text: str) -> bool:
    """Return whether a text is a version of the data: a year and a number."""
    return re.fullmatch(r"[12]\d{3}\.[1-9]\d{0,3}", text) is not None


def is_date(text: str) -> bool:
    """Return whether a text is a date of ISO 8601 with hyphens."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class _CatalogueParser:
    """Parses the YAML block and collects the findings."""

    def __init__(self, location: BlockLocation) -> None:
        self.place = location
        self.findings: list[Finding] = []

    def parse_catalogue(self, block: YamlValue) -> DocumentCatalogue:
        for key, _ in block.entries:
            if key.text not in ("version", "issued", "defaults", "documents"):
                self.add_error(
                    f'"{key.text}" is not known; use version, issued, defaults or documents.', key
                )
        documents = self.parse_entries(block.get("documents"))
        return DocumentCatalogue(
            self.place.path,
            self.parse_fields(block.get("defaults")),
            {key.text: self.parse_fields(value) for key, value in documents},
            {key.text: key.span.start for key, _ in documents},
            self.parse_text(block.get("version"), is_version, "a year and a number, as 2026.1"),
            self.parse_text(block.get("issued"), is_date, "a date such as 2026-11-28"),
        )

    def parse_text(
        self, value: YamlValue | None, is_valid: Callable[[str], bool], expected: str
    ) -> str:
        """Return the text of a value, "" where there is none; note a finding for any other text."""
        if value is None or value.is_empty:
            return ""
        if value.kind != "scalar" or not is_valid(value.text):
            self.add_error(f'"{value.text}" is not {expected}.', value)
        return value.text

    def add_error(self, message: str, value: YamlValue) -> None:
        self.findings.append(self.place.build_error(message, value.span.start, value.span.column))

    def parse_entries(self, value: YamlValue | None) -> tuple[tuple[YamlValue, YamlValue], ...]:
        if value is None or value.is_empty:
            return ()
        if value.kind != "mapping":
            self.add_error("here belong lines of the form key: value, indented.", value)
        return value.entries

    def parse_fields(self, value: YamlValue | None) -> tuple[Field, ...]:
        return tuple(made for pair in self.parse_entries(value) for made in self.parse_field(*pair))

    def parse_field(self, key: YamlValue, value: YamlValue) -> Iterator[Field]:
        if key.text not in FIELD_BY_CATALOGUE_KEY:
            self.add_error(
                f'"{key.text}" is not known; use {", ".join(FIELD_BY_CATALOGUE_KEY)}.', key
            )
        elif value.kind != "scalar":
            self.add_error(f"{key.text} is one text.", value)
        elif key.text == "trust" and value.text not in TRUST_LEVELS:
            self.add_error(f'"{value.text}" is no trust; use {", ".join(TRUST_LEVELS)}.', value)
        elif value.text:
            yield Field(FIELD_BY_CATALOGUE_KEY[key.text], value.text, value.span)
