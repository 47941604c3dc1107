"""Saved queries as an HTTP API: list, choices, text, names beside IRIs, pages, what is kept."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store, parse_query_results

from loader.queries.query_files import load_saved_queries
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.endpoint.paging.request_options import RESERVED_NAMES
from query_ui.engine import open_engine
from tests.conftest import PROJECT
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import parsed, small_release

ID = "https://w3id.org/concordat-kg/id/case-study/"
CONCEPT = "https://w3id.org/concordat-kg/concept/keywords/"
HEADER = """#+ title: {title}
#+ summary: For the tests.
#+ tags: [browse]
#+ contract: {{columns: [{columns}], min_rows: 0, max_ms: 500}}
PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX study: <https://w3id.org/concordat-kg/id/case-study/>
"""
MANY = (
    HEADER.format(title="Many studies", columns="study, title, keyword")
    + """
SELECT ?study ?title ?keyword WHERE {
  ?study a ckg:CaseStudy ; dcterms:title ?title .
  FILTER CONTAINS(STR(?study), "/n")
  OPTIONAL { ?study dcterms:subject ?keyword }
}
ORDER BY ?title
"""
)
ECHO = (
    HEADER.format(title="Echo", columns="text")
    + """
SELECT ?text WHERE {
  VALUES ?text { "nothing" }  #+ label: Text
}
"""
)
TRUTH = HEADER.format(title="Is there one", columns="") + "ASK { ?study a ckg:CaseStudy }\n"
GRAPH = (
    HEADER.format(title="A graph", columns="subject, predicate, object")
    + """
CONSTRUCT WHERE { study:n1 dcterms:title ?title }
"""
)
STUDIES = "\n".join(
    f'<{ID}n{n}> a ckg:CaseStudy ; dcterms:title "Study {n:03}"@en '
    + ("; dcterms:subject concept:egg" if n % 2 else "")
    + " ."
    for n in range(250)
)
TRIG = f"""
@prefix ckg: <https://w3id.org/concordat-kg/ontology#> .
@prefix concept: <{CONCEPT}> .
@prefix dcterms: <http://purl.org/dc/terms/> .
<https://w3id.org/concordat-kg/graph/many> {{ {STUDIES} }}"""


