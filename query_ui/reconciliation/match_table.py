"""Matching of the cells of a column; each distinct cell is matched once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from loader.identifiers import SCHEMES, recognise_identifier
from loader.readers.cell_values import is_missing
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.affiliation import (
    MIN_CELLS_WITH_COUNTRY,
    MIN_COUNTRY_SHARE,
    infer_country,
    match_affiliation,
)
from query_ui.reconciliation.matching.countries import parse_country_code
from query_ui.reconciliation.matching.match_name import Match, match_name
from query_ui.reconciliation.matching.scoring import MatchQuery
from query_ui.reconciliation.table_input import InputTable

Matcher = Callable[[MatchQuery], list[Match]]
"""Function from a query to its matches, best first."""
MAX_SAMPLE_SIZE = 200
"""About the number of cells from which the country of a column of names is inferred."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Columns with evidence about the entity that a cell names, and evidence for all rows.

    ``country`` is an ISO 3166-1 alpha-2 code or "", ``country_column`` the column with countries
    or ""; ``types`` restricts the matches, unless empty.
    """

    identifier_columns: tuple[str, ...] = ()
    place_columns: tuple[str, ...] = ()
    country: str = ""
    country_column: str = ""
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Distinct query with its matches, best first, and the numbers of its rows, from 1."""

    question: MatchQuery
    matches: Sequence[Match]
    rows: Sequence[int]

    @property
    def sure(self) -> Match | None:
        """Match that needs no review, or None."""
        return self.matches[0] if self.matches and self.matches[0].sure else None

    @property
    def organisations(self) -> list[Match]:
        """All matches that need no review: an affiliation may name several organisations."""
        return [match for match in self.matches if match.sure]

    @property
    def relatives(self) -> list[Match]:
        """Matches that are part of one of ``organisations``, or of which one is part."""
        return [match for match in self.matches if match.relation] if self.sure else []


def collect_match_queries(
    table: InputTable, column: str, evidence: Evidence
) -> dict[MatchQuery, list[int]]:
    """Return the row numbers, from 1, by distinct query of a column; empty cells are left out, and
    those that say so, such as ``N/A``.

    Raise UsageError where a column does not exist.
    """
    place = table.place(column)
    identifying = [table.place(name) for name in evidence.identifier_columns]
    placing = [table.place(name) for name in evidence.place_columns]
    country_place = table.place(evidence.country_column) if evidence.country_column else None
    found: dict[MatchQuery, list[int]] = {}
    for number, row in enumerate(table.rows, start=1):
        if not is_missing(row[place]):
            known = (recognise_identifier(row[p]) for p in identifying if not is_missing(row[p]))
            question = MatchQuery(
                row[place].strip(),
                tuple(dict.fromkeys(k for k in known if k)),
                tuple(row[p].strip() for p in placing if not is_missing(row[p])),
                evidence.country
                if country_place is None
                else parse_country_code(row[country_place]),
                evidence.types,
            )
            found.setdefault(question, []).append(number)
    return found


def check_identifiers(table: InputTable, columns: Sequence[str]) -> Iterator[str]:
    """Yield a message for each cell that is no known identifier or has wrong check digits."""
    for column in columns:
        for number, cell in enumerate(table.list_cells(column), start=1):
            row = table.name_row(number)
            known = ("", "") if is_missing(cell) else recognise_identifier(cell)
            if known is None:
                yield f"{row}: “{cell}” in {column} is no identifier that is known."
            elif known[0] in SCHEMES and not SCHEMES[known[0]].is_valid(known[1]):
                title = SCHEMES[known[0]].title
                yield f"{row}: {cell} in {column} fails the check digits of {title}."


def build_proposals(
    rows_by_query: dict[MatchQuery, list[int]],
    matcher: Matcher,
    report_progress: Callable[[int], None] = lambda n: None,
) -> Iterator[Proposal]:
    """Yield a proposal for each query; call ``report_progress`` with the number so far.

    ``report_progress`` may raise, to stop the work.
    """
    for number, (question, rows) in enumerate(rows_by_query.items(), start=1):
        yield Proposal(question, matcher(question), rows)
        report_progress(number)


def build_matcher(
    name_index: NameIndex,
    are_affiliations: bool,
    queries: Iterable[MatchQuery] = (),
    limit: int = 5,
) -> Matcher:
    """Return the function that matches cells as names, or as affiliations with addresses.

    ``queries`` are all cells of the column: an affiliation without a country lies in the country
    of its row, or else in that of nearly all others; so does a town in "York University".
    """
    queries = list(queries)
    if are_affiliations:
        country = infer_country(query.text for query in queries)
        return lambda question: match_affiliation(
            name_index, question.text, limit, question.country or country
        )
    return NameMatcher(name_index, queries, limit).match


class NameMatcher:
    """Matches the cells of a column as names, each in the light of the others."""

    def __init__(self, name_index: NameIndex, queries: Sequence[MatchQuery], limit: int) -> None:
        self.name_index = name_index
        self.queries = queries
        self.limit = limit

    def match(self, query: MatchQuery) -> list[Match]:
        """Return the matches for a cell; the country of the column is looked up where needed."""
        found = match_name(self.name_index, query, self.limit)
        if not query.country and rests_on_town(found) and self.country:
            found = match_name(self.name_index, replace(query, country=self.country), self.limit)
        return found

    @cached_property
    def country(self) -> str:
        """The country in which nearly all the organisations lie that the column names, or "".

        Names without a certain match count against it, as they may lie abroad; those that need
        the country do not count.
        """
        step = max(1, len(self.queries) // MAX_SAMPLE_SIZE)
        found = [match_name(self.name_index, one, 2) for one in self.queries[::step]]
        others = [matches for matches in found if not rests_on_town(matches)]
        counts = Counter(m.entity.country for matches in others for m in matches if m.sure)
        code, count = max(counts.items(), key=itemgetter(1), default=("", 0))
        is_common = count >= max(MIN_CELLS_WITH_COUNTRY, MIN_COUNTRY_SHARE * len(others))
        return code if is_common else ""


def rests_on_town(matches: Sequence[Match]) -> bool:
    """Return whether the best match would need the country: York University."""
    return bool(matches) and "town_alone" in matches[0].candidate.features
