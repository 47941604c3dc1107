"""Every page, export and saved query of the shipped release says what its graph says."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from loader.namespaces import CKG, DCTERMS, ORG, RDF
from loader.queries.evaluate import evaluate_query
from loader.queries.query_files import load_saved_queries
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.conftest import PROJECT
from tests.query_ui.site.lists.test_list_downloads import LICENCE
from tests.query_ui.site.small import parsed

LISTED = {
    "case-studies": CKG.CaseStudy,
    "initiatives": CKG.Initiative,
    "organisations": ORG.FormalOrganization,
}
FORMS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
FORMS |= {"jsonld": RdfFormat.JSON_LD}
QUERIES = load_saved_queries(PROJECT / "sparql" / "queries")
SELECTS = [name for name, query in QUERIES.items() if "\nSELECT" in query.text]


@pytest.fixture(scope="module")
def client(shipped_app: Flask) -> FlaskClient:
    return shipped_app.test_client()


@pytest.fixture(scope="module")
def store(shipped: tuple[Settings, BuildResult]) -> Store:
    """The store of the shipped data, apart from the site."""
    return Store.read_only(str(shipped[1].release.store))


@pytest.fixture(scope="module")
def graph(shipped: tuple[Settings, BuildResult]) -> dict[NamedNode, set[Triple]]:
    """The triples of ``graph.nq`` by their subject: the file, not the store that answers."""
    found: dict[NamedNode, set[Triple]] = {}
    for quad in parse(path=str(shipped[1].release.graph), format=RdfFormat.N_QUADS):
        assert isinstance(quad.subject, NamedNode)
        found.setdefault(quad.subject, set()).add(quad.triple)
    return found


def members(graph: dict[NamedNode, set[Triple]], kind: NamedNode) -> list[NamedNode]:
    return [node for node, said in graph.items() if Triple(node, RDF.type, kind) in said]


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        *(("case-studies", 1), ("initiatives", 10), ("organisations", 10)),
        pytest.param("initiatives", 1, marks=pytest.mark.long),
        pytest.param("organisations", 1, marks=pytest.mark.long),
    ],
)
def test_a_page_shows_each_statement_once(
    kind: str, step: int, client: FlaskClient, graph: dict[NamedNode, set[Triple]]
) -> None:
    """Of the kinds with hundreds every tenth is seen, from the longest page to the shortest."""
    things = sorted(members(graph, LISTED[kind]), key=lambda thing: -len(graph[thing]))[::step]
    assert len(things) >= 13
    for thing in things:
        address = f"/{kind}/{thing.value.rsplit('/', 1)[1]}"
        page = parsed(client.get(address, headers={"Accept": "text/html"}).text)
        groups = page.by_id("statements").find("section")
        rows = [row for group in groups for row in group.one("table", "statements").find("tr")[1:]]
        assert len(rows) == len(graph[thing]), address
        sources = [group.one("h3").find("span", "document") for group in groups]
        assert all(sources), f"{address}: no source"
        shown = " ".join(page.text.split())
        for triple in graph[thing]:
            if isinstance(triple.object, Literal) and triple.object.datatype.value.endswith(
                "string"
            ):
                assert " ".join(triple.object.value.split()) in shown, address


@pytest.mark.parametrize("step", [len(FORMS), pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("suffix", FORMS)
def test_an_export_is_what_the_graph_states(
    suffix: str, step: int, client: FlaskClient, graph: dict[NamedNode, set[Triple]]
) -> None:
    """Each thing is exported in one of the forms, in turn, or in each of them."""
    first = list(FORMS).index(suffix) % step
    for kind, class_ in LISTED.items():
        for thing in members(graph, class_)[first::step]:
            answer = client.get(f"/{kind}/{thing.value.rsplit('/', 1)[1]}.{suffix}")
            quads = parse(answer.data, format=FORMS[suffix])
            assert {q.triple for q in quads if q.subject == thing} == graph[thing]


@pytest.mark.parametrize("name", SELECTS)
def test_a_saved_query_answers_over_http_as_it_does_on_the_store(
    name: str, client: FlaskClient, store: Store
) -> None:
    answer = evaluate_query(store, QUERIES[name].text)
    assert isinstance(answer, QuerySolutions)
    columns = [variable.value for variable in answer.variables]
    rows = [tuple(row) for row in answer]
    response = client.get(f"/queries/{name}.json")
    assert LICENCE in response.headers["Link"].split(", ")
    served: Any = parse_query_results(response.data, format=QueryResultsFormat.JSON)
    assert [variable.value for variable in served.variables] == columns
    assert [tuple(row) for row in served] == rows
    lines = client.get(f"/queries/{name}.tsv").text.splitlines()
    assert len(lines) - 1 == len(rows)


def test_every_list_counts_what_is_there(
    client: FlaskClient, graph: dict[NamedNode, set[Triple]]
) -> None:
    home = parsed(client.get("/", headers={"Accept": "text/html"}).text)
    counts = {
        line.find("a")[0].text: int(line.one("a", "number").text.replace(",", ""))
        for line in home.one("ul", "ledger").find("li")
    }
    assert counts["Case studies"] == len(members(graph, CKG.CaseStudy)) == 15
    assert counts["Initiatives"] == len(members(graph, CKG.Initiative))
    assert counts["Practices"] == len(members(graph, CKG.Practice)) == 318
    assert counts["Obligations"] == len(members(graph, CKG.Obligation)) == 59
    assert counts["Source documents"] == len(members(graph, CKG.SourceDocument))


@pytest.fixture(scope="module")
def strange(tiny_built: tuple[Settings, BuildResult]) -> Iterator[FlaskClient]:
    """The miniature, one of whose titles looks like HTML and like Turtle."""
    engine = open_engine(tiny_built[0])
    yield create_app(tiny_built[0], engine).test_client()
    engine.close()


STRANGE = 'Quiet hours <b>"and"</b> a } . full stop'


@pytest.mark.parametrize(
    "address",
    [
        "/case-studies",
        "/case-studies/quiet-hours",
        "/initiatives/fair-desks",
        "/concepts/keywords/wellbeing",
        "/graphs/case-studies-quiet-hours",
        "/queries/case-studies-by-keyword",
    ],
)
def test_text_like_markup_is_text_on_every_page(address: str, strange: FlaskClient) -> None:
    html = strange.get(address, headers={"Accept": "text/html"}).text
    assert STRANGE in " ".join(parsed(html).text.split())
    assert STRANGE[STRANGE.index("<b>") :][:5] not in html


@pytest.mark.parametrize("suffix", FORMS)
def test_text_like_markup_is_exact_in_every_graph(suffix: str, strange: FlaskClient) -> None:
    answer = strange.get(f"/case-studies/quiet-hours.{suffix}")
    quads = parse(answer.data, format=FORMS[suffix])
    assert [q.object.value for q in quads if q.predicate == DCTERMS.title] == [STRANGE]


@pytest.mark.parametrize("suffix", ["json", "xml", "tsv"])
def test_text_like_markup_is_exact_in_every_result(suffix: str, strange: FlaskClient) -> None:
    form = {"json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML}
    form |= {"tsv": QueryResultsFormat.TSV}
    answer = strange.get(f"/queries/case-studies-by-keyword.{suffix}")
    rows: Any = parse_query_results(answer.data, format=form[suffix])
    assert STRANGE in [row["title"].value for row in rows if row["title"]]


def test_text_like_markup_is_exact_in_a_spreadsheet(strange: FlaskClient) -> None:
    answer = strange.get("/queries/case-studies-by-keyword.csv")
    rows = csv.DictReader(answer.text.splitlines())
    assert STRANGE in [row["title"] for row in rows]
