"""Mapping sets: read whole, written so that others read them, loaded with their reasons."""

import warnings
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from loader.errors import DataError
from loader.namespaces import SSSOM
from loader.readers.source import SourceFile
from loader.readers.sssom import EXACT, LITERAL, NO_TERM, SEMAPV, MappingSet, read_mapping_set
from loader.readers.sssom_head import SET_SLOTS
from loader.readers.sssom_slots import (
    ADDRESSES,
    COLUMNS,
    DATES,
    MULTI_VALUED,
    NUMBERS,
    PROPAGATABLE,
    REFERENCES,
    join_values,
    split_values,
)
from loader.release.build import build
from loader.settings import BASE, Settings
from query_ui.reconciliation.sssom_export import write_mapping_set
from tests.conftest import quiet

NORTH = f"{BASE}id/organisation/northgate-university"
ROWS = [
    {
        "subject_label": "Northgate Uni",
        "subject_type": LITERAL,
        "predicate_id": EXACT,
        "object_id": NORTH,
        "object_label": "Northgate University",
        "mapping_justification": f"{SEMAPV}ManualMappingCuration",
        "confidence": "0.9",
        "mapping_date": "2026-11-26",
    },
    {
        "subject_id": NORTH,
        "predicate_id": EXACT,
        "object_id": "https://openalex.org/I7",
        "mapping_justification": f"{SEMAPV}ManualMappingCuration",
        "confidence": "1",
    },
    {
        "subject_label": "Nowhere",
        "subject_type": LITERAL,
        "predicate_id": EXACT,
        "object_id": NO_TERM,
        "mapping_justification": f"{SEMAPV}LexicalMatching",
        "confidence": "1",
    },
]


def parsed(text: str) -> MappingSet:
    data = text.encode()
    return read_mapping_set(
        SourceFile("a.sssom.tsv", "a.sssom.tsv", data, sha256(data).hexdigest())
    )


def test_what_is_written_is_read_again() -> None:
    found = parsed(write_mapping_set({"license": "https://x.example/"}, ROWS))
    assert [dict(link.slots) for link in found.rows] == ROWS
    assert found.findings == ()
    assert found.metadata["license"] == "https://x.example/"


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5, unique=True))
def test_as_many_rows_come_back_as_went_in(labels: list[str]) -> None:
    rows = [ROWS[0] | {"subject_label": f"{n} {label}"} for n, label in enumerate(labels)]
    found = parsed(write_mapping_set({}, rows))
    assert len(found.rows) == len(rows)
    assert found.findings == ()


HEAD = """\
#curie_map:
#  ex: https://vocab.example.org/map/
#  exact: https://vocab.example.org/map/exact/
#mapping_set_id: https://vocab.example.org/sets/all
#mapping_set_version: 1.10
#mapping_set_title: Every slot
#license: https://creativecommons.org/licenses/by/4.0/
#creator_id: orcid:0000-0002-1825-0097
#creator_label:
#  - Ann
#  - Bob | Co
#mapping_date: 2024-05-06
#mapping_tool: a tool
#object_source: ex:source
#curation_rule_text:
#  - one | two
#  - three
#extension_definitions:
#  - slot_name: ext_size
#    property: ex:size
#    type_hint: xsd:integer
#  - slot_name: ext_like
#    property: ex:like
#    type_hint: linkml:Uriorcurie
#ext_batch: b7
"""
ADDRESS_VALUE = {"license": "https://x.example/l", "mapping_provider": "https://x.example/p"}


