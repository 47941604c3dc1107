"""The check of one document in memory, as a build reads, maps and validates it.

It knows the ontology, the names of organisations, and of a release what the document refers to.
What only all documents together can show, a build finds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple

from loader.document import Document, Statement
from loader.errors import DataError, Finding, Severity
from loader.mapping import map_document
from loader.mapping.concept_schemes import Scheme, load_schemes
from loader.mapping.lookups import MappingContext, OrganisationCollector
from loader.mapping.provenance import build_document_lines, graph_of
from loader.namespaces import graph, read_terms
from loader.readers import markdown
from loader.readers.source import SourceFile
from loader.readers.table_description import TableDescription, load_table_descriptions
from loader.readers.table_document import read_table
from loader.settings import BASE, Settings
from loader.validation.shacl import validate
from loader.validation.sparql_checks import Locate, load_checks, run_checks

OrganisationName = tuple[str, NamedNode, bool]
"""A name, the organisation that has it, and whether that is a consortium."""
Describe = Callable[[Sequence[str]], Iterable[Triple]]
"""Returns the types and names that a release states of some IRIs."""
RELEASE = graph("release")
"""The graph, in the store of a check, of what the release states."""


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """What a check found: the document, unless it could not be read, and its findings in order."""

    document: Document | None
    findings: tuple[Finding, ...]


class DocumentChecker:
    """Checks single documents against the ontology of ``settings`` and one release.

    ``organisations`` are the names that the release knows.
    """

    def __init__(
        self, settings: Settings, organisations: Iterable[OrganisationName], describe: Describe
    ) -> None:
        self._settings = settings
        self._organisations = tuple(organisations)
        self._describe = describe

    @cached_property
    def schemes(self) -> Mapping[str, Scheme]:
        """The concept schemes by name."""
        return load_schemes(self._settings.ontology)

    @cached_property
    def tables(self) -> Sequence[TableDescription]:
        """The descriptions of tables."""
        return load_table_descriptions(self._settings.ontology)

    @cached_property
    def _context(self) -> MappingContext:
        names = OrganisationCollector()
        names.labels = [(name, iri) for name, iri, _ in self._organisations]
        names.consortia = {iri for _, iri, is_consortium in self._organisations if is_consortium}
        terms = read_terms(self._settings.ontology)
        return names.context(self.schemes.values(), terms, self.tables)

    @cached_property
    def _ontology(self) -> tuple[Quad, ...]:
        """The statements of the ontology, which shapes and checks look at."""
        store = Store()
        for path in sorted(self._settings.ontology.rglob("*.ttl")):
            home = graph_of(f"ontology/{path.relative_to(self._settings.ontology).as_posix()}")
            store.load(path=path, format=RdfFormat.TURTLE, base_iri=BASE, to_graph=home)
        return tuple(store)

    def check(self, name: str, data: bytes) -> CheckedDocument:
        """Read, map and validate the document ``name``, a Markdown file or a table in CSV."""
        source = SourceFile(name, name, data, sha256(data).hexdigest())
        try:
            document = (
                markdown.read_markdown(source)
                if name.endswith(".md")
                else read_table(source, self.tables)
            )
        except DataError as error:
            return CheckedDocument(None, tuple(error.findings))
        mapped = map_document(document, self._context)
        found = {*document.findings, *mapped.findings}
        found |= set(self._validate(document, mapped.statements))
        return CheckedDocument(document, tuple(sorted(found)))

    def _validate(self, document: Document, statements: list[Statement]) -> Iterator[Finding]:
        """Yield what the shapes and the checks find about the subjects of a document."""
        subjects = {one.subject for one in statements if isinstance(one.subject, NamedNode)}
        values = {one.object for one in statements if isinstance(one.object, NamedNode)}
        known = [*self._describe([n.value for n in subjects | values if n.value.startswith(BASE)])]
        locate = _Locator(document.path, statements).locate
        yield from find_taken_addresses(subjects, known, locate)
        store = Store()
        store.bulk_extend(self._ontology)
        store.extend(
            Quad(one.subject, one.predicate, one.object, RELEASE)
            for one in known
            if one.subject in values
        )
        lines = build_document_lines(document, graph_of(document.name), statements)
        text = "".join(f"{triple} {graph} .\n" for triple, graph in lines)
        store.load(text.encode(), format=RdfFormat.N_QUADS)
        yield from validate(store, self._settings.ontology / "shapes.ttl", locate, subjects)
        iris = {subject.value for subject in subjects}
        yield from run_checks(store, load_checks(self._settings.checks), locate, iris)


def find_taken_addresses(
    subjects: Iterable[NamedNode], known: Iterable[Triple], locate: Locate
) -> Iterator[Finding]:
    """Yield an error for each entity that the release describes already."""
    taken = {triple.subject for triple in known}
    for subject in sorted((one for one in subjects if one in taken), key=str):
        path, line = locate(subject.value, "")
        message = f"<{subject.value}> is described already; choose another id"
        yield Finding(path, line, 0, Severity.ERROR, message, "same-slug", subject.value)


class _Locator:
    """Finds the line of a statement of one document."""

    def __init__(self, path: str, statements: Iterable[Statement]) -> None:
        self._path = path
        self._lines: dict[tuple[str, str], int] = {}
        for one in statements:
            about = str(one.subject).strip("<>")
            for predicate in (one.predicate.value, ""):
                self._lines.setdefault((about, predicate), one.span.start)

    def locate(self, about: str, predicate: str = "") -> tuple[str, int]:
        """Return the path, and the line of a statement about an entity with this property."""
        line = self._lines.get((about, predicate)) or self._lines.get((about, ""), 0)
        return self._path, line
