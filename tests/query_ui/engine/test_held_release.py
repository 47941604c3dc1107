"""The release that an endpoint holds, compared with the files here."""

import json
from pathlib import Path

import pytest

from loader.errors import BuildError, EndpointError, ReleaseChanged, UsageError
from query_ui.engine.held_release import (
    CHECK_SECONDS,
    HeldRelease,
    LocalRelease,
    StatedRelease,
    find_local_release,
    parse_release_name,
)
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import QueryResult

HERE, OTHER, AWAY = "a" * 64, "b" * 64, "c" * 64


def result_of(*names: str, available: str = "") -> QueryResult:
    """The result of the query for releases that are named so, all published at that time."""
    rows = [{"release": {"type": "uri", "value": name}} for name in names]
    if available:
        rows = [row | {"available": {"type": "literal", "value": available}} for row in rows]
    body = {"head": {"vars": ["release", "available"]}, "results": {"bindings": rows}}
    return QueryResult("bindings", json.dumps(body).encode())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A build folder with two releases, of which the first is the current one."""
    for name in (HERE, OTHER):
        (tmp_path / "releases" / name / "store").mkdir(parents=True)
        (tmp_path / "releases" / name / "report.json").write_text("{}")
    (tmp_path / "current").write_text(HERE)
    return tmp_path


def test_a_folder_of_builds_and_one_release_are_found(out: Path) -> None:
    assert find_local_release(out) == LocalRelease(out, HERE)
    assert find_local_release(out / "releases" / OTHER) == LocalRelease(out, OTHER)


def test_any_other_folder_is_refused(out: Path) -> None:
    for folder in (out / "releases", out / "releases" / HERE / "store"):
        with pytest.raises(UsageError, match="is no release: name a build folder"):
            find_local_release(folder)
    (out / "current").write_text(AWAY)
    with pytest.raises(UsageError, match="which is not there"):
        find_local_release(out)


def test_the_endpoint_is_asked_again_after_some_seconds(out: Path) -> None:
    now, asked = [0.0], []

    def fetch() -> QueryResult:
        asked.append(1)
        return result_of(f"urn:sha256:{HERE}")

    held = HeldRelease(LocalRelease(out, HERE), fetch, clock=lambda: now[0])
    assert (held.find(), held.find(), len(asked)) == (HERE, HERE, 1)
    now[0] = CHECK_SECONDS
    assert (held.find(), len(asked)) == (HERE, 2)


def test_another_release_is_refused_or_followed(out: Path) -> None:
    local, name = LocalRelease(out, HERE), [OTHER]
    strict = HeldRelease(local, lambda: result_of(f"urn:sha256:{name[0]}"))
    with pytest.raises(BuildError, match=f"holds the release {OTHER[:12]}.* of {HERE[:12]}"):
        strict.find()
    assert HeldRelease(local, lambda: result_of(f"urn:sha256:{OTHER}"), True).find() == OTHER
    with pytest.raises(BuildError, match="whose files are not here"):
        HeldRelease(local, lambda: result_of(f"urn:sha256:{AWAY}"), True).find()
    name[0] = HERE  # an error is not kept
    assert strict.find() == HERE


def test_an_endpoint_that_names_no_release_or_two_is_refused() -> None:
    with pytest.raises(BuildError, match="export --release-statement"):
        parse_release_name(result_of())
    with pytest.raises(BuildError, match="several releases"):
        parse_release_name(result_of(f"urn:sha256:{HERE}", f"urn:sha256:{OTHER}"))
    with pytest.raises(EndpointError, match="something else than its hash"):
        parse_release_name(result_of("https://example.org/a"))


def test_an_answer_is_confirmed_by_what_the_endpoint_states_afterwards(out: Path) -> None:
    now, stated = [0.0], [result_of(f"urn:sha256:{HERE}", available="1")]

    def fetch() -> QueryResult:
        now[0] += 1
        return stated[0]

    held = HeldRelease(LocalRelease(out, HERE), fetch, follow=True, clock=lambda: now[0])
    assert held.find() == HERE
    sent_at = held.get_time()
    held.confirm(HERE, sent_at)  # nothing has changed
    stated[0] = result_of(f"urn:sha256:{OTHER}", available="2")
    with pin_release(HERE) as outer:
        with pin_release(HERE), pytest.raises(ReleaseChanged, match="Send the request again"):
            held.confirm(HERE, sent_at)
        assert outer.has_changed, "the request would not be made again"
    assert held.find() == OTHER, "it was waited for two seconds"
    # The release before, published again: an answer may be of the one in between.
    stated[0] = result_of(f"urn:sha256:{HERE}", available="3")
    with pytest.raises(ReleaseChanged):
        held.confirm(HERE, sent_at)
    held.confirm(HERE, held.get_time())


def test_an_endpoint_that_names_no_release_confirms_nothing(out: Path) -> None:
    stated = [result_of(f"urn:sha256:{HERE}")]
    held = HeldRelease(LocalRelease(out, HERE), lambda: stated[0])
    held.find()
    sent_at = held.get_time()
    stated[0] = result_of()
    with pytest.raises(ReleaseChanged):
        held.confirm(HERE, sent_at)
    # It names the same again, but nobody knows what it held meanwhile.
    stated[0] = result_of(f"urn:sha256:{HERE}")
    with pytest.raises(ReleaseChanged):
        held.confirm(HERE, sent_at)


def test_the_time_of_publication_is_read() -> None:
    assert parse_release_name(result_of(f"urn:sha256:{HERE}")) == StatedRelease(HERE)
    found = parse_release_name(result_of(f"urn:sha256:{HERE}", available="2026"))
    assert found == StatedRelease(HERE, "2026")


def test_no_path_comes_from_the_endpoint(out: Path) -> None:
    for name in (f"../releases/{OTHER}", "", "."):
        with pytest.raises(EndpointError, match="something else than its hash"):
            parse_release_name(result_of(f"urn:sha256:{name}"))