def every_slot() -> dict[str, str]:
    """A cell for each column that the head of ``HEAD`` does not give."""
    cells = {name: f"{name} “a” & b" for name in COLUMNS if name != "basis"}
    cells |= {name: f"ex:{name}" for name in REFERENCES}
    cells |= ADDRESS_VALUE | dict.fromkeys(DATES, "2025-01-02") | dict.fromkeys(NUMBERS, "0.5")
    several = {name: f"{cells[name]}1|{cells[name]}2" for name in MULTI_VALUED}
    several |= {"see_also": "https://x.example/1|https://x.example/2", "match_string": r"a\|b|c\\d"}
    cells |= several | {"predicate_id": "skos:exactMatch", "predicate_modifier": ""}
    cells |= {"subject_type": "skos concept", "object_type": "owl class"}
    cells |= {"predicate_type": "rdf property", "mapping_cardinality": "1:1"}
    return cells | {"ext_size": "7", "ext_like": "ex:other", "free text": "as it is"}


def write_table(*rows: dict[str, str], head: str = HEAD) -> str:
    """A mapping set as a person may write it; the last cells of a row may be missing."""
    given = ("mapping_date", "mapping_tool", "object_source", "curation_rule_text")
    names = [name for name in dict.fromkeys(k for row in rows for k in row) if name not in given]
    lines = ["\t".join(row.get(name, "") for name in names).rstrip("\t") for row in rows]
    return head + "\n".join(["\t".join(names), *lines]) + "\n"


MINIMAL = {
    "subject_id": "ex:1",
    "predicate_id": "skos:closeMatch",
    "object_id": "ex:2",
    "mapping_justification": "semapv:LexicalMatching",
}


def test_the_slots_are_those_of_the_standard() -> None:
    """Compared with the schema that comes with the library of those who made the format."""
    schema = yaml.safe_load(
        (files("sssom_schema") / "schema" / "sssom_schema.yaml").read_text("utf-8")
    )
    slots, of_rows = schema["slots"], set(schema["classes"]["mapping"]["slots"])
    ranges = {name: slots[name].get("range") for name in of_rows}
    assert set(COLUMNS) - {"basis"} == of_rows
    assert {n for n in of_rows if ranges[n] == "EntityReference"} == REFERENCES
    assert {n for n in of_rows if ranges[n] == "NonRelativeURI"} == ADDRESSES - REFERENCES
    assert {n for n in of_rows if ranges[n] == "date"} == DATES
    assert {n for n in of_rows if ranges[n] == "double"} == NUMBERS
    assert {n for n in of_rows if slots[n].get("multivalued")} == MULTI_VALUED
    propagated = {n for n in slots if (slots[n].get("annotations") or {}).get("propagated")}
    assert propagated == PROPAGATABLE
    assert set(schema["classes"]["mapping set"]["slots"]) - {"mappings"} == SET_SLOTS


def test_every_slot_is_read_and_written_and_read_again() -> None:
    first = parsed(write_table(every_slot(), MINIMAL))
    assert first.findings == ()
    (full, minimal), metadata = first.rows, first.metadata
    assert set(full.slots) == {*COLUMNS, "ext_size", "ext_like", "free text"} - {
        *("basis", "predicate_modifier")
    }
    assert minimal["mapping_tool"] == "a tool"
    assert minimal["object_source"] == "https://vocab.example.org/map/source"
    assert split_values("curation_rule_text", minimal["curation_rule_text"]) == [
        *("one | two", "three")
    ]
    assert split_values("match_string", full["match_string"]) == ["a|b", "c\\d"]
    assert split_values("author_id", full["author_id"]) == [
        f"https://vocab.example.org/map/author_id{n}" for n in (1, 2)
    ]
    assert metadata["mapping_set_version"] == "1.10"
    assert metadata["creator_id"] == ["https://orcid.org/0000-0002-1825-0097"]
    assert metadata["creator_label"] == ["Ann", "Bob | Co"]
    assert metadata["ext_batch"] == "b7" and "mapping_tool" not in metadata
    text = write_mapping_set(first.metadata, (row.slots for row in first.rows))
    second = parsed(text)
    assert second.findings == ()
    assert second.metadata == metadata
    assert [row.slots for row in second.rows] == [row.slots for row in first.rows]
    assert second.extensions == first.extensions
    assert "\tex:object_id\t" in text and "\texact" not in text


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_values_with_bars_and_backslashes_come_back(values: list[str]) -> None:
    plain = [value.strip() for value in values if value.strip()]
    assert split_values("match_string", join_values("match_string", plain)) == plain


