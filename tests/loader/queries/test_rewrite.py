"""Compositions: what is changed in a query, and that its layout has no say in it."""

from pathlib import Path
from random import Random

import pytest
from pyoxigraph import Store

from loader.queries.prologue import read_prologue
from loader.queries.rewrite import (
    Edit,
    add_limit,
    apply_edits,
    as_subquery,
    insert_into_where,
    remove_annotations,
    remove_node,
    remove_order,
    remove_pattern,
    replace_prologue,
    set_page,
    strip_annotations,
    with_projection,
)
from loader.queries.syntax.parser import ParsedQuery, parse_query
from tests.conftest import PROJECT
from tests.each_case import check_each
from tests.loader.queries.reformat import reformat, signature

FILES = sorted((PROJECT / "sparql").rglob("*.rq"))


def test_of_two_edits_at_a_place_the_wider_counts() -> None:
    assert apply_edits("abcdef", [Edit(1, 2, "x"), Edit(1, 4, "y"), Edit(2, 3, "z")]) == "ayef"


def test_an_insertion_goes_before_what_is_replaced() -> None:
    assert apply_edits("abc", [Edit(1, 2, "x"), Edit(1, 1, "y")]) == "ayxc"


def test_edits_outside_a_part_are_left_alone() -> None:
    edits = [Edit(0, 1, "x"), Edit(2, 3, "y"), Edit(4, 6, "z")]
    assert apply_edits("abcdef", edits, 1, 5) == "byde"


def test_annotations_go_and_the_question_stays() -> None:
    text = (
        "#+ title: T\n#+ summary: S\nSELECT * WHERE {\n"
        "  VALUES ?a { <x:a> }  #+ label: A; choices: keywords\n"
        '  ?a ?b "kept #+ kept"  # kept\n}\n\n'
    )
    assert strip_annotations(text) == (
        'SELECT * WHERE {\n  VALUES ?a { <x:a> }\n  ?a ?b "kept #+ kept"  # kept\n}\n'
    )


