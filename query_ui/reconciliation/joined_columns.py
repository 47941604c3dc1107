"""Additional columns of a joined table: identifiers and the number of case studies."""

from collections.abc import Iterable, Mapping, Sequence

from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import SavedQuery
from query_ui.engine.protocol import Engine
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.join import CellBuilder
from query_ui.reconciliation.match_table import Proposal
from query_ui.reconciliation.matching.match_name import Match

IDENTIFIER_SCHEMES = ("ror", "ukprn", "wikidata")
"""Schemes whose identifiers a joined table contains, one column each."""
COUNT_HEADER = "case-studies"
CASE_STUDY_CLASS = "https://w3id.org/concordat-kg/ontology#CaseStudy"


def build_identifier_cells(name_index: NameIndex, match: Match) -> Sequence[str]:
    """Return the identifiers of a match, one cell for each of ``IDENTIFIER_SCHEMES``."""
    known = name_index.list_identifiers(match.thing.number)
    return ["|".join(value for s, value in known if s == scheme) for scheme in IDENTIFIER_SCHEMES]


def count_case_studies(
    engine: Engine, query: SavedQuery, proposals: Iterable[Proposal]
) -> Mapping[str, str]:
    """Return the number of case studies of each surely matched organisation, as text, by IRI."""
    iris = dict.fromkeys(p.sure.thing.iri for p in proposals if p.sure)
    totals = dict.fromkeys(iris, "0")
    text = bind_parameters(query, {"thing": [f"<{iri}>" for iri in iris]}) if iris else ""
    for thing, class_, total in engine.query(text).rows if text else ():
        if getattr(class_, "value", "") == CASE_STUDY_CLASS:
            totals[thing.value] = total.value  # type: ignore[union-attr]
    return totals


def build_extra_columns(
    name_index: NameIndex, count_by_iri: Mapping[str, str] | None
) -> tuple[Sequence[str], CellBuilder]:
    """Return the additional headers and the function that builds their cells.

    The number of case studies is included unless ``count_by_iri`` is None.
    """
    if count_by_iri is None:
        return IDENTIFIER_SCHEMES, lambda found: build_identifier_cells(name_index, found)

    def values(found: Match) -> Sequence[str]:
        return [*build_identifier_cells(name_index, found), count_by_iri.get(found.thing.iri, "0")]

    return (*IDENTIFIER_SCHEMES, COUNT_HEADER), values
