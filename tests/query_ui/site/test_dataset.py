"""The release about itself, as a person, a harvester and an editor meet it."""

import hashlib

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from loader.namespaces import (
    CKG,
    DATASET,
    DCTERMS,
    DUMP,
    ENDPOINT,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    VOID,
    Namespace,
)
from loader.queries.query_files import load_saved_queries
from loader.release.build import BuildResult
from loader.settings import BASE, Settings
from tests.conftest import PROJECT
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
HOST = "http://localhost/"
PREFIXES = (
    "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX void: <http://rdfs.org/ns/void#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)


@pytest.fixture(scope="module")
def site(shipped_app: Flask) -> FlaskClient:
    """The site over the release of the shipped data."""
    return shipped_app.test_client()


def graph_of(site: FlaskClient, path: str, **headers: str) -> Store:
    """The Turtle of an address, read by a parser."""
    response = site.get(path, headers={"Accept": "text/turtle", **headers})
    assert (response.status_code, response.mimetype) == (200, "text/turtle"), response.text
    store = Store()
    store.extend(parse(response.data, format=RdfFormat.TURTLE))
    return store


def said(store: Store, subject: NamedNode, predicate: NamedNode) -> set[str]:
    """What a graph says of a thing, as texts."""
    found = [quad.object for quad in store.quads_for_pattern(subject, predicate, None, None)]
    return {term.value for term in found if isinstance(term, NamedNode | Literal)}


def rows(site: FlaskClient, query: str) -> list[dict[str, str]]:
    """The answer of the endpoint to an editor."""
    response = site.post(
        "/sparql", data={"query": PREFIXES + query}, headers={"Accept": "application/json"}
    )
    assert response.status_code == 200 and response.json is not None, response.text
    bindings = response.json["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in bindings]


# The dataset


def test_dcat_names_what_can_be_had_where(
    site: FlaskClient, shipped: tuple[Settings, BuildResult]
) -> None:
    dcat = graph_of(site, "/dataset")
    release = shipped[1].release.name
    assert said(dcat, DATASET, RDF.type) == {DCAT.Dataset.value, VOID.Dataset.value}
    catalogue = yaml.safe_load((PROJECT / "data" / "catalogue.yaml").read_text("utf-8"))
    assert said(dcat, DATASET, DCAT.version) == {release, catalogue["version"]}
    assert said(dcat, DATASET, DCTERMS.title) == {"Concordat knowledge graph"}
    licence = {
        "https://creativecommons.org/licenses/by/4.0/",
        "https://opensource.org/license/mit",
    }
    assert said(dcat, DATASET, DCTERMS.license) == said(dcat, DUMP, DCTERMS.license) == licence
    assert said(dcat, DATASET, DCAT.distribution) == {DUMP.value, f"{BASE}dataset#sparql"}
    assert said(dcat, DUMP, DCAT.downloadURL) == {f"{HOST}dataset/graph.nq"}
    assert said(dcat, ENDPOINT, DCAT.endpointURL) == {f"{HOST}sparql"}
    assert said(dcat, DATASET, DCAT.landingPage) == {f"{HOST}dataset"}
    checksum = NamedNode(f"{BASE}dataset#checksum")
    assert said(dcat, DUMP, SPDX.checksum) == {checksum.value}
    assert said(dcat, checksum, SPDX.checksumValue) == {release}


def test_addresses_are_those_of_the_host_that_was_asked(site: FlaskClient) -> None:
    dcat = graph_of(site, "/dataset", Host="data.example:8080")
    assert said(dcat, ENDPOINT, DCAT.endpointURL) == {"http://data.example:8080/sparql"}
    void = graph_of(site, "/.well-known/void", Host="data.example:8080")
    assert said(void, DATASET, VOID.sparqlEndpoint) == {"http://data.example:8080/sparql"}


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/dataset.ttl", "text/turtle"),
        ("/dataset.jsonld", "application/ld+json"),
        ("/.well-known/void.nt", "application/n-triples"),
        ("/.well-known/sparql-examples.ttl", "text/turtle"),
        ("/.well-known/sparql-examples/claims.rdf", "application/rdf+xml"),
    ],
)
def test_suffixes_say_the_format(site: FlaskClient, path: str, media_type: str) -> None:
    response = site.get(path, headers={"Accept": BROWSER})
    assert (response.status_code, response.mimetype) == (200, media_type)
    form = RdfFormat.from_media_type(media_type)
    assert form and len(list(parse(response.data, format=form))) > 5


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/dataset.csv", 404),
        ("/datasets", 404),
        ("/.well-known/void.csv", 404),
        ("/.well-known/security.txt", 404),
        ("/.well-known/sparql-examples/none", 404),
    ],
)
def test_what_is_not_there(site: FlaskClient, path: str, status: int) -> None:
    assert site.get(path).status_code == status


