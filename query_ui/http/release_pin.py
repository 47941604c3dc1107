"""The release of each request: the one its address names, else the one current when it began."""

from collections.abc import Callable, Hashable, Iterable
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.exceptions import HTTPException

from loader.errors import ProjectError, UsageError
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.protocol import Engine
from query_ui.engine.release_lookup import NamedRelease, ReleaseList, get_release_hash
from query_ui.http.cache_headers import STATE_KEY
from query_ui.http.memento import is_asked_by_date, redirect_to_memento
from query_ui.http.negotiation import prefers_html
from query_ui.http.problem_details import FAILED_REQUEST_KEY, build_problem
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.release_address import can_name_release, split_release, use_named_release
from query_ui.http.response import Environ, StartResponse, send_problem
from query_ui.http.wsgi_bridge import NOTES_KEY

NO_RELEASES_MESSAGE = "This site has no kept releases: leave out release."


_READING_POSTS = ("/sparql", "/sparql/", "/reconcile")


class DelayedResponse:
    """The head of a response, which is sent on once it is known that the response is given out."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self._head: tuple[Any, ...] = ()

    def start(self, *head: Any) -> Callable[[bytes], object]:
        """Keep the head; see ``start_response`` in https://peps.python.org/pep-3333/."""
        self._head = head
        return refuse_write

    def send(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Start the response, and return its body."""
        self._start_response(*self._head)
        return body


def refuse_write(data: bytes) -> object:
    """Raise RuntimeError: no part of this project writes past the returned body."""
    raise RuntimeError("write() of WSGI is not offered")


def is_only_reading(environ: Environ) -> bool:
    """Whether a request changes nothing here, so that it can be made twice."""
    method = environ["REQUEST_METHOD"]
    return method in ("GET", "HEAD", "QUERY") or (
        method == "POST" and environ["PATH_INFO"] in _READING_POSTS
    )


def close_body(body: Iterable[bytes]) -> None:
    """Close the body of a response that is not sent."""
    close = getattr(body, "close", None)
    if close:
        close()


class ReleasePin:
    """A WSGI application each of whose requests uses one release from its beginning to its end.

    ``releases`` are those that addresses may name; None where the site keeps none. Views do not see
    ``release=`` in the query string. The state of the site is read first: one that is older than
    the release costs a client a second request, but a newer one would let it keep a response of
    the release before. A request by date gets the address of the page at that time.

    Where a remote endpoint changes to another release meanwhile, nothing of the response is sent,
    and a request that only reads is made once more, on the new release.
    """

    def __init__(
        self,
        app: WsgiApp,
        engine: Engine,
        find_state: Callable[[], Hashable | None],
        releases: ReleaseList | None,
    ) -> None:
        self._app = app
        self._engine = engine
        self._find_state = find_state
        self._releases = releases

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        notes = environ.get(NOTES_KEY, {})
        state = notes[STATE_KEY] if STATE_KEY in notes else self._find_state()
        again = {**environ}
        first = DelayedResponse(start_response)
        body, has_changed = self._respond(environ, first.start, notes, state)
        if has_changed and is_only_reading(environ) and get_release_hash(self._engine):
            close_body(body)
            again["wsgi.input"].seek(0)
            return self._respond(again, start_response, notes, self._find_state())[0]
        return first.send(body)

    def _respond(
        self,
        environ: Environ,
        start_response: StartResponse,
        notes: dict[str, Any],
        state: Hashable | None,
    ) -> tuple[Iterable[bytes], bool]:
        """Respond on the release that is current now; return also whether it has changed since."""
        environ[STATE_KEY] = state
        notes["release"] = get_release_hash(self._engine)
        named: NamedRelease | None = None
        pin: Any = nullcontext()
        with pin_release(notes["release"]) as pinned:
            try:
                named = self._take_release(environ)
                kept = self._list_by_date(environ, named)
                if kept:
                    return redirect_to_memento(environ, start_response, kept), False
            except (ProjectError, HTTPException) as error:
                if not prefers_html(environ.get("HTTP_ACCEPT", "")):
                    return send_problem(environ, start_response, *build_problem(error)), False
                environ[FAILED_REQUEST_KEY] = error
            if named:
                notes["release"] = named.name
                environ[STATE_KEY] = state and (state, named.name)
                pin = use_named_release(environ, named)
            with pin:
                body = self._app(environ, start_response)
            return body, pinned.has_changed

    def _list_by_date(self, environ: Environ, named: NamedRelease | None) -> list[NamedRelease]:
        """Return the releases to choose from by date; none where the request is not by date."""
        is_by_date = self._releases and not named and is_asked_by_date(environ)
        return self._releases.list_sound() if self._releases and is_by_date else []

    def _take_release(self, environ: Environ) -> NamedRelease | None:
        """Return the release that the address names, taken out of the query string.

        Raise UsageError for more than one and for what cannot be given from a kept release, and
        what ``ReleaseList.find`` raises. A SPARQL request by POST is left as it is: its release may
        be in its body.
        """
        query, path = environ.get("QUERY_STRING", ""), environ["PATH_INFO"]
        if "release=" not in query:
            return None
        values, rest = split_release(query)
        is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        if not is_read and (path.startswith("/sparql") or environ["REQUEST_METHOD"] == "OPTIONS"):
            return None
        environ["QUERY_STRING"] = rest
        values = [unquote_plus(value) for value in values if value]
        if not values:
            return None
        if len(values) > 1:
            raise UsageError(f"release is given {len(values)} times: give it once.")
        if self._releases is None:
            raise UsageError(NO_RELEASES_MESSAGE)
        if not is_read or not can_name_release(path):
            raise UsageError(f"“{path}” is not given from a kept release: leave out release.")
        return self._releases.find(values[0])
