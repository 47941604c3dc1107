"""RDF documents: what they say passes through; what may not is refused with its line."""

import re
import subprocess
import sys
from hashlib import sha256

import pytest
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from loader.document import Document, Span
from loader.errors import DataError, Severity
from loader.readers import rdf, rdf_format
from loader.readers.source import SourceFile
from loader.settings import SKOLEM_BASE

XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://x/">\n'
A, P = NamedNode("http://x/a"), NamedNode("http://x/p")
SAME = {
    ".ttl": '@prefix e: <http://x/> .\ne:a e:p "v" , [ e:p "w" ] .\n',
    ".trig": '@prefix e: <http://x/> .\n{ e:a e:p "v" , [ e:p "w" ] . }\n',
    ".nt": '<http://x/a> <http://x/p> "v" .\n<http://x/a> <http://x/p> _:b .\n'
    '_:b <http://x/p> "w" .\n',
    ".nq": '<http://x/a> <http://x/p> "v" .\n<http://x/a> <http://x/p> _:b .\n'
    '_:b <http://x/p> "w" .\n',
    ".jsonld": '{"@id": "http://x/a", "http://x/p": ["v", {"http://x/p": "w"}]}\n',
    ".rdf": XML + '<rdf:Description rdf:about="http://x/a"><e:p>v</e:p>\n<e:p rdf:parseType='
    '"Resource"><e:p>w</e:p></e:p></rdf:Description></rdf:RDF>\n',
}
SAME[".xml"] = SAME[".rdf"]


def read(text: str | bytes, name: str = "links/My file.ttl") -> Document:
    data = text if isinstance(text, bytes) else text.encode()
    return rdf.read_rdf(SourceFile(f"data/{name}", name, data, sha256(data).hexdigest()))


def named(label: str) -> NamedNode:
    return NamedNode(SKOLEM_BASE + label)


def fault(text: str, name: str) -> str:
    with pytest.raises(DataError) as caught:
        read(text, name)
    (finding,) = caught.value.findings
    assert (finding.code, finding.severity) == ("rdf-syntax", Severity.ERROR)
    return str(finding)


@pytest.mark.parametrize("suffix", SAME)
def test_every_syntax_gives_the_same_statements(suffix: str) -> None:
    document = read(SAME[suffix], f"a{suffix.upper()}")
    blank = named("a-b1")
    assert {located.quad for located in document.statements} == {
        Quad(A, P, Literal("v")),
        Quad(A, P, blank),
        Quad(blank, P, Literal("w")),
    }
    assert (document.records, document.findings) == ((), ())
    assert document.reader == rdf_format.FORMAT_BY_SUFFIX[suffix].name.lower()


def test_named_graphs_keep_their_names_and_the_rest_stays_in_the_default_graph() -> None:
    document = read(
        "<http://x/a> <http://x/p> 1 . <http://x/g> { <http://x/a> <http://x/p> 2 }", "a.trig"
    )
    assert [located.quad.graph_name for located in document.statements] == [
        DefaultGraph(),
        NamedNode("http://x/g"),
    ]


