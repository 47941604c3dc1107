"""The known table that comes nearest to headers that are not known, and how to rename them."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from rapidfuzz import fuzz, process

from loader.readers.header_row import normalise_header
from loader.readers.table_headers import TableKind

SYNONYMS_BY_COLUMN = {
    "name": (
        *("organisation", "organization", "institution", "provider", "university", "he_provider"),
        *("organisation_name", "institution_name", "provider_name", "providername"),
        *("provider's_legal_name", "legal_name"),
    ),
    "alt_names": ("aliases", "synonyms", "other_names", "trading_names", "trading_name"),
    "ror": ("ror_id", "ror_iri"),
    "ukprn": ("provider_ukprn", "provider's_ukprn", "institution_code_(ukprn)"),
    "hesa": ("hesa_id", "instid"),
    "homepage": ("website", "url", "web_address", "provider's_website"),
    "city": ("town", "place"),
    "nation": ("country", "country_of_he_provider"),
    "title": ("case_study", "case_study_title", "heading"),
    "institution": ("organisation", "organization", "university", "provider", "he_provider"),
    "source": ("url", "link", "website", "web_address"),
    "note": ("comment", "comments", "remarks"),
    "keywords": ("tags", "topics", "subjects"),
    "code": ("obligation_code", "clause"),
}
"""Other headers that people give to the columns of our tables, normalised."""
_LEAST_SIMILARITY = 84
"""Least similarity of two headers, in per cent, from which one is offered for the other."""


@dataclass(frozen=True, slots=True)
class NearestTable:
    """A kind of table, the column that each header may become ("" for none), and what it lacks."""

    kind: TableKind
    columns: tuple[str, ...]
    missing: tuple[str, ...]


def explain_unknown_headers(
    headers: Sequence[str], kinds: Sequence[TableKind], place: str, delimiter: str
) -> str:
    """Return sentences about headers that are not known, with a header row to copy.

    ``place`` is where the header is, such as “line 3”; ``delimiter`` divides the row to copy.
    """
    shown = ", ".join(header or "(empty)" for header in headers) or "none"
    start = f"the headers of this table are not known: {shown}."
    nearest = find_nearest_table(headers, kinds)
    if nearest is None:
        known = "; ".join(f"{kind.name}: {kind.requirement}" for kind in kinds)
        return f"{start} A table is known by the headers {known}."
    pairs = list(zip(headers, nearest.columns, strict=True))
    renamed = ", ".join(f"“{header}” → {column}" for header, column in pairs if column)
    row = StringIO()
    writer = csv.writer(row, delimiter=delimiter, lineterminator="")
    writer.writerow([*(column or header for header, column in pairs), *nearest.missing])
    lacks = f", with a new column {' and '.join(nearest.missing)}" if nearest.missing else ""
    return (
        f"{start} The nearest known table is {nearest.kind.name}, known by "
        f"{nearest.kind.requirement}: {renamed}. To read it as such a table, write in place of "
        f"{place}{lacks}: “{row.getvalue()}”. A download that has to stay as it is needs a "
        "descriptor beside it in data/sector."
    )


def find_nearest_table(headers: Sequence[str], kinds: Iterable[TableKind]) -> NearestTable | None:
    """Return the kind that lacks least of what it requires, and of such the one that fits most.

    None where no header fits a column that any of them requires.
    """
    options = [_map_headers(headers, kind) for kind in kinds]
    fitting = [one for one in options if len(one.missing) < len(one.kind.required)]
    return max(
        fitting,
        key=lambda one: (-len(one.missing), sum(map(bool, one.columns)), len(one.kind.required)),
        default=None,
    )


def _map_headers(headers: Sequence[str], kind: TableKind) -> NearestTable:
    """Return the column for each header; each column is given once, to the header nearest to it."""
    names = [normalise_header(header) for header in headers]
    columns = [""] * len(headers)
    ratings = sorted(
        (
            (rating, at, column)
            for at, name in enumerate(names)
            for column, rating in _rate(name, kind)
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    for _, at, column in ratings:
        if not columns[at] and column not in columns:
            columns[at] = column
    missing = tuple(min(option) for option in kind.required if option.isdisjoint(columns))
    return NearestTable(kind, tuple(columns), missing)


def _rate(name: str, kind: TableKind) -> list[tuple[str, float]]:
    """Return the columns that a header may become, with their similarity in per cent."""
    if name in kind.columns:
        return [(name, 101)]
    known = {column: [column, *SYNONYMS_BY_COLUMN.get(column, ())] for column in kind.columns}
    if not name:
        return []
    return [
        (column, found[1])
        for column, forms in known.items()
        if (found := process.extractOne(name, forms, scorer=fuzz.ratio))
        and found[1] >= _LEAST_SIMILARITY
    ]
