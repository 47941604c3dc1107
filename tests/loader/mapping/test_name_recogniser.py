"""Which names are found in running text, and which look-alikes are not."""

import pytest
from pyoxigraph import NamedNode

from loader.mapping.name_recogniser import Mention, Recogniser


def iri(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


NAMES = [
    ("Institute of Cancer Research", iri("icr")),
    ("ICR", iri("icr")),
    ("The Institute of Cancer Research, London", iri("icr")),
    ("University of Liverpool", iri("liverpool")),
    ("The University of Liverpool", iri("liverpool")),
    ("University of York", iri("york")),
    ("King's College London", iri("kcl")),
    ("KCL", iri("kcl")),
    ("N8", iri("n8")),
    ("N8 Research Partnership", iri("n8")),
    ("Jisc", iri("jisc")),
    ("Vitae", iri("vitae")),
    ("Café Royal Trust", iri("cafe")),
]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(NAMES)


@pytest.mark.parametrize(
    ("text", "printed", "name", "acronym"),
    [
        ("Staff of the University of Liverpool agreed.", "University of Liverpool", "liverpool", 0),
        ("The University of Liverpool agreed.", "University of Liverpool", "liverpool", 0),
        ("UNIVERSITY OF LIVERPOOL", "UNIVERSITY OF LIVERPOOL", "liverpool", 0),
        (
            "at the university\n  of Liverpool’s web site",
            "university\n  of Liverpool",
            "liverpool",
            0,
        ),
        ("King’s College London's plan", "King’s College London", "kcl", 0),
        ("(ICR)", "ICR", "icr", 1),
        ("ICR’s offer", "ICR", "icr", 1),
        ("the ICR-led part", "ICR", "icr", 1),
        ("_ICR_", "ICR", "icr", 1),
        ("Institute of Cancer Research, London", "Institute of Cancer Research, London", "icr", 0),
        ("Institute of Cancer Research, Leeds", "Institute of Cancer Research", "icr", 0),
        ("all N8 members", "N8", "n8", 1),
        ("the N8 Research Partnership", "N8 Research Partnership", "n8", 0),
        ("JISC and others", "JISC", "jisc", 0),
        ("by Vitae.", "Vitae", "vitae", 0),
        ("the Cafe\u0301 Royal Trust", "Cafe\u0301 Royal Trust", "cafe", 0),
    ],
)
def test_found(recogniser: Recogniser, text: str, printed: str, name: str, acronym: int) -> None:
    expected = Mention(iri(name), printed, text.index(printed), bool(acronym))
    assert recogniser.find(text) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "icr",
        "ICRs and AICR and ICR2",
        "University of Yorkshire",
        "the University, of York",
        "University of",
        "curriculum vitae",
        "N80",
        "King College London",
    ],
)
def test_not_found(recogniser: Recogniser, text: str) -> None:
    assert recogniser.find(text) == ()


def test_each_mention_in_order_none_inside_another(recogniser: Recogniser) -> None:
    text = "ICR, the N8 Research Partnership and N8; University of York/University of Liverpool."
    found = recogniser.find(text)
    assert [mention.printed for mention in found] == [
        "ICR",
        "N8 Research Partnership",
        "N8",
        "University of York",
        "University of Liverpool",
    ]
    assert all(
        text[mention.offset : mention.offset + len(mention.printed)] == mention.printed
        for mention in found
    )


def test_a_half_name_hides_no_whole_one(recogniser: Recogniser) -> None:
    (found,) = recogniser.find("The University of University of York")
    assert (found.iri, found.offset) == (iri("york"), 18)


def test_first_of_equal_names_counts() -> None:
    twice = [("MI", iri("a")), ("MI", iri("b")), ("The M I", iri("c")), ("M I", iri("d"))]
    found = Recogniser(twice).find("MI, M I")
    assert [mention.iri for mention in found] == [iri("a"), iri("c")]


def test_a_name_inside_a_longer_one_is_not_found() -> None:
    names = [*NAMES, ("Friends of the University of York", iri("friends"))]
    found = Recogniser(names).find("by the Friends of the University of York")
    assert [mention.iri for mention in found] == [iri("friends")]


def test_names_of_nothing_match_nothing() -> None:
    assert Recogniser([("", iri("a")), ("  ", iri("b"))]).find("Any text. ") == ()
