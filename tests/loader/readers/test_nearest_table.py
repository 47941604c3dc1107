"""Headers that are not known: the nearest table is offered, with a header row to copy."""

from pathlib import Path

import pytest

from loader.errors import DataError
from loader.readers.nearest_table import find_nearest_table
from loader.readers.source import SourceFile
from loader.readers.table_description import load_table_descriptions
from loader.readers.table_document import read_table
from loader.readers.table_headers import TABLE_KINDS, list_table_kinds

ONTOLOGY = Path(__file__).parents[3] / "ontology"


def source(text: str) -> SourceFile:
    return SourceFile("data/t.csv", "t.csv", text.encode(), "")


def test_the_offered_row_makes_the_table_readable() -> None:
    rows = "A College;10000001;Leeds\n"
    text = f"Providers, an example\n\nProvider Name;UK PRN;Town\n{rows * 3}"
    with pytest.raises(DataError) as caught:
        read_table(source(text))
    assert [str(finding) for finding in caught.value.findings] == [
        "data/t.csv:3: error: the headers of this table are not known: Provider Name, UK PRN, "
        "Town. The nearest known table is organisation, known by name with ror, ukprn or "
        "alt_names: “Provider Name” → name, “UK PRN” → ukprn, “Town” → city. To read it as such a "
        "table, write in place of line 3: “name;ukprn;city”. A download that has to stay as it is "
        "needs a descriptor beside it in data/sector. [unknown-table]"
    ]
    document = read_table(source(text.replace("Provider Name;UK PRN;Town", "name;ukprn;city")))
    assert [(r.kind, [f.text for f in r.all("name")], r.span.start) for r in document.records] == [
        ("organisation", ["A College"], line) for line in (4, 5, 6)
    ]


@pytest.mark.parametrize(
    ("headers", "kind", "columns", "missing"),
    [
        (["Institution", "ROR ID"], "organisation", ("name", "ror"), ()),
        (["University"], "organisation", ("name",), ("alt_names",)),
        (["Titles", "Tags", "x"], "case-study", ("title", "keywords", ""), ()),
        (
            ["Code", "Responsible", "Gloss"],
            "obligation",
            ("code", "", "gloss"),
            ("responsible_group",),
        ),
        (["name", "Name", "RoR"], "organisation", ("name", "", "ror"), ()),
    ],
)
def test_each_header_becomes_one_column(
    headers: list[str], kind: str, columns: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    found = find_nearest_table(headers, TABLE_KINDS)
    assert found is not None
    assert (found.kind.name, found.columns, found.missing) == (kind, columns, missing)


def test_headers_near_nothing_have_no_nearest_table() -> None:
    assert find_nearest_table(["colour", "size", ""], TABLE_KINDS) is None


def test_every_described_table_is_found_by_headers_with_slips() -> None:
    kinds = list_table_kinds(load_table_descriptions(ONTOLOGY))
    for kind in kinds:
        headers = [f"{name}x" if len(name) > 6 else name for name in kind.columns]
        found = find_nearest_table(headers, kinds)
        assert found is not None
        assert found.kind.name == kind.name
