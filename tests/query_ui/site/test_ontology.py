"""The page of the terms."""

from collections.abc import Callable

from tests.query_ui.site.small import Element


def test_term_stands_where_its_iri_leads(page: Callable[[str], Element]) -> None:
    terms = page("/ontology").one("dl", "terms").child("div")
    (study,) = [t for t in terms if t.attributes["id"] == "CaseStudy"]
    assert study.text == "case study ckg:CaseStudy What an institution says it did."


def test_term_leads_to_all_its_statements(page: Callable[[str], Element]) -> None:
    link = page("/ontology").one("dl", "terms").find("a")[0].attributes["href"]
    assert "What an institution says it did." in page(link).one("table", "statements").text
