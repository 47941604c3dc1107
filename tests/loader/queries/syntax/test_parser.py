"""The syntax tree: every node with its place, whatever the text looks like."""

from pathlib import Path
from random import Random

import pytest

from loader.queries.syntax.lexer import LinePositions, Token, tokenise_query
from loader.queries.syntax.parser import parse_file, parse_query
from loader.queries.syntax.tree import Node, walk
from tests.conftest import PROJECT
from tests.each_case import check_each
from tests.loader.queries.reformat import reformat, signature

FILES = sorted((PROJECT / "sparql").rglob("*.rq"))


def test_nodes_have_their_places() -> None:
    text = "PREFIX e: <http://e/>\nSELECT ?s { ?s e:p 1 . OPTIONAL { ?s e:q ?o } } LIMIT 3"
    query = parse_query(text)
    optional = query.root.find("Optional")
    assert optional and query.source(optional) == "OPTIONAL { ?s e:q ?o }"
    group = query.root.find("Group")
    assert group and [child.kind for child in group.children] == [
        "{", "PathTriples", ".", "Optional", "}",
    ]  # fmt: skip
    assert [query.source(node) for node in query.root.find_all("Var")] == ["?s"] * 3 + ["?o"]
    assert (query.form, query.root.start, query.root.end) == ("SELECT", 0, len(text))
    modifier = query.clause("SolutionModifier")
    assert modifier and query.source(modifier) == "LIMIT 3"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ask {}", "ASK"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("DESCRIBE <x:a>", "DESCRIBE"),
        ("PREFIX select: <x:> SELECT * { ?s select:ask ?o }", "SELECT"),
        ("# SELECT", ""),
        ("INSERT DATA { <a:> <b:> <c:> }", ""),
    ],
)
def test_the_form_is_the_keyword_of_the_query(text: str, form: str) -> None:
    assert parse_query(text).form == form


@pytest.mark.parametrize(
    ("text", "fault", "whole"),
    [
        ("SELECT * { ?s ?p }", "}", ["?s ?p"]),
        ("SELECT * { ?s ?p ?o . FILTR(?s) }", "FILTR", ["?s ?p ?o"]),
        ("SELECT * { ?s ?p ?o } }", "}", ["?s ?p ?o"]),
        ("SELECT * { ?s ?p 'x }", "'x }", ["?s ?p"]),
    ],
)
def test_a_tree_ends_where_the_grammar_stops(text: str, fault: str, whole: list[str]) -> None:
    query = parse_query(text)
    assert query.error_index is not None and not query.is_valid
    assert query.tokens[query.error_index].text == fault
    assert [query.source(node) for node in query.root.find_all("PathTriples")] == whole


def test_a_comment_stands_between_tokens_only() -> None:
    text = "#+ a: b\nSELECT * { <x:#no> ?p '# no' . # yes\r?s ?q ?r }\n# end"
    query = parse_query(text)
    assert [comment.text for comment in query.comments] == ["#+ a: b", "# yes", "# end"]
    assert [comment.follows for comment in query.comments] == [-1, 6, 10]
    for comment in query.comments:
        assert text[comment.start : comment.end] == comment.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("opening", "inside", "closing"),
    [
        ("{", "", "}"),
        ("OPTIONAL {", "", "}"),
        ("FILTER NOT EXISTS {", "", "}"),
        ("{ SELECT * {", "", "} }"),
        ("GRAPH ?g {", "", "}"),
        ("FILTER (1 + ", "1", ")"),
        ("FILTER (!", "1", ")"),
        ("?s (", "<x:p>", ") ?o"),
    ],
)
def test_ten_thousand_brackets_are_parsed(opening: str, inside: str, closing: str) -> None:
    keyword, bracket, rest = opening.partition("(")
    text = "{" + (opening * 10_000 if not bracket else "") + inside + closing * 10_000 + "}"
    if bracket:
        end = closing.partition(")")[2]
        text = f"{{ {keyword}{(bracket + rest) * 10_000}{inside}{')' * 10_000}{end} }}"
    query = parse_query(f"SELECT * {text}")
    assert query.is_valid
    assert max(depth for _, depth in walk(query.root)) > 10_000
    assert len(list(query.root.tokens)) == len(query.tokens) - 1


def test_the_tree_holds_every_token_in_its_place() -> None:
    check_each(FILES, check_tokens)


def check_tokens(path: Path) -> None:
    """Check that the tree of a query file has its tokens, in order, under nodes of their extent."""
    query = parse_query(path.read_text("utf-8"))
    assert query.is_valid
    assert list(query.root.tokens) == query.tokens[:-1]
    for node, _ in walk(query.root):
        if isinstance(node, Node):
            tokens = list(node.tokens)
            assert (node.start, node.end) == (tokens[0].start, tokens[-1].end)
            assert node.first_token == tokens[0]


@pytest.mark.parametrize("layouts", [1, pytest.param(3, marks=pytest.mark.long)])
def test_another_layout_has_the_same_tree(layouts: int) -> None:
    check_each(FILES, lambda path: check_layouts(path, layouts))


def check_layouts(path: Path, layouts: int) -> None:
    """Check that a query file has the same tree in so many other layouts."""
    text, chance = path.read_text("utf-8"), Random(path.stem)
    expected = signature(parse_file(text))
    for _ in range(layouts):
        other = parse_query(reformat(text, chance))
        assert other.is_valid, other.text
        assert signature(other) == expected


def test_tokens_and_lines_are_counted_from_their_start() -> None:
    assert tokenise_query("a ?b")[-1] == Token("end", "", 4)
    lines = LinePositions("a\r\nbc\rd\n")
    assert [lines.to_line_column(offset) for offset in (0, 3, 4, 6)] == [
        (1, 1), (2, 1), (2, 2), (3, 1),
    ]  # fmt: skip
    assert (lines.to_offset(2, 2), lines.to_offset(99, 99), lines.get_line(2)) == (4, 8, "bc")
    assert lines.measure_indent(3) == (0, True)
