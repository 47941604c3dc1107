"""The home page."""

from collections.abc import Callable

from tests.query_ui.site.small import Element


def test_home_counts_what_is_in_the_graph(page: Callable[[str], Element]) -> None:
    counts = page("/").one("dl", "counts").child("div")
    assert {c.one("dt").text: int(c.one("dd").text) for c in counts} == {
        "case studies": 2,
        "initiatives": 1,
        "commitments": 1,
        "organisations": 3,
        "obligations": 1,
        "keywords": 5,
        "claims": 1,
        "data issues": 1,
        "source documents": 4,
        "statements": 196,
    }


def test_home_leads_in_by_concept_by_institution_and_by_question(
    page: Callable[[str], Element],
) -> None:
    ways = page("/").one("div", "ways").child("section")
    assert [way.one("h2").text for way in ways] == ["By concept", "By institution", "By question"]
    assert [a.text for a in ways[2].find("a")] == [
        *("Case studies by keyword", "Who belongs", "All questions", "Write a query")
    ]


def test_home_names_the_release(page: Callable[[str], Element]) -> None:
    assert page("/").one("p", "release").text == ("Release 0123abcd · what changed in it")
