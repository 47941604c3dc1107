"""RDF/XML of every encoding and with entities as XML allows them; bombs are refused."""

from hashlib import sha256

import pytest
from pyoxigraph import Literal

from loader.document import Document
from loader.errors import DataError
from loader.readers import rdf
from loader.readers.source import SourceFile

HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://x/">'
BODY = '<rdf:Description rdf:about="http://x/a">\n<e:p>{}</e:p></rdf:Description></rdf:RDF>\n'


def read(data: bytes, name: str = "a.rdf") -> Document:
    return rdf.read_rdf(SourceFile(f"data/{name}", name, data, sha256(data).hexdigest()))


def read_value(data: bytes, name: str = "a.rdf") -> tuple[str, int]:
    (statement,) = read(data, name).statements
    assert isinstance(statement.quad.object, Literal)
    return statement.quad.object.value, statement.span.end


def fault(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        read(data)
    (finding,) = caught.value.findings
    return str(finding)


@pytest.mark.parametrize(
    ("subset", "value"),
    [
        ("<!ENTITY n 'single'>", "single"),
        ("<!ENTITY n '\"quoted\" inside'>", '"quoted" inside'),
        ('<!ENTITY n "it\'s double">', "it's double"),
        ("<!ENTITY a 'x'><!ENTITY n '&a;-&a;'>", "x-x"),
        ("<!-- <!ENTITY n 'never'> --><!ENTITY n 'after a comment'>", "after a comment"),
        ("<!ENTITY n 'first'><!ENTITY m 'other'>", "first"),
        ("<!ENTITY far SYSTEM 'file:///etc/passwd'><!ENTITY n 'near'>", "near"),
        ("<!ENTITY % p 'parameter'><!ENTITY n 'general'>", "general"),
        ("<!ATTLIST rdf:RDF a CDATA '>'><!ENTITY n 'after a list'>", "after a list"),
        ("<!ENTITY n '&#233;'>", "é"),
    ],
)
def test_entities_are_read_as_xml_writes_them(subset: str, value: str) -> None:
    text = f"<?xml version='1.0'?>\n<!DOCTYPE rdf:RDF [\n{subset}\n]>\n{HEAD}{BODY.format('&n;')}"
    assert read_value(text.encode()) == (value, 6)


def test_an_entity_over_several_lines_keeps_the_lines_below() -> None:
    text = f"<!DOCTYPE rdf:RDF [\n<!ENTITY\n n\n 'v'>\n]>\n{HEAD}{BODY.format('&n;')}"
    assert read_value(text.encode()) == ("v", 7)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16", "utf-8"])
def test_the_declared_encoding_is_the_one_that_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{HEAD}{BODY.format("Café")}'
    assert read_value(text.encode(encoding)) == ("Café", 3)


def test_a_wrong_encoding_is_told() -> None:
    text = f'<?xml version="1.0" encoding="klingon"?>\n{HEAD}{BODY.format("v")}'
    message = fault(text.encode())
    assert "data/a.rdf:1: error: " in message
    assert "klingon" in message and "save it as UTF-8" in message


def bomb(levels: int) -> str:
    names = [f"e{number}" for number in range(levels)]
    first = f"<!ENTITY {names[0]} '{'x' * 100}'>"
    more = [f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip(names, names[1:], strict=False)]
    subset = "\n".join([first, *more])
    return f"<!DOCTYPE rdf:RDF [\n{subset}\n]>\n{HEAD}{BODY.format(f'&{names[-1]};')}"


@pytest.mark.parametrize("levels", [7, 40])
def test_entities_that_explode_are_refused_before_they_do(levels: int) -> None:
    message = fault(bomb(levels).encode())
    assert "are the limit" in message and "Write the values out" in message


def test_many_references_to_one_long_entity_are_refused_too() -> None:
    subset = f"<!ENTITY n '{'x' * 100_000}'>"
    text = f"<!DOCTYPE rdf:RDF [{subset}]>{HEAD}{BODY.format('&n;' * 1000)}"
    assert "100,000,000 characters" in fault(text.encode())


def test_entities_within_the_limit_are_expanded() -> None:
    value, _ = read_value(bomb(3).encode())
    assert value == "x" * 10_000


def test_an_entity_that_contains_itself_is_refused() -> None:
    text = f"<!DOCTYPE rdf:RDF [<!ENTITY n 'a&n;'>]>{HEAD}{BODY.format('&n;')}"
    assert "rdf-syntax" in fault(text.encode())
