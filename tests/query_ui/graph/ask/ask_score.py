"""Scores of the ranking of saved queries on a half of the questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from query_ui.graph.ask.query_ranking import MIN_SCORE, Candidate, QueryRanking
from tests.query_ui.graph.ask.question_set import ScoredQuestion


@dataclass(frozen=True, slots=True)
class AskScore:
    """Numbers of questions of a half: with a query, right first, among three, with right values.

    ``refused`` are those without a query for which no query is offered, of ``unanswerable``;
    ``wrongly_refused`` those with a query for which none is.
    """

    answerable: int
    right_first: int
    right_in_three: int
    right_values: int
    wrongly_refused: int
    unanswerable: int
    refused: int

    def __str__(self) -> str:
        return (
            f"right query first {self.right_first} of {self.answerable}, "
            f"among three {self.right_in_three}; right values {self.right_values} of "
            f"{self.right_first}; wrongly refused {self.wrongly_refused}; "
            f"refused {self.refused} of {self.unanswerable}"
        )


def score_questions(ranking: QueryRanking, questions: Sequence[ScoredQuestion]) -> AskScore:
    """Return the scores of a ranking on some questions; a refused question is not right."""
    counts = dict.fromkeys(AskScore.__slots__, 0)
    for question in questions:
        ranked = ranking.rank(ranking.read_question(question.text))[:3]
        offered = [one for one in ranked if one.score >= MIN_SCORE]
        if not question.query:
            counts["unanswerable"] += 1
            counts["refused"] += not offered
            continue
        counts["answerable"] += 1
        counts["wrongly_refused"] += not offered
        names = [one.query.name for one in offered]
        counts["right_in_three"] += question.query in names
        if names[:1] == [question.query]:
            counts["right_first"] += 1
            counts["right_values"] += has_right_values(question, offered[0])
    return AskScore(**counts)


def has_right_values(question: ScoredQuestion, candidate: Candidate) -> bool:
    """Whether a candidate has the values of a question, and no others."""
    found: dict[str, set[str]] = {}
    for value in candidate.values:
        found.setdefault(value.parameter.name, set()).add(value.text.rsplit("/", 1)[-1].strip("<>"))
    expected = {
        name: {text.rsplit(":", 1)[-1] for text in texts} for name, texts in question.values.items()
    }
    return {n: {t.rsplit(":", 1)[-1] for t in v} for n, v in found.items()} == expected
