"""Names of a column in the light of its other names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.release.name_index import EntityName, NamedEntity, write_name_index
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.match_table import build_matcher
from query_ui.reconciliation.matching.scoring import MatchQuery

TOWNS = ("York", "Hull", "Bath", "Ayr", "Ely", "Ripon", "Wells", "Truro", "Bude", "Leek", "Rye")
NAMES = [f"University of {town}" for town in TOWNS]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameIndex]:
    path: Path = tmp_path_factory.mktemp("towns") / "names.sqlite"
    entities = [
        NamedEntity(f"https://x.example/{town}", name, (EntityName(name),), (), "GB", town)
        for town, name in zip(TOWNS, NAMES, strict=True)
    ]
    write_name_index(path, entities, {})
    found = NameIndex(path)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("others", "is_sure"),
    [
        (NAMES[1:], True),
        (NAMES[2:], False),  # nine are too few
        ([*NAMES[1:], "Bude University", "Rye University"], True),  # which need it themselves
        ([*NAMES[1:], "Universität Ulm", "Uppsala universitet"], False),  # 10 of 12
        ([], False),
    ],
)
def test_the_other_names_of_a_column_say_its_country(
    register: NameIndex, others: list[str], *, is_sure: bool
) -> None:
    queries = [MatchQuery(name) for name in ["York University", *others]]
    first, *_ = build_matcher(register, are_affiliations=False, queries=queries)(queries[0])
    assert (first.entity.label, first.sure) == ("University of York", is_sure)
    assert ("country" in first.candidate.features) is is_sure


def test_a_country_in_the_row_comes_before_that_of_the_column(register: NameIndex) -> None:
    queries = [MatchQuery("York University", country="CA"), *map(MatchQuery, NAMES)]
    assert build_matcher(register, are_affiliations=False, queries=queries)(queries[0]) == []
