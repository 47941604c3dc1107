"""The concepts of a scheme in the order of its tree."""

from collections.abc import Iterator, Sequence

from query_ui.graph.search_index.index_reader import SearchIndex


def list_top_concepts(search_index: SearchIndex, scheme: str) -> list[str]:
    """The concepts with nothing above them; all of them where they stand in circles alone."""
    inside = search_index.concepts_by_scheme.get(scheme, ())
    return [
        concept for concept in inside if concept not in search_index.broader_by_concept
    ] or list(inside)


def walk_concepts(
    search_index: SearchIndex, concepts: Sequence[str], path: tuple[str, ...] = ()
) -> Iterator[tuple[int, str]]:
    """The concepts and all below them, each with its depth; one in two places comes twice."""
    for concept in concepts:
        if concept not in path:
            yield len(path), concept
            below = sorted(search_index.narrower_by_concept.get(concept, ()))
            yield from walk_concepts(search_index, below, (*path, concept))


def expand_scheme(
    search_index: SearchIndex, scheme: str, parent: str, limit: int
) -> list[tuple[int, str]]:
    """The concepts of a scheme with their depths, or as much of its tree as fits.

    All of it where these are at most ``limit``, else the tops, or what is right below ``parent``.
    """
    if parent:
        return [
            (0, parent),
            *((1, one) for one in sorted(search_index.narrower_by_concept.get(parent, ()))),
        ]
    if len(search_index.concepts_by_scheme.get(scheme, ())) <= limit:
        return list(walk_concepts(search_index, list_top_concepts(search_index, scheme)))
    return [(0, concept) for concept in list_top_concepts(search_index, scheme)]
