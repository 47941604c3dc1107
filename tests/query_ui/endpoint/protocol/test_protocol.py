"""The protocol in our own words: ways to ask, formats, what is kept, and what is refused."""

import csv
import gzip
import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
import zstandard
from werkzeug.test import Client, TestResponse

from loader.errors import NotOffered
from query_ui.endpoint.protocol_request import SparqlRequest
from query_ui.engine.result_formats import FORMATS_BY_KIND, ResultFormat, ResultKind
from query_ui.http.compression import negotiate_content_coding
from query_ui.http.etag import compute_etag
from query_ui.http.negotiation import negotiate_formats, prefers_html

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
INSIDE = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
EVERYTHING = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
ROWS = "SELECT ?s ?o { ?s <https://example.org/title> ?o } ORDER BY ?o"
QUERY_OF: dict[ResultKind, str] = {
    "bindings": ROWS,
    "boolean": "ASK { ?s ?p 12 }",
    "graph": EVERYTHING,
}
G1, G2 = "https://example.org/g1", "https://example.org/g2"
DIRECT: dict[str, Any] = {"content_type": "application/sparql-query"}
FORM: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded"}


def count(response: TestResponse) -> int:
    assert response.status_code == 200, response.text
    (row,) = json.loads(response.data)["results"]["bindings"]
    return int(row["n"]["value"])


def ask(client: Client, way: str, text: str, graphs: list[tuple[str, str]]) -> TestResponse:
    """The same question in one of the ways that the protocol knows."""
    dataset = urlencode(graphs)
    if way == "GET":
        return client.get("/sparql?" + urlencode([("query", text), *graphs]))
    if way == "POST form":
        return client.post("/sparql", data=urlencode([("query", text), *graphs]), **FORM)
    if way == "POST form, dataset in the address":
        return client.post(f"/sparql?{dataset}", data=urlencode({"query": text}), **FORM)
    method, kind = ("QUERY", FORM) if way == "QUERY form" else (way.split()[0], DIRECT)
    body = urlencode({"query": text}) if kind is FORM else text.encode()
    return client.open(f"/sparql/?{dataset}", method=method, data=body, **kind)


WAYS = (
    *("GET", "POST form", "POST form, dataset in the address"),
    *("POST direct", "QUERY direct", "QUERY form"),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("text", "graphs", "rows"),
    [
        (COUNT, [], 9),
        (COUNT, [("default-graph-uri", G2)], 3),
        (COUNT, [("default-graph-uri", G1), ("default-graph-uri", G2)], 9),
        (COUNT, [("default-graph-uri", G1), ("default-graph-uri", G1)], 6),
        (COUNT, [("default-graph-uri", "https://example.org/nothing")], 0),
        (COUNT, [("named-graph-uri", G1)], 0),
        (INSIDE, [("named-graph-uri", G2)], 3),
        (INSIDE, [("default-graph-uri", G2)], 0),
        (INSIDE, [("default-graph-uri", G2), ("named-graph-uri", G1)], 6),
        (COUNT.replace("{", f"FROM <{G1}> {{", 1), [("default-graph-uri", G2)], 3),
    ],
)
def test_the_dataset_is_the_one_of_the_request(
    client: Client, way: str, text: str, graphs: list[tuple[str, str]], rows: int
) -> None:
    assert count(ask(client, way, text, graphs)) == rows


@pytest.mark.parametrize(
    ("form", "kind"),
    [(form, kind) for kind, forms in FORMATS_BY_KIND.items() for form in forms],
    ids=lambda item: getattr(item, "name", item),
)
def test_every_kind_in_every_format(client: Client, form: ResultFormat, kind: ResultKind) -> None:
    by_type = client.get(
        "/sparql", query_string={"query": QUERY_OF[kind]}, headers={"Accept": form.media_type}
    )
    by_name = client.get("/sparql", query_string={"query": QUERY_OF[kind], "format": form.name})
    assert by_type.status_code == by_name.status_code == 200
    assert by_type.content_type == by_name.content_type == form.content_type
    assert by_type.content_length == len(by_type.data)
    expected = {"bindings": b"Lles", "boolean": b"true", "graph": b"Lles"}[kind]
    assert expected in by_type.data
    assert by_type.vary.as_set() >= {"accept", "accept-encoding"}


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "xml"),
        ("text/csv, */*;q=0.1", "csv"),
        ("application/sparql-results+json;q=0, */*", "csv"),
        ("text/*", "csv"),
        ("!!, ;;q=x, text/csv", "csv"),
        ("application/json", "json"),
        ("", "json"),
    ],
)
def test_the_format_is_the_one_that_is_liked_best(client: Client, accept: str, name: str) -> None:
    response = client.get("/sparql", query_string={"query": ROWS}, headers={"Accept": accept})
    assert response.status_code == 200
    assert negotiate_formats(accept)["bindings"].name == name
    assert response.content_type == negotiate_formats(accept)["bindings"].content_type


