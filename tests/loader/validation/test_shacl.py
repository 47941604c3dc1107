"""Shapes are applied to all things, chunk by chunk, and agree with another validator."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat, Store
from pyshacl import validate as other_validate
from rdflib import Graph
from rdflib.namespace import SH

from loader.errors import Finding, Severity
from loader.validation import shacl
from loader.validation.shacl import validate

SHAPES = r"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <https://example.org/> .
@prefix shape: <https://example.org/shape/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
shape:study a sh:NodeShape ; sh:targetClass e:Study ;
    sh:property shape:title , shape:tag , shape:year .
shape:names a sh:NodeShape ; sh:targetClass e:Study ; sh:severity sh:Info ;
    sh:or ( shape:has-title shape:has-name ) ; sh:message "Neither titled nor named." .
shape:title a sh:PropertyShape ; sh:path e:title ; sh:minCount 1 ; sh:maxCount 1 ;
    sh:severity sh:Warning ; sh:message "A study has one title." .
shape:tag a sh:PropertyShape ; sh:path e:tag ; sh:node shape:a-tag ;
    sh:message "The tag is none of the scheme." .
shape:year a sh:PropertyShape ; sh:path e:year ; sh:datatype xsd:gYear ;
    sh:message "A year has four digits." .
shape:a-tag a sh:NodeShape ; sh:class e:Tag ; sh:property shape:in-scheme .
shape:in-scheme a sh:PropertyShape ; sh:path e:scheme ; sh:hasValue e:keywords .
shape:has-title a sh:PropertyShape ; sh:path e:title ; sh:minCount 1 .
shape:has-name a sh:PropertyShape ; sh:path e:name ; sh:minCount 1 .
shape:tag-itself a sh:NodeShape ; sh:targetClass e:Tag ; sh:property shape:tag-label .
shape:tag-label a sh:PropertyShape ; sh:path e:label ; sh:minCount 1 ;
    sh:message "A tag has a label." .
"""

DATA = """
@prefix e: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:ontology { e:Pilot rdfs:subClassOf e:Study . e:Keyword rdfs:subClassOf e:Tag . }
e:tags {
    e:good a e:Keyword ; e:scheme e:keywords ; e:label "good" .
    e:stray a e:Keyword ; e:label "stray" .
    e:thing e:scheme e:keywords .
    e:bare a e:Tag ; e:scheme e:keywords .
}
e:one {
    e:fine a e:Study ; e:title "Fine" ; e:tag e:good ; e:year "2020"^^xsd:gYear .
    e:untitled a e:Pilot ; e:name "It has a name" ; e:tag e:good , e:bare .
    e:nameless a e:Study ; e:tag e:stray , e:thing , "good" .
    e:twice a e:Study ; e:title "Once" ; e:year 2020 .
}
e:two { e:twice e:title "Twice" . e:fine a e:Study ; e:title "Fine" . }
"""

E = "https://example.org/"


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """The small shapes, as a file."""
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    return path


@pytest.fixture
def store() -> Store:
    """The small data."""
    store = Store()
    store.load(DATA, format=RdfFormat.TRIG)
    return store


def nowhere(thing: str, prop: str) -> tuple[str, int]:
    """Knows no place."""
    return "", 0


def broken(store: Store, shapes: Path) -> list[tuple[str, str, Severity]]:
    """Who breaks which shape, and how badly."""
    found = validate(store, shapes, nowhere)
    return sorted((f.about.removeprefix(E), f.code, f.severity) for f in found)


EXPECTED = [
    ("bare", "shape:tag-label", Severity.ERROR),
    ("nameless", "shape:names", Severity.INFO),
    ("nameless", "shape:tag", Severity.ERROR),
    ("nameless", "shape:tag", Severity.ERROR),
    ("nameless", "shape:tag", Severity.ERROR),
    ("nameless", "shape:title", Severity.WARNING),
    ("twice", "shape:title", Severity.WARNING),
    ("twice", "shape:year", Severity.ERROR),
    ("untitled", "shape:title", Severity.WARNING),
]


def test_every_breach_is_found_once_whatever_graph_it_is_in(store: Store, shapes: Path) -> None:
    assert broken(store, shapes) == EXPECTED


@pytest.mark.parametrize(
    "names", [(), ("untitled",), ("nameless", "fine", "thing"), ("twice", "bare", "unknown")]
)
def test_some_entities_break_the_shapes_that_they_break_among_all(
    store: Store, shapes: Path, names: tuple[str, ...]
) -> None:
    every = [*validate(store, shapes, nowhere)]
    found = validate(store, shapes, nowhere, {NamedNode(E + name) for name in names})
    assert [*found] == [one for one in every if one.about.removeprefix(E) in names]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_size_of_a_chunk_changes_nothing(
    store: Store, shapes: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shacl, "CHUNK", size)
    monkeypatch.setattr(shacl, "REMEMBERED", 1)
    assert broken(store, shapes) == EXPECTED


TAGS = {
    **dict.fromkeys(("<good>", "<bare>"), True),
    **dict.fromkeys(("<stray>", "<thing>", "<unknown>", '"good"', "[]"), False),
}
"""Tags of the small data, and whether they are of the scheme."""


