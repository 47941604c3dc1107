"""The engine on the read-only store of the current release, in this process."""

import io
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from loader.errors import BuildError, ProjectError, QueryError
from loader.queries.evaluate import evaluate_query, has_union_graph
from loader.release.damage_marks import report_suspicion
from loader.release.kept_releases import list_releases
from query_ui.engine.current_release import CurrentRelease, Mark, ServedRelease
from query_ui.engine.guard import check_service
from query_ui.engine.pinned_release import get_pinned_release
from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    ResultTable,
    SerialisedResult,
    never_gone,
)
from query_ui.engine.result_buffer import execute_buffered
from query_ui.engine.result_formats import ResultFormat, ResultKind
from query_ui.engine.result_writer import Results, serialise_results
from query_ui.engine.syntax_help import explain_syntax_error
from query_ui.engine.xml_sink import ByteSink

OPEN_RELEASES = 3
"""Releases that stay open: the current one, the one before a switch, and one that a page names."""


class EmbeddedEngine:
    """An engine on the release that ``out/current`` names, reopened when a build replaces it.

    ``is_guarded`` refuses SERVICE except for ``allowed_services``; it is set for users' queries.
    With ``is_serving`` it is on the newest sound release while the current one is damaged.
    Thread-safe: a running query keeps the store with which it started.
    """

    def __init__(
        self,
        out: Path,
        prefixes: Mapping[str, str],
        is_guarded: bool = False,
        allowed_services: Sequence[str] = (),
        is_serving: bool = False,
    ) -> None:
        self.out = out
        self.prefixes = prefixes
        self._guarded = is_guarded
        self._services = allowed_services
        self._lock = threading.Lock()
        self._opened: OrderedDict[tuple[str, Mark], tuple[Store, bool]] = OrderedDict()
        self._is_serving = is_serving
        self._begun: dict[int, float] = {}
        self._current_release = ServedRelease(out) if is_serving else CurrentRelease(out)
        if not is_serving or not list_releases(out):
            self._open_store()

    @property
    def release(self) -> str:
        """The hash of the release of this request, or else of the current one."""
        return get_pinned_release() or self._current_release.release()

    @property
    def degradation(self) -> str:
        """What is wrong with the current release while another is served; "" otherwise."""
        return self._current_release.degradation

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        """See ``Engine.query``."""
        body = io.BytesIO()
        kind, _ = self.write_result(
            EngineRequest(text, tuple(default_graphs), tuple(named_graphs)), body
        )
        return QueryResult(kind, body.getvalue(), self.prefixes)

    def execute(
        self, request: EngineRequest, is_client_gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        """See ``Engine.execute``; ``is_client_gone`` is ignored, as the store cannot be stopped."""
        return execute_buffered(self, request)

    def write_result(
        self, request: EngineRequest, sink: ByteSink
    ) -> tuple[ResultKind, ResultFormat]:
        """See ``ResultWriter.write_result``; raise QueryError where evaluation fails."""
        with self._run(request.text) as evaluate:
            return serialise_results(
                evaluate(request.default_graphs, request.named_graphs),
                request.formats,
                self.prefixes,
                sink,
            )

    def select_table(self, text: str) -> ResultTable:
        """Return the columns and the rows of SELECT as ``query`` does, without serialising them.

        Writing JSON and reading it again would take a third of the time of a query with many rows.
        """
        with self._run(text) as evaluate:
            solutions = evaluate((), ())
            if not isinstance(solutions, QuerySolutions):
                return (), []
            try:
                names = tuple(variable.value for variable in solutions.variables)
                return names, [tuple(solution) for solution in solutions]
            finally:
                # A traceback would keep it alive, and pyoxigraph fails if another thread drops it.
                del solutions

    @property
    def longest_seconds(self) -> float:
        """For how long the longest of the running queries has run, in seconds.

        On a damaged store the engine may count the same error without end, in this process.
        """
        return time.monotonic() - min(self._begun.copy().values(), default=time.monotonic())

    @contextmanager
    def _run(self, text: str) -> Iterator[Callable[[Sequence[str], Sequence[str]], Results]]:
        """Yield what evaluates a query on given default and named graphs; explain its failure."""
        if self._guarded:
            check_service(text, self._services)
        key = threading.get_ident()
        self._begun[key] = time.monotonic()
        try:
            store, has_union = self._open_store()
            yield lambda default, named: evaluate_query(store, text, default, named, has_union)
        except SyntaxError as error:
            raise explain_syntax_error(text, error, self.prefixes) from error
        except UnicodeEncodeError as error:
            raise QueryError("The query holds a lone surrogate, which is no character.") from error
        except (OSError, RuntimeError) as error:
            raise self._explain_failure(error) from error
        finally:
            self._begun.pop(key, None)

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        """See ``Engine.isolate``."""
        from query_ui.engine.worker_engine import WorkerEngine

        limits = limits or QueryLimits()
        opener = partial(
            EmbeddedEngine,
            self.out,
            dict(self.prefixes),
            True,
            limits.allowed_services,
            self._is_serving,
        )
        return WorkerEngine(self, opener, limits)

    def close(self) -> None:
        """Release the stores."""
        with self._lock:
            self._opened.clear()

    def _open_store(self) -> tuple[Store, bool]:
        """Return the store of the release, and whether its default graph is the union of all.

        The status of ``current`` is read each time, unless the request has its release.
        """
        release = self.release
        wanted = (release, self._current_release.mark)
        with self._lock:
            if wanted not in self._opened:
                try:
                    store = open_store(self.out, release)
                    self._opened[wanted] = store, has_union_graph(store)
                except BuildError as error:
                    if not self._is_serving:
                        raise
                    report_suspicion(self.out, release)
                    raise BuildError(describe_unreadable(release)) from error
                # Requests that began before a switch still need the store before.
                if len(self._opened) > OPEN_RELEASES:
                    self._opened.popitem(last=False)
            self._opened.move_to_end(wanted)
            return self._opened[wanted]

    def _explain_failure(self, error: OSError | RuntimeError) -> ProjectError:
        """Return what a failed evaluation means: a damaged release, or a query at fault."""
        release = self.release
        if not _is_of_store(error):
            return QueryError(f"The query could not be evaluated: {error}.")
        if not self._is_serving:
            advice = "`concordat-kg releases verify` says what is damaged"
            return BuildError(f"the release {release[:12]} cannot be read: {advice}")
        report_suspicion(self.out, release)
        return BuildError(describe_unreadable(release))


def select_table(engine: Engine, text: str) -> ResultTable:
    """Return the columns and the rows of SELECT on any engine."""
    if isinstance(engine, EmbeddedEngine):
        return engine.select_table(text)
    return engine.query(text).read_table()


def describe_degradation(engine: Engine) -> str:
    """Return what is wrong with the current release, as a sentence; "" where it is served."""
    return engine.degradation if isinstance(engine, EmbeddedEngine) else ""


def measure_longest_query(engine: Engine) -> float:
    """Return for how long the longest query of a page has run, in seconds; 0 if elsewhere."""
    return engine.longest_seconds if isinstance(engine, EmbeddedEngine) else 0.0


def describe_unreadable(release: str) -> str:
    """Return what to say of a release that cannot be read, without any path of the server."""
    return (
        f"The release {release[:12]} cannot be read; it is being checked. "
        "If it is damaged, the newest sound one takes its place."
    )


def _is_of_store(error: OSError | RuntimeError) -> bool:
    """Return whether the store could not be read, as RocksDB says in words."""
    text = str(error)
    return any(word in text for word in ("Corruption", "IO error", "No such file"))


def open_store(out: Path, release: str) -> Store:
    """Open the store of a release read-only; raise BuildError where it is missing or damaged."""
    folder = out / "releases" / release / "store"
    if not release or not folder.is_dir():
        raise BuildError(
            f"{out / 'current'} names a release without a store: run `concordat-kg build` again"
        )
    try:
        return Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise BuildError(
            f"the store in {folder} cannot be opened: {error}; run `concordat-kg build` again"
        ) from error
