"""Mapping sets: read whole, written so that others read them, loaded with their reasons."""

import warnings
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Store

from loader.errors import DataError
from loader.namespaces import SSSOM
from loader.readers.source import SourceFile
from loader.readers.sssom import EXACT, LITERAL, NO_TERM, SEMAPV, MappingSet, read_mapping_set
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
def test_a_build_refuses_a_set_that_contradicts_the_data(tiny: Settings) -> None:
    folder = tiny.data[0] / "links"
    folder.mkdir()
    other = f"{BASE}id/organisation/university-of-southwick"
    rows = [ROWS[1], ROWS[1] | {"subject_id": other}]
    (folder / "mine.sssom.tsv").write_text(write_mapping_set({}, rows), "utf-8")
    with pytest.raises(DataError) as caught:
        build(tiny, quiet)
    assert {f.code for f in caught.value.findings if f.severity == "error"} == {"link-two-to-one"}
