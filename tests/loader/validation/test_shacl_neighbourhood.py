"""A plan is read off the shapes; shapes that could only be half applied are refused."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from loader.errors import DataError
from loader.validation.shacl_neighbourhood import read_plan

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <https://example.org/> .
@prefix shape: <https://example.org/shape/> .
shape:study a sh:NodeShape ; sh:targetClass e:Study , e:Pilot ;
    sh:property shape:title , shape:tag .
shape:title a sh:PropertyShape ; sh:path e:title ; sh:minCount 1 ; sh:message "Untitled." .
shape:tag a sh:PropertyShape ; sh:path e:tag ; sh:or ( shape:a-tag shape:a-name ) .
shape:a-tag a sh:NodeShape ; sh:class e:Tag ; sh:property shape:in-scheme .
shape:in-scheme a sh:PropertyShape ; sh:path e:scheme ; sh:hasValue e:keywords .
shape:a-name a sh:NodeShape ; sh:nodeKind sh:Literal .
"""

TOPIC = """
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
shape:study sh:property shape:topic .
shape:topic a sh:PropertyShape ; sh:path e:topic ; sh:nodeKind sh:IRI ; sh:message "No topic." .
"""
E = "https://example.org/"


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """The small shapes, as a file."""
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    return path


def test_a_plan_says_what_a_thing_is_sent_with(shapes: Path) -> None:
    plan = read_plan(shapes)
    assert sorted(kind.value for kind in plan.classes.values()) == [E + "Pilot", E + "Study"]
    assert plan.paths == {NamedNode(E + name) for name in ("title", "tag", "scheme")}
    assert plan.inner == {NamedNode(E + "scheme")}
    assert plan.messages == {E + "shape/title": "Untitled."}
    assert plan.prefixes["shape"] == E + "shape/"


@pytest.mark.parametrize(
    ("more", "independent"),
    [
        ("", {"topic"}),
        ('shape:topic sh:severity sh:Warning ; sh:flags "i" ; sh:datatype e:text .', {"topic"}),
        ("shape:topic sh:maxCount 3 .", set()),
        ("shape:topic sh:hasValue e:good .", set()),
        ("shape:topic sh:or ( shape:a-name ) .", set()),
        ("shape:other sh:property [ sh:path e:topic ; sh:minCount 1 ] .", set()),
        ("shape:other sh:property [ sh:path e:topic ; sh:class e:Tag ] .", set()),
        ("shape:study sh:not shape:topic .", set()),
        ("shape:study sh:property [ sh:path rdf:type ; sh:nodeKind sh:IRI ] .", {"topic"}),
        ("[] sh:path e:name ; sh:targetClass e:Study ; sh:property shape:topic .", set()),
        ("shape:title sh:equals e:topic .", set()),
        ("shape:title sh:node [ sh:property [ sh:path e:topic ] ] .", set()),
        ("shape:other a sh:NodeShape ; sh:or ( shape:study ) .", set()),
    ],
)
def test_values_are_judged_alone_where_no_shape_counts_compares_or_combines_them(
    shapes: Path, more: str, independent: set[str]
) -> None:
    shapes.write_text(f"{SHAPES}{TOPIC}{more}", encoding="utf-8")
    found = {prop.value.removeprefix(E) for prop in read_plan(shapes).independent}
    assert found == independent


def test_marks_stand_for_the_target_classes(shapes: Path) -> None:
    plan = read_plan(shapes)
    assert "targetClass" not in plan.shapes
    for mark in plan.classes:
        assert plan.shapes.count(f"#targetSubjectsOf> {mark} .") == 1


def test_the_shipped_shapes_can_be_applied_whole(project: Path) -> None:
    plan = read_plan(project / "ontology" / "shapes.ttl")
    assert "https://w3id.org/concordat-kg/ontology#CaseStudy" in {
        kind.value for kind in plan.classes.values()
    }


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("e:s a sh:NodeShape ; sh:targetNode e:fine .", "targetNode"),
        ("e:s sh:targetSubjectsOf e:title .", "targetSubjectsOf"),
        ("e:s sh:path ( e:a e:b ) .", "more than one property"),
        ("e:s sh:path [ sh:inversePath e:a ] .", "more than one property"),
        ("e:s sh:closed true .", "closed"),
        ("shape:in-scheme sh:node [ sh:property [ sh:path e:far ] ] .", "more than one step"),
        ("shape:in-scheme sh:class e:Scheme .", "more than one step"),
    ],
)
def test_a_shape_that_would_be_half_applied_is_refused(shapes: Path, more: str, why: str) -> None:
    shapes.write_text(SHAPES + more, encoding="utf-8")
    with pytest.raises(DataError, match=why) as raised:
        read_plan(shapes)
    assert [f.path for f in raised.value.findings] == [str(shapes)]


def test_shapes_that_are_no_turtle_are_refused_with_the_line(shapes: Path) -> None:
    shapes.write_text("@prefix e: <https://example.org/> .\n\ne:s e:p .\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"shapes\.ttl:3: error: the shapes are not Turtle"):
        read_plan(shapes)