def test_the_page_tells_the_version_and_the_licence(
    site: FlaskClient, shipped: tuple[Settings, BuildResult]
) -> None:
    page = parsed(site.get("/dataset", headers={"Accept": BROWSER}).text)
    assert page.one("h1").text == "Concordat knowledge graph"
    facts = page.one("dl", "facts").text
    assert shipped[1].release.name in facts and "CC BY 4.0" in facts
    assert f"{shipped[1].quads:,}" in facts
    linked, terms, classes = (cells(table) for table in page.find("table"))
    assert any("dfe-reference-data" in row[2] and "MIT" in row[1].upper() for row in terms)
    assert any(row[:2] == ["ROR", "skos:exactMatch"] and int(row[2]) > 250 for row in linked)
    assert ["case study", "ckg:CaseStudy", "15"] in classes


def cells(table: Element) -> list[list[str]]:
    return [[cell.text for cell in row.find("td")] for row in table.find("tr") if row.find("td")]


def test_every_number_of_the_page_opens_its_query(site: FlaskClient) -> None:
    page = parsed(site.get("/dataset", headers={"Accept": BROWSER}).text)
    numbers = page.one("main").find("a", "number")
    assert len(numbers) > 30
    for address in {number.attributes["href"] for number in numbers}:
        answer = site.get(address, headers={"Accept": "text/csv"}, follow_redirects=True).text
        shown = {n.text.replace(",", "") for n in numbers if n.attributes["href"] == address}
        assert shown <= set(answer.replace("\r\n", ",").split(",")), address


def test_a_graph_that_does_not_describe_itself_says_so(client: FlaskClient) -> None:
    for path in ("/dataset", "/.well-known/void", "/.well-known/sparql-examples/members"):
        response = client.get(path, headers={"Accept": "text/turtle, application/problem+json"})
        assert response.status_code == 404 and response.json is not None
        assert response.json["detail"].startswith("This graph does not describe itself")
    page = parsed(client.get("/dataset", headers={"Accept": BROWSER}).text)
    assert page.one("h1").text == "The dataset"
    assert not page.find("table")


# The whole


def test_the_download_is_the_release(
    site: FlaskClient, shipped: tuple[Settings, BuildResult]
) -> None:
    release = shipped[1].release.name
    with site.get("/dataset/graph.nq") as response:
        data = response.data
    assert response.mimetype == "application/n-quads"
    assert hashlib.sha256(data).hexdigest() == release
    assert response.headers["ETag"] == f'"{release}"'
    assert release[:12] in response.headers["Content-Disposition"]
    with site.get("/dataset/graph.nq", headers={"If-None-Match": f'"{release}"'}) as again:
        assert (again.status_code, again.data) == (304, b"")
    with site.get("/dataset/graph.nq", headers={"Range": "bytes=0-9"}) as part:
        assert (part.status_code, part.data) == (206, data[:10])


def test_a_graph_without_its_file_cannot_be_downloaded(client: FlaskClient) -> None:
    assert client.get("/dataset/graph.nq").status_code == 404


# What harvesters ask at well-known addresses


def test_void_is_the_graph_of_statistics(
    site: FlaskClient, shipped: tuple[Settings, BuildResult]
) -> None:
    void = graph_of(site, "/.well-known/void")
    store = Store.read_only(str(shipped[1].release.store))
    graph = NamedNode(f"{BASE}graph/void")
    wanted = {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}
    found = {quad.triple for quad in void}
    assert wanted <= found
    assert said(void, DATASET, VOID.dataDump) == {f"{HOST}dataset/graph.nq"}
    assert said(void, graph, DCTERMS.title) == {"Statistics"}
    ror = NamedNode(f"{BASE}id/register/ror")
    assert said(void, ror, VOID.uriSpace) == {"https://ror.org/"}


