"""RDF documents: what passes through, and in which form."""

import pytest
from pyoxigraph import Literal, NamedNode

from loader.mapping.rdf_passthrough import normalise_literal
from loader.namespaces import XSD


@pytest.mark.parametrize(
    ("text", "datatype", "stored"),
    [
        ("0.0", XSD.decimal, "0"),
        ("+7", XSD.integer, "7"),
        ("007", XSD.integer, "7"),
        ("1", XSD.boolean, "true"),
        ("2017-06", XSD.gYearMonth, "2017-06"),
        ("no number", XSD.integer, "no number"),
        ("0.0", NamedNode("https://type.example/"), "0.0"),
    ],
)
def test_a_value_is_written_as_the_engine_gives_it_back(
    text: str, datatype: NamedNode, stored: str
) -> None:
    assert normalise_literal(Literal(text, datatype=datatype)) == Literal(stored, datatype=datatype)
