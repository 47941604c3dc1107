"""A user's table joined to what was surely matched: the same rows in order, more columns."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from query_ui.reconciliation.match_table import Proposal
from query_ui.reconciliation.matching.match_name import Match
from query_ui.reconciliation.table_input import InputTable

MATCH_HEADERS = ("matched_id", "matched_name", "match_confidence", "match_reasons")
CellBuilder = Callable[[Match], Sequence[str]]


def render_joined_csv(
    table: InputTable,
    proposals: Sequence[Proposal],
    extra_headers: Sequence[str] = (),
    build_extra_cells: CellBuilder = lambda found: (),
) -> str:
    """The table as CSV with the sure matches beside; ``extra_headers`` are the headers of
    ``build_extra_cells``.

    A row without a sure match has these cells empty, so that nothing in doubt is joined.
    """
    by_row = {row: p.sure for p in proposals for row in p.rows if p.sure}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*table.headers, *MATCH_HEADERS, *extra_headers])
    width = len(MATCH_HEADERS) + len(extra_headers)
    for number, row in enumerate(table.rows, start=1):
        found = by_row.get(number)
        writer.writerow(
            [*row, *(build_match_cells(found, build_extra_cells) if found else [""] * width)]
        )
    return stream.getvalue()


def build_match_cells(match: Match, build_extra_cells: CellBuilder) -> list[str]:
    """The cells of a match."""
    reasons = "; ".join(f"{k}={v:g}" for k, v in match.candidate.features.items())
    named = [match.thing.iri, match.thing.label, f"{match.score / 100:.4g}", reasons]
    return [*named, *build_extra_cells(match)]


def apply_choices(
    proposals: Sequence[Proposal], choice_by_number: Mapping[int, str]
) -> list[Proposal]:
    """The proposals as a person decided: by number, the address chosen or "" for none of them."""
    return [
        apply_choice(proposal, choice_by_number[number]) if number in choice_by_number else proposal
        for number, proposal in enumerate(proposals)
    ]


def apply_choice(proposal: Proposal, iri: str) -> Proposal:
    """A proposal with one candidate made sure, or with none."""
    first = [
        Match(m.thing, m.candidate, True, True) for m in proposal.matches if m.thing.iri == iri
    ]
    rest = [Match(m.thing, m.candidate) for m in proposal.matches if m.thing.iri != iri]
    return Proposal(proposal.question, [*first, *rest], proposal.rows)
