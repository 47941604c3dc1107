"""The text of a page query in pieces, into which the IRIs of its parameters are written."""

from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode

from loader.queries.rewrite import Edit, apply_edits, remove_annotations, trim
from loader.queries.saved_query import SavedQuery

_BORDER = "\0"
"""What separates the pieces; no query that the engine reads has this character."""


class BoundText:
    """The text of a query without its annotations, prepared once, since pages run it many times."""

    def __init__(self, query: SavedQuery) -> None:
        """Cut the text of ``query`` at the values of its parameters."""
        self._defaults = {p.name: query.text[p.start : p.end] for p in query.parameters}
        self._takes_iris = all(
            isinstance(p.defaults[0], NamedNode) and not p.required for p in query.parameters
        )
        edits = [
            Edit(p.start, p.end, f"{_BORDER}{p.name}{_BORDER}") for p in query.parameters
        ] + remove_annotations(query.syntax)
        pieces = trim(apply_edits(query.text, edits)).split(_BORDER)
        self._texts, self._names = pieces[::2], pieces[1::2]

    def can_bind(self, values: Mapping[str, Sequence[str]]) -> bool:
        """Return whether ``bind_iris`` takes these values: IRIs for known parameters."""
        return self._takes_iris and values.keys() <= self._defaults.keys()

    def bind_iris(self, values: Mapping[str, Sequence[str]]) -> str:
        """Return the query with IRIs for parameters; one without any keeps its default.

        Raise ValueError for what is no IRI.
        """
        written = {
            name: f" {' '.join(str(NamedNode(iri.strip())) for iri in iris)} "
            for name, iris in values.items()
            if iris
        }
        found = {**self._defaults, **written}
        return "".join(
            part
            for text, name in zip(self._texts, [*self._names, ""], strict=True)
            for part in (text, found.get(name, ""))
        )
