"""What is read of the concept schemes, and what is said of a broken one."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from loader.errors import DataError
from loader.mapping.concept_schemes import Concept, load_scheme, load_schemes

TURTLE = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix c: <https://example.org/> .

c:scheme a skos:ConceptScheme ; skos:prefLabel "No concept"@en .

c:zeal a skos:Concept ;
    skos:hiddenLabel "Zeel" ;
    skos:altLabel "Eifer"@de , "Fervour"@en , "Drive"@en-GB ;
    skos:prefLabel "Fleiß"@de , "Zeal"@en ;
    skos:definition "Not a label." .

c:drive skos:prefLabel "Drive"@en ; a skos:Concept .

c:nameless a skos:Concept .

[] a skos:Concept ; skos:prefLabel "No name to speak of"@en .
"""


def iri(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


def written(tmp_path: Path, text: str = TURTLE) -> Path:
    folder = tmp_path / "schemes"
    folder.mkdir()
    (folder / "virtues.ttl").write_text(text, encoding="utf-8")
    return folder / "virtues.ttl"


def test_concepts_in_file_order_with_all_labels(tmp_path: Path) -> None:
    written(tmp_path)
    schemes = load_schemes(tmp_path)
    assert list(schemes) == ["virtues"]
    assert schemes["virtues"].name == "virtues"
    assert schemes["virtues"].concepts == (
        Concept(iri("zeal"), "Zeal", ("Zeal", "Fleiß", "Fervour", "Drive", "Eifer", "Zeel")),
        Concept(iri("drive"), "Drive", ("Drive",)),
        Concept(iri("nameless"), "nameless", ()),
    )


def test_preferred_labels_come_before_all_others(tmp_path: Path) -> None:
    labels = list(load_scheme(written(tmp_path)).labels())
    assert labels[:2] == [("Zeal", iri("zeal")), ("Drive", iri("drive"))]
    assert labels.index(("Drive", iri("drive"))) < labels.index(("Drive", iri("zeal")))
    assert len(labels) == 7


def test_broken_turtle_names_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, "@prefix a: <http://a.example/> .\n\na:b a:c .\n")
    with pytest.raises(DataError) as caught:
        load_schemes(tmp_path)
    (finding,) = caught.value.findings
    assert (finding.path, finding.line, finding.code) == (str(path), 3, "bad-scheme")
    assert str(caught.value).startswith(f"{path} cannot be read as a concept scheme in Turtle: ")
    assert "line 3" in str(caught.value)


def test_no_folder_of_schemes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="schemes does not exist: the concept schemes are read"):
        load_schemes(tmp_path)
