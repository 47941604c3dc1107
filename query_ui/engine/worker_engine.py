"""The engine for visitors: their queries run in processes that are killed at a limit."""

import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import BinaryIO

from loader.errors import Limit, ProjectError, QueryStopped
from query_ui.engine.guard import check_size
from query_ui.engine.protocol import Answer, Engine, Limits, Question, Result, present
from query_ui.engine.result_buffer import take
from query_ui.engine.result_formats import named
from query_ui.engine.scheduler import Hold, Lanes
from query_ui.engine.slow_query_memory import Shapes
from query_ui.engine.worker_main import Opener, Reply, Request
from query_ui.engine.worker_process import NO_PART, Worker


class WorkerEngine:
    """Answers strangers, each query in a process of its own while it runs.

    A query is never answered in part. Past a limit its process is killed (SIGKILL: the store
    cannot be interrupted), another takes its place, and QueryStopped is raised. Processes start
    when they are first needed and end with this one. Safe to use from several threads.
    """

    def __init__(self, engine: Engine, opener: Opener, limits: Limits) -> None:
        self._engine = engine
        self._opener = opener
        self._limits = limits
        self._folder = Path(tempfile.mkdtemp(prefix="concordat-kg-"))
        self._number = count()
        self._shapes = Shapes()
        self._lanes = Lanes(self._start, limits)

    @property
    def prefixes(self) -> Mapping[str, str]:
        """See ``Engine.prefixes``."""
        return self._engine.prefixes

    @property
    def release(self) -> str:
        """See ``Engine.release``."""
        return self._engine.release

    def ask(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Answer:
        """See ``Engine.ask``; raises what ``run`` raises."""
        result = self.run(Question(text, tuple(default_graphs), tuple(named_graphs)))
        with result.body:
            return Answer(result.kind, result.body.read(), self.prefixes)

    def run(self, question: Question, gone: Callable[[], bool] = present) -> Result:
        """See ``Engine.run``; QueryRefused for SERVICE, QueryTooLarge, QueryStopped, QueueFull."""
        check_size(question.text, self._limits.text)
        lanes = self._lanes
        first = lanes.heavy if question.text in self._shapes else lanes.light
        # What took long in the light lane while the heavy one was full begins again there.
        for lane in (first, lanes.heavy):
            with lanes.hold(lane, gone) as hold:
                reply = self._reply(hold, question, gone)
                if reply is not None:
                    return self._result(hold, reply)
        raise AssertionError("a heavy query has a reply or raises")

    def for_visitors(self, limits: Limits | None = None) -> Engine:
        """Itself: it is for visitors already."""
        return self

    def close(self) -> None:
        """Kill every worker; queries that run raise QueryStopped."""
        self._lanes.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> Worker:
        path = self._folder / str(next(self._number))
        return Worker(self._opener, self._limits, path)

    def _reply(self, hold: Hold, question: Question, gone: Callable[[], bool]) -> Reply | None:
        """The reply of the worker; None where the query has to begin again in the heavy lane."""
        seconds, brief = self._seconds(question), self._limits.brief
        hold.worker.begin(_request(question))
        if hold.lane is self._lanes.light and brief < seconds:
            reply = hold.worker.reply(brief, gone)
            while reply is None and hold.worker.worked < brief and hold.worker.seconds < seconds:
                reply = hold.worker.reply(hold.worker.seconds + brief / 4, gone)
            if reply is not None:
                return reply
            self._shapes.add(question.text)
            if not self._lanes.promote(hold):
                return None
        reply = hold.worker.reply(seconds, gone)
        if reply is None:
            raise _stopped(hold.worker.seconds, seconds)
        if hold.lane is self._lanes.heavy and hold.worker.seconds < brief:
            self._shapes.forget(question.text)
        return reply

    def _result(self, hold: Hold, reply: Reply) -> Result:
        """What a worker wrote, opened; an error that it sent is raised."""
        if isinstance(reply, ProjectError):
            hold.fit = not (isinstance(reply, QueryStopped) and reply.limit is Limit.MEMORY)
            raise reply
        kind, name, size, written = reply
        form = named(name, kind)
        assert form is not None
        body: BinaryIO = take(hold.worker.path) if written is None else io.BytesIO(written)
        hold.fit = True
        return Result(kind, form, body, size)

    def _seconds(self, question: Question) -> float:
        wanted = question.seconds
        return self._limits.seconds if wanted is None else min(wanted, self._limits.seconds)


def _request(question: Question) -> Request:
    names = {kind: form.name for kind, form in question.formats.items()}
    return question.text, question.default_graphs, question.named_graphs, names


def _stopped(ran: float, limit: float) -> QueryStopped:
    return QueryStopped(
        f"The query was stopped after {ran:.1f} s: the limit is {limit:g} s. {NO_PART} "
        "Narrow it down, for example by naming the class, the property or the graph.",
        Limit.TIME,
        ran,
    )
