"""Suggestions of keywords, measured on the practices: each is left out in turn."""

import csv
from collections import Counter
from collections.abc import Sequence

import pytest

from query_ui.graph.keyword_suggester import KeywordSuggester, TaggedText, list_stems
from tests.conftest import PROJECT

LIMITS = (3, 5)


def read_practices() -> list[TaggedText]:
    with (PROJECT / "data" / "practices" / "practices.csv").open(encoding="utf-8") as file:
        return [
            TaggedText(
                f"{row['title']} {row['summary']}",
                frozenset(word.strip() for word in row["keywords"].split("|") if word.strip()),
            )
            for row in csv.DictReader(file)
        ]


def measure(
    ranked: Sequence[Sequence[str]], texts: Sequence[TaggedText], limit: int
) -> tuple[float, float]:
    """Precision and recall of the first ``limit`` suggestions, as means over the texts."""
    hits = [
        len(text.keywords & set(names[:limit])) for names, text in zip(ranked, texts, strict=True)
    ]
    precision = sum(hits) / (limit * len(texts))
    recall = sum(
        hit / len(text.keywords) for hit, text in zip(hits, texts, strict=True) if text.keywords
    )
    return precision, recall / len(texts)


@pytest.fixture(scope="module")
def measured() -> dict[tuple[str, int], tuple[float, float]]:
    """Precision and recall of the suggester and of the most frequent keywords, by limit."""
    texts = read_practices()
    labels = {word: word for text in texts for word in text.keywords}
    suggester = KeywordSuggester(texts, labels)
    ours = [
        [iri for iri, _ in suggester.rank(text.text, without=number)]
        for number, text in enumerate(texts)
    ]
    counts = Counter(word for text in texts for word in text.keywords)
    frequent = [
        sorted(labels, key=lambda word: (-(counts[word] - (word in text.keywords)), word))
        for text in texts
    ]
    return {
        (name, limit): measure(ranked, texts, limit)
        for name, ranked in (("suggester", ours), ("baseline", frequent))
        for limit in LIMITS
    }


@pytest.mark.parametrize("limit", LIMITS)
def test_suggestions_beat_the_most_frequent_keywords(
    measured: dict[tuple[str, int], tuple[float, float]], limit: int
) -> None:
    precision, recall = measured["suggester", limit]
    least_precision, least_recall = measured["baseline", limit]
    assert precision > 2 * least_precision and recall > 2 * least_recall


def test_the_figures_are_those_in_the_documentation(
    measured: dict[tuple[str, int], tuple[float, float]],
) -> None:
    figures = (PROJECT / "docs" / "figures.md").read_text("utf-8")
    for limit in LIMITS:
        cells = [
            f"{value:.2f}" for name in ("suggester", "baseline") for value in measured[name, limit]
        ]
        assert f"| {limit} | {' | '.join(cells)} |" in figures


def test_a_keyword_named_in_the_text_is_suggested_without_neighbours() -> None:
    suggester = KeywordSuggester([], {"m": "Mentoring", "w": "Wellbeing"})
    assert suggester.suggest("A scheme of mentoring for postdocs") == ["m"]
    assert suggester.suggest("") == []


def test_words_lose_their_endings() -> None:
    assert list_stems("The mentors and Mentoring") == ["mentor", "mentor"]
    assert list_stems("REF") == ["ref"]
