"""The saved query file: what is read from it, and what is refused."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from loader.errors import BrokenQuery, DataError
from loader.namespaces import XSD
from loader.queries.query_files import (
    SavedQuery,
    load_saved_queries,
    load_sound_and_broken,
    parse_saved_query,
    read_saved_query,
)

GOOD = """#+ title: Case studies by keyword
#+ summary: Which case studies carry a keyword.
#+ tags: [browse]
#+ contract: {columns: [study, title], min_rows: 1, max_ms: 5000}
PREFIX concept: <https://example.org/concept/>
PREFIX e: <https://example.org/>
SELECT ?study ?title WHERE {
  VALUES ?keyword { concept:wellbeing concept:careers }   #+ label: Keyword; choices: keywords
  VALUES ?least { 3 }  #+ label: Least; required: yes
  VALUES ?always { "constant" }
  ?study e:subject ?keyword ; e:title ?title .
}
"""


def parse(text: str) -> SavedQuery:
    return parse_saved_query(text, "queries/example.rq", "example")


def findings(text: str, name: str = "example") -> list[str]:
    with pytest.raises(DataError) as caught:
        parse_saved_query(text, "q.rq", name)
    return [str(finding) for finding in caught.value.findings]


def test_everything_in_a_file_is_read() -> None:
    query = parse(GOOD)
    assert (query.name, query.title) == ("example", "Case studies by keyword")
    assert query.summary == "Which case studies carry a keyword."
    assert query.tags == ("browse",)
    assert query.contract.columns == ("study", "title")
    assert (query.contract.min_rows, query.contract.max_ms) == (1, 5000)
    assert query.prefixes == {
        "concept": "https://example.org/concept/",
        "e": "https://example.org/",
    }
    assert query.text == GOOD


def test_equal_files_are_read_alike_under_their_own_names(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "example.rq" for folder in ("first", "second")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(GOOD, "utf-8")
    assert [read_saved_query(path).path for path in paths] == [str(path) for path in paths]
    paths[0].write_text(GOOD.replace("by keyword", "by its keyword"), "utf-8")
    assert read_saved_query(paths[0]).title == "Case studies by its keyword"
    for path in paths:
        path.write_text(GOOD.replace("#+ title", "#+ name"), "utf-8")
        with pytest.raises(DataError) as caught:
            read_saved_query(path)
        assert {finding.path for finding in caught.value.findings} == {str(path)}


def test_parameters_are_the_annotated_values_lines_with_typed_defaults() -> None:
    keyword, least = parse(GOOD).parameters
    assert (keyword.name, keyword.label, keyword.choices) == ("keyword", "Keyword", "keywords")
    assert keyword.defaults == (
        NamedNode("https://example.org/concept/wellbeing"),
        NamedNode("https://example.org/concept/careers"),
    )
    assert (keyword.required, keyword.datatype, keyword.line) == (False, "", 8)
    assert least.defaults == (Literal("3", datatype=XSD.integer),)
    assert (least.required, least.choices, least.datatype) == (True, "", XSD.integer.value)
    assert GOOD[least.start : least.end] == " 3 "


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("#+ title: Case studies by keyword\n", "", 'lacks "title"'),
        ("#+ tags: [browse]\n", "", 'lacks "tags"'),
        ("#+ summary:", "#+ sumary:", 'q.rq:2: error: The header has no key "sumary"'),
        ("#+ tags: [browse]", "#+ tags: browse", 'q.rq:3: error: "tags" must be a list'),
        ("#+ tags: [browse]", "#+ tags: [browse", "The header is not YAML"),
        ("#+ tags: [browse]", "#+ title: Again\n#+ tags: [browse]", "a key twice"),
        ("min_rows: 1", "min_rows: few", 'q.rq:4: error: "min_rows" must be a whole number'),
        ("min_rows: 1", "min_rows: true", '"min_rows" must be a whole number'),
        ("max_ms: 5000", "max_ms: 0", '"max_ms" must be a whole number, 1 or more'),
        ("max_ms:", "maxms:", 'has no key "maxms"'),
        ("[study, title]", "[study, no]", '"columns" must be a list of variable names'),
        ("{columns: [study, title], min_rows: 1, max_ms: 5000}", "fast", '"contract" must be'),
        ("label: Keyword; ", "", "q.rq:8: error: The parameter lacks a label"),
        ("choices: keywords", "choice: keywords", 'A parameter has no "choice"'),
        ("required: yes", "required: maybe", "must be yes or no"),
        ("VALUES ?least { 3 }", "VALUES ?least { UNDEF }", "is no list of terms"),
        ("VALUES ?least { 3 }", "VALUES ?least { 3 4.5 }", "several of the same type"),
        ("VALUES ?least { 3 }", "VALUES ?least { }", "needs a default"),
        ("VALUES ?least { 3 }", "VALUES ?keyword { 3 }", '"keyword" is declared twice'),
        ("VALUES ?least { 3 }", "BIND(3 AS ?least)", 'q.rq:9: error: A "#+" note'),
        ("?title .\n}", "?title .", "q.rq:12:1: error: The query is not valid SPARQL"),
    ],
)
def test_a_file_that_is_not_in_order_is_refused_with_its_line(
    old: str, new: str, expected: str
) -> None:
    assert old in GOOD
    assert any(expected in finding for finding in findings(GOOD.replace(old, new)))


def test_a_file_without_header_says_how_to_write_one() -> None:
    assert findings("ASK {}") == [
        'q.rq:1: error: The header is missing: start with "#+ key: value" lines for title, '
        "summary, tags, contract. [saved-query]"
    ]


def test_the_name_is_checked() -> None:
    assert any("lower-case words" in finding for finding in findings(GOOD, "My Query"))


def test_problems_of_all_files_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "one.rq").write_text(GOOD.replace("title: Case", "titel: Case"), encoding="utf-8")
    (tmp_path / "two.rq").write_bytes(b"\xff\xfe")
    (tmp_path / "zed.rq").write_text(GOOD, encoding="utf-8")
    with pytest.raises(DataError, match="3 problems") as caught:
        load_saved_queries(tmp_path)
    places = [Path(finding.path).name for finding in caught.value.findings]
    assert places == ["one.rq", "one.rq", "two.rq"]


def test_one_broken_file_leaves_the_others_working(tmp_path: Path) -> None:
    (tmp_path / "one.rq").write_text(GOOD.replace("[browse]", "browse"), encoding="utf-8")
    (tmp_path / "two.rq").write_text(GOOD, encoding="utf-8")
    (tmp_path / "zed.rq").write_text("ASK {", encoding="utf-8")
    sound, broken = load_sound_and_broken(tmp_path)
    assert list(sound) == ["two"]
    assert list(broken) == ["one", "zed"]
    error = broken["one"]
    assert isinstance(error, BrokenQuery)
    assert [(finding.path, finding.line) for finding in error.findings] == [
        (str(tmp_path / "one.rq"), 3)
    ]
    assert str(error) == (
        'The saved query one cannot be run: one.rq:3: "tags" must be a list of words, '
        "such as [browse]."
    )
    assert str(broken["zed"]).endswith("(and 1 more)")


def test_a_broken_file_does_not_tell_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "gone.rq").symlink_to(tmp_path / "nowhere")
    (tmp_path / "odd.rq").write_bytes(b"\xff")
    _, broken = load_sound_and_broken(tmp_path)
    assert str(broken["gone"]) == (
        "The saved query gone cannot be run: gone.rq: The file cannot be read as UTF-8 text: "
        "No such file or directory."
    )
    assert "odd.rq: The file cannot be read as UTF-8 text: 'utf-8' codec" in str(broken["odd"])


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ("2024-02-30", "The header is not YAML: day is out of range for month."),
        ("&a [*a]", "The header is not YAML: maximum recursion depth exceeded"),
        ("[" * 2000, "The header is not YAML: "),
        ("{[a]: b}", "The header is not YAML: found unhashable key."),
        ("5", '"tags" must be a list of words'),
        ("", '"tags" must be a list of words'),
    ],
)
def test_strange_yaml_is_a_finding_like_any_other(tags: str, said: str) -> None:
    (finding,) = findings(GOOD.replace("[browse]", tags))[:1]
    assert said in finding


def test_queries_are_loaded_by_name_in_order(tmp_path: Path) -> None:
    for name in ("b-query", "a-query"):
        (tmp_path / f"{name}.rq").write_text(GOOD, encoding="utf-8", newline="\r\n")
    loaded = load_saved_queries(tmp_path)
    assert list(loaded) == ["a-query", "b-query"]
    assert loaded["a-query"].parameters == parse(GOOD).parameters


def test_somebodys_own_file_needs_no_header_and_no_known_syntax(tmp_path: Path) -> None:
    path = tmp_path / "My own.rq"
    path.write_text("SELECT * { VALUES ?x { 1 } #+ label: X\n", encoding="utf-8")
    with pytest.raises(DataError):
        read_saved_query(path)
    path.write_text("#+ endpoint: elsewhere\nSELEC *", encoding="utf-8")
    assert read_saved_query(path, header=False).title == "My own"