@pytest.mark.parametrize("text", ["a\tb", "a\nb", '"a"', 'a "b"', "#a", "a|b", "\\|"])
def test_a_text_with_signs_of_the_format_comes_back(text: str) -> None:
    rows = [ROWS[0] | {"subject_label": text, "comment": text}]
    assert [row.slots for row in parsed(write_mapping_set({}, rows)).rows] == rows


def test_a_slot_of_the_head_that_some_rows_have_is_not_propagated() -> None:
    row, other = {**MINIMAL, "mapping_tool ": ""}, MINIMAL | {"object_id": "ex:3"}
    text = write_table(row, other).replace("mapping_tool \n", "mapping_tool\n")
    found = parsed(text.replace("semapv:LexicalMatching\n", "semapv:LexicalMatching\tmine\n", 1))
    assert [row["mapping_tool"] for row in found.rows] == ["mine", ""]
    (finding,) = found.findings
    assert (finding.code, finding.severity) == ("sssom-not-propagated", "warning")
    assert text.splitlines()[finding.line - 1] == "#mapping_tool: a tool"
    assert found.metadata["mapping_tool"] == "a tool"


def test_a_value_of_the_head_is_checked_on_its_line() -> None:
    head = HEAD.replace("ex:source", "nope:source").replace("2024-05-06", "6 May 2024")
    head = head.replace("#curie_map:\n", "#curie_map:\n#  object_source: https://x.example/\n")
    found = parsed(write_table(MINIMAL, head=head))
    lines = head.splitlines()
    assert {(f.code, lines[f.line - 1].partition(":")[0]) for f in found.errors} == {
        *(("sssom-unknown-prefix", "#object_source"), ("sssom-date", "#mapping_date"))
    }


def test_a_text_can_be_the_object() -> None:
    literal = {**MINIMAL, "object_id": "", "object_type": LITERAL, "object_label": "A text"}
    found = parsed(write_table(literal, literal | {"object_label": "Another"}))
    assert found.findings == () and not any(row.has_both_sides for row in found.rows)
    (error,) = parsed(write_table(literal | {"object_label": ""})).findings
    assert "no object_id" in error.message


def test_one_link_may_have_two_reasons() -> None:
    manual = MINIMAL | {"mapping_justification": "semapv:ManualMappingCuration"}
    found = parsed(write_table(MINIMAL, manual))
    assert found.findings == () and [row.repeat for row in found.rows] == [0, 1]


def test_another_predicate_is_kept_with_a_warning() -> None:
    found = parsed(write_table(MINIMAL | {"predicate_id": "owl:sameAs"}))
    (warning,) = found.findings
    assert (warning.code, warning.severity) == ("sssom-predicate", "warning")
    assert found.rows[0]["predicate_id"] == "http://www.w3.org/2002/07/owl#sameAs"


