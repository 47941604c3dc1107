"""A user's table joined to what was surely matched: the same rows in order, more columns."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from query_ui.reconciliation.match_table import Proposal
from query_ui.reconciliation.matching.match_name import Match
from query_ui.reconciliation.table_input import Sheet

HEADERS = ("matched_id", "matched_name", "match_confidence", "match_reasons")
Values = Callable[[Match], Sequence[str]]


def joined_csv(
    sheet: Sheet,
    proposals: Sequence[Proposal],
    more: Sequence[str] = (),
    values: Values = lambda found: (),
) -> str:
    """The table as CSV with the sure matches beside; ``more`` are the headers of ``values``.

    A row without a sure match has these cells empty, so that nothing in doubt is joined.
    """
    by_row = {row: p.sure for p in proposals for row in p.rows if p.sure}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*sheet.headers, *HEADERS, *more])
    width = len(HEADERS) + len(more)
    for number, row in enumerate(sheet.rows, start=1):
        found = by_row.get(number)
        writer.writerow([*row, *(joined(found, values) if found else [""] * width)])
    return stream.getvalue()


def joined(found: Match, values: Values) -> list[str]:
    """The cells of a match."""
    reasons = "; ".join(f"{k}={v:g}" for k, v in found.candidate.features.items())
    named = [found.thing.iri, found.thing.label, f"{found.score / 100:.4g}", reasons]
    return [*named, *values(found)]


def chosen(proposals: Sequence[Proposal], choices: Mapping[int, str]) -> list[Proposal]:
    """The proposals as a person decided: by number, the address chosen or "" for none of them."""
    return [
        decided(proposal, choices[number]) if number in choices else proposal
        for number, proposal in enumerate(proposals)
    ]


def decided(proposal: Proposal, iri: str) -> Proposal:
    """A proposal with one candidate made sure, or with none."""
    first = [
        Match(m.thing, m.candidate, True, True) for m in proposal.matches if m.thing.iri == iri
    ]
    rest = [Match(m.thing, m.candidate) for m in proposal.matches if m.thing.iri != iri]
    return Proposal(proposal.question, [*first, *rest], proposal.rows)
