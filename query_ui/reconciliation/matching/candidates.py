"""Candidates by name: whole, in another order, without a remark, together, and by likeness."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz

from loader.release.name_index.name_normaliser import IDLE
from loader.release.name_index.named_entity import Kind
from query_ui.graph.name_index import Gazetteer, Named
from query_ui.reconciliation.matching.candidate_retrieval import similar
from query_ui.reconciliation.matching.composite_names import together
from query_ui.reconciliation.matching.match_query import Question
from query_ui.reconciliation.matching.scoring import Candidate

TOGETHER = 12
"""Names whose things are looked at as a whole: with all names, the acronym and the town."""
BRIEF = 5
"""Letters of the longest word that is as weak as an acronym."""
FLIPPED = 0.95
"""What the order of words is worth where another thing may have them in the order asked."""
WHOLE = {
    Kind.LABEL: "exact_label",
    Kind.ALTERNATIVE: "alternative_label",
    Kind.FORMER: "former_name",
    Kind.ACRONYM: "acronym",
}
"""The feature that says of a name of each kind that it was found whole."""


def by_name(gazetteer: Gazetteer, question: Question) -> Iterator[Candidate]:
    """Every candidate that a name leads to; a thing may come several times."""
    if question.words:
        yield from whole(gazetteer, question)
        yield from reordered(gazetteer, question)
        yield from remarked(gazetteer, question)
        near = similar(gazetteer, question.words)
        yield from alike(gazetteer, question, near)
        yield from jointly(gazetteer, question, near[:TOGETHER])


def whole(gazetteer: Gazetteer, question: Question) -> Iterator[Candidate]:
    """Things that are called exactly so."""
    for name in gazetteer.by_key([question.key]):
        kind = Kind.ACRONYM if brief(name) else Kind(name.kind)
        yield Candidate(name.entity, name.text, {WHOLE[kind]: 1.0})


def brief(name: Named) -> bool:
    """Whether another name is no more than a short word, as "Kings", which tells no more than an
    acronym does. A code with digits in it tells more."""
    return name.kind == Kind.ALTERNATIVE and name.key.isalpha() and len(name.key) <= BRIEF


def reordered(gazetteer: Gazetteer, question: Question) -> Iterator[Candidate]:
    """Things that are called so in another order, where there are words enough to order."""
    if " " in question.bag:
        for name in gazetteer.by_bag([question.bag]):
            if name.kind != Kind.ACRONYM and name.key != question.key:
                value = FLIPPED if flipped(gazetteer, question) else 1.0
                yield Candidate(name.entity, name.text, {"other_order": value})


def flipped(gazetteer: Gazetteer, question: Question) -> bool:
    """Whether no more than "X University" is asked, where X may be a town.

    York University is not the one of York; a town may have namesakes that a register lacks.
    """
    if len(question.words) != 2 or question.words[1] != "university":
        return False
    return not gazetteer.placed or bool(gazetteer.countries(question.words[:1]))


def remarked(gazetteer: Gazetteer, question: Question) -> Iterator[Candidate]:
    """Things that are called so but for a remark."""
    name = without_remark(question.text)
    for found in gazetteer.by_key([Question(name).key]) if name else ():
        if found.kind != Kind.ACRONYM:
            yield Candidate(found.entity, found.text, {"without_remark": 1.0})


def without_remark(text: str) -> str:
    """A name without what stands in brackets after it; "" where that may be a part of the name.

    A remark has a small letter at the beginning of a word, as in "(central functions)"; what is
    written with capitals throughout, as "(Dublin)", may tell one thing from another.
    """
    found = re.fullmatch(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]", text.strip())
    small = found and any(w[:1].islower() and w not in IDLE for w in found[2].split())
    return found[1] if found and small else ""


def jointly(gazetteer: Gazetteer, question: Question, near: Sequence[Named]) -> Iterator[Candidate]:
    """Things whose names and town together have every word."""
    numbers = list(dict.fromkeys(name.entity for name in near))
    names, things = gazetteer.names_of(numbers), gazetteer.things(numbers)
    for number in numbers:
        if by := together(gazetteer, question, names[number], things[number].place):
            yield Candidate(number, by, {"names_together": 1.0})


def alike(gazetteer: Gazetteer, question: Question, near: Sequence[Named]) -> Iterator[Candidate]:
    """Things with a name like it, in its words and in its spelling."""
    asked = [word for word in question.words if word not in IDLE]
    for name in near:
        if name.kind != Kind.ACRONYM and name.bag != question.bag:
            own = [word for word in name.key.split() if word not in IDLE]
            overlap = shared(gazetteer, asked, own)
            spelling = fuzz.token_sort_ratio(question.key, name.key) / 100
            features = {"token_overlap": round(overlap, 3), "spelling": round(spelling, 3)}
            yield Candidate(name.entity, name.text, features)


def shared(gazetteer: Gazetteer, asked: Iterable[str], own: Iterable[str]) -> float:
    """The share of what two lists of words tell that both have; a slip of the pen is forgiven."""
    left = list(dict.fromkeys(own))
    common = apart = 0.0
    for word in dict.fromkeys(asked):
        partner = word if word in left else slip(gazetteer, word, left)
        if partner:
            left.remove(partner)
            common += gazetteer.bits(partner)
        else:
            apart += gazetteer.bits(word)
    apart += sum(gazetteer.bits(word) for word in left)
    return common / (common + apart) if common else 0.0


def slip(gazetteer: Gazetteer, word: str, own: Sequence[str]) -> str:
    """The word of a name that an unknown word is a slip for, or ""."""
    if len(gazetteer.names_with(word)):
        return ""
    return next((near for near in gazetteer.vocabulary.near(word) if near in own), "")