@pytest.mark.slow
def test_the_readers_of_others_take_every_row(tmp_path: Path) -> None:
    """sssom-py, the library of those who made the format."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sssom.parsers import parse_sssom_table
        from sssom.validators import validate

        path = tmp_path / "set.sssom.tsv"
        about = {"mapping_set_id": "https://x.example/set", "license": "https://x.example/l"}
        path.write_text(write_mapping_set(about, ROWS), "utf-8")
        found = parse_sssom_table(str(path))
        assert len(found.df) == len(ROWS)
        assert found.df.object_id[0] == "ckgid:organisation/northgate-university"
        reports = validate(found)
        assert [r.results for r in reports.values()] == [[]] * len(reports)


@pytest.mark.slow
def test_others_read_the_same_from_what_is_written_again(tmp_path: Path) -> None:
    """sssom-py gives the same table for a set and for what we write after reading it.

    It knows no escaped bars, drops extensions and reads a version 1.10 as 1.1, so those are not
    compared.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sssom.parsers import parse_sssom_table

        head = HEAD.replace("one | two", "one").replace("Bob | Co", "Bob")
        full = every_slot() | {"match_string": "a|b"}
        del full["free text"]
        original, ours = tmp_path / "original.sssom.tsv", tmp_path / "ours.sssom.tsv"
        original.write_text(write_table(full, MINIMAL, head=head), "utf-8")
        first = parsed(original.read_text("utf-8"))
        text = write_mapping_set(first.metadata, (row.slots for row in first.rows))
        ours.write_text(text, "utf-8")
        one, two = (parse_sssom_table(str(p), propagate=True) for p in (original, ours))
        for table in (one.df, two.df):
            table.sort_index(axis=1, inplace=True)
        assert len(one.df) == 2
        assert one.df.astype(str).to_dict("records") == two.df.astype(str).to_dict("records")
        assert set(one.df.columns) >= {*COLUMNS} - {"basis", "predicate_modifier"}
        for name in ("mapping_set_id", "mapping_set_title", "license", "creator_id"):
            assert str(one.metadata[name]) == str(two.metadata[name])


@pytest.mark.parametrize(
    ("change", "line", "code", "sentence"),
    [
        (("subject_label\t", "label\t"), 13, "form", "no column subject_label"),
        (("object_id", "object"), 13, "form", "no column object_id"),
        (("ckgid:organisation", "nope:organisation"), 14, "unknown-prefix", "“nope” is not"),
        (("\t0.9\t", "\t1.7\t"), 14, "confidence", "from 0 to 1"),
        (("2026-11-26", "26/11/2026"), 14, "date", "2026-11-30"),
        (("skos:exactMatch\tckgid", "skos:related\tckgid"), 14, "predicate", "one of skos:exact"),
        (("semapv:ManualMappingCuration\t0.9", "\t0.9"), 14, "empty", "no mapping_justification"),
        (("Nowhere", "Northgate Uni\tx"), 16, "row-length", "cells"),
        (("ckgid:organisation/n", "ckgid:organisation n"), 14, "bad-address", "a space as %20"),
        (("object_label", "object_id"), 13, "form", "more than one column object_id"),
        (("\t0.9\t", "\t-1\t"), 14, "confidence", "from 0 to 1"),
        (("#curie_map:", "#curie_map: [x"), 1, "form", "not YAML"),
    ],
)
def test_a_broken_set_is_told_with_its_line(
    change: tuple[str, str], line: int, code: str, sentence: str
) -> None:
    rows = [
        {k: v for k, v in row.items() if k != "subject_id"}
        | {"subject_label": row.get("subject_label", "x")}
        for row in ROWS
    ]
    text = write_mapping_set({"license": "x"}, rows)
    assert change[0] in text
    try:
        findings = parsed(text.replace(*change, 1)).findings
    except DataError as error:
        findings = tuple(error.findings)
    told = next(finding for finding in findings if finding.code == f"sssom-{code}")
    assert sentence in told.message
    assert code == "form" or told.line == line


def test_a_row_that_stands_twice_is_told() -> None:
    findings = parsed(write_mapping_set({}, [ROWS[0], ROWS[0]])).findings
    assert [finding.code for finding in findings] == ["sssom-repeated"]


@pytest.mark.slow
def test_a_set_is_a_named_graph_with_a_thing_for_each_row(tiny: Settings) -> None:
    folder = tiny.data[0] / "links"
    folder.mkdir()
    (folder / "mine.sssom.tsv").write_text(write_mapping_set({}, ROWS), "utf-8")
    outcome = build(tiny, quiet)
    store = Store.read_only(str(outcome.release.folder / "store"))
    home = NamedNode(f"{BASE}graph/links-mine")
    quads = list(store.quads_for_pattern(None, None, SSSOM.Mapping, home))
    assert len(quads) == len(ROWS)
    stated = store.quads_for_pattern(NamedNode(NORTH), NamedNode(EXACT), None, home)
    assert [q.object for q in stated] == [NamedNode("https://openalex.org/I7")]


