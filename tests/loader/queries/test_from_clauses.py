"""What FROM names, read from the tree."""

import pytest

from loader.queries.from_clauses import Dataset, parse_dataset
from loader.queries.prologue import merge_prologues, read_prologue
from loader.queries.syntax.parser import parse_query
from loader.settings import BASE


def names(text: str) -> tuple[list[str], list[str]] | None:
    dataset = parse_dataset(text)
    if dataset is None:
        return None
    return [g.value for g in dataset.default], [g.value for g in dataset.named]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p 'FROM <x:a>' }", None),
        ("SELECT * { ?from ?p ?o } # FROM <x:a>", None),
        ("ASK FROM <x:a> FROM NAMED <x:b> FROM <x:a> {}", (["x:a"], ["x:b"])),
        ("PREFIX e: <http://e/#> ASK from # no\n e: from e:a\\-b {}",
         (["http://e/#", "http://e/#a-b"], [])),
        ("BASE <http://e/d/> PREFIX f: <f/> ASK FROM <../g> FROM f:h {}",
         (["http://e/g", "http://e/d/f/h"], [])),
        ("CONSTRUCT FROM <x:a> WHERE { ?s ?p ?o }", (["x:a"], [])),
        ("DESCRIBE <x:d> FROM <\\u0078:a>", (["x:a"], [])),
        ("SELECT ?from { ?from prov:wasQuotedFrom e:from }", None),
        ("SELECT ?from FROM<x:a> { ?from ?p ?o }", (["x:a"], [])),
        ("SELECT *FROM <x:a> { ?from ?p ?o }", (["x:a"], [])),
        ("PREFIX from: <x:> SELECT ($from AS ?n)FROM from:a { $from ?p ?o }", (["x:a"], [])),
        ("ASK FROM e:a {}", ([], [])),
        ("ASK FROM <x:a> {", ([], [])),
        ("ASK FROM <graph/a> {}", ([f"{BASE}graph/a"], [])),
    ],
)  # fmt: skip
def test_the_graphs_that_from_names(
    text: str, expected: tuple[list[str], list[str]] | None
) -> None:
    assert names(text) == expected


def test_a_dataset_without_graphs_is_false() -> None:
    assert not Dataset()


def test_prologues_are_merged_and_the_first_counts() -> None:
    one = read_prologue(parse_query("PREFIX b: <x:b#> PREFIX a: <x:a> PREFIX b: <x:c#> ASK {}"))
    other = read_prologue(parse_query("BASE <http://e/> PREFIX a: <x:d> PREFIX : <d> ASK {}"))
    merged = merge_prologues([one, other])
    assert merged.format() == "PREFIX : <http://e/d>\nPREFIX a: <x:a>\nPREFIX b: <x:c#>"
    assert other.format().startswith("BASE <http://e/>\nPREFIX : ")
