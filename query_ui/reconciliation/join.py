"""Join of a user's table with its sure matches: the same rows in order, with more columns."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import SavedQuery
from query_ui.engine.protocol import Engine
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.match_table import Proposal
from query_ui.reconciliation.matching.match_name import Match
from query_ui.reconciliation.table_input import InputTable

MATCH_HEADERS = ("matched_id", "matched_name", "match_confidence", "match_reasons")
"""Headers of the columns that describe a match."""
RELATED_HEADERS = ("related_id", "related_name", "relation")
"""Headers of the columns with institutes of a match, or the federation that it belongs to."""
CellBuilder = Callable[[Match], Sequence[str]]
"""Function from a match to the cells of additional columns."""


def render_joined_csv(
    table: InputTable,
    proposals: Sequence[Proposal],
    extra_headers: Sequence[str] = (),
    build_extra_cells: CellBuilder = lambda found: (),
    are_affiliations: bool = False,
) -> str:
    """Return a table as CSV with columns for the sure matches added.

    ``extra_headers`` are the headers of the cells from ``build_extra_cells``. In a row without a
    sure match the added cells are empty, so that no doubtful match is joined. An affiliation may
    have several sure matches, which "|" separates in each cell, and has columns for their
    relatives at the end.
    """
    by_row = {row: p for p in proposals for row in p.rows if p.sure}
    related = RELATED_HEADERS if are_affiliations else ()
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*table.headers, *MATCH_HEADERS, *extra_headers, *related])
    width = len(MATCH_HEADERS) + len(extra_headers) + len(related)
    for number, row in enumerate(table.rows, start=1):
        found = by_row.get(number)
        cells = [""] * width
        if found:
            cells = join_cells(build_match_cells(m, build_extra_cells) for m in found.organisations)
            cells += build_related_cells(found) if are_affiliations else []
        writer.writerow([*row, *cells])
    return stream.getvalue()


def join_cells(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return one row of cells, each with the values of that column separated by "|"."""
    return ["|".join(cells) for cells in zip(*rows, strict=True)]


def build_match_cells(match: Match, build_extra_cells: CellBuilder) -> list[str]:
    """Return the cells that describe a match, then the additional ones."""
    reasons = "; ".join(f"{k}={v:g}" for k, v in match.candidate.features.items())
    named = [match.entity.iri, match.entity.label, f"{match.score / 100:.4g}", reasons]
    return [*named, *build_extra_cells(match)]


def build_related_cells(proposal: Proposal) -> list[str]:
    """Return the cells for ``RELATED_HEADERS``, with "|" between several relatives."""
    rows = [[m.entity.iri, m.entity.label, str(m.relation)] for m in proposal.relatives]
    return join_cells(rows) or [""] * len(RELATED_HEADERS)


def apply_choices(
    proposals: Sequence[Proposal], choice_by_number: Mapping[int, str]
) -> list[Proposal]:
    """Return the proposals with a person's choices applied.

    ``choice_by_number`` has the chosen IRI, or "" for none of the candidates, by index of proposal.
    """
    return [
        apply_choice(proposal, choice_by_number[number]) if number in choice_by_number else proposal
        for number, proposal in enumerate(proposals)
    ]


def apply_choice(proposal: Proposal, iri: str) -> Proposal:
    """Return a proposal with ``iri`` as its sure match, or without one if no match has it."""
    first = [
        Match(m.entity, m.candidate, True, True) for m in proposal.matches if m.entity.iri == iri
    ]
    rest = [Match(m.entity, m.candidate) for m in proposal.matches if m.entity.iri != iri]
    return Proposal(proposal.question, [*first, *rest], proposal.rows)


IDENTIFIER_SCHEMES = ("ror", "ukprn", "wikidata")
"""Schemes whose identifiers a joined table contains, one column each."""
COUNT_HEADER = "case-studies"
CASE_STUDY_CLASS = "https://w3id.org/concordat-kg/ontology#CaseStudy"


def build_identifier_cells(name_index: NameIndex, match: Match) -> Sequence[str]:
    """Return the identifiers of a match, one cell for each of ``IDENTIFIER_SCHEMES``."""
    known = name_index.list_identifiers(match.entity.number)
    return ["|".join(value for s, value in known if s == scheme) for scheme in IDENTIFIER_SCHEMES]


def count_case_studies(
    engine: Engine, query: SavedQuery, proposals: Iterable[Proposal]
) -> Mapping[str, str]:
    """Return the number of case studies of each surely matched organisation, as text, by IRI."""
    iris = dict.fromkeys(m.entity.iri for p in proposals for m in p.organisations)
    totals = dict.fromkeys(iris, "0")
    text = bind_parameters(query, {"thing": [f"<{iri}>" for iri in iris]}) if iris else ""
    for entity, class_, total in engine.query(text).rows if text else ():
        if getattr(class_, "value", "") == CASE_STUDY_CLASS:
            totals[entity.value] = total.value  # type: ignore[union-attr]
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
        return [*build_identifier_cells(name_index, found), count_by_iri.get(found.entity.iri, "0")]

    return (*IDENTIFIER_SCHEMES, COUNT_HEADER), values
