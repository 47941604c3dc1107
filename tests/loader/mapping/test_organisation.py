"""Organisations: identifiers as things, memberships with an interval."""

import pytest
from pyoxigraph import Literal, NamedNode

from loader.document import Rule
from loader.mapping import MappedDocument, map_document
from loader.mapping.lookups import MappingContext
from loader.mapping.statement_builder import parse_date_literal
from loader.namespaces import ADMS, CKG, ORG, RDF, SCHEMA, SKOS, TIME, XSD, thing
from loader.readers.source import SourceFile
from loader.readers.table_document import read_table
from tests.loader.mapping.conftest import Mapper, codes, field, record, said


def test_identifiers_are_things_with_their_register(mapped: Mapper) -> None:
    made = mapped(
        record(
            "organisation",
            field("name", "Eastbay College"),
            field("kind", "higher education institution"),
            field("ror", "https://ror.org/0abcdef23"),
            field("ukprn", "10000001"),
        )
    )
    triples = {(s.subject, s.predicate, s.object) for s in made.statements}
    node, ror = thing("organisation", "eastbay-college"), thing("identifier", "ror-0abcdef23")
    assert {
        (node, RDF.type, CKG.Institution),
        (node, RDF.type, ORG.FormalOrganization),
        (node, SKOS.prefLabel, Literal("Eastbay College", language="en")),
        (node, ADMS.identifier, ror),
        (ror, SKOS.notation, Literal("https://ror.org/0abcdef23")),
        (ror, CKG.register, Literal("ROR")),
        (node, SKOS.exactMatch, NamedNode("https://ror.org/0abcdef23")),
        (thing("identifier", "ukprn-10000001"), CKG.register, Literal("UKPRN")),
    } <= triples
    assert len(said(made, SKOS.exactMatch)) == 1


LOW = "name,ror,wikidata,founded,low_trust\nEastbay College,https://ror.org/0abcdef23,{},1994,{}\n"
WIKIDATA = "http://www.wikidata.org/entity/Q1"


def map_table(context: MappingContext, text: str) -> MappedDocument:
    document = read_table(SourceFile("in/t.csv", "t.csv", text.encode(), "00"))
    return map_document(document, context)


@pytest.mark.parametrize(
    ("cells", "predicates", "objects"),
    [
        ("", set(), set()),
        ("founded", {SCHEMA.foundingDate}, {"1994"}),
        (
            "founded | ror",
            {SCHEMA.foundingDate, ADMS.identifier, SKOS.exactMatch, SKOS.notation},
            {"1994", thing("identifier", "ror-0abcdef23").value, "https://ror.org/0abcdef23"},
        ),
    ],
)
def test_a_cell_of_low_trust_says_so_and_the_others_do_not(
    context: MappingContext, cells: str, predicates: set[NamedNode], objects: set[str]
) -> None:
    made = map_table(context, LOW.format(WIKIDATA, cells))
    described = {SKOS.notation, SKOS.exactMatch, ADMS.identifier, SCHEMA.foundingDate}
    low = [s for s in made.statements if s.trust == CKG.Low and s.predicate in described]
    assert {s.predicate for s in low} == predicates
    assert {getattr(s.object, "value", "") for s in low} == objects
    assert all(s.trust is None for s in made.statements if s.predicate == SKOS.prefLabel)
    assert said(made, CKG.trust) == []
    assert {s.rule for s in made.statements} == {Rule.TABLE_ROW}


def test_a_row_of_low_trust_says_so_of_the_organisation(context: MappingContext) -> None:
    made = map_table(context, LOW.format(WIKIDATA, "row"))
    node = thing("organisation", "eastbay-college")
    assert [(s.subject, s.object) for s in made.statements if s.predicate == CKG.trust] == [
        (node, CKG.Low)
    ]
    assert {s.trust for s in made.statements} == {None}


def test_a_membership_is_a_thing_with_an_interval(mapped: Mapper) -> None:
    made = mapped(
        record(
            "organisation",
            field("name", "Eastbay College"),
            field("consortium", "Southern Pair"),
            field("member_from", "2017-06"),
            field("member_until", "2020"),
        )
    )
    triples = {(s.subject, s.predicate, s.object) for s in made.statements}
    member = thing("membership", "southern-pair-eastbay-college")
    interval = thing("interval", "southern-pair-eastbay-college")
    assert {
        (member, ORG.member, thing("organisation", "eastbay-college")),
        (member, ORG.organization, thing("organisation", "southern-pair")),
        (member, ORG.memberDuring, interval),
        (interval, RDF.type, TIME.Interval),
        (interval, SCHEMA.startDate, Literal("2017-06", datatype=XSD.gYearMonth)),
        (interval, SCHEMA.endDate, Literal("2020", datatype=XSD.gYear)),
    } <= triples
    assert ORG.memberOf not in {s.predicate for s in made.statements}


def test_a_membership_without_a_date_or_of_nothing_is_reported(mapped: Mapper) -> None:
    made = mapped(
        record("organisation", field("name", "A"), field("consortium", "Southern Pair")),
        record("organisation", field("name", "B"), field("consortium", "Nobody")),
        record("organisation", field("name", "C"), field("kind", "guild")),
    )
    assert codes(made) == ["undated-membership", "unknown-organisation", "unknown-kind"]
    assert said(made, CKG.unrecognisedText) == ["consortium: Nobody"]


@pytest.mark.parametrize(
    ("text", "datatype"),
    [("2017", XSD.gYear), ("2017-06", XSD.gYearMonth), ("2024-02-29", XSD.date)],
)
def test_a_date_is_as_precise_as_it_is_given(text: str, datatype: NamedNode) -> None:
    assert parse_date_literal(text) == Literal(text, datatype=datatype)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2017-13", "2023-02-29", "17-06", "٢٠١٧", "06-2017"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date_literal(text) is None