@pytest.fixture(scope="module")
def api(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site over 250 more case studies, with four saved queries and one that is broken."""
    root: Path = tmp_path_factory.mktemp("api")
    (root / "sparql" / "queries").mkdir(parents=True)
    for name in ("pages", "doctor"):
        (root / "sparql" / name).symlink_to(PROJECT / "sparql" / name)
    (root / "ontology").symlink_to(PROJECT / "ontology")
    files = {"many": MANY, "echo": ECHO, "truth": TRUTH, "graph": GRAPH, "broken": "SELECT {"}
    for name, text in files.items():
        (root / "sparql" / "queries" / f"{name}.rq").write_text(text, encoding="utf-8")
    engine = open_engine(Settings(root=root, out=small_release(root / "build", TRIG)))
    yield create_app(Settings(root=root, out=root / "build"), engine).test_client()
    engine.close()


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_list_tells_of_each_query_and_of_those_that_are_broken(api: FlaskClient) -> None:
    found = api.get("/queries.json").json
    assert found == api.get("/queries", headers={"Accept": "application/json"}).json
    assert found is not None
    assert (found["total"], found["truncated"]) == (4, False)
    assert [item["title"] for item in found["items"]] == [
        *("A graph", "Echo", "Is there one", "Many studies")
    ]
    assert found["items"][1] == {
        "name": "echo",
        "title": "Echo",
        "summary": "For the tests.",
        "tags": ["browse"],
        "columns": ["text"],
        "url": "/queries/echo",
        "parameters": [
            {
                "name": "text",
                "label": "Text",
                "required": False,
                "datatype": "http://www.w3.org/2001/XMLSchema#string",
                "defaults": ["nothing"],
                "choices": None,
            }
        ],
        "contract": {"holds": False, "status": "No test is recorded for release 0123abcd."},
    }
    (broken,) = found["broken"]
    assert broken["name"] == "broken"
    assert {"line": 1, "message": broken["findings"][0]["message"]} == broken["findings"][0]


def test_choices_come_with_their_counts(client: FlaskClient) -> None:
    path = "/queries/by-keyword/choices.json"
    found = client.get(path).json
    assert found is not None
    assert (found["total"], found["truncated"]) == (5, False)
    assert found["items"][3] == {
        "parameter": "keyword",
        "value": f"{CONCEPT}training",
        "label": "Training",
        "count": 1,
    }
    assert client.get(f"{path}?parameter=keyword").json == found
    assert client.get(f"{path}?parameter=most").json == {
        "total": 0,
        "truncated": False,
        "items": [],
    }
    answer = client.get(f"{path}?parameter=nope")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"] == (
        'by-keyword has no parameter "nope"; its parameters are: keyword, most.'
    )


def test_text_has_the_values_in_it_and_runs_as_it_is(client: FlaskClient, store: Store) -> None:
    answer = client.get("/queries/by-keyword.rq?keyword=wellbeing")
    assert answer.content_type == "application/sparql-query; charset=utf-8"
    assert f"VALUES ?keyword {{ <{CONCEPT}wellbeing> }}" in answer.text
    assert "#+" not in answer.text
    found = store.query(answer.text, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    assert [str(row["study"].value) for row in found] == [f"{ID}alpha"]
    assert "VALUES ?consortium { organisation:n8 }" in client.get("/queries/members.rq").text
    assert client.get("/queries/by-keyword.rq?keyword=hens").status_code == 422


@pytest.mark.parametrize(
    "text",
    [
        "a \"quote\" and 'another'",
        "} UNION { ?s ?p ?o } #",
        "back\\slash\\",
        "two\nlines\r\nand\ttabs",
        "SELECT * WHERE { ?s ?p ?o }",
        "\\u0022 } { \\U00000022",
        "ünï — 😀",
        "x" * 5000,
    ],
)
def test_any_text_comes_back_as_it_was_sent(api: FlaskClient, text: str) -> None:
    answer = api.get("/queries/echo.json", query_string={"text": text})
    assert answer.json is not None
    (row,) = answer.json["results"]["bindings"]
    assert row == {"text": {"type": "literal", "value": text}}
    bound = api.get("/queries/echo.rq", query_string={"text": text}).data.decode()
    found = Store().query(bound)
    assert isinstance(found, QuerySolutions)
    assert [row["text"].value for row in found] == [text]


def test_many_values_go_in_and_unknown_parameters_do_not(api: FlaskClient) -> None:
    texts = [f"value {number}" for number in range(200)]
    answer = api.get("/queries/echo.csv", query_string=[("text", text) for text in texts])
    assert rows(answer.text)[1:] == [[text] for text in texts]
    answer = api.get("/queries/echo.csv", query_string={f"p{n}": "x" for n in range(200)})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"] == 'echo has no parameter "p0"; its parameters are: text.'


def test_labels_stand_beside_iris_and_leave_the_rows(api: FlaskClient) -> None:
    plain = rows(api.get("/queries/many.csv").text)
    answer = api.get("/queries/many.csv?labels=on")
    named = rows(answer.text)
    assert named[0] == ["study", "studyLabel", "title", "keyword", "keywordLabel"]
    assert [[row[0], row[2], row[3]] for row in named] == plain
    assert named[1][1:] == ["Study 000", "Study 000", "", ""]
    assert named[2][1:] == ["Study 001", "Study 001", f"{CONCEPT}egg", "Egg"]
    assert (answer.headers["X-Total-Count"], answer.headers["X-Truncated"]) == ("250", "false")
    assert answer.headers.getlist("Link") == ['</dataset>; rel="license"'], "it has no pages"


@pytest.mark.parametrize("suffix", [".json", ".xml", ".tsv"])
def test_labels_keep_their_language(api: FlaskClient, suffix: str) -> None:
    answer = api.get(f"/queries/many{suffix}?labels=on&size=2")
    form = {
        ".json": QueryResultsFormat.JSON,
        ".xml": QueryResultsFormat.XML,
        ".tsv": QueryResultsFormat.TSV,
    }[suffix]
    found = parse_query_results(answer.data, format=form)
    assert isinstance(found, QuerySolutions)
    assert [str(row["studyLabel"]) for row in found] == ['"Study 000"@en', '"Study 001"@en']


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("graph.ttl?labels=on", "An answer that is a graph has no label columns: ask without."),
        ("graph.nt?page=1", "An answer that is a graph has no pages: ask without."),
        ("truth.json?size=5", "An answer that is true or false has no pages: ask without."),
    ],
)
def test_what_is_no_table_has_no_columns_and_no_pages(
    api: FlaskClient, path: str, detail: str
) -> None:
    answer = api.get(f"/queries/{path}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"] == detail


def test_whole_answer_says_its_total(api: FlaskClient) -> None:
    found = api.get("/queries/many.json").json
    assert found is not None
    assert (found["total"], found["truncated"]) == (250, False)
    assert len(found["results"]["bindings"]) == 250
    assert api.get("/queries/truth.json").json == {"head": {}, "boolean": True}


def test_pages_say_the_total_and_lead_on(api: FlaskClient) -> None:
    answers = [api.get(f"/queries/many.json?labels=off&page={page}") for page in (1, 2, 3)]
    pages: list[Any] = [answer.json for answer in answers]
    titles = [row["title"]["value"] for page in pages for row in page["results"]["bindings"]]
    assert titles == [f"Study {n:03}" for n in range(250)]
    said = [(p["total"], p["truncated"], p["page"], p["size"]) for p in pages]
    assert said == [(250, True, page, 100) for page in (1, 2, 3)]
    path = "/queries/many.json?labels=off&page={}&size=100"
    links = {rel: f'<{path.format(page)}>; rel="{rel}"' for rel, page in (("next", 3), ("prev", 1))}
    for link in (*links.values(), f'<{path.format(3)}>; rel="last"'):
        assert link in answers[1].headers["Link"]
    assert 'rel="next"' not in answers[2].headers["Link"]
    assert 'rel="prev"' not in answers[0].headers["Link"]


def test_page_of_other_formats_says_the_total_in_headers(api: FlaskClient) -> None:
    answer = api.get("/queries/many.csv?page=2&size=200")
    assert [row[1] for row in rows(answer.text)[1:]] == [f"Study {n}" for n in range(200, 250)]
    assert (answer.headers["X-Total-Count"], answer.headers["X-Truncated"]) == ("250", "true")
    assert "X-Total-Count, X-Truncated" in answer.headers["Access-Control-Expose-Headers"]
    gone = api.get("/queries/many.csv?page=3&size=200")
    assert gone.status_code == 404
    assert gone.json is not None
    assert gone.json["detail"] == "This answer has no page 3: its last is page 2."


def test_html_page_leads_from_page_to_page(api: FlaskClient) -> None:
    found = parsed(api.get("/queries/many?page=2&size=100", headers={"Accept": BROWSER}).text)
    assert found.one("h2").text.startswith("250 rows")
    assert "Rows 101 to 200. The downloads have all." in found.one("main").text
    assert len(found.one("table", "result").find("tr")) == 101
    earlier, later = found.one("nav", "pager").find("a")
    assert earlier.attributes["href"] == "/queries/many?page=1&size=100"
    assert later.attributes["href"] == "/queries/many?page=3&size=100"
    downloads = {a.text: a.attributes["href"] for a in found.one("ul", "downloads").find("a")}
    assert downloads["CSV with names"] == "/queries/many.csv?labels=on"


def test_format_by_name_is_the_same_as_by_suffix(api: FlaskClient) -> None:
    named = api.get("/queries/many?format=csv")
    assert (named.data, named.mimetype) == (api.get("/queries/many.csv").data, "text/csv")
    assert api.get("/queries/many?format=html", headers={"Accept": "text/csv"}).mimetype == (
        "text/html"
    )
    assert api.get("/queries/many?format=ttl").status_code == 406
    assert api.get("/queries/many", headers={"Accept": "image/png"}).status_code == 406
    assert api.get("/queries/many?format=pdf").status_code == 400


def test_answer_that_is_kept_is_not_sent_again(api: FlaskClient) -> None:
    first = api.get("/queries/many.csv?size=5")
    tag = first.headers["ETag"]
    again = api.get("/queries/many.csv?size=5", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    other = api.get("/queries/many.csv?size=6", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["ETag"] != tag


@pytest.mark.parametrize("path", ["many.json", "many.csv?labels=on"])
def test_answer_is_smaller_on_its_way_where_that_is_liked(api: FlaskClient, path: str) -> None:
    plain = api.get(f"/queries/{path}")
    small = api.get(f"/queries/{path}", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert "Accept-Encoding" in small.headers["Vary"]
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
    head = api.head(f"/queries/{path}")
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(plain.data)))


def test_no_saved_query_has_a_parameter_of_a_reserved_name() -> None:
    for query in load_saved_queries(PROJECT / "sparql" / "queries").values():
        assert not {p.name for p in query.parameters} & set(RESERVED_NAMES), query.name


def test_large_answer_leaves_as_a_file(api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = api.get("/queries/many.json", buffered=True).data
    monkeypatch.setattr("query_ui.http.response.MAX_IN_MEMORY_BYTES", 1000)
    answer = api.get("/queries/many.json", buffered=True)
    assert (answer.data, answer.headers["Content-Length"]) == (plain, str(len(plain)))
    small = api.get("/queries/many.json", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(small.data) == plain
    assert json.loads(plain)["total"] == 250
    assert api.head("/queries/many.json", buffered=True).data == b""
