"""Whether all names of a thing and its town account together for every word of a question."""

from collections.abc import Sequence

from loader.release.name_index.name_normaliser import IDLE, tokens
from loader.release.name_index.named_entity import Kind
from query_ui.graph.name_index import Gazetteer, Named
from query_ui.reconciliation.matching.match_query import Question

COMMON = 0.02
"""The share of names that a word may be in and still tell something."""
UNSAID = frozenset({"university"})
"""What people leave out where two words are left: Leeds Beckett, but not Durham."""


def together(gazetteer: Gazetteer, question: Question, names: Sequence[Named], place: str) -> str:
    """The name that a question has in full, where a thing explains its other words; else "".

    ``names`` are all names of the thing, ``place`` is its town. "RGU Aberdeen" has the acronym and
    the town; "Prifysgol Glyndŵr Wrecsam" two names mixed; "Imperial College" lacks the town alone.
    A word in common that is no town has to be there.
    """
    asked = {word for word in question.words if word not in IDLE}
    own = {name: significant(name) for name in names}
    town = set(tokens(place)) - IDLE
    reordered = any(name.bag == question.bag for name in names)
    if not asked or reordered or not asked <= town.union(*own.values()):
        return ""
    for name, words in own.items():
        common = asked & words
        said = words & UNSAID <= asked or len(common) > 1
        if said and telling(gazetteer, common, town) and enough(name, words, asked, town):
            return name.text
    return ""


def significant(name: Named) -> set[str]:
    return {word for word in name.key.split() if word not in IDLE}


def enough(name: Named, words: set[str], asked: set[str], town: set[str]) -> bool:
    """Whether a question has all of a name but what goes without saying.

    With an acronym the town has to be named, since many share one.
    """
    if name.kind == Kind.ACRONYM:
        return words <= asked and bool(town & (asked - words) or len(asked - words) > 1)
    return words <= asked | town | UNSAID


def telling(gazetteer: Gazetteer, common: set[str], town: set[str]) -> bool:
    """Whether the words in common say more than a town and the sort of institution."""
    rest: Sequence[str] = sorted(common - town - UNSAID)
    places = gazetteer.countries(rest) if rest else {}
    most = max(3.0, COMMON * len(gazetteer.entities))
    return any(len(gazetteer.names_with(word)) <= most for word in rest if word not in places)
