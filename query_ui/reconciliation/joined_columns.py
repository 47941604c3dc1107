"""What a joined table gets beside a match: identifiers, and how many case studies there are."""

from collections.abc import Iterable, Mapping, Sequence

from loader.queries.parameter_binding import bind
from loader.queries.query_files import SavedQuery
from query_ui.engine.protocol import Engine
from query_ui.graph.name_index import Gazetteer
from query_ui.reconciliation.join import Values
from query_ui.reconciliation.match_table import Proposal
from query_ui.reconciliation.matching.match_name import Match

REGISTERS = ("ror", "ukprn", "wikidata")
COUNTED = "case-studies"
CLASS = "https://w3id.org/concordat-kg/ontology#CaseStudy"


def identified(gazetteer: Gazetteer, found: Match) -> Sequence[str]:
    """The identifiers of a match, one cell for each of ``REGISTERS``."""
    known = gazetteer.identifiers(found.thing.number)
    return ["|".join(value for s, value in known if s == scheme) for scheme in REGISTERS]


def counts(engine: Engine, query: SavedQuery, proposals: Iterable[Proposal]) -> Mapping[str, str]:
    """How many case studies each surely matched organisation has, by its address."""
    iris = dict.fromkeys(p.sure.thing.iri for p in proposals if p.sure)
    totals = dict.fromkeys(iris, "0")
    text = bind(query, {"thing": [f"<{iri}>" for iri in iris]}) if iris else ""
    for thing, class_, total in engine.ask(text).rows if text else ():
        if getattr(class_, "value", "") == CLASS:
            totals[thing.value] = total.value  # type: ignore[union-attr]
    return totals


def beside(gazetteer: Gazetteer, totals: Mapping[str, str] | None) -> tuple[Sequence[str], Values]:
    """The headers and the cells beside a match; the number of case studies where it was counted."""
    if totals is None:
        return REGISTERS, lambda found: identified(gazetteer, found)

    def values(found: Match) -> Sequence[str]:
        return [*identified(gazetteer, found), totals.get(found.thing.iri, "0")]

    return (*REGISTERS, COUNTED), values
