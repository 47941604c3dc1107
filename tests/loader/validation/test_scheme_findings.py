"""Findings about the concepts of one scheme are one, with counts and the first places."""

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from loader.errors import Finding, Severity
from loader.validation.sparql_checks import load_checks, run_checks

HEAD = """
@prefix ex: <https://vocab.example.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ex:s a skos:ConceptScheme ; skos:prefLabel "Trades"@en ; skos:hasTopConcept ex:c0 .
"""


def build_vocabulary(number: int, scheme: str = "ex:s") -> str:
    concepts = "".join(
        f"ex:c{n} a skos:Concept ; skos:inScheme {scheme} ; skos:topConceptOf {scheme} ;"
        f' skos:prefLabel "Trade {n}"@en .\n'
        for n in range(number)
    )
    return HEAD + concepts


def find(project: Path, text: str, code: str) -> list[Finding]:
    store = Store()
    home = NamedNode("https://vocab.example.org/graph")
    store.load(text.encode(), format=RdfFormat.TURTLE, to_graph=home)

    def locate(about: str, predicate: str) -> tuple[str, int]:
        return "data/trades.ttl", int(re.sub(r".*/c?", "", about).strip("st") or 0) + 10

    found = run_checks(store, load_checks(project / "sparql" / "checks"), locate)
    return [finding for finding in found if finding.code == code]


@pytest.mark.parametrize("number", [2, 11, 500])
def test_concepts_of_a_scheme_that_lack_the_same_are_one_finding(
    project: Path, number: int
) -> None:
    (finding,) = find(project, build_vocabulary(number), "undocumented-concept")
    assert (finding.path, finding.line) == ("data/trades.ttl", 10)
    assert finding.severity == Severity.WARNING
    assert finding.about == "https://vocab.example.org/s"
    assert f"{number} such findings about {number} concepts of " in finding.message
    assert '"Trades"' in finding.message
    assert finding.message.startswith('"Trade 0"')
    assert finding.message.count("line ") == min(number, 10)
    assert ("…" in finding.message) == (number > 10)


def test_one_concept_keeps_its_own_finding(project: Path) -> None:
    (finding,) = find(project, build_vocabulary(1), "undocumented-concept")
    assert finding.about == "https://vocab.example.org/c0"
    assert "such findings" not in finding.message


def test_each_scheme_has_its_own(project: Path) -> None:
    text = build_vocabulary(3) + 'ex:t a skos:ConceptScheme ; skos:prefLabel "Tools"@en .'
    text += "".join(
        f'<https://vocab.example.org/t/c{n}> skos:inScheme ex:t ; skos:prefLabel "Tool {n}"@en .'
        for n in range(4)
    )
    found = find(project, text, "undocumented-concept")
    assert {(f.about[-1], "3 concepts" in f.message) for f in found} == {("s", True), ("t", False)}
    assert "4 concepts" in next(f.message for f in found if f.about.endswith("t"))


def test_errors_are_told_one_by_one(project: Path) -> None:
    text = build_vocabulary(4) + "".join(
        f'ex:c{n} skos:prefLabel "Another {n}"@en .' for n in range(4)
    )
    assert len(find(project, text, "skos-s14")) == 4
