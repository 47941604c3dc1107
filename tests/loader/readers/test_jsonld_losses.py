"""JSON-LD: what its own rules drop is said, and nothing else."""

from loader.readers.jsonld_losses import find_dropped_keys
from loader.readers.source import SourceFile


def said(text: str) -> list[str]:
    return [
        str(f) for f in find_dropped_keys(SourceFile("a.jsonld", "a.jsonld", text.encode(), ""))
    ]


def test_a_key_that_no_context_defines_is_reported_once_with_its_line() -> None:
    text = (
        '{"@context": {"p": "http://x/p"},\n'
        ' "@id": "http://x/a", "p": [{"name":\n "A", "p": {"@value": "v"}}],\n'
        ' "name": "B", "x:y": 1}\n'
    )
    assert said(text) == [
        "a.jsonld:2: warning: no @context defines the key “name”, so JSON-LD drops it with its "
        "value; define it. [jsonld-key-dropped]"
    ]


def test_an_id_that_is_no_address_is_reported() -> None:
    assert said('[{"http://x/p": [\n{"@id": "é"}]}]') == [
        "a.jsonld:2: warning: the @id “é” is no whole address, so JSON-LD drops it; complete it. "
        "[jsonld-id-dropped]"
    ]


def test_nothing_is_said_where_it_cannot_be_told() -> None:
    assert said('{"@context": {"@vocab": "http://x/"}, "name": "A"}') == []
    assert said('{"@context": {"p": {"@id": "http://x/p", "@container": "@language"}}}') == []
    assert said('{"name": ') == []
    assert said("[" * 100_000) == []


def test_a_list_of_contexts_defines_their_terms() -> None:
    assert said('{"@context": [{"a": "http://x/a"}, {"b": "http://x/b"}], "a": 1, "b": 2}') == []
