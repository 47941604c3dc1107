"""Addresses that name a kept release."""

import pytest

from query_ui.http.release_address import add_release, can_name_release, keep_release, split_release


@pytest.mark.parametrize(
    ("address", "result"),
    [
        ("/", "/?release=abc"),
        ("/case-studies.csv?keyword=x", "/case-studies.csv?keyword=x&release=abc"),
        ("/queries/one?a=b#rows", "/queries/one?a=b&release=abc#rows"),
        ("/.well-known/void", "/.well-known/void?release=abc"),
        ("/sparql?query=x", "/sparql?query=x&release=abc"),
        ("/concepts?release=old", "/concepts?release=old"),
        ("/concepts?a=1&amp;release=old", "/concepts?a=1&amp;release=old"),
        ("/sparql/doctor?query=x", "/sparql/doctor?query=x"),
        ("/changes/abcdef01", "/changes/abcdef01"),
        ("/help", "/help"),
        ("/static/site.css", "/static/site.css"),
        ("#main", "#main"),
    ],
)
def test_a_release_is_added_where_the_page_can_be_given_from_it(address: str, result: str) -> None:
    assert add_release(address, "abc") == result
    assert keep_release(address) == address, "the request names no release"


def test_tools_and_files_have_no_release() -> None:
    paths = ("/link", "/metrics", "/reconcile", "/contribute", "/q/1", "/help/querying", "/mcp")
    assert [path for path in paths if can_name_release(path)] == []


def test_the_release_is_taken_out_of_a_query_string_that_stays_as_it_was_sent() -> None:
    assert split_release("a=%20+&release=x&b&released=1") == (["x"], "a=%20+&b&released=1")
    assert split_release("") == ([], "")
