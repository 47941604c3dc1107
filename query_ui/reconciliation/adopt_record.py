"""Adoption of records of a registry as organisations of the graph: rows of a table for review."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from loader.atomic_write import write_text_atomically
from loader.errors import UsageError
from loader.identifiers import recognise_identifier
from loader.release.name_index import NameKind
from query_ui.graph.name_index import IndexedEntity, NameIndex
from query_ui.reconciliation.matching.match_name import match_name
from query_ui.reconciliation.matching.scoring import MatchQuery

IDENTIFIER_COLUMNS = {
    **{name: name for name in ("ror", "wikidata", "ukprn", "hesa", "isni", "grid")},
    "fundref": "crossref_funder",
}
"""The column of the table for each scheme of identifiers.

Homepages are left out: the index of a registry keeps them in a form to compare, not to follow.
"""
COLUMNS = (
    *("name", "alt_names", "former_names", "kind", *IDENTIFIER_COLUMNS.values()),
    *("nation", "city", "note", "source"),
)
LIST_SEPARATOR = " | "


def find_record(registry: NameIndex, text: str) -> IndexedEntity:
    """Return the one active record with an identifier.

    Raise UsageError where ``text`` is no identifier, where no record or several have it, and where
    the record is no longer active.
    """
    known = recognise_identifier(text)
    numbers = registry.find_entity_numbers(*known) if known else []
    if len(numbers) != 1:
        reason = "Several records have" if numbers else "No record of the registry has"
        form = "" if known else " It has no known form (ROR, UKPRN, HESA, ISNI, Wikidata …)."
        raise UsageError(f"{reason} the identifier “{text}”.{form}")
    record = registry.load_entity(numbers[0])
    if record.status != "active":
        successors = registry.list_related_iris(record.number, "successor")
        advice = f" Its successor is {', '.join(successors)}." if successors else ""
        raise UsageError(f"{record.label} ({text}) is {record.status} in the registry.{advice}")
    return record


def build_row(
    registry: NameIndex, record: IndexedEntity, kind: str, registry_files: Sequence[Path]
) -> dict[str, str]:
    """Return the cells of an organisation by column; ``note`` says where they come from.

    Of several identifiers of one scheme, the first that the registry gives is taken.
    """
    names = registry.load_names_by_entity([record.number]).get(record.number, [])
    others = [name for name in names if name.text != record.label]
    attributes = registry.load_attributes(record.number)
    files = ", ".join(path.name for path in registry_files)
    return {
        **dict.fromkeys(COLUMNS, ""),
        **{
            column: next((v for _, v in registry.list_identifiers(record.number, key)), "")
            for key, column in IDENTIFIER_COLUMNS.items()
        },
        "name": record.label,
        "alt_names": join_texts(n.text for n in others if n.kind != NameKind.FORMER),
        "former_names": join_texts(n.text for n in others if n.kind == NameKind.FORMER),
        "kind": kind,
        "nation": attributes.get("nation", ""),
        "city": record.place,
        "note": f"Adopted on {date.today():%Y-%m-%d} from {files}, record {record.iri}.",
        "source": record.iri if record.iri.startswith("http") else "",
    }


def join_texts(texts: Iterable[str]) -> str:
    """Return texts as the value of a cell, each once."""
    return LIST_SEPARATOR.join(dict.fromkeys(texts))


def check_unknown(graph: NameIndex, registry: NameIndex, record: IndexedEntity) -> None:
    """Raise UsageError where the graph has the organisation already, by identifier or by name."""
    for scheme, value in registry.list_identifiers(record.number):
        for number in graph.find_entity_numbers(scheme, value):
            known = graph.load_entity(number)
            raise UsageError(
                f"{record.label} is here already as {known.label} ({known.iri}), which has the "
                f"identifier {value}."
            )
    for match in match_name(graph, MatchQuery(record.label)):
        if match.sure:
            raise UsageError(
                f"{record.label} is here already as {match.entity.label} ({match.entity.iri}). "
                "Add the identifiers to that row, or link the two with a mapping set."
            )


def append_rows(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """Add rows to a table of organisations; create it where there is none.

    Raise UsageError where the table has other columns, or a record already, and BuildError where it
    cannot be written.
    """
    kept: list[dict[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            kept = list(reader)
            missing = set(COLUMNS) - set(reader.fieldnames or ())
        if missing:
            listed = ", ".join(sorted(missing))
            raise UsageError(f"{path} has no column {listed}; name another file with --output.")
    for row in rows:
        same = [one for one in kept if one["note"].endswith(row["note"].partition(", record ")[2])]
        if same:
            raise UsageError(f"{path} has {row['name']} already; remove that row to adopt it anew.")
    columns = [*COLUMNS, *(name for name in (kept[0] if kept else {}) if name not in COLUMNS)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows([*kept, *rows])
    write_text_atomically(path, text.getvalue())
