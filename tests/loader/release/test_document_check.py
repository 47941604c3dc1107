"""The check of one document in memory finds what a build would find."""

from collections.abc import Iterator, Sequence

import pytest
from pyoxigraph import Literal, Triple

from loader.errors import Severity
from loader.namespaces import CKG, ORG, RDF, SKOS, concept, thing
from loader.release.document_check import DocumentChecker
from loader.settings import Settings
from tests.conftest import PROJECT

LIVERPOOL = thing("organisation", "university-of-liverpool")
KNOWN = {
    LIVERPOOL.value: [
        Triple(LIVERPOOL, RDF.type, ORG.FormalOrganization),
        Triple(LIVERPOOL, SKOS.prefLabel, Literal("University of Liverpool")),
    ],
    concept("principles", "eci1").value: [
        Triple(concept("principles", "eci1"), RDF.type, CKG.Obligation),
        Triple(concept("principles", "eci1"), SKOS.prefLabel, Literal("ECI1")),
    ],
    thing("case-study", "taken").value: [
        Triple(thing("case-study", "taken"), RDF.type, CKG.CaseStudy)
    ],
}
STUDY = """---
type: case-study
title: A new study
slug: {slug}
institution: University of Liverpool
source: {source}
tags: {{keywords: [{keyword}], beneficiaries: [Research staff], stakeholders: [Researchers], \
principles: [Employment]}}
curated:
  obligations: [{obligation}]
---
What was done.
"""


def describe(iris: Sequence[str]) -> Iterator[Triple]:
    for iri in iris:
        yield from KNOWN.get(iri, ())


@pytest.fixture(scope="module")
def checker() -> DocumentChecker:
    names = [("University of Liverpool", LIVERPOOL, False)]
    return DocumentChecker(Settings(root=PROJECT), names, describe)


def codes(checker: DocumentChecker, **values: str) -> dict[str, tuple[Severity, int]]:
    usual = {
        "slug": "new",
        "source": "https://example.org/",
        "keyword": "Training",
        "obligation": "ECI1",
    }
    text = STUDY.format(**{**usual, **values})
    found = checker.check("new.md", text.encode()).findings
    return {one.code: (one.severity, one.line) for one in found}


def test_a_sound_case_study_has_no_findings(checker: DocumentChecker) -> None:
    assert codes(checker) == {}


@pytest.mark.parametrize(
    ("values", "code", "severity", "line"),
    [
        ({"keyword": "Bananas"}, "unknown-tag", Severity.WARNING, 7),
        ({"source": "somewhere"}, "bad-address", Severity.WARNING, 6),
        ({"obligation": "XYZ9"}, "shape:obligation-link", Severity.ERROR, 9),
        ({"slug": "taken"}, "same-slug", Severity.ERROR, 1),
    ],
)
def test_each_mistake_is_found_at_its_line(
    checker: DocumentChecker, values: dict[str, str], code: str, severity: Severity, line: int
) -> None:
    found = codes(checker, **values)
    assert found[code][0] is severity
    assert found[code][1] == line


def test_a_practice_is_a_table_with_one_row(checker: DocumentChecker) -> None:
    text = (
        "id,title,institution,kind,evidence_level\n"
        "new,New,University of Liverpool,{},None reported\n"
    )
    sound = checker.check("new.csv", text.format("Policy").encode())
    assert sound.document is not None and sound.document.records[0].kind == "practice"
    assert not [one for one in sound.findings if one.severity is Severity.ERROR]
    wrong = checker.check("new.csv", text.format("Polcy").encode())
    assert {"shape:practice-kind", "unknown-tag"} <= {one.code for one in wrong.findings}


def test_what_cannot_be_read_is_a_finding(checker: DocumentChecker) -> None:
    for name, data in (("new.csv", b"a,b\n1,2\n"), ("new.md", b"---\ntitle: x\n")):
        checked = checker.check(name, data)
        assert checked.document is None and checked.findings
