"""Publication of a release to an engine: what is sent, in which order, and what is verified."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.errors import BuildError, EndpointError
from loader.namespaces import CATALOGUE, DATASET, DCTERMS
from loader.queries.evaluate import evaluate_query
from loader.queries.query_files import load_saved_queries
from loader.settings import Settings
from query_ui.cli.exporting import build_release_statement
from query_ui.engine import release_publisher
from query_ui.engine.protocol import QueryResult
from query_ui.engine.release_publisher import ReleasePublisher, format_changes
from query_ui.engine.result_formats import EXCHANGE_FORMATS
from query_ui.engine.result_writer import serialise_results
from tests.conftest import PROJECT

SETTINGS = Settings(PROJECT)
QUERIES = load_saved_queries(SETTINGS.pages)
TEMPLATE = (SETTINGS.updates / "change-statements.ru").read_text("utf-8")
A, B = NamedNode("urn:graph:a"), NamedNode("urn:graph:b")
P = NamedNode("urn:p")
OLD, NEW = (build_release_statement(letter * 64) for letter in "ab")


class StoreSide:
    """An engine in memory that is read and changed, and counts its updates."""

    def __init__(self, quads: Sequence[Quad] = ()) -> None:
        self.store = Store()
        self.store.extend(quads)
        self.updates: list[str] = []
        self.breaks_at = 0
        self.watch: Callable[[], None] = lambda: None

    def query(
        self, text: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """Run a query on what it holds."""
        body = io.BytesIO()
        results = evaluate_query(self.store, text, default_graphs, named_graphs)
        kind, _ = serialise_results(results, EXCHANGE_FORMATS, {}, body)
        return QueryResult(kind, body.getvalue())

    def send(self, update: str) -> None:
        """Make a change as a whole, or break off at the one that was chosen."""
        self.updates.append(update)
        if self.breaks_at == len(self.updates):
            raise EndpointError("broke off")
        self.store.update(update)
        self.watch()


def read_time(side: StoreSide) -> Quad:
    """Return the statement of the time of publication, of which there is one."""
    (found,) = side.store.quads_for_pattern(None, DCTERMS.available, None, CATALOGUE)
    return found


def number(value: int) -> Literal:
    """Return a number as a literal."""
    return Literal(value)


def make_release(count: int, *extra: Quad) -> Store:
    """Return the store of a release with that many statements in one graph, and others."""
    store = Store()
    store.extend([Quad(NamedNode(f"urn:s{n}"), P, number(n), A) for n in range(count)])
    store.extend(extra)
    return store


def publish(release: Store, side: StoreSide, statement: Quad = NEW) -> list[str]:
    """Publish a release to the engine and return the sentences."""
    said: list[str] = []
    ReleasePublisher(
        release,
        statement,
        side,  # type: ignore[arg-type]
        side,  # type: ignore[arg-type]
        QUERIES,
        TEMPLATE,
        said.append,
    ).publish()
    return said


def test_an_empty_engine_is_filled_in_batches_and_named_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(release_publisher, "BATCH_STATEMENTS", 40)
    release = make_release(100, Quad(A, P, Literal('"é"\n#added }', language="en"), B))
    side = StoreSide()
    said = publish(release, side)
    assert {*side.store} - {read_time(side)} == {*release, NEW}
    assert len(side.updates) == 4
    assert [str(NEW.subject) in update for update in side.updates] == [False] * 3 + [True]
    assert said[-1].startswith("All graphs were counted")
    assert publish(release, side) == ["The endpoint holds this release already."]
    assert len(side.updates) == 4


@pytest.mark.parametrize("breaks_at", [1, 2, 3, 4])
def test_an_interrupted_filling_goes_on_and_is_never_named_too_early(
    breaks_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_publisher, "BATCH_STATEMENTS", 40)
    release, side = make_release(101), StoreSide()
    side.breaks_at = breaks_at
    with pytest.raises(EndpointError, match="broke off"):
        publish(release, side)
    assert NEW not in side.store
    side.breaks_at = 0
    publish(release, side)
    assert {*side.store} - {read_time(side)} == {*release, NEW}
    assert len(side.updates) == 5, "a batch that was complete was sent again"


def test_an_engine_with_a_release_changes_in_one_update() -> None:
    old = make_release(50, Quad(A, P, number(1), B))
    side = StoreSide([*old, OLD])
    gone = NamedNode("urn:graph:gone")
    side.store.add(Quad(A, P, Literal("#added #removed"), gone))
    seen: list[set[Quad]] = []
    side.watch = lambda: seen.append({*side.store})
    new = make_release(60, Quad(A, P, number(2), B))
    said = publish(new, side)
    assert seen == [{*new, NEW, read_time(side)}]
    assert len(side.updates) == 1
    assert "urn:s1>" not in side.updates[0], "a statement that does not change was sent"
    assert said[0] == "4 graphs differ: 3 statements to remove, 13 to add."


def test_each_publication_states_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "StoppedClock":
            return cls(2026, 11, 29, 12, 0, 0, 120_999, tz)

    monkeypatch.setattr(release_publisher, "datetime", StoppedClock)
    first, second = make_release(1), make_release(2)
    side, times = StoreSide([*first, OLD]), []
    for release, statement in ((second, NEW), (first, OLD), (second, NEW)):
        publish(release, side, statement)
        times.append(read_time(side).object.value)  # type: ignore[union-attr]
        assert publish(release, side, statement) == ["The endpoint holds this release already."]
    assert times == [f"2026-11-29T12:00:00.12{end}Z" for end in ("", "1", "2")]
    # What somebody changed in the engine is mended, and that is a publication too.
    side.store.add(Quad(A, P, number(9), A))
    publish(second, side)
    assert read_time(side).object.value.endswith(".123Z")  # type: ignore[union-attr]


def test_the_name_is_withdrawn_first_and_stated_last() -> None:
    side = StoreSide([*make_release(2), OLD])
    publish(make_release(3), side)
    update = side.updates[0]
    steps = update.split(" ;\n")
    assert [str(OLD.subject) in step for step in steps] == [True, False, False, False]
    assert [str(NEW.subject) in step for step in steps] == [False, False, False, True]
    assert "available" in steps[-1] and "urn:s2>" in steps[2]


def test_a_value_in_another_form_is_no_difference() -> None:
    decimal = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    release = make_release(0, Quad(A, P, Literal("10.0", datatype=decimal), A))
    side = StoreSide([Quad(A, P, Literal("10", datatype=decimal), A), NEW])
    assert publish(release, side) == ["The endpoint holds this release already."]


def test_a_difference_that_is_too_large_for_one_update_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(release_publisher, "MAX_UPDATE_CHARACTERS", 1000)
    side = StoreSide([OLD])
    with pytest.raises(BuildError, match="into an empty dataset beside"):
        publish(make_release(100), side)
    assert side.updates == []


def test_a_change_that_was_not_made_is_reported() -> None:
    side = StoreSide([OLD])
    side.send = lambda update: None  # type: ignore[method-assign]
    with pytest.raises(EndpointError, match="0 statements in <urn:graph:a>, and the release 3"):
        publish(make_release(3), side)


def test_the_statements_of_a_graph_stand_together() -> None:
    first, second = Quad(A, P, number(1), A), Quad(A, P, Literal("a\n"), B)
    text = format_changes([(A, first.triple), (B, second.triple), (A, second.triple)])
    assert text.count("GRAPH <urn:graph:a> {") == text.count("GRAPH <urn:graph:b> {") == 1
    assert '<urn:p> "a\\n" .' in text
    assert (NEW.predicate, NEW.object, NEW.graph_name) == (DCTERMS.isVersionOf, DATASET, CATALOGUE)