@pytest.mark.parametrize(
    ("name", "rows", "graph"),
    [
        ("json", "application/sparql-results+json", "application/ld+json"),
        ("xml", "application/sparql-results+xml", "application/rdf+xml"),
        ("csv", "text/csv", ""),
        ("turtle", "", "text/turtle"),
        ("n3", "", "text/turtle"),
        ("rdf+xml", "", "application/rdf+xml"),
        ("json-ld", "", "application/ld+json"),
        ("application/ld+json,application/x-json+ld", "", "application/ld+json"),
        ("text/tab-separated-values", "text/tab-separated-values", ""),
        ("TTL", "", "text/turtle"),
    ],
)
def test_formats_have_the_names_that_clients_send(
    client: Client, name: str, rows: str, graph: str
) -> None:
    for text, kind in ((ROWS, rows), (EVERYTHING, graph)):
        response = client.get("/sparql", query_string={"query": text, "format": name})
        assert response.status_code == (200 if kind else 406)
        assert response.mimetype == (kind or "application/problem+json")


def test_other_names_of_formats_are_told_those_that_there_are(client: Client) -> None:
    response = client.get("/sparql?query=ASK{}&format=parquet")
    assert response.status_code == 400
    assert "“parquet”; it can be html, json, csv, tsv, xml, ttl" in response.text


def test_an_address_in_plain_utf8_is_read(client: Client) -> None:
    raw = 'query=SELECT("Caffè"AS?x){}'.encode().decode("latin-1")
    response = client.get("/sparql", environ_overrides={"QUERY_STRING": raw})
    assert "Caffè" in response.text


@pytest.mark.parametrize("accept", ["text/turtle", "image/png", "!!", "*/*;q=0"])
def test_what_is_not_offered_is_listed(client: Client, accept: str) -> None:
    response = client.get("/sparql", query_string={"query": ROWS}, headers={"Accept": accept})
    assert response.status_code == 406
    assert response.json is not None
    for form in FORMATS_BY_KIND["bindings"]:
        assert f"{form.name} ({form.media_type})" in response.json["detail"]
    assert NotOffered("x", "graph").kind == "graph"


def test_pages_are_for_those_who_like_them() -> None:
    assert prefers_html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert not prefers_html("*/*")
    assert not prefers_html("application/sparql-results+json, text/html;q=0.5")


