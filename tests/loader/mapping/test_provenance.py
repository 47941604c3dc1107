"""Passages: the fewest that explain every statement, and each statement explained by one."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from loader.document import Document, Field, Rule, Span, Statement
from loader.mapping.provenance import (
    Passage,
    Reason,
    build_document_lines,
    build_passages,
    graph_of,
)
from loader.namespaces import CATALOGUE, CKG, DCTERMS, PROV, RDF

STUDY = NamedNode("https://a.example/study")


def statement(
    predicate: str, value: str, line: int, quoted: str = "", rule: Rule | None = None
) -> Statement:
    rule = rule or (Rule.RDF if predicate == "type" else Rule.TAG_LINE)
    where = NamedNode(f"https://p.example/{predicate}")
    trust = CKG.Low if rule is Rule.TABLE_ROW and quoted else None
    return Statement(STUDY, where, Literal(value), Span(line, line), rule, quoted, trust=trust)


def document_quads(document: Document, home: NamedNode, made: list[Statement]) -> list[Quad]:
    """The lines of a document, read back."""
    lines = (
        f"{triple} {graph} .\n" for triple, graph in build_document_lines(document, home, made)
    )
    return [*parse("".join(lines), format=RdfFormat.N_QUADS)]


def explained(made: Statement, found: Sequence[Passage]) -> Reason:
    """The reason by the order of precedence that the catalogue promises."""
    for predicate, value in (
        (made.predicate, made.object),
        (made.predicate, None),
        (None, None),
    ):
        for subjects, predicates, object_, reason in found:
            fits = predicate in predicates if predicate else not predicates
            if made.subject in subjects and fits and object_ == value:
                return reason
    raise AssertionError(f"nothing explains {made}")


@given(
    st.lists(
        st.builds(
            statement,
            st.sampled_from(["keyword", "title", "type"]),
            st.text(max_size=2),
            st.integers(1, 3),
            st.sampled_from(["", "as printed"]),
            st.sampled_from([None, Rule.TABLE_ROW, Rule.CURATOR]),
        ),
        unique_by=lambda s: (s.predicate, s.object),
    )
)
def test_every_statement_finds_its_own_reason(made: list[Statement]) -> None:
    found = list(build_passages(made))
    for one in made:
        assert explained(one, found) == (one.span, one.rule, one.quoted, one.trust)


def test_one_line_of_tags_needs_one_passage() -> None:
    line = [statement("keyword", value, 7, "Training Policy Wellbeing") for value in "abc"]
    odd = statement("keyword", "d", 7, "EDI")
    found = list(build_passages([*line, odd]))
    assert {(passage[2], passage[3][2]) for passage in found} == {
        (None, "Training Policy Wellbeing"),
        (Literal("d"), "EDI"),
    }


def test_the_catalogue_entry_says_where_a_graph_is_from() -> None:
    about = {
        "title": "Cards",
        "trust": "low",
        "licence": "https://licence.example/",
        "source": "a letter",
        "derived_from.file": "000.txt",
        "derived_from.lines": "3-9",
    }
    document = Document(
        path="/somewhere/data/case-studies/Cards été.txt",
        name="case-studies/Cards été.txt",
        sha256="ab12",
        lines=9,
        reader="cards",
        about=tuple(Field(key, text, Span(1, 1)) for key, text in about.items()),
    )
    home = graph_of(document.name)
    assert home.value.endswith("/graph/case-studies-cards-ete")
    found = {
        (q.predicate, q.object) for q in document_quads(document, home, []) if q.subject == home
    }
    assert {
        (DCTERMS.title, Literal("Cards")),
        (CKG.sourceFile, Literal("case-studies/Cards été.txt")),
        (CKG.trust, CKG.Low),
        (DCTERMS.license, NamedNode("https://licence.example/")),
        (DCTERMS.source, Literal("a letter")),
        (PROV.wasDerivedFrom, NamedNode("https://w3id.org/concordat-kg/id/source-text/000-txt")),
    } <= found


def test_a_named_graph_keeps_its_name_and_leads_to_its_file() -> None:
    document = Document("x.trig", "x.trig", "00", 3, "rdf")
    own = NamedNode("https://other.example/graph")
    made = Statement(STUDY, RDF.type, CKG.CaseStudy, Span(2, 2), Rule.RDF, "", own)
    quads = document_quads(document, graph_of(document.name), [made])
    assert Quad(STUDY, RDF.type, CKG.CaseStudy, own) in quads
    assert Quad(own, PROV.wasDerivedFrom, graph_of("x.trig"), CATALOGUE) in quads
    assert Quad(own, CKG.sourceFile, Literal("x.trig"), CATALOGUE) in quads
