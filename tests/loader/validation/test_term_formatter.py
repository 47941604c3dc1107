"""Terms stand in a sentence so that a person can read them."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store

from loader.validation.term_formatter import TermFormatter, printable

E = "https://example.org/"
DATA = """
@prefix e: <https://example.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
e:one skos:prefLabel "Un"@cy , "One"@en ; dcterms:title "Title" .
e:two dcterms:title "A\\ttitle" .
e:ontology sh:declare [ sh:prefix "kind" ; sh:namespace "https://example.org/kind/" ] .
"""


@pytest.fixture
def wording() -> TermFormatter:
    """Knows two named things and two prefixes, one of them from the store."""
    store = Store()
    store.load(DATA, format=RdfFormat.TURTLE)
    return TermFormatter(store, {"e": E})


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (NamedNode(E + "one"), '"One" (e:one)'),
        (NamedNode(E + "two"), r'"A\ttitle" (e:two)'),
        (NamedNode(E + "three"), "e:three"),
        (NamedNode(E + "kind/four"), "kind:four"),
        (NamedNode(E + "other/five"), "<https://example.org/other/five>"),
        (NamedNode("urn:six"), "<urn:six>"),
        (Literal("two\nlines", language="en"), r'"two\nlines"'),
        (Literal("x" * 101), '"' + "x" * 99 + '…"'),
        (Literal("x" * 100), '"' + "x" * 100 + '"'),
        (BlankNode("b"), "a thing without a name"),
        (None, "nothing"),
    ],
)
def test_a_term_is_worded(wording: TermFormatter, term: object, said: str) -> None:
    assert wording(term) == said


def test_what_cannot_be_seen_is_shown() -> None:
    assert printable("caf\u00e9\u200b \u2028\x1b[31m") == "caf\u00e9\\u200b \\u2028\\x1b[31m"
