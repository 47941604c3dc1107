"""Lines of RDF statements: whatever stands between and inside them, each names its own lines."""

from itertools import groupby

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, RdfFormat

from loader.document import Span
from loader.readers.rdf_positions import build_feed, parse_located_quads


def lines(text: str, format: RdfFormat = RdfFormat.TURTLE) -> list[tuple[str, str, int, int]]:
    """Subject, object, first and last line of every statement; unnamed blank nodes as []."""
    data = text.encode()
    found = parse_located_quads(data, format, build_feed(data, format))
    return [
        (_short(quad.subject), _short(quad.object), span.start, span.end) for quad, span in found
    ]


def _short(term: object) -> str:
    return "[]" if isinstance(term, BlankNode) else str(getattr(term, "value", term)).split("/")[-1]


LITERALS = st.sampled_from(
    [
        '"plain"',
        '"a. b. c ."',
        '"""two\nlines. <http://x/y> .\n# no comment\n. """',
        "'''one ' two\n\n.\n'''@en",
        '"typed. "^^<http://x/t.>',
        "1.5",
        "-.5",
        "1.E3",
        "true",
        "<http://x/a.b#c.>",
        "ex:a.b",
        "[ ex:p 1.5 ; ex:q [ ex:r 'x. y' ] ]",
        "(1 2.0 'three. '\n 4)",
        "[\n]",
    ]
)
GAPS = st.sampled_from([" ", "\n", "\n  ", " # aside . ; [\n", "\n# a line. of comment .\n\n"])


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, list[tuple[str, int, int]]]:
    """A Turtle file and, for each block about a subject, its first and last line."""
    text = "@prefix ex: <http://x/> .\n# head. line\n"
    expected = []
    for number in range(draw(st.integers(1, 5))):
        text += draw(st.sampled_from(["", "\n", "# between. two\n", "@base <http://b/> .\n"]))
        start = text.count("\n") + 1
        text += f"ex:s{number}"
        for index in range(draw(st.integers(1, 3))):
            text += (draw(GAPS) + ";" + draw(GAPS)) if index else draw(GAPS)
            text += "ex:p" + draw(GAPS) + draw(LITERALS)
        end = text.count("\n") + 1
        text += draw(st.sampled_from([" .\n", "\n.\n", "\n  .  # done. \n"]))
        expected.append((f"s{number}", start, end))
    return text, expected


TWO_IN_A_LINE = 'ex:s0 ex:p "plain" ; ex:p "other"\n.\n'


@given(statements())
@example((f"@prefix ex: <http://x/> .\n{TWO_IN_A_LINE}", [("s0", 2, 2)]))
def test_every_statement_of_turtle_names_the_lines_of_its_block(
    made: tuple[str, list[tuple[str, int, int]]],
) -> None:
    text, expected = made
    data = text.encode()
    spans = [
        span
        for _, span in parse_located_quads(
            data, RdfFormat.TURTLE, build_feed(data, RdfFormat.TURTLE)
        )
    ]
    found = [key for key, _ in groupby(spans)]
    lines = [(span.start, span.end) for span in found]
    assert lines == [(start, end) for _, start, end in expected]
    for before, after in zip(found, found[1:], strict=False):
        assert before.end < after.start


def test_statements_about_several_subjects_on_one_line() -> None:
    text = "@prefix e: <http://x/> . e:a e:p 1 . e:b e:p 2 ; e:q\n3 . e:c\ne:p 4 .\n"
    assert lines(text) == [("a", "1", 1, 1), ("b", "2", 1, 2), ("b", "3", 1, 2), ("c", "4", 2, 3)]


def test_blank_nodes_belong_to_the_block_around_them() -> None:
    text = (
        "@prefix e: <http://x/> .\n"
        "e:a e:p [\n"
        "    e:q [ e:r 1 ] ;\n"
        "    e:s (1\n"
        "      2)\n"
        "  ] .\n"
        "[] e:p 3 .\n"
        "[ e:p 4 ]\n"
        "  e:q 5 .\n"
    )
    spans = {(subject, start, end) for subject, _, start, end in lines(text)}
    assert spans == {("a", 2, 6), ("[]", 2, 6), ("[]", 7, 7), ("[]", 8, 9)}


def test_comma_first_style() -> None:
    text = "@prefix e: <http://x/> .\ne:a e:p 'x'\n  , 'y'\n  ; e:q 'z'\n.\ne:b e:p 'w'\n.\n"
    assert [(s, a, b) for s, _, a, b in lines(text)] == [("a", 2, 4)] * 3 + [("b", 6, 6)]


def test_trig_keeps_the_graph_lines_out() -> None:
    text = "@prefix e: <http://x/> .\ne:g {\n  e:a e:p 1 .\n}\n"
    text += "GRAPH e:h\n{\n  e:b e:p 2 ;\n e:q 3\n}\n"
    assert [(s, a, b) for s, _, a, b in lines(text, RdfFormat.TRIG)] == [
        ("a", 3, 3),
        ("b", 7, 8),
        ("b", 7, 8),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_n_triples_and_n_quads_name_the_very_line(end: str) -> None:
    text = "# head\n<http://x/a> <http://x/p> 'x' .\n\n<http://x/a> <http://x/p> 'y' ."
    text = text.replace("'", '"').replace("\n", end)
    for format in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        assert lines(text, format) == [("a", "x", 2, 2), ("a", "y", 4, 4)]


def test_rdf_xml_names_the_lines_of_the_description() -> None:
    text = (
        '<?xml version="1.0"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n'
        '  xmlns:e="http://x/">\n'
        '  <rdf:Description rdf:about="http://x/a">\n'
        "    <e:p>1</e:p>\n"
        "    <e:q>\n"
        '      <e:C rdf:about="http://x/b">\n'
        "        <e:p>2</e:p>\n"
        "      </e:C>\n"
        "    </e:q>\n"
        "  </rdf:Description>\n"
        "</rdf:RDF>\n"
    )
    assert lines(text, RdfFormat.RDF_XML) == [
        ("a", "1", 4, 5),
        ("b", "C", 6, 8),
        ("b", "2", 6, 8),
        ("a", "b", 6, 10),
    ]


def test_json_ld_names_the_whole_file() -> None:
    text = '{"@id": "http://x/a",\n "http://x/p": "1",\n "http://x/q": 2\n}\n'
    assert lines(text, RdfFormat.JSON_LD) == [("a", "1", 1, 4), ("a", "2", 1, 4)]


@given(st.integers(1, 40))
def test_a_line_longer_than_what_the_parser_asks_for_is_given_whole(size: int) -> None:
    data = (
        b'<http://x/a> <http://x/p> "' + b"x" * size * 1000 + b'" .\n<http://x/b> <http://x/p> 1 .'
    )
    found = list(parse_located_quads(data, RdfFormat.TURTLE, build_feed(data, RdfFormat.TURTLE)))
    assert [span for _, span in found] == [Span(1, 1), Span(2, 2)]
    assert [len(getattr(quad.object, "value", "")) for quad, _ in found] == [size * 1000, 1]
