"""One query put to a store the way this project means it: the default graph is every graph."""

import re
from collections.abc import Sequence

from pyoxigraph import DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from loader.errors import UsageError

# Strings, IRIs and comments, so that words inside them are not taken for keywords.
_QUOTED = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r'|(?P<iri><[^<>"{}|^`\\\s]*>)'
    r"|(?P<comment>\#[^\n\r]*)",
    re.DOTALL,
)
_DATASET = re.compile(
    r"(?<![\w?$:@.-])FROM(?:\s+NAMED)?(?:\s*< *>|\s+[^\s:<>\"{}()]*:)", re.IGNORECASE
)


def bare(text: str) -> str:
    """The query without what is inside IRIs, strings and comments; no character moves."""

    def blank(found: re.Match[str]) -> str:
        whole = found[0]
        inside = re.sub(r"[^\n]", " ", whole[1:-1])
        return re.sub(r"[^\n]", " ", whole) if found["comment"] else whole[0] + inside + whole[-1]

    return _QUOTED.sub(blank, text)


def solve(
    store: Store,
    text: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Put ``text`` to ``store``; graphs given as IRIs are the whole dataset, before any FROM.

    Raises SyntaxError as the store does, UsageError for a graph that is no IRI.
    """
    if default_graphs or named_graphs:
        defaults, named = _iris(default_graphs), _iris(named_graphs)
        return store.query(text, default_graph=[*defaults], named_graphs=[*named])
    # The flag gives a statement once for each graph that holds it, and silently overrules FROM.
    flag = not has_union(store) and not _DATASET.search(bare(text))
    return store.query(text, use_default_graph_as_union=flag)


def has_union(store: Store) -> bool:
    """Whether the store's own default graph holds the union of its graphs, as a release's does."""
    return next(store.quads_for_pattern(None, None, None, DefaultGraph()), None) is not None


def union_of(store: Store) -> DefaultGraph | None:
    """The graph, for ``quads_for_pattern``, in which every statement of the store stands."""
    return DefaultGraph() if has_union(store) else None


def _iris(names: Sequence[str]) -> list[NamedNode]:
    try:
        return [NamedNode(name) for name in names]
    except ValueError as error:
        raise UsageError(f"A graph of the dataset is no IRI: {error}.") from error
