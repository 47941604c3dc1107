"""Rows of tags are what the query gives, however they are held, kept and changed."""

from collections.abc import Iterable
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from loader.release.search_index.tag_rows import (
    TagRows,
    list_tables,
    pack_tag_rows,
    read_tag_rows,
    replace_rows,
    unpack_tag_rows,
)

Row = tuple[str, str, str]
ROWS = st.sets(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("pq"), st.sampled_from(["x", "y", "é"]))
)


class Term(NamedTuple):
    value: str


def read(rows: Iterable[Row]) -> TagRows:
    return read_tag_rows(tuple(map(Term, row)) for row in rows)


def list_rows(rows: TagRows) -> list[Row]:
    entities, properties, concepts = list_tables(rows)
    return sorted((entities[e], properties[p], concepts[c]) for e, p, c in rows.places.tolist())


@given(ROWS)
def test_rows_are_kept(rows: set[Row]) -> None:
    assert list_rows(read(rows)) == sorted(rows)
    assert list_rows(unpack_tag_rows(pack_tag_rows(read(rows)))) == sorted(rows)


@given(ROWS, ROWS, st.sets(st.sampled_from("abcdef")))
def test_the_rows_of_changed_entities_are_replaced(
    rows: set[Row], more: set[Row], changed: set[str]
) -> None:
    new = {row for row in more if row[0] in changed}
    kept = {row for row in rows if row[0] not in changed}
    assert list_rows(replace_rows(read(rows), changed, read(new))) == sorted(kept | new)
