"""Lists: fifty a page, with totals and links to their neighbours."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed, small_release

NAMES = [f"Study {number:03}" for number in range(120)]
TITLED = (
    "<https://w3id.org/concordat-kg/id/case-study/n{n}> a ckg:CaseStudy ; "
    'dcterms:title "{name}" ; dcterms:subject concept:egg .'
)


@pytest.fixture(scope="module")
def many(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The small graph with 120 more case studies, all tagged "Egg"."""
    out: Path = tmp_path_factory.mktemp("many")
    studies = "\n".join(TITLED.format(n=n, name=name) for n, name in enumerate(NAMES))
    more = f"""
    @prefix ckg: <https://w3id.org/concordat-kg/ontology#> .
    @prefix concept: <https://w3id.org/concordat-kg/concept/keywords/> .
    @prefix dcterms: <http://purl.org/dc/terms/> .
    <https://w3id.org/concordat-kg/graph/many> {{ {studies} }}"""
    found = Settings(root=settings.root, out=small_release(out, more))
    yield create_app(found, open_engine(found)).test_client()


def names_on(client: FlaskClient, path: str) -> tuple[list[str], str]:
    """The names in a list, and the Link header."""
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, response.text
    names = [h.text for h in parsed(response.text).one("ul", "cards").find("h3")]
    return names, response.headers.get("Link", "")


def test_every_thing_is_on_one_page_of_the_list(many: FlaskClient) -> None:
    pages = [names_on(many, f"/case-studies?page={number}") for number in (1, 2, 3)]
    assert [len(names) for names, _ in pages] == [50, 50, 22]
    names = [name for found, _ in pages for name in found]
    assert [name for name in names if name.startswith("Study")] == NAMES
    assert len(set(names)) == 122


def test_link_header_leads_on_and_back(many: FlaskClient) -> None:
    links = [names_on(many, f"/case-studies?page={number}")[1] for number in (1, 2, 3)]
    assert links == [
        '</case-studies?page=2>; rel="next"',
        '</case-studies?page=3>; rel="next", </case-studies>; rel="prev"',
        '</case-studies?page=2>; rel="prev"',
    ]


def test_list_as_json_says_its_total_and_what_is_left_out(many: FlaskClient) -> None:
    pages = [
        many.get(f"/case-studies?page={number}", headers={"Accept": "application/json"})
        for number in (1, 3)
    ]
    assert [page.headers["Link"] for page in pages] == [
        '</case-studies?page=2>; rel="next", </dataset>; rel="license"',
        '</case-studies?page=2>; rel="prev", </dataset>; rel="license"',
    ]
    first, last = (page.json for page in pages)
    assert first is not None and last is not None
    assert [item["label"] for item in last["items"][:-1]] == NAMES[99:]
    assert last["items"][0] == {
        "iri": "https://w3id.org/concordat-kg/id/case-study/n99",
        "label": "Study 099",
        "url": "/case-studies/n99",
    }
    del first["items"], last["items"]
    assert first == {"total": 122, "truncated": True, "page": 1, "next": "/case-studies?page=2"}
    assert last == {"total": 122, "truncated": True, "page": 3, "next": None}


@pytest.mark.parametrize("path", ["/initiatives", "/organisations", "/graphs"])
def test_short_list_as_json_is_whole(client: FlaskClient, path: str) -> None:
    found = client.get(path, headers={"Accept": "application/json"}).json
    assert found is not None
    assert (found["total"], found["truncated"], found["next"]) == (len(found["items"]), False, None)
    assert len(found["items"]) > 0


def test_page_says_where_it_stands(many: FlaskClient) -> None:
    page = parsed(many.get("/case-studies?page=3", headers={"Accept": BROWSER}).text)
    assert page.one("h2", "total").text == "122 case studies"
    assert page.one("nav", "pager").one("span").text == "101 to 122, page 3 of 3"
    assert [a.text for a in page.one("nav", "pager").find("a")] == ["Previous"]


def test_concept_page_pages_its_case_studies(many: FlaskClient) -> None:
    response = many.get("/concepts/keywords/hen?page=2", headers={"Accept": BROWSER})
    sections = parsed(response.text).one("main").find("section")
    (tagged,) = [s for s in sections if s.attributes.get("aria-labelledby") == "of-case-study"]
    assert [li.text for li in tagged.find("li")] == NAMES[50:100]
    assert response.headers.getlist("Link")[1] == (
        '</concepts/keywords/hen?page=3>; rel="next", </concepts/keywords/hen?page=1>; rel="prev"'
    )


def test_incoming_links_are_counted_whole_and_shown_in_part(many: FlaskClient) -> None:
    page = parsed(many.get("/graphs/many", headers={"Accept": BROWSER}).text)
    assert not page.find("section", "incoming")
    path = "/things?iri=https%3A%2F%2Fw3id.org%2Fconcordat-kg%2Fontology%23CaseStudy"
    scheme = parsed(many.get(path, headers={"Accept": BROWSER}).text)
    (typed,) = [d for d in scheme.find("section", "incoming") if "rdf:type" in d.text]
    assert ": 122, the first 50 here" in typed.text.replace(" ,", ",")
    names = [li.text for li in typed.find("li")]
    assert (len(names), names[1:]) == (50, NAMES[:49])


def test_page_past_the_last_is_not_found(many: FlaskClient) -> None:
    response = many.get("/case-studies?page=4")
    assert response.status_code == 404
    assert response.json is not None
    assert response.json["detail"] == "This list has no page 4: its last is page 3."


@pytest.mark.parametrize("page", ["0", "-1", "two", "1.5", "", "²", "9" * 30])
def test_page_that_is_no_number_is_refused(client: FlaskClient, page: str) -> None:
    response = client.get("/case-studies", query_string={"page": page})
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["detail"] == f"page is “{page}”, and has to be a whole number from 1."


def test_list_says_what_it_knows_of_each_thing(page: Callable[[str], Element]) -> None:
    durham, icr, n8 = page("/organisations").one("ul", "cards").find("li")
    compare = "Compare Durham University"
    assert durham.text == f"Durham University Institution 1 case study {compare}"
    assert icr.text.startswith("Institute of Cancer Research Institution None recorded")
    assert n8.one("h3").text == "N8 Research Partnership"


def test_short_list_has_no_neighbours(client: FlaskClient) -> None:
    links = ", ".join(client.get("/initiatives").headers.getlist("Link"))
    assert 'rel="next"' not in links and 'rel="prev"' not in links
