"""Twenty vocabularies in the shapes of public ones, built and browsed under their own addresses."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from loader.release.build import build
from loader.settings import SKOLEM_BASE, Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.conftest import copy_tiny, quiet
from tests.query_ui.site.small import Element, parsed
from tests.vocabularies import public_shapes
from tests.vocabularies.public_shapes import Vocabulary, base_of

MAX_PAGE_BYTES = 80_000
LARGE = (public_shapes.large_flat, public_shapes.large_deep)
SMALL = tuple(shape for shape in public_shapes.SHAPES if shape not in LARGE)
PREFIXES = """\
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://vocab.example.org/tools/> .
"""
TOOLS = (
    PREFIXES
    + """
ex:s a skos:ConceptScheme ; skos:prefLabel "Tools"@en .
ex:a a skos:Concept ; skos:inScheme ex:s ; skos:topConceptOf ex:s ;
  skos:prefLabel "Zange"@de , "Bijl"@nl ; skos:altLabel "Kneifer"@de , "Aks"@nl .
ex:b a skos:Concept ; skos:inScheme ex:s ; skos:topConceptOf ex:s ;
  skos:prefLabel "Axt"@de , "Zaag"@nl .
ex:c a skos:Concept ; skos:inScheme ex:s ; skos:topConceptOf ex:s ;
  skos:prefLabel "Grey file"@en-GB , "Gray file"@en-US .
ex:d a skos:Concept ; skos:inScheme ex:s ; skos:topConceptOf ex:s ;
  skos:prefLabel "Adze"@enm , "Plane"@en .
