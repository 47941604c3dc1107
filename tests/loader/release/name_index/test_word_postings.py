"""The words of names keep their names when those have other numbers."""

from array import array
from math import log

import numpy as np
import pytest

from loader.release.name_index.word_postings import (
    GONE,
    compute_name_weights,
    join_words,
    move_words,
)


def pack(**words: list[int]) -> dict[str, bytes]:
    return {word: array("i", numbers).tobytes() for word, numbers in words.items()}


def test_numbers_move_and_words_without_a_name_go() -> None:
    places = np.array([GONE, 0, 5, GONE], np.int32)
    known = pack(a=[0, 1, 2], b=[0, 3], c=[2])
    assert move_words(known.items(), places) == pack(a=[0, 5], c=[5])
    assert move_words((), np.empty(0, np.int32)) == {}


def test_words_are_joined_in_the_order_of_characters() -> None:
    new = {"fern": array("i", [1, 7]), "bog": array("i", [1])}
    found = join_words(pack(fern=[0, 3], zest=[4]), new)
    assert list(found.items()) == [*pack(bog=[1], fern=[0, 1, 3, 7], zest=[4]).items()]


def test_a_name_has_the_weights_of_its_words_but_stop_words() -> None:
    words = pack(fern=[0, 1], of=[0, 1, 2], york=[0])
    found = compute_name_weights(words, 4)
    expected = [log(5 / 2.5) + log(5 / 1.5), log(5 / 2.5), 0, 0]
    assert found.tolist() == pytest.approx(expected, rel=1e-6)
    assert compute_name_weights({}, 2).tolist() == [0, 0]
