"""Rows of described tables: one subject, its nodes, and what a cell that is not valid becomes."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from loader.document import Document, Rule, Statement
from loader.errors import DataError
from loader.mapping import MappedDocument, map_document
from loader.mapping.concept_schemes import load_schemes
from loader.mapping.described_row import parse_cell
from loader.mapping.lookups import MappingContext, OrganisationCollector
from loader.namespaces import CKG, DCTERMS, RDF, SCHEMA, SKOS, XSD, concept, read_terms, thing
from loader.readers.source import SourceFile
from loader.readers.table_description import load_table_descriptions, read_table_description
from loader.readers.table_document import read_table
from loader.validation.data_issues import format_issues
from tests.conftest import PROJECT
from tests.loader.mapping.conftest import codes, organisations

TABLES = load_table_descriptions(PROJECT / "ontology")


@pytest.fixture(scope="module")
def described() -> MappingContext:
    """A context of the shipped schemes, terms and descriptions of tables."""
    names = OrganisationCollector()
    names.collect(organisations())
    ontology = PROJECT / "ontology"
    return names.context(load_schemes(ontology).values(), read_terms(ontology), TABLES)


def read(text: str) -> Document:
    return read_table(SourceFile("in/t.csv", "t.csv", text.encode(), "00"), TABLES)


def map_table(context: MappingContext, text: str) -> MappedDocument:
    return map_document(read(text), context)


def find(made: MappedDocument, predicate: NamedNode) -> list[Statement]:
    return [statement for statement in made.statements if statement.predicate == predicate]


COLUMNS = (
    "id,title,institution,kind,evidence_level,status,keywords,obligations_printed,obligations,"
    "start,amount,currency,low_trust"
)
PRACTICE = (
    f"{COLUMNS}\nbuddies,Buddies,Northgate University | University of Southwick,Mentoring,"
    "Participant feedback,Running,Mentorship,ECI1,ECI2,2021-02,5000,GBP,start | status\n"
)


def test_a_practice_has_its_facts_its_grant_and_its_evaluation(described: MappingContext) -> None:
    made = map_table(described, PRACTICE)
    triples = {(s.subject, s.predicate, s.object) for s in made.statements}
    node = thing("initiative", "buddies")
    grant, evaluation = thing("grant", "buddies"), thing("evaluation", "buddies")
    assert {
        (node, RDF.type, CKG.Initiative),
        (node, RDF.type, CKG.Practice),
        (node, DCTERMS.title, Literal("Buddies")),
        (node, CKG.organisation, thing("organisation", "northgate-university")),
        (node, CKG.organisation, thing("organisation", "university-of-southwick")),
        (node, CKG.practiceKind, concept("practice-kinds", "mentoring")),
        (node, SCHEMA.startDate, Literal("2021-02", datatype=XSD.gYearMonth)),
        (node, SCHEMA.funding, grant),
        (grant, RDF.type, SCHEMA.MonetaryGrant),
        (grant, SCHEMA.amount, Literal("5000", datatype=XSD.decimal)),
        (node, CKG.evaluation, evaluation),
        (evaluation, CKG.evidenceLevel, concept("evidence-levels", "participant-feedback")),
    } <= triples
    assert codes(made) == []
    assert [str(node) for node, _ in made.described_entities] == [str(node)]


def test_what_this_project_adds_is_told_from_what_the_source_prints(
    described: MappingContext,
) -> None:
    made = map_table(described, PRACTICE)
    rules = {s.object: s.rule for s in find(made, CKG.obligation)}
    assert rules == {
        concept("principles", "eci1"): Rule.TABLE_ROW,
        concept("principles", "eci2"): Rule.CURATOR,
    }


def test_a_cell_of_low_trust_says_so_and_the_others_do_not(described: MappingContext) -> None:
    made = map_table(described, PRACTICE)
    low = {s.predicate for s in made.statements if s.trust == CKG.Low}
    assert low == {SCHEMA.startDate, CKG.status}
    assert find(made, CKG.trust) == []
    whole = map_table(described, PRACTICE.replace("start | status", "row"))
    assert [s.object for s in find(whole, CKG.trust)] == [CKG.Low]


def test_all_that_a_cell_of_low_trust_states_is_of_low_trust(described: MappingContext) -> None:
    text = (
        "framework,code,label,gloss,parent,low_trust\ndora,DORA-X,X: one,Something,DORA-G,parent\n"
    )
    made = map_table(described, text)
    assert {s.predicate for s in made.statements if s.trust == CKG.Low} == {
        SKOS.broader,
        SKOS.narrower,
    }
    made = map_table(described, PRACTICE.replace("2021-02,", "spring 2021,"))
    assert [s.trust for s in find(made, CKG.unrecognisedText)] == [CKG.Low]


def test_without_money_there_is_no_grant(described: MappingContext) -> None:
    made = map_table(described, PRACTICE.replace("5000,GBP", ","))
    assert find(made, SCHEMA.funding) == []


def test_an_element_of_a_framework_is_linked_both_ways(described: MappingContext) -> None:
    text = "framework,code,label,gloss,parent\ndora,DORA-X,X: one,Something,DORA-G\n"
    made = map_table(described, text)
    node, parent = concept("dora", "dora-x"), concept("dora", "dora-g")
    assert [(s.subject, s.object) for s in find(made, SKOS.broader)] == [(node, parent)]
    assert [(s.subject, s.object) for s in find(made, SKOS.narrower)] == [(parent, node)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("buddies,Buddies", ",Buddies", "no-value"),
        ("Mentoring,", "Mentring,", "unknown-tag"),
        ("Northgate University |", "Nowhere University |", "unknown-organisation"),
        ("2021-02,", "spring 2021,", "bad-value"),
        (",5000,", ",about 5000,", "bad-value"),
    ],
)
def test_a_cell_that_is_not_valid_is_reported(
    described: MappingContext, old: str, new: str, code: str
) -> None:
    assert old in PRACTICE
    assert codes(map_table(described, PRACTICE.replace(old, new))) == [code]


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("2019-09", "date", Literal("2019-09", datatype=XSD.gYearMonth)),
        ("2019-13", "date", None),
        ("RAE 2008", "dateOrWords", Literal("RAE 2008")),
        ("12.50", "number", Literal("12.5", datatype=XSD.decimal)),
        ("698", "decimal", Literal("698", datatype=XSD.decimal)),
        ("0.0", "decimal", Literal("0", datatype=XSD.decimal)),
        ("007", "integer", Literal("7", datatype=XSD.integer)),
        ("1,234", "integer", Literal("1234", datatype=XSD.integer)),
        ("-12 345.50", "decimal", Literal("-12345.5", datatype=XSD.decimal)),
        ("1,234,567", "number", Literal("1234567", datatype=XSD.decimal)),
        ("1,23", "number", Literal("1,23")),
        ("31/07/2021", "date", Literal("2021-07-31", datatype=XSD.date)),
        ("1/2/2021", "dateOrWords", Literal("2021-02-01", datatype=XSD.date)),
        ("07/31/2021", "date", None),
        ("44408", "date", None),
        ("over three quarters", "number", Literal("over three quarters")),
        ("over 70", "decimal", None),
        ("²", "integer", None),
        ("P1Y6M", "duration", Literal("P1Y6M", datatype=XSD.duration)),
        ("P18M", "duration", Literal("P1Y6M", datatype=XSD.duration)),
        ("P12M", "duration", Literal("P1Y", datatype=XSD.duration)),
        ("P0D", "duration", Literal("P0D", datatype=XSD.duration)),
        ("P", "duration", None),
        ("1 year", "duration", None),
        ("yes", "boolean", Literal("true", datatype=XSD.boolean)),
        ("maybe", "boolean", None),
        ("www.example.org", "anyURI", None),
        ("https://example.org/", "anyURI", NamedNode("https://example.org/")),
    ],
)
def test_a_cell_becomes_a_value_of_its_datatype(
    text: str, datatype: str, value: Literal | NamedNode | None
) -> None:
    assert parse_cell(text, datatype) == value


def test_day_number_of_excel_is_explained(described: MappingContext) -> None:
    made = map_table(described, PRACTICE.replace("2021-02,", "44408,"))
    (finding,) = made.findings
    assert finding.code == "bad-value"
    assert "is no date; format the column as a date, if 2021-07-31 is meant" in finding.message


def test_a_contradiction_in_a_table_becomes_a_data_issue(described: MappingContext) -> None:
    text = "issue,about,message\nyears-differ,initiative/buddies,Two years are printed.\n"
    made = map_table(described, text)
    assert made.statements == []
    (finding,) = made.findings
    assert finding.code == "years-differ" and finding.message == "Two years are printed."
    assert finding.about == thing("initiative", "buddies").value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "x"', "requires"),
        ('kind = "x"\nrequires = []\naboutUrl = "id/x/{id}"\ncolour = "red"', "colour"),
        (
            'kind = "x"\nrequires = []\naboutUrl = "id/x/{id}"\n[[column]]\nname = "a"\nnode = "b"',
            "b",
        ),
        (
            'kind = "x"\nrequires = []\naboutUrl = "id/x/{id}"\n[[column]]\nname = "a"\n'
            'datatype = "colour"',
            "colour",
        ),
        ("kind = ", "Invalid value"),
    ],
)
def test_a_description_that_is_not_valid_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match="is no description of a table") as raised:
        read_table_description(path)
    assert words in str(raised.value)


def test_every_term_of_the_shipped_descriptions_is_known(described: MappingContext) -> None:
    names = {
        name
        for table in TABLES
        for name in (
            *table.types,
            *(t for node in table.nodes for t in (*node.types, node.term)),
            *(t for column in table.columns for t in (column.term, column.inverse) if t),
        )
    }
    assert len(names) > 60
    assert [name for name in sorted(names) if described.term(name) is None] == []


@pytest.mark.parametrize(("doubtful", "is_low"), [("", False), ("row", True), ("message", True)])
def test_a_data_issue_has_the_trust_of_its_row(
    described: MappingContext, doubtful: str, *, is_low: bool
) -> None:
    row = f"two-years,,Two sources differ.,https://x.example/,{doubtful}"
    made = map_table(described, f"issue,about,message,source,low_trust\n{row}\n")
    (finding,) = made.findings
    assert (finding.code, finding.is_low_trust) == ("two-years", is_low)
    ((*lines,),) = format_issues(made.findings, {"in/t.csv": "t.csv"})
    trust = [triple for triple, _ in lines if str(CKG.trust) in triple]
    assert [one.endswith(str(CKG.Low)) for one in trust] == [True] * is_low
    # Its address does not depend on its trust.
    plain = replace(finding, is_low_trust=False)
    ((first, *_),) = format_issues([plain], {"in/t.csv": "t.csv"})
    assert first == lines[0]
