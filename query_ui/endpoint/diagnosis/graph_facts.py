"""What the graph knows: its terms, the values of its properties, and what things are called.

Every question is a file of ``sparql/doctor/`` with the terms at hand bound into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from loader.queries.parameter_binding import bind
from loader.queries.query_files import SavedQuery
from query_ui.endpoint.diagnosis.nearest_names import (
    local_name,
    nearest_iris,
    plain_difference,
    variants,
)
from query_ui.endpoint.diagnosis.probes import Trials

Value = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a property, things apart from literals."""

    iris: tuple[str, ...] = ()
    literals: tuple[Literal, ...] = ()


class Known:
    """Looks things up in the graph, each once."""

    def __init__(self, trials: Trials, files: Mapping[str, SavedQuery]) -> None:
        self.trials = trials
        self.files = files
        self._rows: dict[str, list[tuple[Value | None, ...]]] = {}
        self._roles: dict[str, frozenset[str]] = {}

    def rows(self, name: str, /, **values: Sequence[str] | str) -> list[tuple[Value | None, ...]]:
        """The rows of one of the files with values in the place of its defaults."""
        lists = {k: [v] if isinstance(v, str) else list(v) for k, v in values.items()}
        text = bind(self.files[name], lists)
        if text not in self._rows:
            answer = self.trials.look_up(text)
            if answer is not None and answer.kind == "boolean":
                self._rows[text] = [()] if answer.boolean else []
            else:
                self._rows[text] = answer.rows if answer else []
        return self._rows[text]

    def terms(self, name: str, /, **values: Sequence[str] | str) -> list[str]:
        """The IRIs in the first column of the rows."""
        rows = self.rows(name, **values)
        return [row[0].value for row in rows if isinstance(row[0], NamedNode)]

    def roles(self, iris: Sequence[str]) -> dict[str, frozenset[str]]:
        """Where each IRI occurs: subject, property, object, class, graph; all where unknown."""
        columns = ("subject", "property", "object", "class", "graph")
        asked = [iri for iri in dict.fromkeys(iris) if iri not in self._roles]
        if asked:
            for term, *flags in self.rows("occurrences", term=[f"<{iri}>" for iri in asked]):
                roles = zip(columns, flags, strict=True)
                found = frozenset(role for role, flag in roles if _true(flag))
                if isinstance(term, NamedNode):
                    self._roles[term.value] = found
        return {iri: self._roles.get(iri, frozenset(columns)) for iri in iris}

    def near_properties(self, iri: str) -> list[tuple[str, str]]:
        """The properties in use that may be meant, with the kind of difference."""
        return nearest_iris(iri, self.terms("properties"))

    def near_classes(self, iri: str) -> list[tuple[str, str]]:
        """The classes in use that may be meant, with the kind of difference."""
        return nearest_iris(iri, self.terms("classes"))

    def near_graphs(self, iri: str) -> list[tuple[str, str]]:
        """The named graphs that may be meant, with the kind of difference."""
        return nearest_iris(iri, self.terms("graphs"))

    def near_things(self, iri: str) -> list[tuple[str, str]]:
        """The things that may be meant: another form of the IRI, a like name, or one called so."""
        forms = variants(iri)
        known = [form for form, roles in self.roles(forms).items() if roles]
        if known:
            return [(form, plain_difference(iri, form)) for form in known]
        name = local_name(iri)
        space = iri[: iri.rstrip("/#").rfind(name)] if name else ""
        found: list[tuple[str, str]] = []
        if len(space) > len("https://"):
            found = nearest_iris(iri, self.terms("terms-under", space=f"<{space}>"))
        called = " ".join(name.replace("_", "-").split("-")).lower()
        if called:
            named = self.terms("things-called", name=called)
            found += nearest_iris(iri, named) or [(one, "label") for one in named]
            alike = self.terms("terms-ending", ending=f"/{name.lower()}") if not found else []
            found += nearest_iris(iri, alike)
        kinds: dict[str, str] = {}
        for other, kind in found:
            kinds.setdefault(other, kind)
        return list(kinds.items())

    def values(self, iri: str) -> Values:
        """The values of a property."""
        found = [row[0] for row in self.rows("values", property=f"<{iri}>")]
        iris = tuple(value.value for value in found if isinstance(value, NamedNode))
        return Values(iris, tuple(value for value in found if isinstance(value, Literal)))

    def named_values(self, iri: str) -> list[tuple[str, str]]:
        """The things that a property leads to, each with one of its names."""
        rows = self.rows("names-of-values", property=f"<{iri}>")
        return [
            (term.value, name.value)
            for term, name in rows
            if isinstance(term, NamedNode) and isinstance(name, Literal)
        ]

    def names(self, iri: str) -> list[str]:
        """What a thing is called."""
        return [
            row[0].value
            for row in self.rows("names-of", term=f"<{iri}>")
            if isinstance(row[0], Literal)
        ]


def _true(flag: Value | None) -> bool:
    return isinstance(flag, Literal) and flag.value == "true"
