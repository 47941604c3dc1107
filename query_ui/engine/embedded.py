"""The embedded engine: the read-only store of the current release, in this process."""

import io
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from loader.asking import solve
from loader.errors import BuildError, QueryError, QueryStopped
from query_ui.engine.guard import check_service
from query_ui.engine.interface import Answer, Engine, Limits
from query_ui.engine.syntax import explain
from query_ui.formats import Kind


class EmbeddedEngine:
    """Answers from the release that ``out/current`` names, and follows it when it changes.

    ``answer`` is the most bytes an answer may have, 0 for any number; ``guarded`` refuses SERVICE,
    for queries that strangers write. Safe to use from several threads: a query that runs keeps the
    store it began with.
    """

    def __init__(
        self, out: Path, prefixes: Mapping[str, str], answer: int = 0, guarded: bool = False
    ) -> None:
        self.out = out
        self.prefixes = prefixes
        self._answer = answer
        self._guarded = guarded
        self._lock = threading.Lock()
        self._release = ""
        self._store: Store | None = None
        self._current_store()

    @property
    def release(self) -> str:
        """The hash of the release that answers now."""
        return current_release(self.out)

    def ask(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """See ``Engine.ask``."""
        if self._guarded:
            check_service(text)
        store = self._current_store()
        try:
            return self._answer_from(store, text, default_graphs, named_graphs)
        except SyntaxError as error:
            raise explain(text, error, self.prefixes) from error
        except UnicodeEncodeError as error:
            raise QueryError("The query holds a lone surrogate, which is no character.") from error
        except OSError as error:
            raise QueryError(f"The query could not be evaluated: {error}.") from error

    def for_visitors(self, limits: Limits | None = None) -> Engine:
        """See ``Engine.for_visitors``."""
        from query_ui.engine.workers import WorkerEngine

        limits = limits or Limits()
        opener = partial(EmbeddedEngine, self.out, dict(self.prefixes), limits.answer, True)
        return WorkerEngine(self, opener, limits)

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._store, self._release = None, ""

    def _current_store(self) -> Store:
        """The store that ``current`` names: one small file is read at every question."""
        release = current_release(self.out)
        with self._lock:
            if self._store is None or release != self._release:
                self._store = open_store(self.out, release)
                self._release = release
            return self._store

    def _answer_from(
        self, store: Store, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]
    ) -> Answer:
        results = solve(store, text, default_graphs, named_graphs)
        body = _Body(self._answer)
        kind: Kind
        try:
            if isinstance(results, QueryTriples):
                kind = "graph"
                serialize(results, body, RdfFormat.N_TRIPLES)
            else:
                kind = "boolean" if isinstance(results, QueryBoolean) else "bindings"
                results.serialize(body, QueryResultsFormat.JSON)
        finally:
            # A traceback would keep the results, and pyoxigraph cannot drop them in another thread.
            del results
        return Answer(kind, body.getvalue(), self.prefixes)


def current_release(out: Path) -> str:
    """The hash in the pointer ``current`` of a build folder; BuildError when there is none."""
    try:
        return (out / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise BuildError(f"no release in {out}: run `concordat-kg build` first") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f"the pointer {out / 'current'} cannot be read: {error}") from error


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


class _Body(io.BytesIO):
    """The bytes of an answer as they are written; stops the query when they grow past ``limit``."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        if self._limit and self.tell() + len(data) > self._limit:
            raise QueryStopped(
                f"The query was stopped: its answer is larger than {self._limit:,} bytes. "
                "Ask for fewer rows (LIMIT), or for counts."
            )
        return super().write(data)
