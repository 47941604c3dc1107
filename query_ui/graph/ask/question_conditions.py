"""What a question demands beyond its topic: a negation, a comparison, or how to begin.

A list of what has something is the wrong answer to what has it not, however well the topic fits,
and a list of signatories to who can become one.
So a saved query answers a question with a condition only if its phrasing has such words too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from query_ui.graph.ask.question_words import QuestionWord, Stemmer

NEGATIONS = frozenset(
    (
        "not,no,never,nobody,none,nothing,nowhere,neither,nor,without,except,excluding,cannot,"
        "lack,lacks,lacking,lacked,missing,excluded,exclude,excludes,unless"
    ).split(",")
)
SUPERLATIVES = frozenset("most,fewest,highest,lowest,largest,smallest,biggest".split(","))
BOUNDS = frozenset("before,after,since,until,above,below,exceeding,exceed,exceeds".split(","))
PAIRS = {
    ("more", "than"): "more",
    ("less", "than"): "less",
    ("fewer", "than"): "fewer",
    ("at", "least"): "least",
    ("at", "most"): "most",
    ("longer", "than"): "longer",
    **{(before, verb): verb for before in ("can", "to", "i") for verb in ("become", "join")},
    **{("i", verb): verb for verb in ("apply", "complain", "report")},
}
"""Comparisons of two words, and how or who to begin, with the word that a phrasing must have."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition at the words ``start`` to ``end``: a phrasing with one of ``terms`` meets it.

    ``end`` is the index of the word after it.
    """

    start: int
    end: int
    terms: frozenset[str]


def find_conditions(words: Sequence[QuestionWord], stemmer: Stemmer) -> list[Condition]:
    """Return the conditions of a question, in order."""
    negation = frozenset(stemmer.find_term(word) for word in NEGATIONS)
    texts = [word.text.lower() for word in words]
    found: list[Condition] = []
    at = 0
    while at < len(texts):
        text, pair = texts[at], tuple(texts[at : at + 2])
        length = 1
        if text in NEGATIONS:
            found.append(Condition(at, at + 1, negation))
        elif pair == ("other", "than"):
            length = 2
            found.append(Condition(at, at + 2, negation))
        elif pair in PAIRS:
            length = 2
            terms = frozenset((stemmer.find_term(PAIRS[pair]),))
            found.append(Condition(at, at + 2, terms))
        elif text in SUPERLATIVES | BOUNDS:
            found.append(Condition(at, at + 1, frozenset((stemmer.find_term(text),))))
        at += length
    return found
