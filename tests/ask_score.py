"""Scores of the ranking of saved queries on both halves of the questions.

``python -m tests.ask_score`` prints them for the release in ``build``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.ask.query_ranking import Candidate, QueryRanking
from query_ui.graph.ask.release_questions import load_ranking
from query_ui.graph.page_queries import current_graph
from tests.conftest import PROJECT
from tests.query_ui.graph.ask.question_set import ScoredQuestion, load_questions

DAY = date(2026, 11, 28)
"""The day on which all questions are asked."""


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
        ranked = ranking.rank(ranking.read_question(question.text, DAY))[:3]
        offered = [one for one in ranked if one.is_answer]
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
        short = re.split(r"[/:]", value.text)[-1]
        found.setdefault(value.parameter.name, set()).add(short)
    expected = {
        name: {text.rsplit(":", 1)[-1] for text in texts} for name, texts in question.values.items()
    }
    return {n: {t.rsplit(":", 1)[-1] for t in v} for n, v in found.items()} == expected


def score_half(ranking: QueryRanking, is_kept: bool) -> AskScore:
    """Return the scores on the kept or the open half."""
    return score_questions(ranking, [one for one in load_questions() if one.is_kept == is_kept])


def main() -> None:
    """Print the scores of both halves for the current release of the project."""
    settings = Settings(root=PROJECT, data=(PROJECT / "data",), out=PROJECT / "build")
    engine = open_engine(settings)
    with create_app(settings, engine).app_context():
        ranking = load_ranking(current_graph())
        for name, is_kept in (("open", False), ("kept", True)):
            print(f"{name} half: {score_half(ranking, is_kept)}")
    engine.close()


if __name__ == "__main__":
    main()
