"""Downloads: each links to its licence, and a list's CSV to its columns and attributions."""

import csv
import io
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from loader.namespaces import CATALOGUE, DCTERMS
from loader.queries.query_files import load_saved_queries
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.result_formats import FORMATS_BY_KIND
from query_ui.site.lists.list_definitions import LIST_DEFINITION_BY_PATH
from tests.conftest import PROJECT
from tests.each_case import check_each

QUERIES = PROJECT / "sparql" / "queries"
LICENCE = '</dataset>; rel="license"'
SUFFIXES = [form.suffix for form in (*FORMATS_BY_KIND["bindings"], *FORMATS_BY_KIND["graph"])]


@pytest.fixture(scope="module")
def asked(shipped: tuple[Settings, BuildResult]) -> FlaskClient:
    settings, _ = shipped
    return create_app(settings, open_engine(settings)).test_client()


def list_downloads() -> Iterator[str]:
    for path in LIST_DEFINITION_BY_PATH:
        yield from (f"{path}{suffix}" for suffix in (*SUFFIXES, ".csv-metadata.json"))
    # tests/test_agreement.py looks at the licence of every SELECT.
    for name, query in load_saved_queries(QUERIES).items():
        if query.syntax.form != "SELECT":
            yield f"/queries/{name}{'.csv' if query.syntax.form == 'ASK' else '.ttl'}"
    for form in FORMATS_BY_KIND["bindings"]:
        yield f"/queries/case-studies{form.suffix}"
        yield f"/sparql?query=ASK%7B%7D&format={form.name}"
    for suffix in (".ttl", ".nt", ".jsonld", ".rdf"):
        yield f"/case-studies/fellowship-fortnight{suffix}"
        yield f"/graphs/organisations{suffix}"
    yield from ("/coverage.csv", "/dataset.ttl", "/dataset/graph.nq", "/.well-known/void.ttl")


def test_every_download_links_to_its_licence(asked: FlaskClient) -> None:
    def check(path: str) -> None:
        with asked.get(path) as answer:
            assert answer.status_code == 200, path
            (links,) = answer.headers.getlist("Link")
            assert LICENCE in links.split(", ")

    check_each(list_downloads(), check)


@pytest.mark.parametrize(
    "path", ["/case-studies", "/static/site.css", "/nowhere.csv", "/sparql?query=x"]
)
def test_pages_parts_of_pages_and_errors_have_no_licence(asked: FlaskClient, path: str) -> None:
    with asked.get(path) as answer:
        assert "license" not in "".join(answer.headers.getlist("Link"))


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".csv-metadata.json"])
@pytest.mark.parametrize("fields", ["page=2&size=5", "size=5", "page=1&keyword=training"])
def test_a_page_of_a_complete_list_is_refused(asked: FlaskClient, suffix: str, fields: str) -> None:
    """Only JSON has pages; the complete list would pass for the page that was wanted."""
    if suffix == ".json":
        found = asked.get(f"/case-studies.json?{fields}").get_json()
        assert 0 < len(found["items"]) <= 50
        return
    answer = asked.get(f"/case-studies{suffix}?{fields}")
    assert answer.status_code == 400
    names = " and ".join(f.partition("=")[0] for f in fields.split("&") if "keyword" not in f)
    assert f"leave out {names}, or use /case-studies.json" in answer.text


def test_the_csv_of_a_list_leads_to_its_columns(asked: FlaskClient) -> None:
    answer = asked.get("/case-studies.csv?keyword=training")
    link, licence = answer.headers["Link"].split(", ")
    assert licence == LICENCE
    address, _, rest = link.removeprefix("<").partition(">")
    assert rest == '; rel="describedby"; type="application/csvm+json"'
    metadata = asked.get(address)
    assert metadata.content_type == "application/csvm+json"
    assert metadata.json is not None
    assert metadata.json["url"] == "case-studies.csv?keyword=training"
    columns = metadata.json["tableSchema"]["columns"]
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert [column["titles"] for column in columns] == head
    (place,) = (n for n, column in enumerate(columns) if column["name"] == "keywords")
    assert all("Training" in row[place].split(columns[place]["separator"]) for row in rows)
    excel = asked.get("/case-studies.csv?spreadsheet=1").headers.getlist("Link")
    assert excel == [LICENCE], "its cells are not those that the metadata describes"


