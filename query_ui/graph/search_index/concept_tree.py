"""The concepts of a scheme in the order of its tree."""

from collections.abc import Iterator, Sequence

from query_ui.graph.search_index.index_reader import Index


def tops(index: Index, scheme: str) -> list[str]:
    """The concepts with nothing above them; all of them where they stand in circles alone."""
    inside = index.members.get(scheme, ())
    return [concept for concept in inside if concept not in index.broader] or list(inside)


def walked(
    index: Index, concepts: Sequence[str], path: tuple[str, ...] = ()
) -> Iterator[tuple[int, str]]:
    """The concepts and all below them, each with its depth; one in two places comes twice."""
    for concept in concepts:
        if concept not in path:
            yield len(path), concept
            below = sorted(index.narrower.get(concept, ()))
            yield from walked(index, below, (*path, concept))


def unfolded(index: Index, scheme: str, below: str, most: int) -> list[tuple[int, str]]:
    """The concepts of a scheme with their depths, or as much of its tree as fits.

    All of it where these are at most ``most``, else the tops, or what is right below ``below``.
    """
    if below:
        return [(0, below), *((1, one) for one in sorted(index.narrower.get(below, ())))]
    if len(index.members.get(scheme, ())) <= most:
        return list(walked(index, tops(index, scheme)))
    return [(0, concept) for concept in tops(index, scheme)]
