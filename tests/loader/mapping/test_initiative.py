"""Initiatives, their commitments and claims: what is stated and what is only reported."""

from pyoxigraph import Literal

from loader.errors import Severity
from loader.namespaces import CKG, DCTERMS, RDF, SCHEMA, XSD, thing
from tests.loader.mapping.conftest import Mapper, codes, field, record, said

PLEDGE = thing("initiative", "fair-desks")


def test_a_commitment_belongs_to_its_initiative_in_its_place(mapped: Mapper) -> None:
    parts = (
        record("commitment", field("title", "A desk"), field("standing", "supported")),
        record("commitment", field("title", "A lamp"), field("keywords", "Wellbeing")),
    )
    made = mapped(record("pledge", field("title", "Fair desks"), parts=parts))
    triples = {(s.subject, s.predicate, s.object) for s in made.statements}
    lamp = thing("commitment", "fair-desks-a-lamp")
    assert {
        (PLEDGE, RDF.type, CKG.Pledge),
        (PLEDGE, RDF.type, CKG.Initiative),
        (PLEDGE, CKG.commitment, lamp),
        (lamp, DCTERMS.isPartOf, PLEDGE),
        (lamp, CKG.position, Literal("2", datatype=XSD.integer)),
        (thing("commitment", "fair-desks-a-desk"), CKG.standing, CKG.Supported),
    } <= triples


def test_a_claim_states_nothing_but_that_it_is_made(mapped: Mapper) -> None:
    part = record(
        "claim",
        field("text", "NGU is in the Southern Pair."),
        field("about", "NGU"),
        field("about", "initiative/other"),
        field("standing", "False"),
        field("lines", "3-4"),
    )
    made = mapped(record("pledge", field("title", "Fair desks"), parts=(part,)))
    claim = thing("claim", "fair-desks-1")
    about_claim = {s.predicate for s in made.statements if s.subject == claim}
    assert about_claim == {
        RDF.type,
        CKG.restatement,
        CKG.about,
        CKG.standing,
        CKG.startLine,
        CKG.endLine,
    }
    assert said(made, CKG.about) == [
        thing("organisation", "northgate-university").value,
        thing("initiative", "other").value,
    ]
    assert said(made, CKG.standing) == [CKG["False"].value]
    assert (said(made, CKG.startLine), said(made, CKG.endLine)) == (["3"], ["4"])


def test_a_curator_is_told_what_cannot_be_read(mapped: Mapper) -> None:
    part = record(
        "claim",
        field("about", "nobody at all"),
        field("standing", "maybe"),
        field("lines", "three"),
    )
    start = field("start", "last year")
    made = mapped(record("pledge", field("title", "Fair desks"), start, parts=(part,)))
    assert codes(made) == ["bad-date", "unknown-thing", "unknown-standing", "bad-lines"]
    assert said(made, SCHEMA.startDate) == []
    assert said(made, CKG.unrecognisedText) == ["start: last year"]


def test_an_issue_that_a_curator_saw_is_a_finding(mapped: Mapper) -> None:
    part = record(
        "issue",
        field("code", "garbled"),
        field("message", "The phrase\n  makes no sense."),
        field("severity", "info"),
        field("lines", "12"),
        field("about", "NGU"),
    )
    made = mapped(record("pledge", field("title", "Fair desks"), parts=(part,)))
    (found,) = made.findings
    assert found.message == "The phrase makes no sense. (line 12 of the text)"
    assert (found.code, found.severity) == ("garbled", Severity.INFO)
    assert found.about == thing("organisation", "northgate-university").value
