"""The embedded engine: the read-only store of the current release, in this process."""

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from pyoxigraph import Store

from loader.errors import BuildError, QueryError
from loader.queries.evaluate import has_union, solve
from query_ui.engine.current_release import Pointer
from query_ui.engine.guard import check_service
from query_ui.engine.protocol import Answer, Engine, Limits, Question, Result, present
from query_ui.engine.result_buffer import spooled
from query_ui.engine.result_formats import Format, Kind
from query_ui.engine.result_writer import Sink, write_results
from query_ui.engine.syntax_help import explain


class EmbeddedEngine:
    """Answers from the release that ``out/current`` names, and follows it when it changes.

    ``guarded`` refuses SERVICE but for the addresses in ``services``, for queries that strangers
    write. Safe to use from several threads: a query that runs keeps the store it began with.
    """

    def __init__(
        self,
        out: Path,
        prefixes: Mapping[str, str],
        guarded: bool = False,
        services: Sequence[str] = (),
    ) -> None:
        self.out = out
        self.prefixes = prefixes
        self._guarded = guarded
        self._services = services
        self._lock = threading.Lock()
        self._release = ""
        self._store: Store | None = None
        self._union = False
        self._pointer = Pointer(out)
        self._current_store()

    @property
    def release(self) -> str:
        """The hash of the release that answers now."""
        return self._pointer.release()

    def ask(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """See ``Engine.ask``."""
        body = io.BytesIO()
        kind, _ = self.write(Question(text, tuple(default_graphs), tuple(named_graphs)), body)
        return Answer(kind, body.getvalue(), self.prefixes)

    def run(self, question: Question, gone: Callable[[], bool] = present) -> Result:
        """See ``Engine.run``; nothing stops the query here, so nobody is asked who has gone."""
        return spooled(self, question)

    def write(self, question: Question, sink: Sink) -> tuple[Kind, Format]:
        """Write the whole answer in the format that the question wants for its kind."""
        text = question.text
        if self._guarded:
            check_service(text, self._services)
        store = self._current_store()
        try:
            return write_results(
                solve(store, text, question.default_graphs, question.named_graphs, self._union),
                question.formats,
                self.prefixes,
                sink,
            )
        except SyntaxError as error:
            raise explain(text, error, self.prefixes) from error
        except UnicodeEncodeError as error:
            raise QueryError("The query holds a lone surrogate, which is no character.") from error
        except OSError as error:
            raise QueryError(f"The query could not be evaluated: {error}.") from error

    def for_visitors(self, limits: Limits | None = None) -> Engine:
        """See ``Engine.for_visitors``."""
        from query_ui.engine.worker_engine import WorkerEngine

        limits = limits or Limits()
        opener = partial(EmbeddedEngine, self.out, dict(self.prefixes), True, limits.services)
        return WorkerEngine(self, opener, limits)

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._store, self._release = None, ""

    def _current_store(self) -> Store:
        """The store that ``current`` names: one small file is read at every question."""
        release = self._pointer.release()
        with self._lock:
            if self._store is None or release != self._release:
                self._store = open_store(self.out, release)
                self._union = has_union(self._store)
                self._release = release
            return self._store


def open_store(out: Path, release: str) -> Store:
    """The store of a release, read-only; BuildError when it is missing or damaged."""
    folder = out / "releases" / release / "store"
    if not release or not folder.is_dir():
        raise BuildError(
            f"{out / 'current'} names a release without a store: run `concordat-kg build` again"
        )
    try:
        return Store.read_only(str(folder))
    except OSError as error:
        raise BuildError(
            f"the store in {folder} cannot be opened: {error}; run `concordat-kg build` again"
        ) from error
