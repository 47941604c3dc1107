"""Source locations of entities, from the passages of the catalogue graph."""

from collections.abc import Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from loader.namespaces import CATALOGUE, CKG, PROV


class SourceLocator:
    """Finds the source of statements in a loaded store; ``paths`` maps graph IRI to file path."""

    def __init__(self, store: Store, paths: Mapping[str, str]) -> None:
        self.store = store
        self.paths = paths

    def locate(self, about: str, predicate: str = "") -> tuple[str, int]:
        """Return path and line of the statement, else of the entity, else ("", 0)."""
        try:
            subject = NamedNode(about)
        except ValueError:
            return "", 0
        found = []
        for quad in self.store.quads_for_pattern(None, CKG.statementSubject, subject, CATALOGUE):
            node = quad.subject
            if (record := self._locate_record(node))[0]:
                found.append((1, *record))
                continue
            stated = self._values(node, CKG.statementProperty)
            rank = 0 if predicate in stated else 1 if not stated else 2
            line = int(self._value(node, CKG.startLine) or 0)
            path = self.paths.get(self._value(node, PROV.wasQuotedFrom), "")
            found.append((rank, path, line))
        return min(found)[1:] if found else self._locate_record(subject)

    def _locate_record(self, record: NamedNode | BlankNode | Triple) -> tuple[str, int]:
        """Return path and line of a record of a sector dataset, which has its line itself.

        Return ("", 0) for anything else, a passage of the catalogue included.
        """
        for quad in self.store.quads_for_pattern(record, CKG.startLine, None, None):
            path = self.paths.get(getattr(quad.graph_name, "value", ""), "")
            if path and isinstance(quad.object, Literal):
                return path, int(quad.object.value)
        return "", 0

    def _value(self, node: object, predicate: NamedNode) -> str:
        return next(iter(self._values(node, predicate)), "")

    def _values(self, node: object, predicate: NamedNode) -> list[str]:
        quads = self.store.quads_for_pattern(node, predicate, None, CATALOGUE)  # type: ignore[arg-type]
        terms = (quad.object for quad in quads)
        return [term.value for term in terms if isinstance(term, NamedNode | Literal)]