def test_the_metadata_names_what_the_sources_ask_for(
    asked: FlaskClient, shipped: tuple[Settings, BuildResult]
) -> None:
    found = asked.get("/organisations.csv-metadata.json").json
    assert found is not None
    by_document = {one["@id"].rpartition("/")[2]: one for one in found["dc:source"]}
    assert {"organisations", "providers"} <= by_document.keys()
    assert "practices-practices" not in by_document
    (attribution,) = by_document["organisations"]["dc:rights"]
    assert "GeoNames (CC BY 4.0" in attribution and attribution in found["dc:rights"]
    assert {"@id": "https://opensource.org/license/mit"} in found["dc:license"]
    store = Store.read_only(str(shipped[1].release.store))
    for one in found["dc:source"]:
        stated = store.quads_for_pattern(NamedNode(one["@id"]), DCTERMS.rights, None, CATALOGUE)
        assert one["dc:rights"] == [quad.object.value for quad in stated]  # type: ignore[union-attr]


def test_the_csv_of_a_saved_query_leads_to_its_columns_and_terms(asked: FlaskClient) -> None:
    answer = asked.get("/queries/practices-by-keyword.csv?keyword=mentorship")
    link = answer.headers["Link"].split(", ")[0]
    address, _, rest = link.removeprefix("<").partition(">")
    assert rest == '; rel="describedby"; type="application/csvm+json"'
    metadata = asked.get(address)
    assert metadata.content_type == "application/csvm+json"
    found = metadata.json
    assert found is not None
    assert found["url"] == "practices-by-keyword.csv?keyword=mentorship"
    head = next(csv.reader(io.StringIO(answer.text)))
    assert [column["titles"] for column in found["tableSchema"]["columns"]] == head
    assert any("GeoNames (CC BY 4.0" in text for text in found["dc:rights"])
    titles = {title for one in found["dc:source"] for title in one["dc:title"]}
    assert "Environment profiles of institutions in REF 2021" in titles


def test_the_metadata_of_a_saved_query_has_its_key(asked: FlaskClient) -> None:
    keys = {name: query.contract.key for name, query in load_saved_queries(QUERIES).items()}
    name = next(name for name, key in keys.items() if key)
    found = asked.get(f"/queries/{name}.csv-metadata.json").json
    assert found is not None and found["tableSchema"]["primaryKey"] == list(keys[name])


@pytest.mark.parametrize("fields", ["labels=on", "spreadsheet=1", "page=1&size=5"])
def test_a_csv_with_other_cells_is_not_described(asked: FlaskClient, fields: str) -> None:
    links = asked.get(f"/queries/case-studies.csv?{fields}").headers["Link"]
    assert "describedby" not in links
    found = asked.get(f"/queries/case-studies.csv-metadata.json?{fields}").json
    assert found is not None and found["url"] == "case-studies.csv"


def test_what_has_no_csv_has_no_metadata(asked: FlaskClient) -> None:
    graph = next(
        name
        for name, query in load_saved_queries(QUERIES).items()
        if query.syntax.form == "CONSTRUCT"
    )
    assert asked.get(f"/queries/{graph}.csv-metadata.json").status_code == 404
    assert asked.get("/queries/no-such-query.csv-metadata.json").status_code == 404
    refused = asked.get("/queries/practices-by-keyword.csv-metadata.json?keyword=no-such-keyword")
    assert refused.status_code == 422


def test_the_workbook_of_a_saved_query_has_the_terms_of_its_sources(asked: FlaskClient) -> None:
    book = load_workbook(io.BytesIO(asked.get("/queries/indicators.xlsx").data))
    rows = book["About"].iter_rows(values_only=True)
    told = [str(value) for name, value, *_ in rows if str(name).startswith("Terms of “Organ")]
    (said,) = told
    assert "GeoNames (CC BY 4.0" in said and "https://creativecommons.org/licenses/by/4.0/" in said


@pytest.mark.parametrize("path", ["/organisations/university-of-york.ttl", "/organisations.ttl"])
def test_what_is_said_in_rdf_has_the_terms_of_its_documents(asked: FlaskClient, path: str) -> None:
    said = [quad.triple for quad in parse(asked.get(path).data, RdfFormat.TURTLE)]
    document = NamedNode("https://w3id.org/concordat-kg/graph/organisations")
    terms = {t.predicate: t.object.value for t in said if t.subject == document}
    assert terms[DCTERMS.license] == "https://creativecommons.org/licenses/by/4.0/"
    assert "GeoNames" in terms[DCTERMS.rights]
