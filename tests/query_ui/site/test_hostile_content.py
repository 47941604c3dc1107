"""Content that strains the pages: thousands of narrower concepts, and titles of every kind."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed, small_release

BASE = "https://w3id.org/concordat-kg/"
TITLES = {
    "long": "Word " * 400,
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> &amp; </title>",
    "rtl": "\u05e9\u05dc\u05d5\u05dd \u202ereversed\u202c and \u0627\u0644\u0628\u062d\u062b",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f9ea mentoring",
    "marks": "Ca\u0301fe\u0301 " + "z\u0351\u036b\u0343" * 20,
}
MANY = 5_000


@pytest.fixture(scope="module")
def strained(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The small graph with 5,000 concepts, each in two places, and five strange titles."""

    def literal(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    concepts = "\n".join(
        f"<{BASE}concept/keywords/n{n}> a skos:Concept ; skos:inScheme <{BASE}scheme/keywords> ; "
        f'skos:prefLabel "Narrow {n:04}"@en ; skos:broader <{BASE}concept/keywords/careers> , '
        f"<{BASE}concept/keywords/wellbeing> ."
        for n in range(MANY)
    )
    studies = "\n".join(
        f"<{BASE}id/case-study/{slug}> a ckg:CaseStudy ; dcterms:title {literal(title)} ; "
        f"dcterms:subject <{BASE}concept/keywords/n7> ."
        for slug, title in TITLES.items()
    )
    more = f"""
    @prefix ckg: <{BASE}ontology#> .
    @prefix dcterms: <http://purl.org/dc/terms/> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    <{BASE}graph/strained> {{ {concepts}\n{studies} }}"""
    found = Settings(root=settings.root, out=small_release(tmp_path_factory.mktemp("s"), more))
    yield create_app(found, open_engine(found)).test_client()


def see(client: FlaskClient, path: str) -> Element:
    """A page, which is small on its way."""
    headers = {"Accept": BROWSER, "Accept-Encoding": "gzip"}
    assert len(client.get(path, headers=headers).data) < 100_000, path
    answer = client.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 200, answer.text
    return parsed(answer.text)


def test_a_concept_with_thousands_below_it_shows_them_in_pages(strained: FlaskClient) -> None:
    seen: list[str] = []
    path = "/concepts/keywords/careers"
    address = path
    for _ in range(4):
        page = see(strained, address)
        (section,) = (
            s for s in page.find("section") if s.attributes.get("aria-labelledby") == "narrower"
        )
        seen += [a.text for li in section.find("li") for a in li.find("a")[:1]]
        address = path + section.one("nav").find("a")[-1].attributes["href"].partition("#")[0]
    assert len(seen) == len(set(seen)) == 400 and seen[0] == "Narrow 0000"
    last = see(strained, f"{path}?narrower=51")
    assert "Training" in last.text


def test_what_is_below_in_two_places_counts_once_in_each(strained: FlaskClient) -> None:
    for concept in ("careers", "wellbeing"):
        page = see(strained, f"/case-studies?keyword={concept}")
        assert page.one("h2", "total").find("a", "number")[0].text == (
            "7" if concept == "careers" else "6"
        )


def test_trees_and_coverage_of_thousands_stay_small(strained: FlaskClient) -> None:
    tree = see(strained, "/concepts/keywords").one("ul", "outline")
    assert len(tree.find("li")) < 10
    opened = see(strained, "/concepts/keywords?open=careers")
    assert len(opened.one("ul", "outline").find("li")) > 200
    assert "All below Careers" in opened.text
    see(strained, "/concepts/keywords?letter=N")
    see(strained, "/coverage?below=careers")
    see(strained, "/case-studies?more=keyword&keyword=careers")


@pytest.mark.parametrize("slug", TITLES)
def test_strange_titles_are_shown_as_they_are(strained: FlaskClient, slug: str) -> None:
    title = " ".join(TITLES[slug].split())
    page = see(strained, f"/case-studies/{slug}")
    assert page.one("h1").text == title
    assert not page.find("img")[1:] and not [
        s for s in page.find("script") if "alert" in s.text and "type" not in s.attributes
    ]
    listed = see(strained, "/case-studies")
    assert title in [h.text for h in listed.one("ul", "cards").find("h3")]
    word = {
        "long": "word",
        "html": "onerror",
        "rtl": "\u05e9\u05dc\u05d5\u05dd",
        "emoji": "mentoring",
        "marks": "cafe",
    }[slug]
    found = see(strained, f"/search?q={quote(word)}")
    assert title.replace(" ", "") in [h.text.replace(" ", "") for h in found.find("h3")]


def test_strange_titles_are_related_and_suggested(strained: FlaskClient) -> None:
    related = see(strained, "/case-studies/html").one("section", "related")
    assert len(related.one("ul", "cards").child("li")) == 7
    answer = strained.get("/search/suggestions?q=caf").json
    assert answer is not None and answer["items"][0]["label"] == TITLES["marks"]