@given(
    st.lists(
        st.tuples(st.sampled_from(("Study", "Pilot", "Tag")), st.sets(st.sampled_from([*TAGS]))),
        max_size=12,
    ),
    st.sampled_from((1, 2, 5)),
)
def test_a_tag_that_conforms_once_hides_no_breach(
    entities: list[tuple[str, set[str]]], size: int
) -> None:
    store = Store()
    store.load(DATA, format=RdfFormat.TRIG)
    store.update("PREFIX e: <https://example.org/> DELETE WHERE { GRAPH ?g { ?s e:title ?o } }")
    text = "".join(
        f'<s{number:02}> a <{kind}> ; <title> "One" ; <label> "One" .'
        + "".join(f"<s{number:02}> <tag> {tag} ." for tag in sorted(tags))
        for number, (kind, tags) in enumerate(entities)
    )
    store.load(text, format=RdfFormat.TURTLE, base_iri=E, to_graph=NamedNode(f"{E}more"))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder, "shapes.ttl")
        path.write_text(SHAPES, encoding="utf-8")
        patch.setattr(shacl, "CHUNK", size)
        found = broken(store, path)
    assert [one for one in found if one[0].removeprefix("s").isdecimal()] == [
        (f"s{number:02}", "shape:tag", Severity.ERROR)
        for number, (kind, tags) in enumerate(entities)
        for tag in tags
        if kind != "Tag" and not TAGS[tag]
    ]


def test_a_message_is_that_of_the_shape_and_names_the_value(store: Store, shapes: Path) -> None:
    messages = {(f.about.removeprefix(E), f.message) for f in validate(store, shapes, nowhere)}
    assert ("nameless", "The tag is none of the scheme. (found: e:stray)") in messages
    assert ("nameless", 'The tag is none of the scheme. (found: "good")') in messages
    assert ("nameless", "Neither titled nor named.") in messages
    assert ("twice", 'A year has four digits. (found: "2020")') in messages
    assert ("untitled", "A study has one title.") in messages


def test_the_place_is_asked_for_by_thing_and_property(store: Store, shapes: Path) -> None:
    def locate(thing: str, prop: str) -> tuple[str, int]:
        return f"{thing.removeprefix(E)}.md", len(prop.removeprefix(E))

    places = {str(f).split(": ")[0] for f in validate(store, shapes, locate)}
    assert places == {
        "bare.md:5",
        "nameless.md",
        "nameless.md:3",
        "nameless.md:5",
        "twice.md:5",
        "twice.md:4",
        "untitled.md:5",
    }


def test_a_thing_without_iri_is_validated_too(shapes: Path) -> None:
    store = Store()
    store.load(f"[] a <{E}Tag> .", format=RdfFormat.TURTLE)
    (finding,) = validate(store, shapes, nowhere)
    assert finding == Finding("", 0, 0, Severity.ERROR, "A tag has a label.", "shape:tag-label")


def test_an_empty_store_breaks_no_shape(shapes: Path) -> None:
    assert list(validate(Store(), shapes, nowhere)) == []


def union(store: Store) -> Graph:
    """All graphs of the store as one rdflib graph."""
    bare = Store()
    bare.extend(Quad(q.subject, q.predicate, q.object) for q in store)
    data = bare.dump(format=RdfFormat.N_QUADS)
    return Graph().parse(data=data, format="nt")


def others(store: Store, shapes: Path) -> set[tuple[str, str, str]]:
    """What pyshacl reports, without the details: thing, property, shape."""
    _, report, _ = other_validate(union(store), shacl_graph=str(shapes), inference="none")
    found = set()
    for result in report.objects(None, SH.result):
        path = report.value(result, SH.resultPath)
        shape = str(report.value(result, SH.sourceShape)).rpartition("/")[2]
        thing = str(report.value(result, SH.focusNode))
        found.add((thing, str(path or ""), f"shape:{shape}"))
    return found


def ours(store: Store, shapes: Path) -> set[tuple[str, str, str]]:
    """What we report: thing, property (as the place was asked for), shape."""
    found = validate(store, shapes, lambda thing, prop: (prop, 0))
    return {(f.about, f.path, f.code) for f in found}


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # pyshacl on rdflib 7.6
@pytest.mark.slow
def test_pyshacl_finds_the_same(store: Store, shapes: Path) -> None:
    assert ours(store, shapes) == others(store, shapes)
    assert len(ours(store, shapes)) == 7


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # pyshacl on rdflib 7.6
@pytest.mark.slow
def test_pyshacl_finds_the_same_by_the_shipped_shapes(project: Path) -> None:
    """The clean graph of the checks, then the same with every second statement gone."""
    shapes = project / "ontology" / "shapes.ttl"
    store = Store()
    store.load(path=str(project / "tests" / "checks" / "clean.trig"), format=RdfFormat.TRIG)
    own = NamedNode("https://w3id.org/concordat-kg/graph/ontology-concordat")
    store.load(
        path=str(project / "ontology" / "concordat.ttl"), format=RdfFormat.TURTLE, to_graph=own
    )
    whole = ours(store, shapes)
    assert whole == others(store, shapes)
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    statements = sorted((q for q in store if q.predicate != kind), key=str)
    for quad in statements[::2]:
        store.remove(quad)
    half = ours(store, shapes)
    assert half == others(store, shapes)
    assert half - whole
