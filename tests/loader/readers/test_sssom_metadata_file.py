"""The metadata of a mapping set in a file beside it."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Store

from loader.errors import DataError, Finding
from loader.namespaces import SSSOM
from loader.readers import list_documents, read_document
from loader.readers.sssom import MappingSet, load_mapping_set
from loader.release.build import build
from loader.settings import BASE, Settings
from query_ui.cli.main import main
from query_ui.reconciliation.sssom_export import write_mapping_set
from tests.conftest import quiet

METADATA = """\
# A set of our own.
curie_map:
  ex: https://x.example/
mapping_set_id: https://x.example/set
mapping_set_title: Names of colleges
license: https://x.example/licence
creator_id: [orcid:0000-0001-5839-6798]
mapping_tool: Matcher 1.10
mapping_date: 2026-11-26
object_source: ex:register
"""
TABLE = """\
subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence
ex:a\tskos:exactMatch\tex:b\tsemapv:ManualMappingCuration\t0.9
ex:c\tskos:closeMatch\tex:d\tsemapv:LexicalMatching\t0.5
"""
MAX_BYTES = 100_000


def write_set(folder: Path, table: str = TABLE, **metadata: str) -> Path:
    """Write a set and its metadata files, by suffix with ``_`` for a full stop."""
    folder.mkdir(exist_ok=True)
    for suffix, text in metadata.items():
        (folder / f"mine.{suffix.replace('_', '.')}").write_text(text, "utf-8")
    path = folder / "mine.sssom.tsv"
    path.write_text(table, "utf-8")
    return path


def load(path: Path) -> MappingSet:
    return load_mapping_set(path, MAX_BYTES)


@pytest.mark.parametrize("suffix", ["sssom_yml", "sssom_yaml", "yml", "yaml"])
def test_a_set_has_the_metadata_beside_it(tmp_path: Path, suffix: str) -> None:
    found = load(write_set(tmp_path, **{suffix: METADATA}))
    assert found.findings == ()
    first, second = found.rows
    assert (first["subject_id"], second["object_id"]) == (
        "https://x.example/a",
        "https://x.example/d",
    )
    for row in found.rows:
        assert row["mapping_tool"] == "Matcher 1.10"
        assert row["mapping_date"] == "2026-11-26"
        assert row["object_source"] == "https://x.example/register"
    assert found.metadata["license"] == "https://x.example/licence"
    assert found.metadata["creator_id"] == ["https://orcid.org/0000-0001-5839-6798"]
    assert found.metadata["curie_map"] == {"ex": "https://x.example/"}


def test_the_same_is_read_from_a_head_and_from_a_file(tmp_path: Path) -> None:
    beside = load(write_set(tmp_path / "one", sssom_yml=METADATA))
    head = "".join(f"#{line}\n" for line in METADATA.splitlines())
    embedded = load(write_set(tmp_path / "two", head + TABLE))
    assert beside.metadata == embedded.metadata
    assert [row.slots for row in beside.rows] == [row.slots for row in embedded.rows]


def messages(findings: Sequence[Finding]) -> list[str]:
    return [f"{Path(one.path).name}:{one.line}: {one.severity}: {one.message}" for one in findings]


def test_a_head_and_a_file_that_agree_are_both_read(tmp_path: Path) -> None:
    path = write_set(
        tmp_path, f"#license: https://x.example/licence\n#comment: ours\n{TABLE}", yml=METADATA
    )
    found = load(path)
    assert found.metadata["comment"] == "ours"
    assert found.rows[0]["mapping_tool"] == "Matcher 1.10"
    assert messages(found.findings) == [
        "mine.sssom.tsv:1: warning: there are metadata here and in mine.yml, and both are read; "
        "the standard wants them in one place."
    ]


def test_a_head_and_a_file_that_contradict_each_other_are_an_error(tmp_path: Path) -> None:
    head = "#license: https://x.example/other\n#curie_map: {ex: 'https://y.example/'}\n"
    errors = load(write_set(tmp_path, head + TABLE, sssom_yml=METADATA)).errors
    where = "is not the same here as in mine.sssom.tsv; correct it, and keep the metadata in one"
    assert messages(errors) == [
        f"mine.sssom.yml:2: error: the prefix ex {where} of the two files.",
        f"mine.sssom.yml:6: error: license {where} of the two files.",
    ]


def test_a_set_without_metadata_is_told_where_they_go(tmp_path: Path) -> None:
    table = TABLE.replace("ex:", "https://x.example/")
    (warning,) = load(write_set(tmp_path, table)).findings
    assert warning.severity == "warning"
    assert "into mine.sssom.yml beside it" in warning.message
    assert {one.code for one in load(write_set(tmp_path)).findings} == {
        *("sssom-metadata", "sssom-unknown-prefix")
    }


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ("license: [", "the metadata are not YAML"),
        ("- license", 'lines "key: value"'),
        ("license: {a: b}", "license has to be a text"),
        ("#license: https://x.example/l\n", "may not begin with #"),
        ("mapping_date: 26/11/2026", "mapping_date is “26/11/2026”"),
        ("object_source: nope:x", "the prefix “nope” is not declared"),
        ("x" * MAX_BYTES * 2, "is larger than"),
    ],
)
def test_a_broken_file_is_told_with_its_name(tmp_path: Path, metadata: str, sentence: str) -> None:
    path = write_set(tmp_path, TABLE.replace("ex:", "https://x.example/"), sssom_yml=metadata)
    try:
        findings = load(path).errors
    except DataError as error:
        findings = list(error.findings)
    (finding,) = findings
    assert Path(finding.path).name == "mine.sssom.yml"
    assert sentence in finding.message


def test_two_files_of_metadata_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"here are mine.sssom.yml and mine.yml"):
        load(write_set(tmp_path, sssom_yml=METADATA, yml=METADATA))


def test_the_file_is_no_document_of_its_own(tmp_path: Path) -> None:
    write_set(tmp_path, sssom_yml=METADATA)
    assert [name for _, name in list_documents(tmp_path)] == ["mine.sssom.tsv"]
    (tmp_path / "lost.sssom.yml").write_text(METADATA, "utf-8")
    with pytest.raises(DataError, match=r"without the mapping set \(\.sssom\.tsv\) of its name"):
        read_document(tmp_path / "lost.sssom.yml", "lost.sssom.yml", MAX_BYTES)


def test_statements_lead_to_lines_of_the_table(tmp_path: Path) -> None:
    path = write_set(tmp_path, sssom_yml=METADATA)
    document = read_document(path, path.name, MAX_BYTES)
    assert [(one.name, one.text, one.span.start) for one in document.about] == [
        ("title", "Names of colleges", 1),
        ("licence", "https://x.example/licence", 1),
    ]
    _, first, second = document.records
    for record, line in ((first, 2), (second, 3)):
        (tool,) = (field for field in record.fields if field.name == "mapping_tool")
        assert (tool.text, tool.span.start) == ("Matcher 1.10", line)


@pytest.mark.slow
def test_a_build_notices_a_change_of_the_file(tiny: Settings) -> None:
    folder = tiny.data[0] / "links"
    subject = f"{BASE}id/organisation/northgate-university"
    write_set(folder, TABLE.replace("ex:a", subject), sssom_yml=METADATA)
    home = NamedNode(f"{BASE}graph/links-mine")
    for tool in ("Matcher 1.10", "Matcher 1.2"):
        (folder / "mine.sssom.yml").write_text(METADATA.replace("Matcher 1.10", tool), "utf-8")
        store = Store.read_only(str(build(tiny, quiet).release.folder / "store"))
        stated = store.quads_for_pattern(None, SSSOM["mapping_tool"], None, home)
        assert [one.object for one in stated] == [Literal(tool)] * 2


@pytest.mark.slow
def test_others_read_the_same_from_what_is_written_again(tmp_path: Path) -> None:
    """sssom-py gives the same table for a set with its file and for what we write of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sssom.parsers import parse_sssom_table

        path = write_set(tmp_path / "a", sssom_yml=METADATA)
        found = load(path)
        ours = write_set(
            tmp_path / "b", write_mapping_set(found.metadata, (row.slots for row in found.rows))
        )
        meta = yaml.safe_load(METADATA)
        one = parse_sssom_table(str(path), meta=meta, propagate=True)
        two = parse_sssom_table(str(ours), propagate=True)
        for table in (one.df, two.df):
            table.sort_index(axis=1, inplace=True)
        assert one.df.astype(str).to_dict("records") == two.df.astype(str).to_dict("records")
        assert set(one.df.mapping_tool) == {"Matcher 1.10"}
        for name in ("mapping_set_id", "mapping_set_title", "license"):
            assert str(one.metadata[name]) == str(two.metadata[name])


def test_the_audit_reads_the_file_too(tmp_path: Path) -> None:
    path = write_set(tmp_path, sssom_yml=METADATA)
    result = CliRunner().invoke(main, ["link", "audit", str(path)])
    assert (result.exit_code, result.output) == (0, "no contradiction\n")
