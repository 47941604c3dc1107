"""Pages from what is kept of a release: the same as without, small, and with the same counts."""

import random
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.kept_values import KeptValues
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext
from query_ui.site.concept_counts import COUNTED, find_tagging_facet
from query_ui.site.linked_rows import MAX_FIRST_STATEMENTS
from query_ui.site.practice_counts import count_entities
from tests.conftest import PROJECT
from tests.query_ui.conftest import BROWSER

KEYWORDS = "https://w3id.org/concordat-kg/concept/keywords/"
MAX_PAGE_BYTES = 80_000
MAX_BYTES = {"/coverage": 300_000, "/queries/by-keyword": 150_000}
"""HTML before compression, where a kind of page may have more than others."""
PAGES = (
    *(
        "/",
        "/case-studies",
        "/case-studies/alpha",
        "/case-studies?keyword=training",
        "/initiatives",
    ),
    *("/organisations", "/organisations/icr", "/concepts", "/concepts/keywords", "/graphs"),
    *("/concepts/keywords/training", "/concepts/keywords/career-development", "/coverage"),
    *("/coverage?rows=keyword&columns=organisation", "/changes", "/due", "/about", "/help"),
    *("/queries", "/queries/by-keyword", "/queries/by-keyword?keyword=training", "/dataset"),
    *("/search?q=alpha", "/ontology", "/compare", "/practices", "/things?iri=http://e.org/none"),
)


@pytest.fixture(scope="module")
def fresh(settings: Settings) -> dict[str, tuple[int, bytes]]:
    """Status and body of each page of a site that keeps nothing."""
    app = create_app(settings, open_engine(settings))
    graph: GraphContext = app.extensions[GRAPH_EXTENSION]
    app.extensions[GRAPH_EXTENSION] = replace(graph, kept_values=KeptValues(0))
    return {path: ask(app.test_client(), path) for path in PAGES}


def ask(client: FlaskClient, path: str) -> tuple[int, bytes]:
    """Status and body of a page as a browser gets it."""
    response = client.get(path, headers={"Accept": BROWSER})
    return response.status_code, response.data


def test_pages_are_the_same_with_what_is_kept(
    settings: Settings, fresh: dict[str, tuple[int, bytes]]
) -> None:
    client = create_app(settings, open_engine(settings)).test_client()
    asked = [*PAGES, *PAGES]
    random.Random(17).shuffle(asked)
    for path in asked:
        assert ask(client, path) == fresh[path], path


def test_pages_are_small(fresh: dict[str, tuple[int, bytes]]) -> None:
    for path, (_, body) in fresh.items():
        most = MAX_BYTES.get(path.partition("?")[0], MAX_PAGE_BYTES)
        assert 0 < len(body) <= most, (path, len(body))


def test_the_index_counts_what_the_query_counts(app: Flask) -> None:
    graph: GraphContext = app.extensions[GRAPH_EXTENSION]
    assert graph.index
    concepts = [iri for iri in graph.index.facet("concept").values if iri.startswith(KEYWORDS)]
    found = []
    for iri in concepts:
        for definition, selection, _ in COUNTED:
            narrowed = selection.add_value(find_tagging_facet(graph, iri).name, iri)
            count = count_entities(graph, narrowed, definition)
            assert count.value == graph.count_narrowed("count-of-class", narrowed).value, count.href
            found.append(count.value)
    assert any(found)


def test_the_limit_of_first_statements_is_that_of_the_query() -> None:
    text = (PROJECT / "sparql" / "pages" / "incoming-first.rq").read_text("utf-8")
    assert re.findall(r"LIMIT (\d+)", text) == [str(MAX_FIRST_STATEMENTS)]
