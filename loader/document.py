"""The frozen Document that every reader gives: records of named fields, each knowing its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pyoxigraph import Quad

from loader.errors import Finding


class Rule(StrEnum):
    """How a statement came about; each is an individual of ``ckg:Rule`` in the ontology."""

    AS_WRITTEN = "AsWritten"
    """The source gives the value under this name, alone in its field, cell or list item."""
    TAG_LINE = "TagLine"
    """A tag line was segmented against its scheme."""
    NAME_IN_PROSE = "NameInProse"
    """A full name of an organisation stands in running text."""
    ACRONYM_IN_PROSE = "AcronymInProse"
    """An acronym of an organisation stands in running text: weaker evidence than a name."""
    CURATOR = "CuratorStatement"
    """A curator of this project states it; the source does not."""
    RECORD = "WholeRecord"
    """The kind of thing follows from the kind of record it was read from."""
    SECTION = "SectionHeading"
    """A heading of an article was taken as the title of a commitment."""
    SECTOR = "SectorDataset"
    """A sector dataset says so in a column that its descriptor explains."""
    RDF = "RdfStatement"
    """The document is RDF and says so itself."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines ``start`` to ``end`` of a file, both counted from 1 and both included.

    ``column`` is the column of the first character, counted from 1; 0 where a whole line is meant.
    """

    start: int
    end: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """One value as the source prints it.

    ``text`` is the raw slice of the file, line breaks included, so that an offset into it can be
    turned back into a line and a column with ``place``.
    """

    name: str
    text: str
    span: Span
    rule: Rule = Rule.AS_WRITTEN

    def place(self, offset: int) -> Span:
        """The one-line span where the character at ``offset`` of ``text`` stands."""
        before = self.text[:offset]
        line = self.span.start + before.count("\n")
        if line == self.span.start:
            return Span(line, line, (self.span.column or 1) + offset)
        return Span(line, line, offset - before.rindex("\n"))


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a document describes: a case study, an organisation, a section, a claim.

    ``kind`` is one of the names in ``loader.mapping``; ``slug`` is "" where the source gives none;
    ``parts`` are the records inside it, in the order of the source.
    """

    kind: str
    slug: str
    span: Span
    fields: tuple[Field, ...] = ()
    parts: tuple["Record", ...] = ()

    def all(self, name: str) -> Iterator[Field]:
        """Every field of that name, in the order of the source."""
        return (field for field in self.fields if field.name == name)

    def first(self, name: str) -> Field | None:
        """The first field of that name, or None."""
        return next(self.all(name), None)

    def text(self, name: str, default: str = "") -> str:
        """The text of the first field of that name, or ``default``."""
        field = self.first(name)
        return field.text if field else default


@dataclass(frozen=True, slots=True)
class Located:
    """One RDF statement with the lines it was read from."""

    quad: Quad
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read and not yet understood.

    ``path`` is the file as the user named it, ``name`` its path inside its data folder with ``/``,
    ``reader`` the name of the reader, ``about`` what the file says of itself (title, source, trust,
    licence, derived_from …), ``statements`` the RDF it holds, for an RDF document.
    """

    path: str
    name: str
    sha256: str
    lines: int
    reader: str
    about: tuple[Field, ...] = ()
    records: tuple[Record, ...] = ()
    statements: tuple[Located, ...] = ()
    findings: tuple[Finding, ...] = ()