def test_people_are_sent_to_pages(site: FlaskClient) -> None:
    for path, page in (
        ("/.well-known/void", "/dataset"),
        ("/.well-known/sparql-examples/", "/queries"),
        ("/.well-known/sparql-examples/claims", "/queries/claims"),
    ):
        response = site.get(path, headers={"Accept": BROWSER})
        assert (response.status_code, response.headers["Location"]) == (303, page)


def test_examples_are_the_saved_queries_with_their_prefixes(site: FlaskClient) -> None:
    examples = graph_of(site, "/.well-known/sparql-examples/")
    kind = examples.quads_for_pattern(None, RDF.type, SH.SPARQLExecutable, None)
    files = PROJECT.glob("sparql/queries/*.rq")
    assert {q.subject for q in kind} == {NamedNode(f"{BASE}queries/{f.stem}") for f in files}
    declared = {q.object for q in examples.quads_for_pattern(None, SH.declare, None, None)}
    assert len(declared) == 35
    about = [quad for quad in examples if quad.predicate in (SH.prefix, SH.namespace)]
    assert {quad.subject for quad in about} == declared and len(about) == 2 * len(declared)


def test_one_example_is_whole(site: FlaskClient) -> None:
    example = graph_of(site, "/.well-known/sparql-examples/consortia-share-no-member")
    node = NamedNode(f"{BASE}queries/consortia-share-no-member")
    file = PROJECT / "sparql" / "queries" / "consortia-share-no-member.rq"
    assert said(example, node, SH.ask) == {file.read_text("utf-8")}
    assert said(example, node, SCHEMA.target) == {f"{HOST}sparql"}
    assert said(example, node, RDFS.label) == {"Two consortia without a shared member"}
    others = example.quads_for_pattern(None, RDF.type, SH.SPARQLExecutable, None)
    assert [quad.subject for quad in others] == [node]


# The service description


def test_the_service_describes_itself(
    site: FlaskClient, shipped: tuple[Settings, BuildResult]
) -> None:
    service, endpoint = graph_of(site, "/sparql"), NamedNode(f"{HOST}sparql")
    assert said(service, endpoint, SD.endpoint) == {endpoint.value}
    assert said(service, endpoint, SD.feature) == {SD.UnionDefaultGraph.value}
    assert said(service, endpoint, SD.supportedLanguage) == {SD.SPARQL11Query.value}
    formats = {
        iri.removeprefix("http://www.w3.org/ns/formats/")
        for iri in said(service, endpoint, SD.resultFormat)
    }
    assert formats == {
        *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV"),
        *("SPARQL_Results_TSV", "Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads"),
    }
    (dataset,) = said(service, endpoint, SD.defaultDataset)
    named = said(service, NamedNode(dataset), SD.namedGraph)
    graphs = {
        name: graph
        for node in named
        for name, graph in [(node, said(service, NamedNode(node), SD.name))]
    }
    store = Store.read_only(str(shipped[1].release.store))
    assert {iri for iris in graphs.values() for iri in iris} == {
        g.value for g in store.named_graphs()
    }
    (collection,) = said(service, endpoint, SD.availableGraphs)
    assert said(service, NamedNode(collection), SD.namedGraph) == named
    organisations = NamedNode(f"{BASE}graph/organisations")
    size = sum(1 for _ in store.quads_for_pattern(None, None, None, organisations))
    assert said(service, organisations, VOID.triples) == {str(size)}


def test_the_description_leads_to_the_others(site: FlaskClient) -> None:
    service = graph_of(site, "/sparql")
    for address in said(service, NamedNode(f"{HOST}sparql"), RDFS.seeAlso):
        assert len(graph_of(site, "/" + address.removeprefix(HOST))) > 20


# What the editors of SIB and Zazuko ask when they start


