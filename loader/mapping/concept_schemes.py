"""The concept schemes of the ontology, read into memory with all their labels."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from loader.errors import DataError, Finding, Severity
from loader.namespaces import RDF, SKOS

LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)


@dataclass(frozen=True, slots=True)
class Concept:
    """One ``skos:Concept``: ``labels`` are its preferred, alternative and hidden labels."""

    iri: NamedNode
    pref: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The concepts of one file, in the order of the file; ``name`` is the stem of the file name."""

    name: str
    concepts: tuple[Concept, ...]

    def labels(self) -> Iterator[tuple[str, NamedNode]]:
        """Yield every label with its concept, all preferred labels first, as ``Tagger`` expects.

        Of two concepts that share a label the tagger uses the first, so preferred labels win.
        """
        yield from ((c.labels[0], c.iri) for c in self.concepts if c.labels)
        yield from ((label, c.iri) for c in self.concepts for label in c.labels[1:])


def load_schemes(ontology: Path) -> dict[str, Scheme]:
    """Return the schemes of ``ontology/schemes/*.ttl`` by name.

    Raise DataError for a missing folder or a file that is not Turtle.
    """
    folder = ontology / "schemes"
    if not folder.is_dir():
        message = f"{folder} does not exist: the concept schemes are read from there."
        raise DataError(message, [Finding(str(folder), 0, 0, Severity.ERROR, message, "no-scheme")])
    return {path.stem: load_scheme(path) for path in sorted(folder.glob("*.ttl"))}


def load_scheme(path: Path) -> Scheme:
    """Read one scheme; raise DataError, with file and line, for a file that cannot be parsed."""
    order: dict[NamedNode, None] = {}
    labels: defaultdict[NamedNode, list[tuple[int, Literal]]] = defaultdict(list)
    try:
        for subject, predicate, value, _ in parse(path=path, format=RdfFormat.TURTLE):
            if not isinstance(subject, NamedNode):
                continue
            if predicate == RDF.type and value == SKOS.Concept:
                order[subject] = None
            elif predicate in LABELS and isinstance(value, Literal):
                labels[subject].append((LABELS.index(predicate), value))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise _build_parse_error(path, error) from error
    return Scheme(path.stem, tuple(_concept(iri, labels[iri]) for iri in order))


def _concept(iri: NamedNode, found: list[tuple[int, Literal]]) -> Concept:
    # Sorting is stable: the order of the file stays within each kind, English before others.
    ranked = sorted(found, key=lambda pair: (pair[0], not _english(pair[1])))
    labels = tuple(dict.fromkeys(label.value for _, label in ranked))
    # A concept without a label is reported by the checks, not here.
    return Concept(iri, labels[0] if labels else iri.value.rsplit("/", 1)[-1], labels)


def _english(label: Literal) -> bool:
    return (label.language or "en").split("-")[0] == "en"


def _build_parse_error(path: Path, error: Exception) -> DataError:
    line = getattr(error, "lineno", None) or 0
    message = (
        f"{path} cannot be read as a concept scheme in Turtle: {getattr(error, 'msg', error)}."
    )
    return DataError(message, [Finding(str(path), line, 0, Severity.ERROR, message, "bad-scheme")])