TEXTS = ['a "b" c', "one\r\ntwo", "one\ntwo", "one\rtwo", "a,b;c", " x ", '"', "\ufeffx", "é\t"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_from_csv_as_it_is(client: Client, text: str) -> None:
    """Quotes are doubled and rows end with CRLF: https://www.rfc-editor.org/rfc/rfc4180."""
    query = f"SELECT ?x ?y {{ BIND({json.dumps(text, ensure_ascii=False)} AS ?x) BIND(1 AS ?y) }}"
    response = client.post("/sparql", data=query.encode(), headers={"Accept": "text/csv"}, **DIRECT)
    assert list(csv.reader(io.StringIO(response.data.decode(), newline=""))) == [
        ["x", "y"],
        [text, "1"],
    ]
    assert response.data.endswith(b"\r\n")


def test_groups_without_an_optional_value_count_none(client: Client) -> None:
    query = (
        "SELECT ?s (COUNT(?o) AS ?n) (SAMPLE(?o) AS ?any) { VALUES ?s { <e:a> <e:b> } "
        "OPTIONAL { VALUES (?s ?o) { (<e:a> 1) (<e:a> 2) } } } GROUP BY ?s ORDER BY ?s"
    )
    rows = json.loads(client.get("/sparql", query_string={"query": query}).data)["results"]
    a, b = rows["bindings"]
    assert (a["s"]["value"], a["n"]["value"], "any" in a) == ("e:a", "2", True)
    assert (b["s"]["value"], b["n"]["value"], "any" in b) == ("e:b", "0", False)


def test_head_says_what_get_says(client: Client) -> None:
    address = "/sparql?" + urlencode({"query": ROWS, "format": "csv"})
    get, head = client.get(address), client.head(address)
    assert head.data == b""
    of_one_response = ("Date", "X-Request-ID")
    said, other = (
        {k: v for k, v in response.headers if k not in of_one_response} for response in (head, get)
    )
    assert said == other


def test_options_say_who_may_ask_and_how(client: Client) -> None:
    response = client.options("/sparql", headers={"Origin": "https://example.org"})
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Allow"] == "GET, HEAD, POST, QUERY, OPTIONS"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "QUERY" in response.headers["Access-Control-Allow-Methods"]
    assert "application/sparql-query" in response.headers["Accept-Query"]


def test_the_same_question_is_answered_once(client: Client) -> None:
    address = "/sparql?" + urlencode({"query": ROWS})
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(address + "+", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_a_tag_is_of_one_release_one_question_and_one_form() -> None:
    ask_, graph = SparqlRequest("ASK {}"), SparqlRequest("ASK {}", ("urn:x:g",))
    named = SparqlRequest("ASK {}", (), ("urn:x:g",))
    tags = [
        compute_etag("r1", ask_.query, *ask_.variants, "", ""),
        compute_etag("r2", ask_.query, *ask_.variants, "", ""),
        compute_etag("r1", graph.query, *graph.variants, "", ""),
        compute_etag("r1", named.query, *named.variants, "", ""),
        compute_etag("r1", ask_.query, *ask_.variants, "text/csv", ""),
        compute_etag("r1", ask_.query, *ask_.variants, "", "gzip"),
        compute_etag(
            "r1",
            SparqlRequest("ASK {}", format="csv").query,
            *SparqlRequest("ASK {}", format="csv").variants,
            "",
            "",
        ),
    ]
    assert len(set(tags)) == len(tags)
    assert (
        compute_etag("r1", SparqlRequest("ASK {}").query, *SparqlRequest("ASK {}").variants, "", "")
        == tags[0]
    )


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "struuid()", "BNODE()"])
def test_what_changes_is_not_kept(client: Client, call: str) -> None:
    query = f"SELECT ({call} AS ?x) {{}}"
    response = client.get("/sparql", query_string={"query": query}, headers={"If-None-Match": "*"})
    assert response.status_code == 200
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("way", ["gzip", "zstd"])
@pytest.mark.parametrize("rows", [60, pytest.param(40_000, marks=pytest.mark.long)])
def test_compressed_answers_are_the_same_answers(client: Client, way: str, rows: int) -> None:
    numbers = " ".join(str(n) for n in range(200))
    text = f"SELECT ?a ?b {{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} }} LIMIT {rows}"
    whole = client.post("/sparql", data=text, buffered=True, **DIRECT)
    coded = {"Accept-Encoding": way}
    small = client.post("/sparql", data=text, headers=coded, buffered=True, **DIRECT)
    assert small.headers["Content-Encoding"] == way
    assert "Content-Encoding" not in whole.headers
    unpacked = gzip.decompress(small.data) if way == "gzip" else unzstd(small.data)
    assert unpacked == whole.data
    assert len(json.loads(unpacked)["results"]["bindings"]) == rows
    assert len(small.data) < len(whole.data) / 4
    assert small.headers["ETag"] != whole.headers["ETag"]


def unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