@pytest.mark.parametrize(
    ("text", "page", "expected"),
    [
        ("SELECT * {} LIMIT 50\nOFFSET 0", 3, "SELECT * {} LIMIT 50\nOFFSET 100"),
        ("SELECT * {} offset 10 # c\n limit 5", 2, "SELECT * {} offset 15 # c\n limit 5"),
        ("SELECT * {} LIMIT 50 OFFSET 0 VALUES ?x {1}", 2,
         "SELECT * {} LIMIT 50 OFFSET 50 VALUES ?x {1}"),
        ("SELECT * {} LIMIT 5", 2, "SELECT * {} LIMIT 5"),
        ("SELECT * { { SELECT * {} LIMIT 5 OFFSET 0 } }", 2,
         "SELECT * { { SELECT * {} LIMIT 5 OFFSET 0 } }"),
        ("SELECT * {} LIMIT 5 OFFSET 0", None, "SELECT * {}"),
        ("SELECT * {} # c\nLIMIT 5 VALUES ?x {1}", None, "SELECT * {} # c\n VALUES ?x {1}"),
        ("CONSTRUCT { ?a ?b ?c } { ?a ?b ?c } LIMIT 5 OFFSET 0", 2,
         "CONSTRUCT { ?a ?b ?c } { ?a ?b ?c } LIMIT 5 OFFSET 5"),
        ("CONSTRUCT WHERE { ?a ?b ?c } LIMIT 5 OFFSET 0", None, "CONSTRUCT WHERE { ?a ?b ?c }"),
    ],
)  # fmt: skip
def test_a_page_is_that_of_the_outermost_query(text: str, page: int | None, expected: str) -> None:
    assert apply_edits(text, set_page(parse_query(text), page)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * {} ORDER BY DESC(?a) ?b # c\nLIMIT 5", "SELECT * {} # c\nLIMIT 5"),
        ("SELECT * {} GROUP BY ?a ORDER BY ?a", "SELECT * {} GROUP BY ?a"),
        ("SELECT * { { SELECT * {} ORDER BY ?a } }", "SELECT * { { SELECT * {} ORDER BY ?a } }"),
        ("ASK {}", "ASK {}"),
    ],
)
def test_only_the_outermost_query_loses_its_order(text: str, expected: str) -> None:
    assert apply_edits(text, remove_order(parse_query(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * {}", "SELECT * {}\nLIMIT 7"),
        ("SELECT * {} ORDER BY ?a # c", "SELECT * {} ORDER BY ?a\nLIMIT 7 # c"),
        ("SELECT * {} GROUP BY ?a VALUES ?x {1}", "SELECT * {} GROUP BY ?a\nLIMIT 7 VALUES ?x {1}"),
        ("SELECT * {} VALUES ?x {1}", "SELECT * {}\nLIMIT 7 VALUES ?x {1}"),
        ("SELECT * { { SELECT * {} LIMIT 5 } }", "SELECT * { { SELECT * {} LIMIT 5 } }\nLIMIT 7"),
        ("SELECT * {} LIMIT 900", "SELECT * {} LIMIT 900"),
        ("SELECT * {} OFFSET 5", "SELECT * {} OFFSET 5"),
    ],
)
def test_a_limit_goes_to_the_outermost_query_that_has_none(text: str, expected: str) -> None:
    limited = apply_edits(text, add_limit(parse_query(text), 7))
    assert limited == expected
    assert parse_query(limited).error_index is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?a ?thing { ?a ?thing 1 }", "SELECT ?thing { ?a ?thing 1 }"),
        ("SELECT (1 AS ?a)(2 AS ?thing){}", "SELECT (2 AS ?thing){}"),
        ("SELECT DISTINCT ?thing\n# it's\n(COUNT(?a) AS ?n)\nWHERE {}",
         "SELECT DISTINCT ?thing\n# it's\n\nWHERE {}"),
        ("SELECT * {}", "SELECT ?thing {}"),
    ],
)  # fmt: skip
def test_a_projection_keeps_the_columns_wanted(text: str, expected: str) -> None:
    assert apply_edits(text, with_projection(parse_query(text), ["thing"])) == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?kind ?p ?o . ?thing a ?kind . OPTIONAL { ?thing ?q ?r } }",
        "SELECT * {?kind ?p ?o.?thing a ?kind\n # c\n OPTIONAL { ?thing ?q ?r } }",
        "SELECT * { ?thing a ?kind ; ?x 1 , 2 . ?thing ?p ?o }",
        "SELECT * { ?thing a ?kind ?kind ?p ?o }",
        "SELECT * { OPTIONAL { ?thing ?q ?r } }",
        "CONSTRUCT { ?thing a ?x } WHERE { ?thing a ?x }",
        "SELECT * {}",
    ],
)
def test_patterns_are_inserted_where_the_engine_reads_them(text: str) -> None:
    text = text.replace("?kind ?kind", "?kind . ?kind")
    query = parse_query(text)
    (edit,) = insert_into_where(query, "\n  { SELECT ?thing { ?thing ?z 3 } }", "thing")
    Store().query(apply_edits(text, [edit]))
    before = text[: edit.start]
    assert before.count("{") - before.count("}") == 1 and "OPTIONAL" not in before


def test_patterns_are_inserted_into_the_subquery_that_selects_the_variable() -> None:
    inner = "{ SELECT DISTINCT ?thing { VALUES ?x { 1 } ?thing a ?x . ?thing ?y ?x } }"
    for text, follows in [
        (f"SELECT * {{ {inner} OPTIONAL {{ ?thing ?q ?r }} }}", "?thing a ?x ."),
        (f"SELECT * {{ {{ SELECT ?thing {inner} }} }}", "?thing a ?x ."),
        (f"SELECT * {{ {inner} ?thing ?q ?r }}", "?thing ?q ?r"),
        ("SELECT * { { SELECT ?x { ?thing a ?x } } }", "SELECT * {"),
        (f"SELECT * {{ {inner} UNION {inner} }}", "SELECT * {"),
    ]:
        (edit,) = insert_into_where(parse_query(text), " INSERTED ", "thing")
        assert text[: edit.start].endswith(follows), text


