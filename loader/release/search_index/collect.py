"""Reads from a finished store what the index holds, each statement as seldom as can be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import QuerySolutions, Store

from loader.errors import DataError, Finding, Severity
from loader.queries.evaluate import solve
from loader.queries.query_files import load_saved_queries
from loader.release.search_index.concept_closure import carried, tagged
from loader.release.search_index.indexed_entities import Ask, Things, read_things
from loader.release.search_index.information_content import Weight, weigh
from loader.release.search_index.postings import Postings, read_postings
from loader.settings import Settings


@dataclass(frozen=True, slots=True)
class Survey:
    """What was read from the store: the things, the facets by name, the weights of concepts.

    ``tags`` are the concepts that things carry themselves, ``schemes`` pairs of concept and scheme,
    ``broader`` pairs of a concept and a broader one, ``texts`` what is said of each thing,
    ``properties`` all those that the release says it has.
    """

    things: Things
    tags: Postings
    facets: Mapping[str, Postings]
    weights: Mapping[str, Weight]
    schemes: Sequence[tuple[str, str]]
    broader: Sequence[tuple[str, str]]
    texts: Mapping[str, Sequence[str]]
    properties: Sequence[str]


def survey(store: Store, settings: Settings) -> Survey:
    """Read a finished store; DataError where a query of ours is missing or not in order."""
    ask = asking(store, settings.indexing)
    things = read_things(ask)
    tags = tagged(ask, things.numbers)
    schemes, broader = (pairs(ask(name)) for name in ("schemes", "broader"))
    facets = {
        name: read_postings(store, query, things.numbers)
        for name, query in load_saved_queries(settings.facets).items()
        if name != "concept"
    }
    facets["kind"] = things.members
    facets["concept"] = carried(tags, broader, (concept for concept, _ in schemes))
    weights = weigh(facets["concept"], things, schemes)
    properties = [term.value for (term,) in ask("properties")]
    texts = grouped(ask("texts"))
    return Survey(things, tags, facets, weights, schemes, broader, texts, properties)


def pairs(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Rows of two terms as texts."""
    return [(first.value, second.value) for first, second in rows]


def grouped(rows: Iterable[Any]) -> Mapping[str, list[str]]:
    """The second of each two terms, by the first."""
    found: dict[str, list[str]] = {}
    for first, second in rows:
        found.setdefault(first.value, []).append(second.value)
    return found


def asking(store: Store, folder: Path) -> Ask:
    """Asks the queries of a folder by their names."""
    queries = load_saved_queries(folder)

    def ask(name: str) -> Iterator[Any]:
        if name not in queries:
            message = f"{folder / name}.rq does not exist: the search index is made with it."
            found = Finding(str(folder), 0, 0, Severity.ERROR, message, "no-query")
            raise DataError(message, [found])
        answer = solve(store, queries[name].text)
        assert isinstance(answer, QuerySolutions)
        return answer

    return ask
