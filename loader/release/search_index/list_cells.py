"""The cells of lists as tables: what ``sparql/pages/list-table.rq`` gives, ready to be read.

The query puts the texts of each entity in order, which takes it a millisecond or more a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loader.namespaces import CKG
from loader.release.search_index.concept_closure import StatedTags
from loader.release.search_index.indexed_entities import IndexQueryRunner
from loader.release.search_index.postings import Postings, build_postings, rename_values

LIST_TABLE_QUERY = "list-table"
"""The page query of which the cells are the result."""
LIST_COLUMNS = ("types", "organisations", "keywords")
"""The columns whose texts are postings in the search index, under ``list_facet_name``."""
TEXT_SEPARATOR = " | "
"""Between the texts of one cell."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """The place of an entity among all rows, its number, and its cells that have few equals.

    A cell is None where the query leaves it empty.
    """

    position: int
    number: int
    title: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class ListCells:
    """The rows of all lists in the order of the query, and the texts of the other columns."""

    rows: Sequence[ListRow]
    postings_by_column: Mapping[str, Postings]


def list_facet_name(column: str) -> str:
    """Return the name under which the search index has the texts of a column."""
    return f"list-{column}"


def collect_list_cells(
    run_query: IndexQueryRunner, tags: StatedTags, number_by_iri: Mapping[str, int]
) -> ListCells:
    """Read the cells of the lists from a finished store."""
    texts: dict[str, dict[str, set[str]]] = {"types": {}, "title": {}, "source": {}}
    for entity, column, value in run_query("list-cells"):
        if entity.value in number_by_iri:
            texts[column.value].setdefault(entity.value, set()).add(value.value)
    labels: dict[str, set[str]] = {}
    for entity, label in run_query("preferred-labels"):
        labels.setdefault(entity.value, set()).add(label.value)
    types = build_postings(
        (number_by_iri[iri], value.removeprefix(CKG.base))
        for iri, values in texts["types"].items()
        for value in values
        if value.startswith(CKG.base)
    )
    columns = (
        types,
        rename_values(tags.organisations, labels),
        rename_values(tags.subjects, labels),
    )
    titles = {iri: min(texts["title"].get(iri, ()), default=None) for iri in texts["types"]}
    return ListCells(
        [
            ListRow(position, number_by_iri[iri], titles[iri], join_texts(texts["source"].get(iri)))
            for position, iri in enumerate(sort_by_title(titles))
        ],
        dict(zip(LIST_COLUMNS, columns, strict=True)),
    )


def sort_by_title(titles: Mapping[str, str | None]) -> list[str]:
    """Return the IRIs in the order of the query: by title without case, those without one last."""
    return sorted(titles, key=lambda iri: (titles[iri] is None, (titles[iri] or "").lower(), iri))


def join_texts(texts: set[str] | None) -> str | None:
    """Return the texts of a cell, each once and in order; None for an empty cell."""
    return TEXT_SEPARATOR.join(sorted(texts or ())) or None
