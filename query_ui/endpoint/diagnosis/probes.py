"""Trials: reduced queries put to the engine, for as long as time and number allow."""

import time
from collections.abc import Callable, Sequence

from loader.errors import QueryError, QueryStopped, QueueFull
from query_ui.engine.protocol import Engine, EngineRequest, QueryResult

SECONDS = 5.0
MOST = 60
EACH = 1.0
"""The limits: seconds in all, trials in all, and seconds for each trial."""


class Trials:
    """Asks an engine for strangers about a dataset; counts what it asks and keeps the answers.

    ``tried`` counts the reduced queries. ``complete`` turns False once one could not be answered.
    """

    def __init__(
        self,
        engine: Engine,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine = engine
        self.graphs = (tuple(default_graphs), tuple(named_graphs))
        self.limit = seconds
        self.tried = 0
        self.complete = True
        self._clock = clock
        self._begun = clock()
        self._known: dict[str, bool | None] = {}

    @property
    def seconds(self) -> float:
        """How long it has gone on."""
        return self._clock() - self._begun

    @property
    def over(self) -> bool:
        """Whether nothing more may be asked."""
        return self.seconds >= self.limit or self.tried >= MOST

    def matches(self, text: str) -> bool | None:
        """Whether an ASK query is true; None where that could not be told."""
        if text not in self._known:
            answer = self.ask(text)
            self._known[text] = None if answer is None else bool(answer.boolean)
        return self._known[text]

    def ask(self, text: str) -> QueryResult | None:
        """The answer to a reduced query; None where it cannot be had, or time is up."""
        if self.over:
            self.complete = False
            return None
        self.tried += 1
        return self._answer(text, *self.graphs)

    def look_up(self, text: str) -> QueryResult | None:
        """The answer to a query of ours about the whole graph; it is no trial but takes time."""
        if self.seconds >= self.limit:
            self.complete = False
            return None
        return self._answer(text, (), ())

    def first(self, text: str) -> QueryResult | None:
        """The answer to a query that may be at fault: raises what the engine raises.

        None where it takes longer than a trial may.
        """
        self.tried += 1
        try:
            return self._run(text, *self.graphs)
        except QueryStopped:
            self.complete = False
            return None

    def _answer(
        self, text: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]
    ) -> QueryResult | None:
        try:
            return self._run(text, default_graphs, named_graphs)
        except (QueryStopped, QueueFull):
            self.complete = False
        except QueryError:
            # A cut that the grammar forbids tells nothing, and the other cuts still do.
            pass
        return None

    def _run(
        self, text: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]
    ) -> QueryResult:
        seconds = max(min(EACH, self.limit - self.seconds), 0.01)
        question = EngineRequest(text, default_graphs, named_graphs, seconds=seconds)
        result = self.engine.execute(question)
        with result.body as body:
            return QueryResult(result.kind, body.read())
