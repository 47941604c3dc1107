"""Look-ups that mapping needs beyond the document at hand: labels, names, memberships."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from loader.document import Document, Record
from loader.identifiers import SCHEMES, normalise_homepage, recognise_identifier
from loader.mapping.concept_schemes import Scheme
from loader.mapping.name_recogniser import Recogniser
from loader.mapping.tag_line_segmenter import Tagger
from loader.namespaces import KnownTerms, slugify, thing
from loader.readers.sssom import EXACT
from loader.readers.table_description import TableDescription
from loader.settings import BASE

NAMING_KINDS = frozenset({"organisation", "membership", "mapping"})
"""The kinds of records that ``OrganisationCollector`` collects."""
SCHEME_BY_COLUMN = {
    **{name: name for name in ("ror", "wikidata", "ukprn", "hesa", "isni", "grid")},
    "crossref_funder": "fundref",
}


@dataclass(slots=True)
class IdentifierLookup:
    """Identifiers of organisations in full form, and the names that mapping sets match.

    ``identified`` has keys (scheme, identifier); ``names`` maps a name to the IRI it was matched
    to.
    """

    identified: dict[tuple[str, str], NamedNode] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def identify(self, iri: NamedNode, record: Record) -> None:
        """Record the identifiers of an organisation."""
        for column, scheme in SCHEME_BY_COLUMN.items():
            for one in record.all(column):
                full = SCHEMES[scheme].canonical(one.text)
                if full:
                    self.identified[scheme, full] = iri
        for one in record.all("homepage"):
            if site := normalise_homepage(one.text):
                self.identified["homepage", site] = iri

    def review(self, record: Record) -> None:
        """Record a row of a mapping set: a name or an identifier that is an exact match."""
        if record.text("predicate_id") != EXACT or record.text("predicate_modifier"):
            return
        subject, target = record.text("subject_id"), record.text("object_id")
        if not subject:
            self.names[record.text("subject_label")] = target
        for ours, theirs in ((subject, target), (target, subject)):
            known = recognise_identifier(theirs) if theirs else None
            if ours.startswith(BASE) and known:
                self.identified.setdefault(known, NamedNode(ours))

    def resolve_reviewed_names(self) -> dict[str, NamedNode]:
        """Return the organisation of each reviewed name, resolved by identifier where necessary."""
        found = {}
        for name, target in self.names.items():
            known = recognise_identifier(target)
            iri = self.identified.get(known) if known else None
            if target.startswith(BASE):
                found[name] = NamedNode(target)
            elif iri:
                found[name] = iri
        return found


@dataclass(frozen=True, slots=True)
class MappingContext:
    """Look-ups over the complete release, the same for every document.

    ``taggers`` and ``labels`` are by scheme name and concept; ``organisations`` matches a complete
    name, and ``recogniser`` finds names in running text; ``members`` are (organisation, consortium)
    pairs. ``identified`` maps (scheme, identifier in full form) to an organisation, and
    ``reviewed`` maps a name that a mapping set has matched to one; ``tables`` are the descriptions
    of tables by kind. ``digest`` identifies all of them, "" where nothing is taken over.
    """

    taggers: dict[str, Tagger]
    labels: dict[NamedNode, str]
    organisations: Tagger
    recogniser: Recogniser
    consortia: frozenset[NamedNode]
    members: frozenset[tuple[NamedNode, NamedNode]]
    identified: Mapping[tuple[str, str], NamedNode] = field(default_factory=dict)
    reviewed: Mapping[str, NamedNode] = field(default_factory=dict)
    terms: KnownTerms = field(default_factory=KnownTerms)
    tables: Mapping[str, TableDescription] = field(default_factory=dict)
    digest: str = ""

    def term(self, short: str) -> NamedNode | None:
        """Return the term of a prefixed name or IRI, or None for an unknown one."""
        return self.terms.resolve(short)


@dataclass(slots=True)
class OrganisationCollector:
    """Collects the organisations of all documents in a first pass."""

    labels: list[tuple[str, NamedNode]] = field(default_factory=list)
    consortia: set[NamedNode] = field(default_factory=set)
    memberships: list[tuple[str, str]] = field(default_factory=list)
    linked: IdentifierLookup = field(default_factory=IdentifierLookup)

    def collect(self, document: Document) -> None:
        """Record the names, kinds and memberships of the organisations of a document."""
        for record in document.records:
            if record.kind == "organisation" and record.text("name"):
                self._note(record)
                self.linked.identify(organisation_iri(record), record)
            elif record.kind == "membership":
                self.memberships.append((record.text("institution"), record.text("group")))
            elif record.kind == "mapping":
                self.linked.review(record)

    def _note(self, record: Record) -> None:
        iri = organisation_iri(record)
        name = record.text("name")
        self.labels.append((name, iri))
        for column in ("alt_names", "former_names"):
            self.labels.extend((field.text, iri) for field in record.all(column))
        if record.text("kind").lower() == "consortium":
            self.consortia.add(iri)
        if record.text("consortium"):
            self.memberships.append((name, record.text("consortium")))

    def context(
        self,
        schemes: Iterable[Scheme],
        terms: KnownTerms | None = None,
        tables: Iterable[TableDescription] = (),
    ) -> MappingContext:
        """Return the look-ups, after every document has been collected."""
        organisations = Tagger(self.labels)
        pairs = ((organisations.match(a), organisations.match(b)) for a, b in self.memberships)
        schemes = list(schemes)
        return MappingContext(
            taggers={s.name: Tagger(s.labels()) for s in schemes},
            labels={c.iri: c.pref for s in schemes for c in s.concepts},
            organisations=organisations,
            recogniser=Recogniser(self.labels),
            consortia=frozenset(self.consortia),
            members=frozenset((a, b) for a, b in pairs if a and b),
            identified=self.linked.identified,
            reviewed=self.linked.resolve_reviewed_names(),
            terms=terms or KnownTerms(),
            tables={table.kind: table for table in tables},
        )


def organisation_iri(record: Record) -> NamedNode:
    """Return the IRI of the organisation that a record describes."""
    return thing("organisation", record.slug or slugify(record.text("name")))
