"""YAML blocks: printed text stays, every value knows its place, every fault names one."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from loader.document import Span
from loader.errors import DataError
from loader.readers.yaml_positions import BlockLocation, YamlValue, read_yaml_block

PLACE = BlockLocation("a.md", 2, "front-matter", "the front matter")


def block(text: str) -> YamlValue:
    return read_yaml_block(text, PLACE)


def fault(text: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        block(text)
    return [str(finding) for finding in caught.value.findings]


def at(text: str, key: str) -> YamlValue:
    value = block(text).get(key)
    assert value is not None
    return value


@pytest.mark.parametrize(
    "printed",
    ["no", "2020-02", "2020-02-01", "007", "1.50", "null", "true", "1e3", "0x1F", "12:30"],
)
def test_a_scalar_keeps_its_printed_text(printed: str) -> None:
    assert at(f"start: {printed}\n", "start").text == printed


@pytest.mark.parametrize("printed", ["", "~", "''", '""', "[]", "{}"])
def test_nothing_given_is_empty(printed: str) -> None:
    assert at(f"start: {printed}\n", "start").is_empty


READABLE = st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"
)


@given(st.text(READABLE))
def test_any_text_comes_back(text: str) -> None:
    double = json.dumps(text, ensure_ascii=False)
    single = "'" + text.replace("'", "''") + "'"
    for quoted in (double, single):
        assert at(f"title: {quoted}\n", "title").text == text


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1),
        st.one_of(st.text("ab: #'\"\n-é🙂"), st.lists(st.text("ab: ,'é"))),
        max_size=4,
    )
)
def test_what_yaml_writes_is_read_back(data: dict[str, str | list[str]]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_style='"')
    found = {
        key.text: [item.text for item in value.items] if value.kind == "list" else value.text
        for key, value in block(text).entries
    }
    assert found == data


@given(before=st.text("aé🙂\u2028"), word=st.text("xyzé", min_size=1))
def test_a_place_counts_characters_of_the_file(before: str, word: str) -> None:
    text = f"note: {json.dumps(before, ensure_ascii=False)}\nlist: [one, {word}]\n"
    item = at(text, "list").items[1]
    assert (item.text, item.span) == (word, Span(3, 3, 13))


def test_places_of_every_style() -> None:
    text = "a: plain\nb: \"in quotes\"\nc: |\n  first\n  second\nd: one\n  two\ne:\n  - 'x'\n"
    spans = {key.text: value.span for key, value in block(text).entries}
    assert spans["a"] == Span(2, 2, 4)
    assert spans["b"] == Span(3, 3, 5)
    assert (spans["c"].start, spans["c"].end) == (5, 6)
    assert spans["d"] == Span(7, 8, 4)
    assert at(text, "e").items[0].span == Span(10, 10, 6)
    assert at(text, "c").text == "first\nsecond"
    assert (at(text, "d").text, at(text, "d").source_text) == ("one two", "one\n  two")


def test_a_repeated_key_is_an_error_naming_both_lines() -> None:
    assert fault("title: A\nnote: x\ntitle: B\nnote: y\n") == [
        'a.md:4:1: error: the key "title" is here for the second time (first on line 2); '
        "keep one of the two. [front-matter]",
        'a.md:5:1: error: the key "note" is here for the second time (first on line 3); '
        "keep one of the two. [front-matter]",
    ]


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("title: A: B\n", "2:9", "put the whole value in quotes"),
        ("title: A\nkeywords: [a,\nb: c\n", "3:11", "a list that begins with [ is not closed"),
        ('note: "a\\q"\n', "2:9", "a text in double quotes holds a backslash"),
        ('title: "A\nnote: b\n', "2:8", "a quotation mark is not closed"),
        ("title: @A\n", "2:8", "put the value in quotes"),
        ("title: A\nplain words\nnote: b\n", "4:1", "this line is not of the form key: value"),
        ("title: a\x07b\n", "2:9", "holds the control character U+0007"),
        ("- a\n- b\n", "2", "must be made of lines of the form key: value"),
        ("a: &x b\nc: *x\n", "3:4", "references to other values (*name) are not read"),
        ("a: 1\n---\nb: 2\n", "3:1", "goes on after a second ---"),
        ("[a, b]: c\n", "2:1", "a key must be a plain word"),
    ],
)
def test_a_fault_has_its_place_and_a_sentence(text: str, place: str, reason: str) -> None:
    (message,) = fault(text)
    assert message.startswith(f"a.md:{place}: error: ")
    assert reason in message
    assert message.endswith(" [front-matter]")


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "a:\n" + "- " * 20_000 + "b"])
def test_deep_nesting_is_refused_and_not_followed(text: str) -> None:
    (message,) = fault(text)
    assert "the front matter is nested more than 8 levels deep" in message


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_an_empty_block_is_an_empty_mapping(text: str) -> None:
    assert (block(text).kind, block(text).is_empty) == ("mapping", True)
