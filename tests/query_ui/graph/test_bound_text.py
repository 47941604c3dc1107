"""The prepared texts of page queries: the same as the edits of their files give."""

from pathlib import Path

import pytest

from loader.queries.parameter_binding import list_bindings
from loader.queries.query_files import load_saved_queries
from loader.queries.rewrite import apply_edits, remove_annotations, trim
from loader.queries.saved_query import SavedQuery
from loader.settings import BASE
from query_ui.graph.bound_text import BoundText

QUERIES = load_saved_queries(Path(__file__).parents[3] / "sparql" / "pages")
IRIS = [f"{BASE}id/organisation/durham-university", "https://example.org/a?b=c&d=%20"]


def write_with_edits(query: SavedQuery, values: dict[str, list[str]]) -> str:
    """Return the text that edits of the file give."""
    bracketed = {name: [f"<{iri}>" for iri in iris] for name, iris in values.items()}
    edits = [*list_bindings(query, bracketed), *remove_annotations(query.syntax)]
    return trim(apply_edits(query.text, edits))


def test_each_page_query_gets_its_values_as_edits_give_them() -> None:
    bound = 0
    for query in QUERIES.values():
        prepared = BoundText(query)
        for count in range(3):
            values = {parameter.name: IRIS[:count] for parameter in query.parameters}
            if prepared.can_bind(values):
                assert prepared.bind_iris(values) == write_with_edits(query, values), query.name
                bound += 1
        if prepared.can_bind({}):
            assert prepared.bind_iris({}) == write_with_edits(query, {}), query.name
    assert bound > len(QUERIES)


@pytest.mark.parametrize("text", ["https://example.org/a b", "a", "https://a/> ?x", "\ud800"])
def test_what_is_no_iri_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        BoundText(QUERIES["statements"]).bind_iris({"thing": [text]})


def test_an_unknown_parameter_is_left_to_the_edits() -> None:
    assert not BoundText(QUERIES["statements"]).can_bind({"other": IRIS})
