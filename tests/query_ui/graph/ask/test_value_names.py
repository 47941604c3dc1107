"""The values that the words of a question name."""

import pytest

from loader.settings import BASE
from query_ui.graph.ask.question_words import Stemmer
from query_ui.graph.ask.value_names import NamedValue, ValueNames


def organisation(slug: str, label: str) -> NamedValue:
    return NamedValue("organisations", f"{BASE}id/organisation/{slug}", label, label)


NAMES = [
    organisation("university-of-york", "University of York"),
    organisation("york-st-john-university", "York St John University"),
    organisation("university-of-reading", "University of Reading"),
    organisation("queen-mary", "Queen Mary University of London"),
    organisation("wellcome-trust", "Wellcome Trust"),
    organisation("forest-of-arden", "Forest of Arden"),
    organisation("arden-university", "Arden University"),
    organisation("university-of-arden", "University of Arden"),
    organisation("scottish-alliance", "Scottish Alliance for Soil"),
    organisation("universities-uk", "Universities UK"),
    organisation("raindance", "Raindance Educational Services"),
    NamedValue("keywords", f"{BASE}concept/keywords/staff", "Support staff", "Services"),
    NamedValue("groups", "Managers of researchers", *["Managers of researchers"] * 2),
    NamedValue("keywords", f"{BASE}concept/keywords/wellbeing", "Wellbeing", "Wellbeing"),
    NamedValue("keywords", f"{BASE}concept/keywords/wellbeing", "Wellbeing", "Mental health"),
    NamedValue("keywords", f"{BASE}concept/keywords/networking", "Networking", "Networking"),
    NamedValue("keywords", f"{BASE}concept/keywords/networks", "Networks", "Networks"),
    NamedValue("obligations", f"{BASE}concept/principles/eci4", "ECI4: train", "ECI4: train"),
    NamedValue("nations", "Scotland", "Scotland", "Scotland"),
]


@pytest.fixture(scope="module")
def names() -> ValueNames:
    return ValueNames(NAMES, Stemmer(), frozenset({"read", "health"}))


def find(names: ValueNames, text: str) -> list[tuple[str, dict[str, list[str]]]]:
    """The words of each mention, and the ends of the values that they mean by list."""
    words = Stemmer().parse_question(text, names.stems)
    return [
        (
            " ".join(word.text for word in words[one.start : one.end]),
            {n: [v.value.rsplit("/", 1)[-1] for v in found] for n, found in one.values.items()},
        )
        for one in names.find_mentions(words)
    ]


@pytest.mark.parametrize(
    ("text", "words", "choices", "value"),
    [
        ("the University of York", "University of York", "organisations", "university-of-york"),
        ("peers of York?", "York", "organisations", "university-of-york"),
        ("York St John plans", "York St John", "organisations", "york-st-john-university"),
        ("paid by Wellcome", "Wellcome", "organisations", "wellcome-trust"),
        ("overview of wellcome", "wellcome", "organisations", "wellcome-trust"),
        ("Queen Mary", "Queen Mary", "organisations", "queen-mary"),
        ("on mental health", "mental health", "keywords", "wellbeing"),
        ("on well-being", "wellbeing", "keywords", "wellbeing"),
        ("for networking", "networking", "keywords", "networking"),
        ("in networks", "networks", "keywords", "networks"),
        ("under ECI4", "ECI4", "obligations", "eci4"),
        ("Scottish ones", "Scottish", "nations", "Scotland"),
        ("by Universities UK", "Universities UK", "organisations", "universities-uk"),
        ("york", "york", "organisations", "university-of-york"),
        ("by Raindance", "Raindance", "organisations", "raindance"),
        ("duties of managers", "managers", "groups", "Managers of researchers"),
    ],
)
def test_a_name_is_found_in_its_usual_forms(
    names: ValueNames, text: str, words: str, choices: str, value: str
) -> None:
    assert find(names, text) == [(words, {choices: [value]})]


@pytest.mark.parametrize(
    "text", ["reading groups for Leeds", "health", "the University", "universities", "of", ""]
)
def test_ordinary_words_are_no_names(names: ValueNames, text: str) -> None:
    assert find(names, text) == []


def test_a_word_of_a_topic_names_no_institution_that_has_it_too(names: ValueNames) -> None:
    assert find(names, "SERVICE") == [("SERVICE", {"keywords": ["staff"]})]


def test_a_complete_name_comes_before_a_part_of_another(names: ValueNames) -> None:
    assert find(names, "Scottish Alliance") == [
        ("Scottish Alliance", {"organisations": ["scottish-alliance"]})
    ]


def test_a_name_of_two_values_keeps_both(names: ValueNames) -> None:
    ((_, values),) = find(names, "Compare Arden")
    assert values == {"organisations": ["arden-university", "university-of-arden"]}