"""
)


def build_site(
    folder: Path, vocabularies: list[Vocabulary], more: str = ""
) -> Iterator[FlaskClient]:
    """The site over the miniature project with these vocabularies beside its data."""
    root, own = copy_tiny(folder / "tiny"), folder / "vocabularies"
    own.mkdir()
    for one in vocabularies:
        encoding = "ISO-8859-1" if one.file.endswith(".owl") else "utf-8"
        (own / one.file).write_text(one.text, encoding)
    if more:
        (own / "tools.ttl").write_text(more, "utf-8")
    settings = Settings(root, (root / "data", own), folder / "build")
    result = build(settings, quiet)
    assert {finding.severity for finding in result.findings} <= {"warning", "info"}
    engine = open_engine(settings)
    yield create_app(settings, engine).test_client()
    engine.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("vocabularies")
    yield from build_site(folder, [shape() for shape in SMALL], TOOLS)


@pytest.fixture(scope="module")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("large-vocabularies")
    yield from build_site(folder, [shape() for shape in LARGE])


def to_address(iri: str) -> str:
    return f"/things?iri={quote(iri, safe='')}"


def load(client: FlaskClient, address: str) -> Element:
    response = client.get(address)
    assert response.status_code == 200, (address, response.text[:500])
    assert len(response.data) <= MAX_PAGE_BYTES, address
    return parsed(response.text)


def list_links(page: Element) -> list[str]:
    return [a.attributes["href"] for a in page.find("a") if "href" in a.attributes]


def find_heading(page: Element) -> str:
    return page.find("h1")[0].text.strip()


def check_vocabulary(client: FlaskClient, vocabulary: Vocabulary) -> None:
    """Look at the scheme, its tree and index, and the pages of some concepts."""
    scheme = load(client, to_address(vocabulary.scheme))
    panels = {s.attributes.get("aria-labelledby") for s in scheme.find("section")}
    assert {"hierarchy", "alphabet"} <= panels
    for link in {link for link in list_links(scheme) if link.startswith("/things?iri=")}:
        assert client.get(link).status_code == 200, link
    for iri, name in vocabulary.names.items():
        page = load(client, to_address(iri))
        assert find_heading(page) == name
        assert not any(link.startswith(SKOLEM_BASE) for link in list_links(page))
        data = client.get(f"{to_address(iri)}&format=nt")
        assert data.status_code == 200 and f"<{iri}>" in data.text


@pytest.mark.slow
@pytest.mark.parametrize("shape", SMALL, ids=lambda shape: shape.__name__)
def test_a_vocabulary_is_browsed_under_its_own_addresses(site: FlaskClient, shape: object) -> None:
    assert callable(shape)
    vocabulary = shape()
    check_vocabulary(site, vocabulary)
    scheme = site.get(to_address(vocabulary.scheme)).text
    tree = scheme.partition('id="hierarchy"')[2].partition("</section>")[0]
    in_tree = [iri for iri in vocabulary.names if quote(iri, safe="") in tree]
    assert in_tree, "the tree has no concept of the vocabulary"
    overview = site.get("/concepts").text
    assert quote(vocabulary.scheme, safe="") in overview


def test_there_are_twenty_shapes() -> None:
    assert (
        len(public_shapes.SHAPES) == len({v.file for v in public_shapes.list_vocabularies()}) == 20
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "title"), [("a", "Zange"), ("b", "Axt"), ("c", "Grey file"), ("d", "Plane")]
)
def test_a_scheme_is_in_one_language_chosen_by_tag(site: FlaskClient, key: str, title: str) -> None:
    iri = f"https://vocab.example.org/tools/{key}"
    page = load(site, to_address(iri))
    assert find_heading(page) == title
    scheme = site.get(to_address("https://vocab.example.org/tools/s")).text
    shown = scheme.partition('id="hierarchy"')[2].partition('id="statements"')[0]
    assert title in shown
    for other in ("Bijl", "Zaag", "Gray file", "Adze", "Aks"):
        assert other not in shown
    found = site.get(f"/search.json?q={quote(title)}").get_json()
    assert [(hit["label"], hit["kind"]) for hit in found["items"]] == [(title, "concept")]


@pytest.mark.slow
def test_the_index_has_the_labels_of_the_language_that_is_shown(site: FlaskClient) -> None:
    scheme = site.get(to_address(base_of("finnish") + "scheme")).text
    index = scheme.partition('id="alphabet"')[2].partition("</section>")[0]
    assert "Käsite 3" in index and "Bara" in index
    assert "A begrepp" not in scheme.partition('id="statements"')[0]


@pytest.mark.slow
def test_data_issues_are_apart_from_the_search_of_entities(site: FlaskClient) -> None:
    everything = site.get("/search.json?q=Zange").get_json()
    assert {hit["kind"] for hit in everything["items"]} == {"concept"}
    issues = site.get("/search.json?q=Zange&kind=issue").get_json()
    assert {hit["kind"] for hit in issues["items"]} == {"issue"}
    assert "kind=issue" in site.get("/search?q=Zange").text
    suggested = site.get("/search/suggestions?q=tools.ttl").get_json()["items"]
    assert {item["kind"] for item in suggested} == {"Source document"}


@pytest.mark.slow
def test_notes_that_are_resources_are_shown_with_their_text(site: FlaskClient) -> None:
    address = to_address(base_of("notes") + "a")
    head = site.get(address).text.partition('id="statements"')[0]
    assert "Change: Moved in spring" in head and "Used narrowly" in head
    data = site.get(f"{address}&format=ttl").text
    assert "Moved in spring" in data


@pytest.mark.slow
def test_the_members_of_an_ordered_collection_are_in_order(site: FlaskClient) -> None:
    page = site.get(to_address(base_of("ordered") + "order")).text
    (items,) = re.findall(r"<ol>((?:<li>.*?</li>)+)</ol>", page, re.DOTALL)
    assert re.findall(r">(Stage \d)<", items) == [f"Stage {n}" for n in (3, 1, 4, 0, 2)]


@pytest.mark.slow
def test_a_label_of_skos_xl_is_a_name_and_can_be_searched(site: FlaskClient) -> None:
    page = load(site, to_address(base_of("skosxl") + "c7"))
    assert "Also called: Also 7." in " ".join(page.text.split())
    (hit,) = site.get("/search.json?q=“Also 7”").get_json()["items"]
    assert hit["label"] == "Label 7"


@pytest.mark.slow
def test_narrower_alone_makes_the_tree(site: FlaskClient) -> None:
    scheme = site.get(to_address(base_of("narrower") + "scheme")).text
    tree = scheme.partition('id="hierarchy"')[2].partition("</section>")[0]
    assert tree.index("Upper") < tree.index("Lower") < tree.index("Lowest")
    assert tree.count("<ul") == 3


@pytest.mark.slow
def test_an_unnamed_node_has_a_page_here(site: FlaskClient) -> None:
    page = load(site, to_address(base_of("ordered") + "s3"))
    nodes = [link for link in list_links(page) if "genid" in link]
    assert nodes and all(link.startswith("/things?iri=") for link in nodes)
    assert {site.get(link).status_code for link in nodes} == {200}


@pytest.mark.long
@pytest.mark.parametrize("shape", LARGE, ids=lambda shape: shape.__name__)
def test_five_thousand_concepts_are_browsed(large_site: FlaskClient, shape: object) -> None:
    assert callable(shape)
    check_vocabulary(large_site, shape())


@pytest.mark.long
def test_a_large_scheme_opens_level_by_level_and_letter_by_letter(large_site: FlaskClient) -> None:
    base = base_of("largedeep")
    top = load(large_site, to_address(f"{base}scheme"))
    (opener,) = [link for link in list_links(top) if "open=" in link]
    opened = load(large_site, f"/things{opener.partition('#')[0]}")
    assert "Term 3" in opened.text and "Term 7" not in opened.text
    flat = to_address(f"{base_of('largeflat')}scheme")
    assert "first 200 of 5,000 top concepts" in " ".join(load(large_site, flat).text.split())
    first = load(large_site, f"{flat}&letter=S")
    last = load(large_site, f"{flat}&letter=S&part=25")
    assert "Later →" in first.text and "Later →" not in last.text and "Earlier" in last.text
