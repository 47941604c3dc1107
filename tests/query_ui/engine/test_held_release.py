"""The release that an endpoint holds, compared with the files here."""

from pathlib import Path

import pytest

from loader.errors import BuildError, EndpointError, UsageError
from query_ui.engine.held_release import (
    CHECK_SECONDS,
    HeldRelease,
    LocalRelease,
    find_local_release,
    parse_release_name,
)
from query_ui.engine.protocol import QueryResult

HERE, OTHER, AWAY = "a" * 64, "b" * 64, "c" * 64


def result_of(*names: str) -> QueryResult:
    """The result of the query for releases that are named so."""
    rows = ", ".join(f'{{"release": {{"type": "uri", "value": "{name}"}}}}' for name in names)
    body = f'{{"head": {{"vars": ["release"]}}, "results": {{"bindings": [{rows}]}}}}'
    return QueryResult("bindings", body.encode())


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


def test_no_path_comes_from_the_endpoint(out: Path) -> None:
    for name in (f"../releases/{OTHER}", "", "."):
        with pytest.raises(EndpointError, match="something else than its hash"):
            parse_release_name(result_of(f"urn:sha256:{name}"))
