"""What ``catalogue.yaml`` of a data folder says of its documents: title, source, licence, trust."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loader.document import Field
from loader.errors import DataError, Finding, Severity
from loader.readers.front_matter import ABOUT, TRUSTS
from loader.readers.source import load_source
from loader.readers.yaml_positions import Place, Value, read_block

NAME = "catalogue.yaml"
KEYS = {**ABOUT, "derived_from": "derived_from.file"}
MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries of one data folder by document name; the spans are lines of the catalogue."""

    path: str
    defaults: tuple[Field, ...] = ()
    documents: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def about(self, name: str, usual: tuple[Field, ...] = ()) -> tuple[Field, ...]:
        """The fields of that document, completed by the ``usual`` ones, then by the defaults."""
        found: dict[str, Field] = {}
        for entry in (*self.documents.get(name, ()), *usual, *self.defaults):
            found.setdefault(entry.name, entry)
        return tuple(found.values())

    def unmatched(self, names: Iterable[str]) -> Iterator[Finding]:
        """A warning for each entry that is about none of the documents ``names``."""
        known = set(names)
        for name, line in self.lines.items():
            if name not in known:
                message = f'there is no document "{name}" in this folder; mend or delete the entry.'
                yield Finding(
                    self.path, line, 0, Severity.WARNING, message, "catalogue-no-document"
                )


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue of a folder, empty where it has none.

    Raises DataError, with every problem of the file, where it is broken.
    """
    path = folder / NAME
    if not path.is_file():
        return Catalogue(str(path))
    place = Place(str(path), 1, "catalogue", "the catalogue")
    block = read_block(load_source(path, NAME, MAX_BYTES).text, place)
    reading = _Reading(place)
    catalogue = reading.catalogue(block)
    if reading.findings:
        message = "\n".join(str(finding) for finding in reading.findings)
        raise DataError(message, reading.findings)
    return catalogue


class _Reading:
    """The walk through the block, with what was found wrong on the way."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.findings: list[Finding] = []

    def catalogue(self, block: Value) -> Catalogue:
        for key, _ in block.entries:
            if key.text not in ("defaults", "documents"):
                self.error(f'"{key.text}" is neither defaults nor documents.', key)
        documents = self.mapping(block.get("documents"))
        return Catalogue(
            self.place.path,
            self.fields(block.get("defaults")),
            {key.text: self.fields(value) for key, value in documents},
            {key.text: key.span.start for key, _ in documents},
        )

    def error(self, message: str, value: Value) -> None:
        self.findings.append(self.place.finding(message, value.span.start, value.span.column))

    def mapping(self, value: Value | None) -> tuple[tuple[Value, Value], ...]:
        if value is None or value.empty:
            return ()
        if value.kind != "mapping":
            self.error("here belong lines of the form key: value, indented.", value)
        return value.entries

    def fields(self, value: Value | None) -> tuple[Field, ...]:
        return tuple(made for pair in self.mapping(value) for made in self.field(*pair))

    def field(self, key: Value, value: Value) -> Iterator[Field]:
        if key.text not in KEYS:
            self.error(f'"{key.text}" is not known; use {", ".join(KEYS)}.', key)
        elif value.kind != "scalar":
            self.error(f"{key.text} is one text.", value)
        elif key.text == "trust" and value.text not in TRUSTS:
            self.error(f'"{value.text}" is no trust; use {", ".join(TRUSTS)}.', value)
        elif value.text:
            yield Field(KEYS[key.text], value.text, value.span)
