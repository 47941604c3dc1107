"""Evaluation of a query on a store, with the union of all graphs as its default graph."""

from collections.abc import Sequence

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
)

from loader.errors import UsageError
from loader.queries.from_clauses import Dataset, parse_dataset
from loader.settings import BASE


def evaluate_query(
    store: Store,
    text: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    union: bool | None = None,
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Evaluate a query on ``store``; graphs given as IRIs are the whole dataset, instead of FROM.

    Several default graphs are merged, each statement once, as an RDF merge is:
    https://www.w3.org/TR/sparql11-query/#unnamedGraph
    ``union`` is what ``has_union_graph`` says of the store, for those who know it already.
    Relative IRIs begin where those of the project do.
    Raises SyntaxError as the store does, UsageError for a graph that is no IRI.
    """
    dataset: Dataset | None = Dataset(
        _parse_graph_names(default_graphs), _parse_graph_names(named_graphs)
    )
    dataset = dataset if dataset else parse_dataset(text)
    if dataset is None:
        flag = not (has_union_graph(store) if union is None else union)
        return store.query(text, base_iri=BASE, use_default_graph_as_union=flag)
    if not dataset:
        return store.query(text, base_iri=BASE)
    default: list[NamedNode | BlankNode | DefaultGraph] = [*dataset.default]
    if len(default) > 1:
        store, default = merge_graphs(store, dataset), [DefaultGraph()]
    return store.query(text, base_iri=BASE, default_graph=default, named_graphs=[*dataset.named])


def merge_graphs(store: Store, dataset: Dataset) -> Store:
    """Return a store of the graphs of a dataset, with its default graphs merged into one.

    The engine would give a statement once for each default graph that holds it.
    """
    copy = Store()
    for graph in dataset.default:
        quads = store.quads_for_pattern(None, None, None, graph)
        copy.bulk_extend(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads)
    for graph in dataset.named:
        copy.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return copy


def has_union_graph(store: Store) -> bool:
    """Whether the store's own default graph holds the union of its graphs, as a release's does."""
    return next(store.quads_for_pattern(None, None, None, DefaultGraph()), None) is not None


def get_union_graph(store: Store) -> DefaultGraph | None:
    """Return the graph, for ``quads_for_pattern``, in which every statement of the store stands."""
    return DefaultGraph() if has_union_graph(store) else None


def _parse_graph_names(names: Sequence[str]) -> tuple[NamedNode, ...]:
    try:
        return tuple(NamedNode(name) for name in dict.fromkeys(names))
    except ValueError as error:
        raise UsageError(f"A graph of the dataset is no IRI: {error}.") from error
