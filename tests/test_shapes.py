"""The SHACL shapes: what is right passes, and each mistake gives its own finding and no other.

``shapes/right.ttl`` holds a right example of each kind of thing. Each row of ``shapes/wrong.tsv``
spoils one of them: it names the shape that must find it, the example, and the property (or two)
whose values are replaced by ``value``, in Turtle, or left out where that is empty.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyrudof
import pyshacl
import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef

from tests.each_case import check_each

FOLDER = Path(__file__).parent / "shapes"
SHAPES = Path(__file__).parents[1] / "ontology" / "shapes.ttl"
BASE = "https://w3id.org/concordat-kg/"
CKG = BASE + "ontology#"
SHAPE = BASE + "shape/"


class Wrong(NamedTuple):
    """A row of ``wrong.tsv``."""

    shape: str
    kind: str
    property: str
    value: str


class Result(NamedTuple):
    """A finding: the thing, the shape's code, the severity."""

    focus: str
    shape: str
    severity: str


def wrongs() -> list[Wrong]:
    with (FOLDER / "wrong.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
        return [Wrong(r["shape"], r["kind"], r["property"], r["value"]) for r in rows]


@cache
def shapes() -> Graph:
    return Graph().parse(SHAPES, format="turtle")


def turtle(text: str) -> list[Triple]:
    """The triples of a Turtle text that may use the prefixes of ``right.ttl``."""
    head = (FOLDER / "right.ttl").read_text(encoding="utf-8").splitlines()
    declared = "\n".join(line for line in head if line.startswith("@"))
    return [
        Triple(q.subject, q.predicate, q.object)
        for q in parse(f"{declared}\n{text}", RdfFormat.TURTLE)
    ]


@cache
def right() -> tuple[Triple, ...]:
    return tuple(turtle((FOLDER / "right.ttl").read_text(encoding="utf-8")))


def spoilt(number: int, wrong: Wrong) -> list[Triple]:
    """The example under a new name, with the property's values replaced or gone."""
    node = NamedNode(f"{BASE}wrong/{number}")
    names = wrong.property.split()
    replaced = {t.predicate for name in names for t in turtle(f"<> {name} <> .")}
    example = NamedNode(f"{BASE}right/{wrong.kind}")
    kept = [t for t in right() if t.subject == example and t.predicate not in replaced]
    assert kept, f"there is no right example named {wrong.kind}"
    new = turtle(f"<wrong/{number}> {names[0]} {wrong.value} .") if wrong.value else []
    return [Triple(node, t.predicate, t.object) for t in kept] + new


@cache
def examples() -> str:
    """The right things and the spoilt ones as N-Triples."""
    triples = list(right())
    for number, wrong in enumerate(wrongs()):
        triples += spoilt(number, wrong)
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert data is not None
    return data.decode("utf-8")


def by_pyrudof() -> set[Result]:
    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    strict, text = pyrudof.ReaderMode.Strict, SHAPES.read_text(encoding="utf-8")
    engine.read_shacl(text, format=pyrudof.ShaclFormat.Turtle, reader_mode=strict)
    engine.read_data(examples(), format=pyrudof.RDFFormat.NTriples, reader_mode=strict)
    return {
        Result(e.focus_node, str(e.source_shape).removeprefix(SHAPE), e.severity)
        for e in engine.validate_shacl()
    }


def by_pyshacl() -> set[Result]:
    data = Graph().parse(data=examples(), format="nt")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes())

    return {
        Result(
            str(report.value(node, SH.focusNode)),
            str(report.value(node, SH.sourceShape)).removeprefix(SHAPE),
            str(report.value(node, SH.resultSeverity)).removeprefix(str(SH)),
        )
        for node in report.objects(None, SH.result)
    }


ENGINES = {"pyrudof": by_pyrudof, "pyshacl": by_pyshacl}


@cache
def results(engine: str) -> frozenset[Result]:
    """What an engine finds at the examples; what they only point to is not whole and left out."""
    ours = (BASE + "right/", BASE + "wrong/")
    return frozenset(r for r in ENGINES[engine]() if r.focus.startswith(ours))


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_right_passes_every_shape(engine: str) -> None:
    assert [r for r in results(engine) if r.focus.startswith(BASE + "right/")] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_each_mistake_gives_its_own_finding_and_no_other(engine: str) -> None:
    found = results(engine)

    def check(row: tuple[int, Wrong]) -> None:
        number, wrong = row
        assert {r.shape for r in found if r.focus == f"{BASE}wrong/{number}"} == {wrong.shape}

    check_each(enumerate(wrongs()), check)


def test_both_engines_find_the_same_with_the_same_severity() -> None:
    assert results("pyrudof") == results("pyshacl")
    severities = {r.shape: r.severity for r in results("pyrudof") if r.severity != "Violation"}
    assert severities == {
        "case-study-title": "Warning",
        "case-study-text": "Warning",
        "commitment-standing": "Info",
        "interval-bound": "Warning",
    }


def reportable() -> set[URIRef]:
    return {s for s in shapes().subjects(SH.message) if isinstance(s, URIRef)}


def test_every_shape_that_can_be_broken_is_proved() -> None:
    assert {str(s).removeprefix(SHAPE) for s in reportable()} == {w.shape for w in wrongs()}


def test_every_kind_of_thing_with_a_shape_has_a_right_example() -> None:
    targets = {str(c) for c in shapes().objects(None, SH.targetClass)}
    type_ = NamedNode(str(RDF.type))
    kinds = {
        str(t.object).strip("<>")
        for t in right()
        if t.predicate == type_ and BASE + "right/" in str(t.subject)
    }
    alike = (
        "Scheme",
        "Pledge",
        "Report",
        "Award",
        "Resource",
        "Funder",
        "SectorBody",
        "PublicBody",
    )
    assert targets - kinds == {CKG + name for name in alike}


@pytest.mark.slow
def test_shapes_are_shacl_core_and_look_one_step_far() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes(), meta_shacl=True)
    assert conforms, text
    assert list(shapes().objects(None, SH.sparql)) == []
    properties = set(shapes().subjects(RDF.type, SH.PropertyShape))
    assert len(properties) > 80
    for shape in properties | set(shapes().subjects(RDF.type, SH.NodeShape)):
        assert str(shape).startswith(SHAPE)
    assert all(isinstance(shapes().value(s, SH.path), URIRef) for s in properties)


def test_a_finding_has_a_severity_a_name_and_a_sentence() -> None:
    check_each(sorted(reportable()), check_finding)


def check_finding(shape: URIRef) -> None:
    """Check what a shape says of its finding."""
    (severity,) = shapes().objects(shape, SH.severity)
    assert severity in (SH.Violation, SH.Warning, SH.Info)
    assert shapes().value(shape, SH.name) or shapes().value(shape, RDFS.label)
    (message,) = shapes().objects(shape, SH.message)
    assert isinstance(message, Literal) and message.endswith(".") and message[0].isupper()
