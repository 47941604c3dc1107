"""Names that the index adds: those of replaced records, and other forms of a name."""

import pytest

from loader.release.name_index import EntityName, NamedEntity, NameKind
from loader.release.name_index.name_writer import add_former_names, derive_variants


def record(slug: str, status: str = "active", *successors: str) -> NamedEntity:
    name = f"Institute {slug.title()}"
    names = (EntityName(name), EntityName(f"I{slug[0].upper()}", NameKind.ACRONYM))
    relations = {"successor": successors} if successors else {}
    return NamedEntity(slug, name, names, status=status, relations=relations)


def former(*records: NamedEntity) -> dict[str, list[str]]:
    """The former names of each record that has any."""
    found = {
        e.iri: [n.text for n in e.names if n.kind is NameKind.FORMER]
        for e in add_former_names(list(records))
    }
    return {iri: names for iri, names in found.items() if names}


def test_the_names_of_a_replaced_record_lead_to_the_last_one_that_is_active() -> None:
    first, second = record("first", "withdrawn", "second"), record("second", "inactive", "third")
    assert former(first, second, record("third")) == {
        "third": ["Institute First", "Institute Second"]
    }


@pytest.mark.parametrize(
    "records",
    [
        (record("a", "inactive"), record("b")),
        (record("a", "inactive", "b", "c"), record("b"), record("c")),
        (record("a", "inactive", "elsewhere"), record("b")),
        (record("a", "active", "b"), record("b")),
        (record("a", "inactive", "a"),),
    ],
)
def test_a_record_without_one_known_successor_keeps_its_names(
    records: tuple[NamedEntity, ...],
) -> None:
    assert former(*records) == {}


def test_records_that_replace_each_other_end() -> None:
    one, other = record("a", "inactive", "b"), record("b", "inactive", "a")
    assert set(former(one, other)) == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "types", "expected"),
    [
        ("Fern (United Kingdom)", ("company",), ["Fern", "Fern (UK)"]),
        ("Fern (United Kingdom)", ("facility",), ["Fern (UK)"]),
        ("Fern Society of the UK", (), ["Fern Society of the United Kingdom"]),
        (
            "UK Centre for Ferns and Mosses",
            (),
            ["United Kingdom Centre for Ferns and Mosses", "Centre for Ferns and Mosses"],
        ),
        ("UK Fern Agency", (), ["United Kingdom Fern Agency"]),
        ("UKFerns", (), []),
    ],
)
def test_a_name_is_written_in_its_other_forms(
    name: str, types: tuple[str, ...], expected: list[str]
) -> None:
    names = (EntityName(name), EntityName("UK", NameKind.ACRONYM))
    assert [n.text for n in derive_variants(NamedEntity("x", name, names, types))] == expected
