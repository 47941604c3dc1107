"""Publication of a release to an engine: the statements that differ, checked before and after.

An engine carries out one update request as a whole, so that readers see the release before or the
release after: https://www.w3.org/TR/sparql11-update/#updateServices. An engine that names no
release has no readers, since a site refuses it; it is filled in batches and named at the end.

With the name goes the time of the publication, which is another one each time. A site that reads
both before and after a query knows from it that the release has not changed meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from loader.errors import BuildError, EndpointError
from loader.namespaces import DATASET, DCTERMS, XSD
from loader.queries.parameter_binding import bind_parameters
from loader.queries.saved_query import SavedQuery
from query_ui.engine.held_release import RELEASE_PREFIX
from query_ui.engine.protocol import Engine, Term
from query_ui.engine.release_differences import (
    Change,
    Differences,
    FindDifferences,
    GraphSizes,
    find_no_differences,
    measure_graphs,
)
from query_ui.engine.term_normaliser import normalise_triple
from query_ui.engine.update_client import UpdateClient

BATCH_STATEMENTS = 5000
"""Statements in one update of an engine without readers."""
MAX_UPDATE_CHARACTERS = 64_000_000
"""The most that one update holds; an engine parses all of it before it changes anything."""
WHOLE_STATEMENTS = 1_000_000
"""Up to so many statements an engine is asked for all it holds, which is the surest comparison."""
_SUBJECTS = 200
"""Subjects whose statements are compared by one query."""
_NAMING_PROPERTIES = (DCTERMS.isVersionOf, DCTERMS.available)
_STEP = timedelta(milliseconds=1)


class ReleasePublisher:
    """Publishes the release in ``store`` with ``statement``, which names it, to an engine.

    ``engine`` reads what the engine holds and ``client`` changes it; ``queries`` are those of
    pages and ``template`` is ``change-statements.ru``. ``report`` is called with a sentence for
    each step. ``find_differences`` compares the releases that are kept here; it is asked where the
    engine has more than ``WHOLE_STATEMENTS``.
    """

    def __init__(  # noqa: PLR0913 (the two sides, and how to compare them)
        self,
        store: Store,
        statement: Quad,
        engine: Engine,
        client: UpdateClient,
        queries: Mapping[str, SavedQuery],
        template: str,
        report: Callable[[str], None],
        find_differences: FindDifferences = find_no_differences,
    ) -> None:
        self._store = store
        self._statement = statement
        self._stated = [statement]
        self._engine = engine
        self._client = client
        self._queries = queries
        self._template = template
        self._report = report
        self._find_differences = find_differences

    def publish(self) -> Differences:
        """Make the engine hold the release, and return what was changed.

        Raise BuildError where the difference is too large for one update, EndpointError where the
        engine refuses a change or does not hold the release afterwards. Run again, it goes on
        where it was interrupted.
        """
        sizes = self._measure_graphs()
        held = self._engine.query(self._queries["release-held"].text).rows
        own = [row[1] for row in held if row[0] == self._statement.subject and row[1]]
        self._stated += [self._build_time_statement(time) for time in own]  # type: ignore[arg-type]
        known = self._compare_kept(held, sizes)
        changes = self._compare({*sizes, *self._list_graphs()}) if known is None else known
        if not changes:
            self._report("The endpoint holds this release already.")
            return changes
        self._state_time(changes, [row[1] for row in held])
        self._report(
            f"{len(changes.graphs)} graphs differ: {len(changes.removed):,} statements to remove, "
            f"{len(changes.added):,} to add."
        )
        if held:
            self._change_at_once(changes)
            self._verify(changes, self._compare_all if known is None else self._compare_changed)
        else:
            self._fill(changes)
        return changes

    def _change_at_once(self, changes: Differences) -> None:
        text = self._format(changes.removed, changes.added)
        if len(text) > MAX_UPDATE_CHARACTERS:
            raise BuildError(
                f"The difference has {len(text):,} characters, more than the "
                f"{MAX_UPDATE_CHARACTERS:,} that one update may have; in several, readers would "
                "see a mixture. Load the release into an empty dataset beside, and serve that."
            )
        self._client.send(text)
        self._report("The difference was made in one update.")

    def _fill(self, changes: Differences) -> None:
        """Change an engine without readers in batches, verify it, and name its release last."""
        names, added = separate_naming(changes.added)
        for start in range(0, len(changes.removed), BATCH_STATEMENTS):
            part = changes.removed[start : start + BATCH_STATEMENTS]
            self._client.send(self._format(part, ()))
        for start in range(0, len(added), BATCH_STATEMENTS):
            part = added[start : start + BATCH_STATEMENTS]
            self._client.send(self._format((), part))
            self._report(f"{start + len(part):,} of {len(added):,} statements are added.")
        self._verify(changes, self._compare_all, is_named=False)
        self._client.send(self._format((), names))
        self._verify(Differences(added=names), self._compare_all)

    def _verify(
        self,
        changes: Differences,
        compare: Callable[[Differences, bool], Differences],
        is_named: bool = True,
    ) -> None:
        """Count every graph and compare what changed; raise EndpointError for a difference."""
        sizes = self._measure_graphs()
        all_wanted = measure_graphs(self._store, self._queries["graph-sizes"].text)
        stated: NamedNode = self._statement.graph_name  # type: ignore[assignment]
        all_wanted[stated] = all_wanted.get(stated, 0) + (len(self._stated) if is_named else 0)
        for graph in {*sizes, *all_wanted}:
            wanted = all_wanted.get(graph, 0)
            if sizes.get(graph, 0) != wanted:
                raise EndpointError(
                    f"The endpoint has {sizes.get(graph, 0):,} statements in {graph}, and the "
                    f"release {wanted:,}, although the change was made. Run the command again."
                )
        if left := compare(changes, is_named):
            raise EndpointError(
                f"{len(left.removed) + len(left.added):,} statements differ still, although the "
                f"change was made, such as {(left.added or left.removed)[0][1]}."
            )
        self._report("All graphs were counted, and the changed ones compared: they are equal.")

    def _compare_kept(
        self, held: Iterable[Sequence[Term | None]], sizes: GraphSizes
    ) -> Differences | None:
        """Return what differs by the files of two releases; None where the engine is to be asked.

        That is where it has few statements, names no release or several, or has not the sizes of
        the release that it names.
        """
        named = [*held]
        if len(named) != 1 or sum(sizes.values()) <= WHOLE_STATEMENTS:
            return None
        subject, time = named[0]
        graph: NamedNode = self._statement.graph_name  # type: ignore[assignment]
        stated = [Triple(subject, DCTERMS.isVersionOf, DATASET)]  # type: ignore[arg-type]
        if time is not None:
            stated.append(Triple(subject, DCTERMS.available, time))  # type: ignore[arg-type]
        name = subject.value.removeprefix(RELEASE_PREFIX)  # type: ignore[union-attr]
        own_sizes = {**sizes, graph: sizes.get(graph, 0) - len(stated)}
        found = self._find_differences(name, {one: size for one, size in own_sizes.items() if size})
        if found is None:
            return None
        self._report(
            f"The endpoint names the release {name[:12]}, which is kept here, and has as many "
            "statements in each graph. The files of both releases were compared."
        )
        if subject != self._statement.subject:
            found.removed += ((graph, triple) for triple in stated)
            found.added.append((graph, self._statement.triple))
        return found

    def _compare_all(self, changes: Differences, is_named: bool) -> Differences:
        """Compare the graphs that changed, statement by statement."""
        return self._compare(changes.graphs, is_named)

    def _compare_changed(self, changes: Differences, is_named: bool) -> Differences:
        """Compare all statements about the subjects that changed, in the graphs where they did."""
        found = Differences()
        for graph, subjects in changes.subjects_by_graph.items():
            for start in range(0, len(subjects), _SUBJECTS):
                part = subjects[start : start + _SUBJECTS]
                chosen = {"graph": [f"<{graph.value}>"], "subject": [f"<{one}>" for one in part]}
                text = bind_parameters(self._queries["statements-about"], chosen)
                wanted = (
                    quad.triple
                    for one in part
                    for quad in self._store.quads_for_pattern(NamedNode(one), None, None, graph)
                )
                named = self._stated if is_named and graph == self._statement.graph_name else []
                both = [*wanted, *(q.triple for q in named if q.subject.value in part)]  # type: ignore[union-attr]
                self._add_differences(found, graph, both, self._read_triples(text))
        return found

    def _compare(self, graphs: Iterable[NamedNode], is_named: bool = True) -> Differences:
        found = Differences()
        for graph in sorted(graphs, key=str):
            text = bind_parameters(self._queries["graph-statements"], {"graph": [graph.value]})
            wanted = self._list_wanted(graph, is_named)
            self._add_differences(found, graph, wanted, self._read_triples(text))
        return found

    @staticmethod
    def _add_differences(
        found: Differences, graph: NamedNode, all_wanted: Iterable[Triple], held: set[Triple]
    ) -> None:
        """Add what one graph has to lose and to gain; another form of a value is no difference."""
        wanted = {normalise_triple(one): one for one in all_wanted}
        found.removed += ((graph, triple) for triple in held - wanted.keys())
        found.added += ((graph, one) for key, one in wanted.items() if key not in held)

    def _read_triples(self, text: str) -> set[Triple]:
        return {Triple(*row) for row in self._engine.query(text).rows}  # type: ignore[arg-type]

    def _measure_graphs(self) -> dict[NamedNode, int]:
        rows = self._engine.query(self._queries["graph-sizes"].text).rows
        return {graph: int(count.value) for graph, count in rows}  # type: ignore[union-attr,misc]

    def _list_graphs(self) -> Iterator[NamedNode]:
        yield self._statement.graph_name  # type: ignore[misc]
        yield from (name for name in self._store.named_graphs() if isinstance(name, NamedNode))

    def _list_wanted(self, graph: NamedNode, is_named: bool) -> Iterator[Triple]:
        for quad in self._store.quads_for_pattern(None, None, None, graph):
            yield quad.triple
        if is_named and graph == self._statement.graph_name:
            yield from (quad.triple for quad in self._stated)

    def _state_time(self, changes: Differences, held: Iterable[object]) -> None:
        """Let the engine state when it got this release, in the place of the time that it has."""
        graph: NamedNode = self._statement.graph_name  # type: ignore[assignment]
        changes.removed += ((graph, quad.triple) for quad in self._stated[1:])
        self._stated = [self._statement, self._build_time_statement(choose_time(held))]
        changes.added.append((graph, self._stated[1].triple))

    def _build_time_statement(self, time: Literal) -> Quad:
        """Return the statement of when the engine got the release.

        https://www.dublincore.org/specifications/dublin-core/dcmi-terms/#available
        """
        return Quad(self._statement.subject, DCTERMS.available, time, self._statement.graph_name)

    def _format(self, removed: Iterable[Change], added: Iterable[Change]) -> str:
        """Return the update that removes and adds statements; those that name a release frame it.

        So an engine that does not change as a whole names no release while it changes.
        """
        withdrawn, removed = separate_naming(removed)
        stated, added = separate_naming(added)
        text, parts = self._template, []
        for mark, changes in (
            ("#withdrawn", withdrawn),
            ("#removed", removed),
            ("#added", added),
            ("#stated", stated),
        ):
            before, _, text = text.partition(mark)
            parts += [before, format_changes(changes)]
        return "".join((*parts, text))


def separate_naming(changes: Iterable[Change]) -> tuple[list[Change], list[Change]]:
    """Return the statements that name a release or the time of its publication, and all others."""
    parts: tuple[list[Change], list[Change]] = ([], [])
    for graph, triple in changes:
        is_naming = triple.predicate in _NAMING_PROPERTIES and str(triple.subject).startswith(
            f"<{RELEASE_PREFIX}"
        )
        parts[not is_naming].append((graph, triple))
    return parts


def choose_time(held: Iterable[object]) -> Literal:
    """Return the time of a publication: now, or later than all that the engine states.

    Engines keep milliseconds, so a time has no more.
    """
    now = datetime.now(UTC)
    for term in held:
        with suppress(ValueError, TypeError):
            now = max(now, datetime.fromisoformat(str(getattr(term, "value", ""))) + _STEP)
    text = now.replace(microsecond=now.microsecond // 1000 * 1000).isoformat()
    triple = Triple(DATASET, DCTERMS.available, Literal(text, datatype=XSD.dateTime))
    return normalise_triple(triple).object  # type: ignore[return-value]


def format_changes(changes: Iterable[Change]) -> str:
    """Return statements as the data of an update, those of one graph together.

    https://www.w3.org/TR/sparql11-update/#rQuadData
    """
    by_graph: dict[NamedNode, list[str]] = {}
    for graph, triple in changes:
        by_graph.setdefault(graph, []).append(f"{triple} .")
    blocks = (f"GRAPH {graph} {{\n" + "\n".join(ones) for graph, ones in by_graph.items())
    return "".join(f"{block}\n}}\n" for block in blocks)
