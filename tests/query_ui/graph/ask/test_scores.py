"""How well the saved queries of the shipped data answer the questions in words."""

import pytest
from flask import Flask

from query_ui.graph.ask.query_ranking import QueryRanking
from query_ui.graph.ask.release_questions import load_ranking
from query_ui.graph.page_queries import current_graph
from tests.ask_score import score_half
from tests.query_ui.graph.ask.question_set import load_questions


@pytest.fixture(scope="module")
def ranking(shipped_app: Flask) -> QueryRanking:
    with shipped_app.app_context():
        return load_ranking(current_graph())


@pytest.mark.parametrize("is_kept", [True, False])
def test_three_quarters_get_their_query_first_and_most_others_are_refused(
    ranking: QueryRanking, is_kept: bool
) -> None:
    score = score_half(ranking, is_kept)
    print(score)
    assert (score.answerable, score.unanswerable) == (40, 20)
    assert score.right_first >= 0.75 * score.answerable, score
    assert score.right_values >= 0.85 * score.right_first, score
    assert score.refused >= 0.8 * score.unanswerable, score


def test_every_value_of_the_questions_is_a_choice(ranking: QueryRanking) -> None:
    queries = {one.query.name: one.query for one in ranking.index.queries}
    for question in load_questions():
        if question.query:
            names = {parameter.name for parameter in queries[question.query].parameters}
            assert question.values.keys() <= names, question
