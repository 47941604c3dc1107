"""Short addresses: what they stand for, where they lie, and what happens when they can't."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from query_ui.endpoint.permalinks import MIN_SHORT_LENGTH, PermalinkStore


def test_address_is_the_beginning_of_the_hash_and_always_the_same(tmp_path: Path) -> None:
    short = PermalinkStore(tmp_path / "permalinks").store_text("query=ASK+%7B%7D")
    assert short == hashlib.sha256(b"query=ASK+%7B%7D").hexdigest()[:MIN_SHORT_LENGTH]
    again = PermalinkStore(tmp_path / "permalinks")
    assert again.store_text("query=ASK+%7B%7D") == short
    assert again.find_text(short) == "query=ASK+%7B%7D"
    assert [path.name for path in (tmp_path / "permalinks").iterdir()] == [short]


def test_second_text_with_the_same_beginning_gets_a_longer_address(tmp_path: Path) -> None:
    links = PermalinkStore(tmp_path)
    digest = hashlib.sha256(b"mine").hexdigest()
    (tmp_path / digest[:MIN_SHORT_LENGTH]).write_text("another", encoding="utf-8")
    assert links.store_text("mine") == digest[: MIN_SHORT_LENGTH + 1]
    assert links.store_text("mine") == digest[: MIN_SHORT_LENGTH + 1]
    assert links.find_text(digest[:MIN_SHORT_LENGTH]) == "another"
    assert links.find_text(digest[: MIN_SHORT_LENGTH + 1]) == "mine"


@pytest.mark.parametrize("short", ["", "../current", "0123abcd", "XYZ0123456", "0" * 65])
def test_what_is_no_address_finds_nothing(tmp_path: Path, short: str) -> None:
    (tmp_path / "current").write_text("0123abcd\n", encoding="ascii")
    assert PermalinkStore(tmp_path / "permalinks").find_text(short) is None


class Clock:
    """Time that stands still until it is moved."""

    now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


def test_number_is_bounded_and_the_oldest_go(tmp_path: Path) -> None:
    clock = Clock()
    links = PermalinkStore(tmp_path, max_entries=40, clock=clock)
    made = []
    for number in range(100):
        clock.now += 1
        made.append(links.store_text(str(number)))
        assert links.find_text(made[-1]) == str(number)
    kept = [short for short in made if links.find_text(short)]
    assert 38 <= len(kept) <= 40
    assert kept == made[-len(kept) :]
    assert sorted(os.listdir(tmp_path)) == sorted(kept)


def test_one_that_is_followed_stays(tmp_path: Path) -> None:
    clock = Clock()
    links = PermalinkStore(tmp_path, max_entries=10, clock=clock)
    first = links.store_text("one")
    for number in range(50):
        clock.now += 2 * 86_400
        assert links.find_text(first) == "one"
        links.store_text(str(number))
    assert links.find_text(first) == "one"
    assert len(os.listdir(tmp_path)) <= 10


def test_one_that_nobody_follows_ends(tmp_path: Path) -> None:
    clock = Clock()
    links = PermalinkStore(tmp_path, max_days=30, clock=clock)
    old = links.store_text("old")
    clock.now += 31 * 86_400
    assert links.find_text(old) is None
    new = PermalinkStore(tmp_path, max_days=30, clock=clock).store_text("new")
    assert os.listdir(tmp_path) == [new]
    assert links.store_text("old") == old
    assert links.find_text(old) == "old"


def test_what_a_killed_process_left_goes_too(tmp_path: Path) -> None:
    (tmp_path / ".tmpabc").write_text("half", encoding="ascii")
    os.utime(tmp_path / ".tmpabc", (0, 0))
    short = PermalinkStore(tmp_path).store_text("one")
    assert os.listdir(tmp_path) == [short]


@pytest.mark.slow
@pytest.mark.parametrize("most", [500, pytest.param(5_000, marks=pytest.mark.long)])
def test_ten_times_as_many_as_are_kept_do_not_end_the_feature(tmp_path: Path, most: int) -> None:
    links = PermalinkStore(tmp_path, max_entries=most)
    for number in range(10 * most):
        short = links.store_text(f"query={number}")
    assert links.find_text(short) == f"query={number}"
    assert links.store_text("query=one+more")
    assert len(os.listdir(tmp_path)) <= most


def test_folder_that_cannot_be_made_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    with pytest.raises(OSError):
        PermalinkStore(tmp_path / "file" / "permalinks").store_text("one")


def test_many_at_once_leave_whole_files(tmp_path: Path) -> None:
    links = PermalinkStore(tmp_path)
    texts = [f"query={number % 20}" * 100 for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(links.store_text, texts))
    assert [links.find_text(short) for short in addresses] == texts
    assert sorted(os.listdir(tmp_path)) == sorted(set(addresses))
