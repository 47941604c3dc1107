"""Short addresses: what they stand for, where they lie, and what happens when they can't."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from query_ui.endpoint.permalink_store import SHORTEST, Permalinks


def test_address_is_the_beginning_of_the_hash_and_always_the_same(tmp_path: Path) -> None:
    short = Permalinks(tmp_path / "permalinks").keep("query=ASK+%7B%7D")
    assert short == hashlib.sha256(b"query=ASK+%7B%7D").hexdigest()[:SHORTEST]
    again = Permalinks(tmp_path / "permalinks")
    assert again.keep("query=ASK+%7B%7D") == short
    assert again.find(short) == "query=ASK+%7B%7D"
    assert [path.name for path in (tmp_path / "permalinks").iterdir()] == [short]


def test_second_text_with_the_same_beginning_gets_a_longer_address(tmp_path: Path) -> None:
    links = Permalinks(tmp_path)
    digest = hashlib.sha256(b"mine").hexdigest()
    (tmp_path / digest[:SHORTEST]).write_text("another", encoding="utf-8")
    assert links.keep("mine") == digest[: SHORTEST + 1]
    assert links.keep("mine") == digest[: SHORTEST + 1]
    assert links.find(digest[:SHORTEST]) == "another"
    assert links.find(digest[: SHORTEST + 1]) == "mine"


@pytest.mark.parametrize("short", ["", "../current", "0123abcd", "XYZ0123456", "0" * 65])
def test_what_is_no_address_finds_nothing(tmp_path: Path, short: str) -> None:
    (tmp_path / "current").write_text("0123abcd\n", encoding="ascii")
    assert Permalinks(tmp_path / "permalinks").find(short) is None


def test_number_is_bounded_and_what_is_kept_stays(tmp_path: Path) -> None:
    links = Permalinks(tmp_path, most=2)
    first = links.keep("one")
    links.keep("two")
    with pytest.raises(OSError, match="there are 2 already"):
        links.keep("three")
    assert links.keep("one") == first
    assert len(list(tmp_path.iterdir())) == 2


def test_folder_that_cannot_be_made_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    with pytest.raises(OSError):
        Permalinks(tmp_path / "file" / "permalinks").keep("one")


def test_many_at_once_leave_whole_files(tmp_path: Path) -> None:
    links = Permalinks(tmp_path)
    texts = [f"query={number % 20}" * 100 for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(links.keep, texts))
    assert [links.find(short) for short in addresses] == texts
    assert sorted(os.listdir(tmp_path)) == sorted(set(addresses))