@pytest.mark.slow
def test_a_set_is_stated_with_all_its_slots(tiny: Settings) -> None:
    folder = tiny.data[0] / "links"
    folder.mkdir()
    no_subject = MINIMAL | {"subject_id": "sssom:NoTermFound", "predicate_id": "skos:exactMatch"}
    other = {**MINIMAL, "subject_id": "ex:9", "predicate_id": "owl:sameAs"}
    text = write_table(every_slot(), no_subject, other, MINIMAL)
    (folder / "full.sssom.tsv").write_text(text, "utf-8")
    outcome = build(tiny, quiet)
    store = Store.read_only(str(outcome.release.folder / "store"))
    home, ex = NamedNode(f"{BASE}graph/links-full"), "https://vocab.example.org/map/"
    quads = list(store.quads_for_pattern(None, None, None, home))
    found = {(q.predicate.value, str(q.object)) for q in quads}
    for n in (1, 2):
        assert (SSSOM.author_id.value, f"<{ex}author_id{n}>") in found
    assert (SSSOM.match_string.value, '"a|b"') in found
    assert (SSSOM.curation_rule_text.value, '"one | two"') in found
    assert (f"{ex}like", f"<{ex}other>") in found
    assert (f"{ex}size", '"7"^^<http://www.w3.org/2001/XMLSchema#integer>') in found
    assert ("http://sssom.invalid/free%20text", '"as it is"') in found
    of_set = {(q.predicate.value, str(q.object)) for q in quads if q.subject == home}
    assert (SSSOM.mapping_set_version.value, '"1.10"') in of_set
    assert (SSSOM.creator_id.value, "<https://orcid.org/0000-0002-1825-0097>") in of_set
    assert ("http://sssom.invalid/ext_batch", '"b7"') in of_set
    rows = {q.subject for q in quads if q.object == SSSOM.Mapping}
    assert len(rows) == 4
    tool = [q for q in quads if q.predicate == SSSOM.mapping_tool]
    assert {q.subject for q in tool} == rows and {q.object for q in tool} == {Literal("a tool")}
    plain = {(str(q.subject), str(q.object)) for q in quads if q.subject not in {*rows, home}}
    assert plain == {(f"<{ex}subject_id>", f"<{ex}object_id>"), (f"<{ex}1>", f"<{ex}2>")}


def test_the_shared_set_is_kept_or_told(shared: Path) -> None:
    """Cases 19 to 23: slots, propagation, several values, a bad address, a missing subject."""
    text = (shared / "cases" / "files" / "mapping.sssom.tsv").read_text("utf-8")
    found = parsed(text)
    (error,) = found.findings
    assert (error.line, error.code) == (10, "sssom-bad-address")
    first, second, third = found.rows
    assert first["curation_rule_text"] == "Rule one"
    assert first["subject_source"] == "https://vocab.example.org/map/src"
    assert split_values("author_label", first["author_label"]) == ["Ann", "Bob"]
    assert [a[:18] for a in split_values("author_id", first["author_id"])] == [
        "https://orcid.org/"
    ] * 2
    for row in found.rows:
        assert row["mapping_tool"] == "https://vocab.example.org/tool"
        assert row["mapping_date"] == "2024-05-06"
        assert row["object_source"] == "https://vocab.example.org/map/source"
    assert second["object_label"] == "Space" and not third.has_both_sides


@pytest.mark.slow
def test_a_build_refuses_a_set_that_contradicts_the_data(tiny: Settings) -> None:
    folder = tiny.data[0] / "links"
    folder.mkdir()
    other = f"{BASE}id/organisation/university-of-southwick"
    rows = [ROWS[1], ROWS[1] | {"subject_id": other}]
    (folder / "mine.sssom.tsv").write_text(write_mapping_set({}, rows), "utf-8")
    with pytest.raises(DataError) as caught:
        build(tiny, quiet)
    assert {f.code for f in caught.value.findings if f.severity == "error"} == {"link-two-to-one"}