def test_a_graph_that_is_ours_is_refused_with_its_line_and_not_taken() -> None:
    ours = "https://w3id.org/concordat-kg/graph/catalogue"
    document = read(
        f"<http://x/a> <http://x/p> 1 .\n<{ours}> {{\n  <http://x/a> <http://x/p> 2 , 3 .\n}}\n",
        "a.trig",
    )
    assert [str(finding) for finding in document.findings] == [
        f"data/a.trig:3: error: the graph <{ours}> belongs to this project, which makes it from "
        "its own documents; its statements are not taken: give the graph a name of your own. "
        "[graph-is-ours]"
    ]
    assert [str(located.quad.object) for located in document.statements] == [
        '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    ]


def test_a_graph_without_a_name_is_refused() -> None:
    document = read(
        "<http://x/a> <http://x/p> <http://x/b> .\n<http://x/a> <http://x/p> 'v' _:g .\n".replace(
            "'", '"'
        ),
        "a.nq",
    )
    assert [(f.line, f.code, f.severity) for f in document.findings] == [
        (2, "blank-graph", Severity.ERROR)
    ]
    assert len(document.statements) == 1


@pytest.mark.parametrize(
    ("suffix", "text", "place", "reason"),
    [
        (
            ".ttl",
            "<http://x/a> <http://x/p> 1 .\ne:a e:p 2 .\n",
            "2:1",
            "The prefix e: has not been",
        ),
        (".ttl", "<http://x/a>\n <b c> 1 .\n", "2:2", "Invalid IRI"),
        (".ttl", "<a> <http://x/p> 1 .\n", "1:1", "write the IRI out, or declare @base"),
        (".ttl", "\n<http://x/a> <http://x/p> 'b", "2:27", "bracket or statement is not closed"),
        (".trig", "<http://x/g> {\n <http://x/a> <http://x/p> x }\n", "2:28", "x is not"),
        (".nt", "# c\n<http://x/a> <http://x/p> x .\n", "2:27", "The object of a triple must"),
        (".nq", "\n\n<http://x/a> x .\n", "3:14", "The predicate of a triple must"),
        (".jsonld", '{"@id": "http://x/a",\n "http://x/p": [1,\n}', "3:1", "closing curly bracket"),
        (".jsonld", '{\n"@context": "http://x/c"}', "2", "nothing is fetched; write it out"),
        (".rdf", XML + '<rdf:Description rdf:about="http://x/a">\n<e:p></e:q>\n', "3:", "e:q"),
        (".xml", XML + '<rdf:Description rdf:about="x y"/>\n</rdf:RDF>', "2", "Invalid IRI"),
    ],
)
def test_broken_syntax_names_file_line_and_reason(
    suffix: str, text: str, place: str, reason: str
) -> None:
    message = fault(text, f"links/Ä b{suffix}")
    assert message.startswith(f"data/links/Ä b{suffix}:{place}")
    assert f"this is not valid {rdf_format.FORMAT_BY_SUFFIX[suffix].name}: " in message
    assert reason in message
    assert message.endswith("; nothing of the file is taken. [rdf-syntax]")


def test_two_readings_give_equal_terms_named_after_the_document() -> None:
    text = "[] <http://x/p> [ <http://x/p> _:z ] . _:z <http://x/p> ( 1 [] ) .\n"
    first, second = read(text), read(text)
    assert first == second
    labels = {
        term
        for located in first.statements
        for term in (located.quad.subject, located.quad.object)
        if str(term).startswith(f"<{SKOLEM_BASE}")
    }
    assert labels == {named(f"links-my-file-b{number}") for number in range(1, 7)}


@pytest.mark.parametrize("suffix", SAME)
def test_renaming_changes_nothing_but_labels(suffix: str) -> None:
    text = SAME[suffix]
    lines = [f"{located.quad} .\n" for located in read(text, f"a{suffix}").statements]
    blank = re.sub(f"<{re.escape(SKOLEM_BASE)}([^>]*)>", r"_:\1", "".join(lines))
    ours = Dataset(parse(blank, format=RdfFormat.N_QUADS))
    theirs = Dataset(parse(text, format=rdf_format.FORMAT_BY_SUFFIX[suffix]))
    for dataset in (ours, theirs):
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert ours == theirs


def test_blank_nodes_inside_triple_terms_are_renamed_too() -> None:
    text = "_:x <http://x/p> <<( _:x <http://x/p> _:y )>> .\n"
    (located,) = read(text, "a.ttl").statements
    assert located.quad.object == Triple(named("a-b1"), P, named("a-b2"))
    assert located.quad.subject == named("a-b1")


def test_blank_nodes_that_all_know_each_other_are_read_at_once() -> None:
    text = "".join(
        f"_:b{one} <http://x/p> _:b{other} .\n"
        for one in range(14)
        for other in range(14)
        if one != other
    )
    assert len(read(text, "clique.nt").statements) == 14 * 13


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".jsonld", ".ttl", ".rdf"])
def test_another_process_gives_the_same_labels(suffix: str) -> None:
    code = (
        "import sys; from loader.readers import rdf; from loader.readers.source import SourceFile\n"
        "source = SourceFile('a', 'a' + sys.argv[1], sys.argv[2].encode(), '')\n"
        "print('\\n'.join(str(s.quad) for s in rdf.read_rdf(source).statements))"
    )
    text = {
        ".jsonld": '{"@graph": [{"http://x/q": 1, "http://x/p": [{"http://x/p": 1}, {}, {"@list":'
        ' [{"http://x/r": {}}, {}]}], "http://x/s": {"http://x/a": {}, "http://x/b": {}}}]}',
        ".ttl": "[] <http://x/p> [ <http://x/p> [] , ( [] [] ) ] .",
        ".rdf": SAME[".rdf"],
    }[suffix]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, suffix, text], capture_output=True, check=True
        ).stdout
        for _ in range(3)
    }
    assert len(outputs) == 1
    assert SKOLEM_BASE.encode() + b"a-b1>" in outputs.pop()


