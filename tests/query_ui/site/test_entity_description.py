"""The page of a thing: all its statements, and where each comes from."""

from collections.abc import Callable

import pyoxigraph
import pytest
from flask import Flask

from loader.namespaces import concept
from query_ui.graph.page_queries import GRAPH_EXTENSION, PAGE_SIZE, GraphContext
from query_ui.site.entity_description import MAX_INCOMING, EntityDescriber
from tests.query_ui.site.small import Element

ID = "https://w3id.org/concordat-kg/id/"
ITSELF = "The words in the source are the value itself."
Page = Callable[[str], Element]
Cell = tuple[str, str, str]


def rows_of(page: Element) -> list[Cell]:
    """The statements as (short property, value, source); the heading of a table has its source."""
    rows: list[Cell] = []
    for section in page.by_id("statements").find("section"):
        source = section.one("h3").text.removeprefix("Source: ").replace(" ,", ",")
        for body in section.one("table", "statements").find("tbody"):
            prop = body.one("th").one("code").text
            for row in body.find("tr"):
                value, sources = row.one("td", "value"), row.one("td", "sources")
                rows.append(
                    (prop, value.text, f"{source} {sources.text}".strip().replace(" ,", ","))
                )
    return rows


@pytest.mark.parametrize(
    ("path", "iri"),
    [
        ("/case-studies/alpha", "case-study/alpha"),
        ("/case-studies/cards-2", "case-study/cards-2"),
        ("/initiatives/pledge", "initiative/pledge"),
        ("/organisations/durham-university", "organisation/durham-university"),
        ("/things/commitment/pledge-data", "commitment/pledge-data"),
        ("/things/claim/pledge-1", "claim/pledge-1"),
        ("/things/issue/untitled-1", "issue/untitled-1"),
    ],
)
def test_page_shows_every_statement_once(
    page: Page, store: pyoxigraph.Store, path: str, iri: str
) -> None:
    about = list(store.quads_for_pattern(pyoxigraph.NamedNode(ID + iri), None, None, None))
    assert about
    assert len(rows_of(page(path))) == len(about)


def test_values_properties_and_files_are_those_of_the_store(page: Page) -> None:
    found = {
        (prop, value, source.split(",")[0])
        for prop, value, source in rows_of(page("/case-studies/alpha"))
    }
    assert found == {
        ("dcterms:title", "Alpha <b>bold</b> <https://example.org/x> a owl:Thing .", "cards.txt"),
        ("rdf:type", "case study", "cards.txt"),
        ("dcterms:abstract", "Staff learn in ten days. The ICR helped.", "cards.txt"),
        ("ckg:organisation", "Durham University", "cards.txt"),
        ("ckg:obligation", "Make the Concordat known", "curated.md"),
        ("dcterms:subject", "Training", "cards.txt"),
        ("dcterms:subject", "Training", "curated.md"),
        ("dcterms:subject", "Wellbeing", "cards.txt"),
        ("ckg:mentions", "Institute of Cancer Research", "cards.txt"),
        ("skos:editorialNote", "Deutsch de", "curated.md"),
        ("dcterms:source", "https://example.org/alpha", "cards.txt"),
        ("dcterms:source", "javascript:alert(1)", "curated.md"),
        ("ckg:unrecognisedText", "Bogus words", "cards.txt"),
    }


@pytest.mark.parametrize(
    ("prop", "value", "source"),
    [
        (
            "dcterms:subject",
            "Wellbeing",
            "cards.txt, line 7 In the document Tag line in cards.txt, line 7 Well-being",
        ),
        (
            "dcterms:subject",
            "Training",
            "cards.txt, lines 6–7 In the document Tag line "
            "in cards.txt, lines 6–7 Keywords: Training Wellbeing",
        ),
        (
            "ckg:mentions",
            "Institute of Cancer Research",
            "cards.txt, line 3 By a rule Acronym in prose in cards.txt, line 3 ICR",
        ),
        (
            "ckg:organisation",
            "Durham University",
            f"cards.txt, lines 1–8 By a rule Whole record in cards.txt, lines 1–8 {ITSELF}",
        ),
        (
            "ckg:obligation",
            "Make the Concordat known",
            f"curated.md, line 5 By a curator Curator's statement in curated.md, line 5 {ITSELF}",
        ),
        ("dcterms:subject", "Training", "curated.md"),
    ],
    ids=["by-object", "by-property", "by-object-alone", "by-subject", "curator", "graph-alone"],
)
def test_closest_passage_explains_a_statement(
    page: Page, prop: str, value: str, source: str
) -> None:
    rows = rows_of(page("/case-studies/alpha"))
    assert [row for row in rows if row == (prop, value, source)] == [(prop, value, source)]


def test_source_leads_to_the_page_of_its_document(page: Page) -> None:
    sources = page("/case-studies/alpha").find("span", "document")
    assert {s.one("a").attributes["href"] for s in sources} == {
        *(f"/graphs/cards?line={line}#L{line}" for line in (1, 3, 6, 7)),
        *("/graphs/curated", "/graphs/curated?line=5#L5"),
    }


