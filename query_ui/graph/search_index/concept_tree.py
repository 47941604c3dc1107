"""The concepts of a scheme in the order of its hierarchy.

https://www.w3.org/TR/skos-reference/#semantic-relations
"""

from collections.abc import Iterator, Sequence

from query_ui.graph.search_index.index_reader import SearchIndex


def list_top_concepts(search_index: SearchIndex, scheme: str) -> list[str]:
    """Return the concepts without a broader one; all concepts where there are only cycles."""
    inside = search_index.concepts_by_scheme.get(scheme, ())
    return [
        concept for concept in inside if concept not in search_index.broader_by_concept
    ] or list(inside)


def walk_concepts(
    search_index: SearchIndex, concepts: Sequence[str], path: tuple[str, ...] = ()
) -> Iterator[tuple[int, str]]:
    """Yield the depth and IRI of concepts and all narrower ones, depth first.

    A concept with two broader ones is yielded twice; ``path`` breaks cycles.
    """
    for concept in concepts:
        if concept not in path:
            yield len(path), concept
            below = sorted(search_index.narrower_by_concept.get(concept, ()))
            yield from walk_concepts(search_index, below, (*path, concept))


def expand_scheme(
    search_index: SearchIndex, scheme: str, parent: str, limit: int
) -> list[tuple[int, str]]:
    """Return depth and IRI of the concepts of a scheme, or of a part of its hierarchy.

    With ``parent``, that concept and its directly narrower ones; otherwise the complete hierarchy
    where it has at most ``limit`` concepts, else only its top concepts.
    """
    if parent:
        return [
            (0, parent),
            *((1, one) for one in sorted(search_index.narrower_by_concept.get(parent, ()))),
        ]
    if len(search_index.concepts_by_scheme.get(scheme, ())) <= limit:
        return list(walk_concepts(search_index, list_top_concepts(search_index, scheme)))
    return [(0, concept) for concept in list_top_concepts(search_index, scheme)]
