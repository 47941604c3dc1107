"""What readers return and mapping makes: documents of fields with positions, and statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from loader.errors import Finding
from loader.namespaces import CKG

Subject = NamedNode | BlankNode | Triple
Object = NamedNode | BlankNode | Literal | Triple


class Rule(StrEnum):
    """How a statement came about; each value is an individual of ``ckg:Rule`` in the ontology."""

    AS_WRITTEN = "AsWritten"
    """The source gives the value under this name, alone in its field, cell or list item."""
    TAG_LINE = "TagLine"
    """A tag line was segmented against its scheme."""
    NAME_IN_PROSE = "NameInProse"
    """The full name of an organisation appears in running text."""
    ACRONYM_IN_PROSE = "AcronymInProse"
    """The acronym of an organisation appears in running text: weaker evidence than a name."""
    CURATOR = "CuratorStatement"
    """A curator of this project states it; the source does not."""
    RECORD = "WholeRecord"
    """The class of the entity follows from the kind of record it was read from."""
    TABLE_ROW = "TableRow"
    """A column of the row states it, as the description of its table explains."""
    SECTION = "SectionHeading"
    """A heading of an article was taken as the title of a commitment."""
    SECTOR = "SectorDataset"
    """A sector dataset states it in a column that its descriptor explains."""
    RDF = "RdfStatement"
    """The document is RDF and states it itself."""
    LITERAL_FORM = "LiteralForm"
    """The document is RDF and states a SKOS-XL label, whose literal form this label is."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines ``start`` to ``end`` of a file, both counted from 1 and both included.

    ``column`` is the column of the first character, counted from 1, or 0 for whole lines.
    """

    start: int
    end: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """One value as the source prints it.

    ``text`` is the raw slice of the file, line breaks included, so that ``place`` can convert an
    offset into it to a line and a column. ``is_low_trust`` says that the source itself calls the
    value doubtful.
    """

    name: str
    text: str
    span: Span
    rule: Rule = Rule.AS_WRITTEN
    is_low_trust: bool = False

    @property
    def trust(self) -> NamedNode | None:
        """Return the trust of statements that rest on this field, None for the document's."""
        return CKG.Low if self.is_low_trust else None

    def place(self, offset: int) -> Span:
        """Return the one-line span of the character at ``offset`` of ``text``."""
        before = self.text[:offset]
        line = self.span.start + before.count("\n")
        if line == self.span.start:
            return Span(line, line, (self.span.column or 1) + offset)
        return Span(line, line, offset - before.rindex("\n"))


@dataclass(frozen=True, slots=True)
class Record:
    """One entity that a document describes: a case study, an organisation, a section, a claim.

    ``kind`` is a key of ``MAPPER_BY_KIND`` in ``loader.mapping``, or the kind of a table that a
    description explains; ``slug`` is "" where the source has none; ``parts`` are the records inside
    this one, in the order of the source.
    """

    kind: str
    slug: str
    span: Span
    fields: tuple[Field, ...] = ()
    parts: tuple["Record", ...] = ()

    def all(self, name: str) -> Iterator[Field]:
        """Return every field called ``name``, in the order of the source."""
        return (field for field in self.fields if field.name == name)

    def first(self, name: str) -> Field | None:
        """Return the first field called ``name``, or None."""
        return next(self.all(name), None)

    def text(self, name: str, default: str = "") -> str:
        """Return the text of the first field called ``name``, or ``default``."""
        field = self.first(name)
        return field.text if field else default


@dataclass(frozen=True, slots=True)
class LocatedStatement:
    """One RDF statement with the lines it was read from."""

    quad: Quad
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """One file after reading and before mapping.

    ``path`` is the file as the user named it, ``name`` its path inside its data folder with ``/``,
    ``reader`` the name of the reader, ``about`` the metadata of the file (title, source, trust,
    licence, derived_from …), ``statements`` the statements of an RDF document.
    """

    path: str
    name: str
    sha256: str
    lines: int
    reader: str
    about: tuple[Field, ...] = ()
    records: Sequence[Record] = ()
    statements: tuple[LocatedStatement, ...] = ()
    findings: tuple[Finding, ...] = ()


class Statement(NamedTuple):
    """One triple with the lines it was read from, the rule that made it and its quotation.

    ``quoted`` is "" where the quotation is the object itself. ``graph`` is None for the graph of
    the document; RDF documents may name graphs of their own. ``trust`` is None for the trust of the
    document.
    """

    subject: Subject
    predicate: NamedNode
    object: Object
    span: Span
    rule: Rule
    quoted: str = ""
    graph: NamedNode | None = None
    trust: NamedNode | None = None
