"""The questions in words that a saved query answers, as its header has them."""

import pytest

from loader.queries.saved_query import Phrasing
from tests.loader.queries.test_query_files import GOOD, findings, parse

ASKING = GOOD.replace(
    "PREFIX concept",
    """#+ asks:
#+   - what is there on {keyword}
#+   - {says: much of it, with: {least: 10}}
PREFIX concept""",
    1,
)


def test_phrasings_are_read_with_their_values_and_lines() -> None:
    assert parse(ASKING).phrasings == (
        Phrasing("what is there on {keyword}", {}, 6),
        Phrasing("much of it", {"least": ("10",)}, 7),
    )
    assert parse(GOOD).phrasings == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{keyword}\n", "{topic}\n", 'q.rq:6: error: There is no parameter "topic", but keyword'),
        ("least: 10", "least: many", "q.rq:7: error: The phrasing has a wrong value"),
        ("least: 10", "most: 10", 'q.rq:7: error: There is no parameter "most"'),
        ("{least: 10}", "10", 'q.rq:7: error: "with" must give each parameter a value'),
        ("says: much", "say: much", 'q.rq:7: error: The phrasing has no key "say"'),
        ("what is there on {keyword}", "''", "q.rq:6: error: A phrasing is a text of at most 200"),
        ("much of it", "a" * 201, "q.rq:7: error: A phrasing is a text of at most 200"),
        ("much of it", "What is there on {keyword}", "q.rq:7: error: “What is there on {keyw"),
    ],
)
def test_a_wrong_phrasing_is_refused_with_its_line(old: str, new: str, expected: str) -> None:
    assert old in ASKING
    quoted = f'"{new}"' if new.startswith("What") else new
    found = findings(ASKING.replace(old, quoted))
    assert any(expected in finding for finding in found), found


def test_phrasings_must_be_a_list() -> None:
    text = GOOD.replace("PREFIX concept", "#+ asks: what is there\nPREFIX concept", 1)
    assert any('"asks" must be a list of questions' in finding for finding in findings(text))
