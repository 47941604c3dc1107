"""The search for the saved query that fits a request in words."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from loader.release.search_index.text_folding import split_words

TITLE_WEIGHT = 2


def rank_saved_queries(
    words: str, catalogue: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the saved queries of a catalogue that have some of the words, best first.

    A word counts by its rarity among the queries, and twice in a title. It also matches longer
    words that begin with it, without the ``s`` of a plural.
    """
    texts = [
        (
            [*split_words(f"{item['title']} {item['name'].replace('-', ' ')}")],
            [*split_words(f"{item['summary']} {' '.join(item['tags'])}")],
        )
        for item in catalogue
    ]
    scores = [0.0] * len(catalogue)
    for word in {_strip_plural(word) for word in split_words(words)}:
        in_title = [_has_prefix(word, title) for title, _ in texts]
        in_any = [has or _has_prefix(word, texts[i][1]) for i, has in enumerate(in_title)]
        rarity = math.log(1 + len(catalogue) / max(1, sum(in_any)))
        for position, is_match in enumerate(in_any):
            weight = TITLE_WEIGHT if in_title[position] else 1
            scores[position] += rarity * weight * is_match
    order = sorted(range(len(catalogue)), key=lambda position: -scores[position])
    return [catalogue[position] for position in order if scores[position] > 0]


def merge_ranked_queries(
    answers: Sequence[Mapping[str, Any]],
    ranked: Sequence[Mapping[str, Any]],
    catalogue: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return the queries that answer a question, with their values, then the other ranked ones.

    ``answers`` are items of ``/ask.json``, the others items of ``/queries.json``.
    """
    item_by_name = {item["name"]: item for item in catalogue}
    first = [
        {
            **item_by_name[one["name"]],
            "answers": True,
            "values": {v["parameter"]: v["values"] for v in one["values"] if not v["default"]},
            "unused": one["unused"],
        }
        for one in answers
    ]
    names = {one["name"] for one in answers}
    rest = [{**item, "answers": False, "values": {}, "unused": []} for item in ranked]
    return [*first, *(item for item in rest if item["name"] not in names)]


def _strip_plural(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _has_prefix(word: str, words: Sequence[str]) -> bool:
    return any(one.startswith(word) for one in words)
