"""Rows of tags are what the query gives, however they are held."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from loader.release.search_index.tag_rows import read_tag_rows

ROWS = st.sets(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("pq"), st.sampled_from(["x", "y", "é"]))
)


class Term(NamedTuple):
    value: str


@given(ROWS)
def test_rows_are_kept(rows: set[tuple[str, str, str]]) -> None:
    found = read_tag_rows(tuple(map(Term, row)) for row in rows)
    kept = {
        (found.entities[e], found.properties[p], found.concepts[c])
        for e, p, c in found.places.tolist()
    }
    assert kept == rows and len(found.places) == len(rows)
