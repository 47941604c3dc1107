"""Publication of a large release: files of kept releases are compared, not the engine."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.errors import EndpointError
from loader.release.release_folder import Release
from query_ui.cli.exporting import build_release_statement
from query_ui.engine import release_publisher
from query_ui.engine.release_differences import KeptDifferences
from query_ui.engine.release_publisher import ReleasePublisher
from tests.query_ui.engine.test_release_publisher import (
    QUERIES,
    TEMPLATE,
    A,
    B,
    P,
    StoreSide,
    read_time,
)

COUNT = QUERIES["graph-sizes"].text


def make_release(out: Path, quads: Iterable[Quad]) -> Release:
    """Write a release with its graph and its store, and return it."""
    lines = sorted({f"{quad.triple} {quad.graph_name} .\n".encode() for quad in quads})
    name = hashlib.sha256(b"".join(lines)).hexdigest()
    release = Release(out / "releases" / name)
    release.store.mkdir(parents=True)
    release.graph.write_bytes(b"".join(lines))
    store = Store(str(release.store))
    store.extend(quads)
    store.flush()
    return release


class Sender(StoreSide):
    """An engine that writes down what it is asked for."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        super().__init__([*quads])
        self.asked: list[str] = []

    def query(self, text: str, *graphs: object) -> object:  # type: ignore[override]
        """Run a query and keep its text."""
        self.asked.append(text)
        return super().query(text)


def list_quads(count: int) -> list[Quad]:
    """Return statements about so many subjects in one graph, and one in another."""
    numbers = [Quad(NamedNode(f"urn:s{n}"), P, Literal(n), A) for n in range(count)]
    return [*numbers, Quad(A, P, Literal("é\n"), B)]


@pytest.fixture
def releases(tmp_path: Path) -> tuple[Path, Release, Release]:
    """A build folder with two releases; of the first, one statement goes and two come."""
    old = make_release(tmp_path, list_quads(500))
    changed = [*list_quads(501)[1:], Quad(NamedNode("urn:s7"), P, Literal("seven"), A)]
    return tmp_path, old, make_release(tmp_path, changed)


def publish(out: Path, release: Release, side: Sender) -> list[str]:
    """Publish a release as the command does, and return the sentences."""
    said: list[str] = []
    ReleasePublisher(
        Store.read_only(str(release.store)),
        build_release_statement(release.name),
        side,  # type: ignore[arg-type]
        side,  # type: ignore[arg-type]
        QUERIES,
        TEMPLATE,
        said.append,
        KeptDifferences(out, release, COUNT),
    ).publish()
    return said


def require_held(side: Sender, release: Release) -> None:
    """Assert that an engine has exactly a release with its name, and when it was published."""
    named = {*read_quads(release), build_release_statement(release.name)}
    assert {*side.store} - {read_time(side)} == named


def read_quads(release: Release) -> set[Quad]:
    """Return the statements of a release."""
    return {*Store.read_only(str(release.store))}


def test_only_what_changed_is_asked_for_and_sent(
    releases: tuple[Path, Release, Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, old, new = releases
    side = Sender([*read_quads(old), build_release_statement(old.name)])
    monkeypatch.setattr(release_publisher, "WHOLE_STATEMENTS", 100)
    said = publish(out, new, side)
    assert said[0].startswith(f"The endpoint names the release {old.name[:12]}, which is kept")
    assert said[1] == "2 graphs differ: 2 statements to remove, 4 to add."
    assert said[-1].startswith("All graphs were counted")
    require_held(side, new)
    assert len(side.updates) == 1 and "<urn:s8>" not in side.updates[0]
    whole = QUERIES["graph-statements"].text.partition("VALUES")[0]
    assert not any(text.startswith(whole) and "?subject {" not in text for text in side.asked)
    assert any("<urn:s7>" in text and "<urn:s8>" not in text for text in side.asked)
    # Published back and again: the time of the publication is stated as for any other.
    assert publish(out, new, side) == [said[0].replace(old.name[:12], new.name[:12]), HELD]
    publish(out, old, side)
    require_held(side, old)


HELD = "The endpoint holds this release already."


@pytest.mark.parametrize("why", ["few statements", "another size", "not kept", "damaged"])
def test_the_engine_is_asked_for_all_it_holds(
    why: str, releases: tuple[Path, Release, Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, old, new = releases
    side = Sender([*read_quads(old), build_release_statement(old.name)])
    monkeypatch.setattr(release_publisher, "WHOLE_STATEMENTS", 100)
    extra = Quad(A, P, Literal("somebody's"), A)
    if why == "few statements":
        monkeypatch.setattr(release_publisher, "WHOLE_STATEMENTS", 1000)
    elif why == "another size":
        side.store.add(extra)
    elif why == "not kept":
        old.folder.rename(out / "elsewhere")
    else:
        old.graph.write_bytes(old.graph.read_bytes()[:-9] + b"9 .\n")
    said = publish(out, new, side)
    assert "graphs differ: " in said[0]
    require_held(side, new)


def test_a_statement_that_the_engine_did_not_take_is_reported(
    releases: tuple[Path, Release, Release], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, old, new = releases
    side = Sender([*read_quads(old), build_release_statement(old.name)])
    monkeypatch.setattr(release_publisher, "WHOLE_STATEMENTS", 100)

    def mistake_a_value() -> None:
        side.store.remove(Quad(NamedNode("urn:s7"), P, Literal("seven"), A))
        side.store.add(Quad(NamedNode("urn:s7"), P, Literal("eleven"), A))

    side.watch = mistake_a_value
    with pytest.raises(EndpointError, match="2 statements differ still"):
        publish(out, new, side)
