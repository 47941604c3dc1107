"""What a result depends on: no other statement changes it."""

import random
from collections import Counter

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.queries.dependencies import StatementPattern, list_dependencies
from loader.queries.result_table import build_runner
from loader.queries.syntax.parser import parse_query

E = "https://e.example/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DEPENDENT = {
    "SELECT * WHERE { ?s e:p ?o }": {(f"{E}p", None)},
    "SELECT * WHERE { ?s a e:Kind ; e:p e:x , 'x' }": {
        (TYPE, f"{E}Kind"),
        (f"{E}p", f"{E}x"),
        (f"{E}p", None),
    },
    f"SELECT * WHERE {{ ?s <{TYPE}> e:Kind }}": {(TYPE, f"{E}Kind")},
    "SELECT * WHERE { ?s ^e:p e:x ; e:q+ e:x ; e:r/a e:x ; (e:s|^e:t) e:x ; (^e:u) e:x }": {
        *((f"{E}{name}", None) for name in "pqrstu"),
        (TYPE, None),
    },
    "ASK { [ e:p [ e:q 1 ] ; e:r () ] }": {(f"{E}{name}", None) for name in "pqr"},
    "SELECT * WHERE { { SELECT (COUNT(*) AS ?n) { ?s e:p ?o } } }": {(f"{E}p", None)},
    "SELECT * { { ?s e:p ?o } UNION { ?s e:q ?o } MINUS { ?s e:r ?o } OPTIONAL { ?s e:t ?u } }": {
        (f"{E}{name}", None) for name in "pqrt"
    },
    "SELECT * WHERE { GRAPH ?g { ?s e:p ?o OPTIONAL { ?s e:q ?o } } }": {
        (f"{E}{name}", None) for name in "pq"
    },
    "SELECT (EXISTS { ?s e:p ?o } AS ?is) WHERE { FILTER NOT EXISTS { e:x e:q e:y } }": {
        (f"{E}p", None),
        (f"{E}q", f"{E}y"),
    },
    "CONSTRUCT { ?s ?p e:x } WHERE { ?s e:p ?o }": {(f"{E}p", None)},
    "SELECT * WHERE { ?s e:p '1'^^e:number }": {(f"{E}p", None)},
    "SELECT * WHERE { VALUES ?s { e:x } BIND(e:y AS ?o) }": set(),
    "SELECT * FROM e:g WHERE { ?s e:p ?o } ORDER BY ?s LIMIT 1": {(f"{E}p", None)},
}
UNBOUNDED = (
    "SELECT * WHERE { ?s ?p e:x }",
    "SELECT * WHERE { ?s e:p [ ?p 1 ] }",
    "SELECT * WHERE { ?s !e:p ?o }",
    "SELECT * WHERE { ?s !(e:p|^e:q) ?o }",
    "SELECT * WHERE { ?s e:p* ?o }",
    "SELECT * WHERE { ?s e:p/e:q? ?o }",
    "SELECT * WHERE { ?s (e:p|e:q)? ?o }",
    "SELECT * WHERE { ?s e:p (1) }",
    "SELECT * WHERE { ?s e:p ?o {| e:q 1 |} }",
    "SELECT * WHERE { ?s e:p ?o ~ e:r }",
    "SELECT * WHERE { << ?s e:p ?o >> e:q 1 }",
    "SELECT * WHERE { ?r e:p <<( ?s e:p ?o )>> }",
    "SELECT * WHERE { ?s e:p ?o BIND(NOW() AS ?n) }",
    "SELECT * WHERE { ?s e:p ?o } ORDER BY RAND()",
    "SELECT * WHERE { SERVICE e:elsewhere { ?s e:p ?o } }",
    "SELECT * WHERE { GRAPH ?g {} }",
    "SELECT * WHERE { GRAPH ?g { OPTIONAL { ?s e:p ?o } } }",
    "SELECT * WHERE { GRAPH ?g { { ?s e:p ?o } UNION {} } }",
    "SELECT * WHERE { OPTIONAL { GRAPH e:g { FILTER(true) } } }",
    "DESCRIBE e:x",
    "CONSTRUCT WHERE { ?s e:p ?o }",
    "SELECT * WHERE { ?s e:p",
)


def depend(text: str) -> frozenset[StatementPattern] | None:
    return list_dependencies(parse_query(f"PREFIX e: <{E}>\n{text}"))


@pytest.mark.parametrize("text", DEPENDENT)
def test_the_patterns_of_a_query(text: str) -> None:
    assert depend(text) == DEPENDENT[text]


@pytest.mark.parametrize("text", UNBOUNDED)
def test_a_result_that_may_depend_on_any_statement(text: str) -> None:
    assert depend(text) is None


PROPERTIES, NODES = ("e:p", "e:q", "e:r", "a"), ("e:x", "e:y", "e:z", "1")
VERBS = (*PROPERTIES, "^e:q", "e:p/e:r", "(e:p|e:q)", "e:r+", "e:q*", "!e:p", "?v", "(e:p/e:q)?")
AROUND = (
    "{}",
    "OPTIONAL {{ {} }}",
    "{{ {} }} UNION {{ ?s e:r e:z }}",
    "MINUS {{ {} }}",
    "FILTER NOT EXISTS {{ {} }}",
    "GRAPH ?g {{ {} }}",
    "GRAPH e:g {{ OPTIONAL {{ {} }} }}",
    "{{ SELECT ?s (COUNT(*) AS ?n) {{ {} }} GROUP BY ?s }}",
    "BIND(EXISTS {{ {} }} AS ?is)",
)


def write_query(chance: random.Random) -> str:
    """Return a query of up to three patterns, each in something or other."""
    parts = []
    for _ in range(chance.randint(1, 3)):
        subject, value = (chance.choice(("?s", "?o", "?t", *NODES[:3])) for _ in range(2))
        triple = f"{subject} {chance.choice(VERBS)} {value}"
        parts.append(chance.choice(("{}", *AROUND)).format(triple))
    # Each BIND needs a name of its own.
    parts = [part.replace("?is", f"?is{n}") for n, part in enumerate(parts)]
    return f"PREFIX e: <{E}>\nSELECT * WHERE {{ {' . '.join(parts)} }}"


def make_quad(chance: random.Random) -> Quad:
    def name(text: str) -> NamedNode:
        return NamedNode(TYPE if text == "a" else text.replace("e:", E))

    value = chance.choice(NODES)
    return Quad(
        name(chance.choice(NODES[:3])),
        name(chance.choice(PROPERTIES)),
        Literal(1) if value == "1" else name(value),
        name(chance.choice(("e:g", "e:h"))),
    )


def count_rows(store: Store, text: str) -> Counter[object]:
    return Counter(build_runner(store)(text).rows)


@pytest.mark.parametrize("seed", range(4))
def test_statements_that_match_no_pattern_change_no_result(seed: int) -> None:
    chance = random.Random(seed)
    kept = 0
    for _ in range(150):
        text = write_query(chance)
        store = Store()
        store.extend([make_quad(chance) for _ in range(8)])
        changed = make_quad(chance)
        was = count_rows(store, text)
        store.remove(changed) if changed in store else store.add(changed)
        found, value = depend(text), getattr(changed.object, "value", None)
        patterns = {(changed.predicate.value, None), (changed.predicate.value, value)}
        if found is not None and found.isdisjoint(patterns):
            assert count_rows(store, text) == was, text
            kept += 1
    assert kept > 30
