"""Suggested concepts: by whole labels, by words close together, by a part of a label."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.release.name_index import EntityName, NamedEntity, NameKind, write_name_index
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.tag_suggester import suggest_tags

KEYWORD = frozenset({"keyword"})


def concept(label: str, *others: str, type_: str = "keyword") -> NamedEntity:
    names = [
        EntityName(n, NameKind.ACRONYM if n.isupper() else NameKind.ALTERNATIVE) for n in others
    ]
    slug = label.lower().replace(" ", "-")
    return NamedEntity(f"https://x.example/{slug}", label, (EntityName(label), *names), (type_,))


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameIndex]:
    path: Path = tmp_path_factory.mktemp("scheme") / "names.sqlite"
    concepts = [
        concept("Mentorship", "Mentoring"),
        concept("Career management"),
        concept("Leadership development"),
        concept("Professional development"),
        concept("Wellbeing", "Well-being"),
        concept("Research culture", "RC"),
        concept("Researchers", type_="beneficiary"),
    ]
    write_name_index(path, concepts, {})
    found = NameIndex(path)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On mentoring.", [("Mentorship", "alternative_in_text", ("mentoring",))]),
        ("MENTORSHIP", [("Mentorship", "label_in_text", ("mentorship",))]),
        ("Research Cultures", [("Research culture", "label_in_text", ("research cultures",))]),
        (
            "to manage one's own career",
            [("Career management", "words_near", ("manage", "career"))],
        ),
        ("about careers", [("Career management", "words_in_part", ("careers",))]),
        ("to be or not to be, RC", []),
        ("", []),
        ("researchers", [("Research culture", "words_in_part", ("researchers",))]),
    ],
)
def test_a_text_is_tagged_with_the_words_that_say_so(
    scheme: NameIndex, text: str, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    found = suggest_tags(scheme, text, KEYWORD)
    assert [(t.entity.label, next(iter(t.features)), t.words) for t in found] == expected


def test_what_is_said_more_often_stands_first(scheme: NameIndex) -> None:
    text = "Wellbeing and mentorship; wellbeing, wellbeing."
    assert [t.entity.label for t in suggest_tags(scheme, text, KEYWORD)] == [
        *("Wellbeing", "Mentorship"),
    ]
