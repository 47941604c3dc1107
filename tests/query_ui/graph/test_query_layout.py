"""The layout of query files: space, comments, case and order of clauses change no answer."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import NamedNode, Store

from loader.queries.saved_query import SavedQuery
from loader.release.build import BuildResult
from loader.release.search_index.postings import read_postings
from loader.settings import Settings
from query_ui.app import build_graph_context
from query_ui.engine import open_engine
from query_ui.engine.protocol import Engine
from query_ui.graph.facet_filter import FacetFilter
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.graph.page_queries import GraphContext
from tests.conftest import PROJECT
from tests.loader.queries.reformat import reformat

CLASS = "https://w3id.org/concordat-kg/ontology#CaseStudy"
Rows = Counter[tuple[str, ...]]


@pytest.fixture(scope="module")
def engine(tiny_built: tuple[Settings, BuildResult]) -> Iterator[Engine]:
    """The miniature release."""
    engine = open_engine(tiny_built[0])
    yield engine
    engine.close()


def build_context(folder: Path, engine: Engine, chance: Random | None) -> GraphContext:
    """Return the context of a site whose query files are written anew by ``chance``."""
    for path in (PROJECT / "sparql").rglob("*.rq"):
        text = path.read_text("utf-8")
        copy = folder / path.relative_to(PROJECT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(reformat(text, chance) if chance else text, "utf-8")
    settings = Settings(root=folder, data=(), out=folder / "build")
    return build_graph_context(settings, engine, engine)


def select(engine: Engine, text: str) -> Rows:
    """Return the rows of a query; what GROUP_CONCAT joins has no order."""
    result = engine.query(text)
    if result.kind == "boolean":
        return Counter([(str(result.boolean),)])
    return Counter(tuple(sort_parts(term) for term in row) for row in result.rows)


def sort_parts(term: object) -> str:
    """Return a term with the parts that GROUP_CONCAT joined in order."""
    return " | ".join(sorted(str(term).strip('"').split(" | ")))


def give_values(query: SavedQuery) -> dict[str, str]:
    """Return the default of each parameter that is an IRI, as a page gives it."""
    defaults = ((parameter.name, parameter.defaults[0]) for parameter in query.parameters)
    return {name: term.value for name, term in defaults if isinstance(term, NamedNode)}


def collect_answers(graph: GraphContext, store: Store) -> dict[str, object]:
    """Return what saved queries, facets and pages give, by what was asked."""
    engine = graph.engine
    things = {quad.subject for quad in store if isinstance(quad.subject, NamedNode)}
    numbers = {iri: number for number, iri in enumerate(sorted(thing.value for thing in things))}
    answers: dict[str, object] = {
        f"saved {name}": select(engine, query.text) for name, query in graph.saved_queries.items()
    }
    postings = {
        name: read_postings(store, query, numbers) for name, query in graph.facet_queries.items()
    }
    for name, one in postings.items():
        answers[f"facet {name}"] = (one.values, one.starts.tolist(), one.entities.tolist())
    for name, query in graph.page_queries.items():
        for page in (1, 2):
            text = graph.page_query_text(name, page, **give_values(query))
            answers[f"page {page} of {name}"] = select(engine, text)
    for name in ("count-of-class", "things-of-class", "things-of-class-newest", "list-table"):
        for facet in FACET_BY_NAME.values():
            values = postings[facet.query_name].values[:2]
            for together in (frozenset[str](), frozenset({facet.name})):
                chosen = FacetFilter("case-study", (CLASS,), {facet.name: values}, together)
                text = graph.narrow_page_query(name, chosen, page=None)
                answers[f"{name} by {facet.name} {together}"] = select(engine, text)
    return answers


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.long)])
def test_another_layout_of_the_query_files_changes_no_answer(
    times: int, engine: Engine, tiny_built: tuple[Settings, BuildResult], tmp_path: Path
) -> None:
    store = Store.read_only(str(tiny_built[1].release.folder / "store"))
    expected = collect_answers(build_context(tmp_path / "plain", engine, None), store)
    assert sum(bool(rows) for rows in expected.values()) > 100
    for seed in range(times):
        graph = build_context(tmp_path / f"{seed}", engine, Random(seed))
        answers = collect_answers(graph, store)
        different = {name for name in expected if answers[name] != expected[name]}
        assert (seed, different) == (seed, set())
