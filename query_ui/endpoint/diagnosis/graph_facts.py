"""What the graph knows: its terms, the values of its properties, and what things are called.

Every question is a file of ``sparql/doctor/`` with the terms at hand bound into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import SavedQuery
from query_ui.endpoint.diagnosis.nearest_names import (
    classify_difference,
    find_nearest_iris,
    get_local_name,
    list_variants,
)
from query_ui.endpoint.diagnosis.probes import Probes

RdfTerm = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class PropertyValues:
    """The values of a property, things apart from literals."""

    iris: tuple[str, ...] = ()
    literals: tuple[Literal, ...] = ()


class GraphFacts:
    """Looks things up in the graph, each once."""

    def __init__(self, probes: Probes, queries: Mapping[str, SavedQuery]) -> None:
        self.probes = probes
        self.queries = queries
        self._rows_by_query: dict[str, list[tuple[RdfTerm | None, ...]]] = {}
        self._roles_by_iri: dict[str, frozenset[str]] = {}

    def select_rows(
        self, name: str, /, **values: Sequence[str] | str
    ) -> list[tuple[RdfTerm | None, ...]]:
        """Return the rows of one of the files with values in the place of its defaults."""
        lists = {k: [v] if isinstance(v, str) else list(v) for k, v in values.items()}
        text = bind_parameters(self.queries[name], lists)
        if text not in self._rows_by_query:
            result = self.probes.look_up(text)
            if result is not None and result.kind == "boolean":
                self._rows_by_query[text] = [()] if result.boolean else []
            else:
                self._rows_by_query[text] = result.rows if result else []
        return self._rows_by_query[text]

    def list_terms(self, name: str, /, **values: Sequence[str] | str) -> list[str]:
        """Return the IRIs in the first column of the rows."""
        rows = self.select_rows(name, **values)
        return [row[0].value for row in rows if isinstance(row[0], NamedNode)]

    def find_roles(self, iris: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return the roles of each IRI: subject, property, object, class, graph; all if unknown."""
        columns = ("subject", "property", "object", "class", "graph")
        asked = [iri for iri in dict.fromkeys(iris) if iri not in self._roles_by_iri]
        if asked:
            for term, *flags in self.select_rows("occurrences", term=[f"<{iri}>" for iri in asked]):
                roles = zip(columns, flags, strict=True)
                found = frozenset(role for role, flag in roles if _is_true(flag))
                if isinstance(term, NamedNode):
                    self._roles_by_iri[term.value] = found
        return {iri: self._roles_by_iri.get(iri, frozenset(columns)) for iri in iris}

    def find_near_properties(self, iri: str) -> list[tuple[str, str]]:
        """Return the properties in use that may be meant, with the kind of difference."""
        return find_nearest_iris(iri, self.list_terms("properties"))

    def find_near_classes(self, iri: str) -> list[tuple[str, str]]:
        """Return the classes in use that may be meant, with the kind of difference."""
        return find_nearest_iris(iri, self.list_terms("classes"))

    def find_near_graphs(self, iri: str) -> list[tuple[str, str]]:
        """Return the named graphs that may be meant, with the kind of difference."""
        return find_nearest_iris(iri, self.list_terms("graphs"))

    def find_near_entities(self, iri: str) -> list[tuple[str, str]]:
        """Return the things that may be meant: another form of the IRI, a like name, a label."""
        forms = list_variants(iri)
        known = [form for form, roles in self.find_roles(forms).items() if roles]
        if known:
            return [(form, classify_difference(iri, form)) for form in known]
        name = get_local_name(iri)
        space = iri[: iri.rstrip("/#").rfind(name)] if name else ""
        found: list[tuple[str, str]] = []
        if len(space) > len("https://"):
            found = find_nearest_iris(iri, self.list_terms("terms-under", space=f"<{space}>"))
        called = " ".join(name.replace("_", "-").split("-")).lower()
        if called:
            named = self.list_terms("things-called", name=called)
            found += find_nearest_iris(iri, named) or [(one, "label") for one in named]
            alike = self.list_terms("terms-ending", ending=f"/{name.lower()}") if not found else []
            found += find_nearest_iris(iri, alike)
        kinds: dict[str, str] = {}
        for other, kind in found:
            kinds.setdefault(other, kind)
        return list(kinds.items())

    def list_values(self, iri: str) -> PropertyValues:
        """Return the values of a property."""
        found = [row[0] for row in self.select_rows("values", property=f"<{iri}>")]
        iris = tuple(value.value for value in found if isinstance(value, NamedNode))
        return PropertyValues(iris, tuple(value for value in found if isinstance(value, Literal)))

    def list_labelled_values(self, iri: str) -> list[tuple[str, str]]:
        """Return the things that a property leads to, each with one of its names."""
        rows = self.select_rows("names-of-values", property=f"<{iri}>")
        return [
            (term.value, name.value)
            for term, name in rows
            if isinstance(term, NamedNode) and isinstance(name, Literal)
        ]

    def list_labels(self, iri: str) -> list[str]:
        """Return what a thing is called."""
        return [
            row[0].value
            for row in self.select_rows("names-of", term=f"<{iri}>")
            if isinstance(row[0], Literal)
        ]


def _is_true(flag: RdfTerm | None) -> bool:
    return isinstance(flag, Literal) and flag.value == "true"
