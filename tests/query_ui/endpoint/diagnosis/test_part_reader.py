"""A query into its parts."""

import pytest

from query_ui.endpoint.diagnosis.part_reader import read_parts
from query_ui.endpoint.diagnosis.query_parts import ExaminedQuery, UnsupportedSyntaxError

WHOLE = """
BASE <https://example.org/>
PREFIX e: <https://example.org/> # a prefix: with a { in the comment
SELECT ?s (COUNT(?o) AS ?n) FROM <g> WHERE {
  ?s e:p ?o , "a . b ; c"@en ; a <C> ; e:q/^e:r* [ e:inner 1 , 2 ; e:more -3.5 ] .
  FILTER (?o > 5 && EXISTS { ?s e:there ?x }) .
  OPTIONAL { ?s e:maybe ?y } MINUS { ?s e:never ?z }
  { ?s e:left true } UNION { ?s e:right false }
  GRAPH <g> { ?s e:named '''long "text"''' }
  BIND (1 AS ?one) VALUES (?v ?w) { (1 UNDEF) }
  { SELECT ?s WHERE { ?s e:sub () } LIMIT 0 }
}
GROUP BY ?s HAVING (COUNT(?o) > 1) ORDER BY ?n OFFSET 3 VALUES ?s { e:x }
"""


def written(query: ExaminedQuery, kind: str) -> list[str]:
    """The parts of a kind as they stand in the text, in their order."""
    parts = sorted((p for p in query.parts if p.kind == kind), key=lambda p: (p.start, p.end))
    return [query.source(part).strip() for part in parts]


def test_every_pattern_is_a_part_with_its_place() -> None:
    query = read_parts(WHOLE)
    assert written(query, "triple") == [
        "?s e:p ?o",
        '"a . b ; c"@en',
        "a <C>",
        "e:q/^e:r* [ e:inner 1 , 2 ; e:more -3.5 ]",
        "e:inner 1",
        "2",
        "e:more -3.5",
        "?s e:there ?x",
        "?s e:maybe ?y",
        "?s e:never ?z",
        "?s e:left true",
        "?s e:right false",
        "?s e:named '''long \"text\"'''",
        "?s e:sub ()",
    ]


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("filter", ["FILTER (?o > 5 && EXISTS { ?s e:there ?x })"]),
        ("optional", ["OPTIONAL { ?s e:maybe ?y }"]),
        ("minus", ["MINUS { ?s e:never ?z }"]),
        ("union", ["{ ?s e:left true } UNION { ?s e:right false }"]),
        ("graph", ["GRAPH <g> { ?s e:named '''long \"text\"''' }"]),
        ("bind", ["BIND (1 AS ?one)"]),
        ("values", ["VALUES (?v ?w) { (1 UNDEF) }", "VALUES ?s { e:x }"]),
        ("subselect", ["SELECT ?s WHERE { ?s e:sub () } LIMIT 0"]),
        ("having", ["HAVING (COUNT(?o) > 1)"]),
        ("slice", ["LIMIT 0", "OFFSET 3"]),
        ("dataset", ["FROM <g>"]),
    ],
)
def test_every_block_and_modifier_is_a_part(kind: str, texts: list[str]) -> None:
    assert written(read_parts(WHOLE), kind) == texts


def test_terms_have_their_full_values() -> None:
    query = read_parts(WHOLE)
    triples = {query.source(part): part for part in query.parts if part.kind == "triple"}
    first, typed = triples["?s e:p ?o"], triples["a <C>"]
    assert first.path is not None
    assert [step.value for step in first.path.steps] == ["https://example.org/p"]
    assert typed.object is not None
    assert typed.object.value == "https://example.org/C"
    text = triples['"a . b ; c"@en'].object
    assert text is not None
    assert (text.value, text.language) == ("a . b ; c", "en")
    number = triples["e:more -3.5"].object
    assert number is not None
    assert (number.value, number.datatype.rsplit("#")[-1]) == ("-3.5", "decimal")


def test_what_stands_in_optional_or_negative_blocks_is_not_needed() -> None:
    query = read_parts(WHOLE)
    told = {
        query.source(part): (part.is_needed, part.is_negative)
        for part in query.parts
        if part.kind == "triple"
    }
    assert told["?s e:p ?o"] == (True, False)
    assert told["?s e:maybe ?y"] == (False, False)
    assert told["?s e:left true"] == (False, False)
    assert told["?s e:never ?z"] == (False, True)
    assert told["?s e:named '''long \"text\"'''"] == (True, False)
    assert told["?s e:sub ()"] == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "INSERT DATA { <a> <b> <c> }",
        "SELECT * { ?s ?p ?o",
        "SELECT * { ?s ?p ?o }}",
        "SELECT * { ?s ?p }",
        "SELECT * { << ?s ?p ?o >> ?q ?r }",
        "SELECT * { ?s e:p ?o }",
        "SELECT * { FILTER }",
        "SELECT * { ?s ?p ?o } UNKNOWN 3",
        "SELECT * { GRAPH ?g ?s ?p ?o }",
        "DESCRIBE <https://example.org/a>",
        "SELECT * { ?s ?p § }",
    ],
)
def test_what_is_not_known_is_unreadable(text: str) -> None:
    with pytest.raises(UnsupportedSyntaxError):
        read_parts(text)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("{", "}"),
        ("OPTIONAL {", "}"),
        ("FILTER NOT EXISTS {", "}"),
        ("{ SELECT * {", "} }"),
        ("GRAPH ?g {", "}"),
        ("?s ?p [ ?q ", " ?o ] ."),
    ],
)
@pytest.mark.slow
def test_ten_thousand_nested_groups_are_read(opening: str, closing: str) -> None:
    inside = "1" if "[" in opening else ""
    text = "SELECT * {" + opening * 10_000 + inside + closing * 10_000 + "}"
    if "[" in opening:
        text = "SELECT * { ?s ?p " + "[ ?q " * 10_000 + "1" + " ]" * 10_000 + "}"
    assert read_parts(text).text == text