def test_a_query_becomes_a_part_of_another() -> None:
    outer = parse_query("PREFIX e: <x:other#> PREFIX f: <x:f#> ASK {}")
    inner = parse_query(
        "#+ a: b\nBASE <http://e/> PREFIX e: <x:e#> PREFIX f: <x:f#>\nSELECT ?thing {\n"
        "  VALUES ?a { <g> }  #+ label: A\n"
        "  ?thing e:p f:q , '''two\nlines''' # c\n}\n# end\n"
    )
    assert as_subquery(inner, read_prologue(outer)) == (
        "\n  {\n    SELECT ?thing {\n      VALUES ?a { <http://e/g> }\n"
        "      ?thing <x:e#p> f:q , '''two\nlines''' # c\n    }\n  }"
    )


def test_the_prologue_is_replaced_or_written_first() -> None:
    other = read_prologue(parse_query("PREFIX e: <x:e> ASK {}"))
    for text in ("ASK {}", "# c\nASK {}", "PREFIX a: <x:a>\nPREFIX b: <x:b>\nASK {}"):
        changed = apply_edits(text, replace_prologue(parse_query(text), other))
        assert changed.endswith("PREFIX e: <x:e>\nASK {}")


def test_a_block_goes_with_its_dot() -> None:
    text = "ASK { VALUES ?x { 1 } . ?x ?p ?o }"
    query = parse_query(text)
    values = query.root.find("Values")
    assert values and " ".join(apply_edits(text, remove_pattern(query, values)).split()) == (
        "ASK { ?x ?p ?o }"
    )


def compositions(query: ParsedQuery) -> dict[str, str]:
    """Return every composition of a query by its name."""
    prologue = read_prologue(query)
    parts = {
        "question": remove_annotations(query),
        "page": set_page(query, 4),
        "rows": set_page(query, None),
        "narrowed": insert_into_where(query, "\n  { SELECT ?thing { ?thing a ?z } }", "thing"),
        "prologue": replace_prologue(query, prologue),
    }
    texts = {name: apply_edits(query.text, edits) for name, edits in parts.items()}
    texts["all"] = apply_edits(query.text, [edit for edits in parts.values() for edit in edits])
    if query.form == "SELECT":
        texts["subquery"] = f"{prologue.format()}\nASK {{{as_subquery(query, prologue)}}}"
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("layouts", [1, pytest.param(3, marks=pytest.mark.long)])
def test_the_layout_of_a_file_has_no_say_in_what_is_made_of_it(layouts: int) -> None:
    check_each(FILES, lambda path: check_compositions(path, layouts))


def check_compositions(path: Path, layouts: int) -> None:
    """Check that the same is made of a query file in so many other layouts."""
    text, chance, store = path.read_text("utf-8"), Random(path.stem), Store()
    expected = {
        name: signature(parse_query(t)) for name, t in compositions(parse_query(text)).items()
    }
    for _ in range(layouts):
        for name, made in compositions(parse_query(reformat(text, chance))).items():
            composed = parse_query(made)
            assert composed.is_valid, made
            assert signature(composed) == expected[name], made
            store.query(made, base_iri="http://e/")


def test_removal_keeps_tokens_apart() -> None:
    query = parse_query("SELECT ?a ?b{ ?a ?p ?b }")
    item = list(query.root.find_all("SelectItem"))[1]
    assert apply_edits(query.text, [remove_node(query, item)]) == "SELECT ?a { ?a ?p ?b }"
