"""Links for the link audit, from a finished store or from a mapping set."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Store

from loader.errors import Severity
from loader.queries.build_queries import LINK_COLUMNS, build_query_runner
from loader.readers.sssom import EXACT, MappingSet
from loader.settings import BASE, Settings


@dataclass(frozen=True, slots=True)
class Claim:
    """One link; ``negated`` where it is denied, ``line`` 0 where no line is known.

    ``predicate`` is a SKOS mapping property, or the name of a register for an identifier.
    """

    subject: str
    predicate: str
    object: str
    negated: bool = False
    line: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether the link says that both are the same, as an identifier does too."""
        return not self.negated and (self.predicate == EXACT or ":" not in self.predicate)

    @property
    def is_ours(self) -> bool:
        """Whether the subject is an entity of this graph."""
        return self.subject.startswith(BASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One contradiction: its code, the claim that shows it, and a message with the remedy."""

    code: str
    claim: Claim
    message: str
    severity: Severity = Severity.ERROR


def list_mapping_claims(found: MappingSet) -> list[Claim]:
    """Return the links of a mapping set, without rows in which a side is missing."""
    return [
        Claim(link.subject, link["predicate_id"], link["object_id"], link.is_negated, link.line)
        for link in found.rows
        if link.has_both_sides
    ]


def read_store_claims(store: Store, settings: Settings) -> Iterator[Claim]:
    """Yield the links of a finished store, by ``sparql/links/links.rq``."""
    for subject, predicate, value, negated in select_link_rows(store, settings, "links"):
        no = negated is not None and negated.value == "true"
        yield Claim(subject.value, predicate.value, value.value, no)


def read_withdrawn_records(store: Store, settings: Settings) -> dict[str, list[str]]:
    """Return the records that registers in a store have withdrawn, each with its successors."""
    found: dict[str, list[str]] = {}
    for withdrawn, successor in select_link_rows(store, settings, "withdrawn"):
        found.setdefault(withdrawn.value, []).extend([successor.value] if successor else [])
    return found


def select_link_rows(store: Store, settings: Settings, name: str) -> Iterator[Any]:
    """Return the rows of a query of ``sparql/links``."""
    purpose = "the links to other datasets are checked with it"
    return build_query_runner(store, settings.links, LINK_COLUMNS, purpose)(name)