def test_an_empty_file_is_reported() -> None:
    assert [str(finding) for finding in read("# nothing\n").findings] == [
        "data/links/My file.ttl:1: warning: the file holds no statement; fill it or delete it. "
        "[rdf-empty]"
    ]


def test_bytes_are_kept_line_ends_and_byte_order_mark_apart() -> None:
    document = read('\ufeff<http://x/a> <http://x/p> """one\r\ntwo""" .\r\n', "a.ttl")
    (located,) = document.statements
    assert located.quad.object == Literal("one\r\ntwo")
    assert (located.span, document.lines) == (Span(1, 2), 2)


def test_html_and_turtle_inside_a_literal_are_text() -> None:
    text = "<script>alert(1)</script> <a> <b> 'c' . ] ; # no comment"
    document = read(f'<http://x/a> <http://x/p> "{text}" .\n<http://x/b> <http://x/p> 1 .\n')
    assert document.statements[0].quad.object == Literal(text)
    assert [located.span for located in document.statements] == [Span(1, 1), Span(2, 2)]


def test_control_characters_are_reported_and_kept() -> None:
    document = read('<http://x/a> <http://x/p> "a\x07b" .\n')
    assert document.statements[0].quad.object == Literal("a\x07b")
    assert [(f.line, f.column, f.code) for f in document.findings] == [(1, 29, "control-character")]


@pytest.mark.long
def test_fifty_thousand_statements_pass_whole() -> None:
    text = "".join(f"_:b{n} <http://x/p> <http://x/{n}> .\n" for n in range(50_000))
    document = read(text, "big.nt")
    assert (
        len(document.statements) == len({located.quad for located in document.statements}) == 50_000
    )
    assert [located.span.start for located in document.statements] == list(range(1, 50_001))
    assert RdfFormat.N_TRIPLES.name.lower() == document.reader


RELATIVE = {
    "a.rdf": (XML + '<e:C rdf:about="a1"><e:p>v</e:p></e:C></rdf:RDF>', "xml:base"),
    "a.ttl": ('<a1> <http://x/p> "v" .', "declare @base"),
    "a.nt": ('<a1> <http://x/p> "v" .', "write the IRI out)"),
    "a.jsonld": ('{"@id": "a1", "@type": "b"}', ""),
}


@pytest.mark.parametrize("name", [name for name, (_, hint) in RELATIVE.items() if hint])
def test_the_hint_for_a_relative_iri_is_in_the_words_of_the_syntax(name: str) -> None:
    text, hint = RELATIVE[name]
    message = fault(text, name)
    assert hint in message
    assert ("@base" in message) == (name == "a.ttl")


def test_a_prefix_that_is_missing_is_declared_as_xml_declares_it() -> None:
    message = fault(XML + '<q:C rdf:about="http://x/a"/></rdf:RDF>', "a.rdf")
    assert "xmlns:" in message and "@prefix" not in message


@pytest.mark.parametrize("suffix", [".owl", ".n3", ".json"])
@pytest.mark.parametrize("kind", [".ttl", ".rdf", ".jsonld"])
def test_suffixes_that_name_no_syntax_are_tried_by_content(suffix: str, kind: str) -> None:
    if suffix == ".json" and kind != ".jsonld":
        assert "not JSON-LD" in fault(SAME[kind], f"a{suffix}")
        return
    document = read(SAME[kind], f"a{suffix}")
    assert document.reader == rdf_format.FORMAT_BY_SUFFIX[kind].name.lower()
    assert len(document.statements) == 3


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ('<?xml version="1.0"?>\n<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "OWL/XML"),
        ("Prefix(:=<http://x/>)\nOntology(<http://x/o>)", "functional"),
        ("Prefix: : <http://x/>\nOntology: <http://x/o>", "Manchester"),
        ("format-version: 1.2\n\n[Term]\nid: X:1\n", "OBO"),
    ],
)
def test_an_ontology_that_is_no_rdf_is_named(text: str, syntax: str) -> None:
    message = fault(text, "a.owl")
    assert syntax in message and "export it as Turtle or RDF/XML" in message


def test_json_without_a_key_of_json_ld_is_named() -> None:
    message = fault('{"name": "value"}', "a.json")
    assert "data/a.json:1: error: this JSON is not JSON-LD" in message