def test_value_that_is_no_web_address_is_not_a_link(page: Page) -> None:
    found = [a.attributes["href"] for a in page("/case-studies/alpha").find("a")]
    assert not [href for href in found if not href.startswith(("/", "http", "#"))]
    assert "https://example.org/alpha" in found


def test_untitled_thing_is_named_by_its_place(page: Page) -> None:
    assert (
        page("/case-studies/cards-2").one("h1").text == "Untitled case study, cards.txt, lines 9–12"
    )


def test_thing_without_a_name_says_what_it_holds(page: Page) -> None:
    heading = page("/things/membership/durham-n8").one("h1").text
    assert heading == "Membership: Durham University · N8 Research Partnership"


def test_unnamed_node_is_shown_with_its_statements(page: Page) -> None:
    rows = rows_of(page("/organisations/durham-university"))
    (identifier,) = [value for prop, value, _ in rows if prop == "adms:identifier"]
    assert "notation 10007143" in identifier
    assert "register UKPRN" in identifier


def test_what_points_here_is_grouped_without_passages_claims_and_issues(page: Page) -> None:
    groups = page("/initiatives/pledge").find("section", "incoming")
    told = [(g.one("h3").text, [li.text for li in g.find("li")]) for g in groups]
    assert told == [("As is part of dcterms:isPartOf : 1", ["Collect data unsupported"])]
    # The page of an institution has its memberships in a section of their own.
    assert not page("/organisations/durham-university").find("section", "incoming")


def test_what_points_here_is_counted_by_its_rows_and_many_by_their_query(
    shipped_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph: GraphContext = shipped_app.extensions[GRAPH_EXTENSION]
    assert f"LIMIT {MAX_INCOMING}\n" in graph.page_queries["incoming"].text
    things = [concept("keywords", "training").value, f"{ID}organisation/durham-university"]
    found = [EntityDescriber(graph, thing).describe().incoming for thing in things]
    monkeypatch.setattr("query_ui.site.entity_description.MAX_INCOMING", 0)
    assert [EntityDescriber(graph, thing).describe().incoming for thing in things] == found
    counts = [links.number.value for groups in found for links in groups]
    assert len(counts) > 4 and max(counts) > PAGE_SIZE
    for links in found[0]:
        total = graph.count("count-incoming", thing=things[0], property=links.link.iri)
        assert links.number == total


def test_claim_stands_apart_with_its_standing_and_evidence(page: Page) -> None:
    durham = page("/organisations/durham-university")
    claim = durham.one("article", "claim")
    assert claim.one("p", "said").text == "Durham is in the Midlands."
    assert [badge.text for badge in claim.find("span", "badge")] == ["false", "low trust"]
    assert "Durham belongs to the N8." in claim.text
    assert claim.one("p", "source").text.startswith("An article , lines 3–4 of its text")
    assert "Midlands" not in durham.by_id("statements").text
    assert not durham.find("p", "notice")


@pytest.mark.parametrize("path", ["/graphs/article", "/things/claim/pledge-1"])
def test_words_of_a_claim_never_stand_unmarked(page: Page, path: str) -> None:
    found = [e.text for e in page(path).find() if e.tag in ("a", "h1") and "Midlands" in e.text]
    assert found == ["Claim: “Durham is in the Midlands.”"]


def test_page_of_a_claim_says_that_it_is_no_fact(page: Page) -> None:
    notice = page("/things/claim/pledge-1").one("p", "notice").text
    assert notice.startswith("A claim, not a fact.")
    assert notice.endswith("Verification status: false")


def test_commitment_of_a_low_trust_document_shows_standing_and_trust(page: Page) -> None:
    pledge = page("/initiatives/pledge")
    (commitment,) = [
        e for e in pledge.find("section") if e.attributes["aria-labelledby"] == "commitments"
    ][0].find("li")
    assert commitment.one("h3").text == "Collect data"
    assert [b.text for b in commitment.find("span", "badge")] == ["unsupported", "low trust"]
    notice = page("/things/commitment/pledge-data").one("p", "notice").text
    assert notice.startswith("From a low-trust source. An article")
    assert notice.endswith("Verification status: unsupported")


def test_data_issues_about_a_thing_are_listed_with_their_place(page: Page) -> None:
    issues = page("/case-studies/alpha").one("section", "issues")
    (issue,) = issues.find("li")
    assert issue.text == (
        "warning The words “Bogus words” are in no scheme. unknown-tag · cards.txt, line 7 · "
        "this issue"
    )
    assert issue.one("a").attributes["href"] == "/things/issue/untitled-1"


def test_property_is_named_by_the_ontology_and_leads_to_its_meaning(page: Page) -> None:
    statements = page("/case-studies/alpha").by_id("statements")
    heads = {b.one("code").text: b.one("th").one("a") for b in statements.find("tbody")}
    assert heads["ckg:organisation"].text == "organisation"
    assert heads["ckg:organisation"].attributes["href"] == "/ontology#organisation"
    assert heads["dcterms:subject"].attributes["href"] == "http://purl.org/dc/terms/subject"
