"""Organisations by identifier and by reviewed name, gathered from tables and mapping sets."""

from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from loader.document import Record
from loader.identifiers import SCHEMES, normalise_homepage, recognise_identifier
from loader.readers.sssom_slots import EXACT
from loader.settings import BASE

COLUMNS = ("ror", "wikidata", "ukprn")


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
        for column in COLUMNS:
            for one in record.all(column):
                full = SCHEMES[column].canonical(one.text)
                if full:
                    self.identified[column, full] = iri
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