@pytest.mark.parametrize(
    ("accepted", "name"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("*", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("identity", ""),
        (";;;,q=", ""),
    ],
)
def test_the_coding_is_the_one_that_is_liked_best(accepted: str, name: str) -> None:
    assert negotiate_content_coding(accepted) == name


def test_small_answers_are_sent_as_they_are(client: Client) -> None:
    response = client.get("/sparql?query=ASK{}", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


def test_a_machine_that_asks_nothing_is_told_what_can_be_asked(client: Client) -> None:
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert response.content_type == "text/turtle; charset=utf-8"
    assert "#endpoint> <http://localhost/sparql>" in response.text


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("no query", {"data": "", **FORM}, 400, "this request has 0"),
    ("two", {"data": "query=ASK{}&query=ASK{}", **FORM}, 400, "this request has 2"),
    ("update form", {"data": "update=CLEAR+ALL", **FORM}, 403, "Updates are not allowed"),
    ("update text", {"data": "CLEAR ALL", **DIRECT}, 403, "This is an update"),
    (
        "update body",
        {"data": "CLEAR ALL", "content_type": "application/sparql-update"},
        403,
        "Updates are not allowed",
    ),
    ("type", {"data": "ASK {}", "content_type": "text/plain"}, 415, "application/sparql-query"),
    ("no type", {"data": "ASK {}"}, 415, "Send the query as"),
    (
        "charset",
        {
            "data": "ASK {}".encode("utf-16"),
            "content_type": "application/sparql-query; charset=UTF-16",
        },
        415,
        "said to be utf-16",
    ),
    ("bytes", {"data": b"ASK { ?s ?p '\xff' }", **DIRECT}, 400, "byte 14 cannot be read"),
    ("bytes in a form", {"data": "query=ASK%FF", **FORM}, 400, "not UTF-8"),
    ("NUL", {"data": b"ASK { \0 }", **DIRECT}, 400, "U+0000"),
    ("empty", {"data": b"", **DIRECT}, 400, "The query is empty"),
    ("syntax", {"data": "ASK {", **DIRECT}, 400, "bracket is missing"),
    ("no time", {"data": "query=ASK{}&timeout=soon", **FORM}, 400, "timeout is “soon”"),
    ("less than no time", {"data": "query=ASK{}&timeout=-1", **FORM}, 400, "timeout is “-1”"),
    ("all time", {"data": "query=ASK{}&timeout=inf", **FORM}, 400, "timeout is “inf”"),
    ("graph", {"data": "query=ASK{}&default-graph-uri=no+iri", **FORM}, 400, "is no IRI"),
    ("long", {"data": "#" * 5_000_000, **DIRECT}, 413, "longer than 1,048,576 bytes"),
]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(
    client: Client, arguments: dict[str, Any], status: int, said: str
) -> None:
    response = client.post("/sparql", **arguments)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == status
    assert said in response.json["detail"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    text = client.post("/sparql", headers={"Accept": "text/plain"}, **arguments)
    assert text.mimetype == "text/plain"
    assert said in text.text


def test_a_syntax_error_is_shown_in_its_line_with_what_to_do(client: Client) -> None:
    query = "ASK {\n  ?s nope:x ?o }"
    said = client.post("/sparql", data=query, **DIRECT).json
    assert said is not None
    assert (said["line"], said["column"]) == (2, 6)
    assert said["excerpt"] == "  ?s nope:x ?o }\n     ^"
    assert said["suggestion"].startswith("Add this line at the top: PREFIX nope:")
    plain = client.post("/sparql", data=query, headers={"Accept": "text/plain"}, **DIRECT)
    assert plain.text.splitlines() == [
        "400 The query could not be read",
        f"{said['detail']} (line 2, column 6)",
        "  ?s nope:x ?o }",
        "     ^",
        said["suggestion"],
    ]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_told_those_that_can_be_used(client: Client, method: str) -> None:
    response = client.open("/sparql?query=ASK{}", method=method)
    assert response.status_code == 405
    assert "QUERY" in response.headers["Allow"]


def test_an_update_cannot_be_asked_by_get(client: Client) -> None:
    assert client.get("/sparql?update=CLEAR+ALL").status_code == 403


def test_two_hundred_parameters_are_read(client: Client) -> None:
    graphs = [("default-graph-uri", f"https://example.org/g{n}") for n in range(200)]
    assert count(ask(client, "POST form", COUNT, graphs)) == 9


def test_sparql_1_2_passes_where_the_engine_has_it(client: Client) -> None:
    query = 'SELECT (LANGDIR("x"@en--ltr) AS ?d) {}'
    response = client.get("/sparql", query_string={"query": query})
    assert json.loads(response.data)["results"]["bindings"][0]["d"]["value"] == "ltr"
