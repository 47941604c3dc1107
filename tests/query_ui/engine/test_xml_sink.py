"""Results in XML: a carriage return comes back; what XML cannot hold is refused for it alone."""

import io
from xml.etree.ElementTree import fromstring

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, RdfFormat, Store, parse

from loader.errors import NotRepresentable
from query_ui.engine.result_formats import CSV, JSON, RDF_XML, TURTLE, XML, ResultFormat
from query_ui.engine.result_writer import serialise_results
from query_ui.engine.xml_sink import XmlSink

LITERAL = "{http://www.w3.org/2005/sparql-results#}literal"


def write(query: str, form: ResultFormat) -> bytes:
    sink = io.BytesIO()
    results = Store().query(query)
    serialise_results(results, {"bindings": form, "graph": form}, {}, sink)
    return sink.getvalue()


@pytest.mark.parametrize("value", ["a\rb", "a\r\nb", "\r", "a\tb\nc", "é\r𝄞", "￼\r"])
def test_a_carriage_return_is_read_back(value: str) -> None:
    escaped = value.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    body = write(f'SELECT ?x {{ BIND("{escaped}" AS ?x) }}', XML)
    assert [node.text for node in fromstring(body).iter(LITERAL)] == [value]
    graph = write(f'CONSTRUCT {{ <http://x/a> <http://x/p> "{escaped}" }} {{}}', RDF_XML)
    (quad,) = parse(graph, format=RdfFormat.RDF_XML)
    assert quad.object == Literal(value)


@pytest.mark.parametrize(
    "character", ["\\u0001", "\\u001F", "\\u0000", "\\uFFFE", "\\uFFFF", "\\f"]
)
@pytest.mark.parametrize("form", [XML, RDF_XML])
def test_what_xml_cannot_hold_is_refused_for_xml(character: str, form: ResultFormat) -> None:
    select = f'SELECT ?x {{ BIND("a{character}b" AS ?x) }}'
    query = (
        select if form is XML else f"CONSTRUCT {{ <http://x/a> <http://x/p> ?x }} {{ {select} }}"
    )
    with pytest.raises(
        NotRepresentable, match=r"the character U\+[0-9A-F]{4}, which XML 1.0"
    ) as caught:
        write(query, form)
    others = (JSON, CSV) if form is XML else (TURTLE,)
    assert all(other.media_type in str(caught.value) for other in others)
    assert form.media_type not in str(caught.value)
    assert write(query, others[0])


def test_a_character_split_over_two_pieces_is_found() -> None:
    sink = XmlSink(io.BytesIO(), "bindings")
    for piece in (b"a\xef", b"\xbf"):
        sink.write(piece)
    with pytest.raises(NotRepresentable):
        sink.write(b"\xbe")


def test_pieces_of_other_characters_pass() -> None:
    target = io.BytesIO()
    sink = XmlSink(target, "bindings")
    for piece in (b"\xef", b"\xbf", b"\xbd", b"\xef\xbb", b"\xbf"):
        sink.write(piece)
    assert target.getvalue().decode() == "\ufffd\ufeff"


def test_the_endpoint_answers_406_and_names_other_formats(client: FlaskClient) -> None:
    query = 'SELECT ?x { BIND("a\\u0001b" AS ?x) }'
    accept = {"Accept": "application/sparql-results+xml"}
    refused = client.get("/sparql", query_string={"query": query}, headers=accept)
    assert refused.status_code == 406
    assert "U+0001" in refused.text and "application/sparql-results+json" in refused.text
    answered = client.get("/sparql", query_string={"query": query, "format": "json"})
    assert answered.get_json()["results"]["bindings"][0]["x"]["value"] == "a\x01b"