def test_an_editor_finds_the_prefixes(site: FlaskClient) -> None:
    found = rows(
        site,
        "SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix }",
    )
    prefixes = {row["prefix"]: row["namespace"] for row in found}
    assert len(found) == len(prefixes) == 35
    assert (prefixes["ckg"], prefixes["skos"]) == (CKG.base, SKOS.base)


def test_an_editor_finds_the_examples(site: FlaskClient) -> None:
    found = rows(
        site,
        "SELECT DISTINCT ?sq ?comment ?query { ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ;"
        " sh:select|sh:ask|sh:construct|sh:describe ?query } ORDER BY ?sq",
    )
    saved = load_saved_queries(PROJECT / "sparql" / "queries")
    assert [row["sq"].rsplit("/", 1)[-1] for row in found] == sorted(saved)
    for row in found:
        query = saved[row["sq"].rsplit("/", 1)[-1]]
        assert (row["comment"], row["query"]) == (query.summary, query.text)


def test_an_example_runs_as_it_was_found(site: FlaskClient) -> None:
    (found,) = rows(site, f"SELECT ?query {{ <{BASE}queries/registers> sh:select ?query }}")
    answer = site.post("/sparql", data=found, headers={"Accept": "text/csv"})
    wanted = site.get("/queries/registers.csv")
    assert answer.status_code == 200
    assert answer.data == wanted.data and answer.text.count("\r\n") == 10


def test_an_editor_finds_classes_with_their_properties(site: FlaskClient) -> None:
    """The query of SIB's editor, but for the object classes that nobody counts here."""
    found = rows(
        site,
        "SELECT DISTINCT ?subjectClass ?prop { { ?cp void:class ?subjectClass ;"
        " void:propertyPartition ?pp . ?pp void:property ?prop } UNION {"
        " ?linkset void:subjectsTarget ?subjectClass ; void:linkPredicate ?prop } }",
    )
    pairs = {(row["subjectClass"], row["prop"]) for row in found}
    assert len(pairs) == len(found) > 300
    for kind in (CKG.CaseStudy.value, CKG.Passage.value, CKG.DataIssue.value):
        used = rows(site, f"SELECT DISTINCT ?prop {{ ?thing a <{kind}> ; ?prop ?value }}")
        # What the build derives afterwards is in a graph that is not counted.
        stated = {r["prop"] for r in used} - {CKG.broadlyTagged.value}
        assert {prop for subject, prop in pairs if subject == kind} == stated


def test_an_editor_finds_classes_and_properties_with_counts(site: FlaskClient) -> None:
    found = rows(
        site,
        "SELECT ?class ?n { ?d void:classPartition ?p . ?p void:class ?class ; void:entities ?n }",
    )
    assert {"class": CKG.CaseStudy.value, "n": "15"} in found
    used = rows(
        site,
        f"SELECT ?p ?n {{ <{DATASET.value}> void:propertyPartition ?x ."
        " ?x void:property ?p ; void:triples ?n }",
    )
    counts = {row["p"]: int(row["n"]) for row in used}
    (total,) = rows(site, f"SELECT ?n {{ <{DATASET.value}> void:triples ?n }}")
    assert sum(counts.values()) == int(total["n"])


@pytest.mark.parametrize("path", ["/dataset", "/graphs", "/link", "/lookup", "/contribute"])
def test_pages_of_the_data_share_their_tabs(site: FlaskClient, path: str) -> None:
    page = parsed(site.get(path, headers={"Accept": BROWSER}).text)
    (tabs,) = page.find("nav", "tabs")
    current = [a.attributes["href"] for a in tabs.find("a") if "aria-current" in a.attributes]
    assert current == [path]
    assert {"/changes", "/ontology"} <= {a.attributes["href"] for a in tabs.find("a")}


@pytest.mark.parametrize("address", ["/graphs?size=100", "/search?q=training", "/dataset"])
def test_people_read_names_and_not_addresses(shipped_app: Flask, address: str) -> None:
    client = shipped_app.test_client()
    text = client.get(address, headers={"Accept": BROWSER}, buffered=True).text
    main = parsed(text).one("main")
    links = [a.text for a in main.find("a") if a.text]
    assert len(links) > 10
    assert [text for text in links if "://" in text] == []
