"""Finished responses that are kept, so that the same release need not respond twice.

https://www.rfc-editor.org/rfc/rfc9111
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

from cachetools import LRUCache
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from query_ui.http.compression import negotiate_content_coding

AsgiHeaders: TypeAlias = list[tuple[bytes, bytes]]
RequestKey: TypeAlias = tuple[bytes | str | None, ...]

MEGABYTE = 1024 * 1024
DEFAULT_CACHE_BYTES = 64 * MEGABYTE
LARGEST_SHARE = 8
"""A response larger than this part of the cache is not kept, so that one cannot empty it."""
KEY_HEADERS = (
    *(b"host", b"accept", b"accept-encoding", b"accept-language"),
    *(b"forwarded", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix"),
)
"""The headers that may change a response: those in ``Vary``, and where the public reaches it."""
_REFRESHING_HEADERS = frozenset(
    (
        *(b"range", b"if-range", b"if-match", b"if-unmodified-since", b"if-modified-since"),
        b"accept-datetime",
    )
)
_POSITIONS = {name: number for number, name in enumerate(KEY_HEADERS)}
_VARYING = frozenset((*(name.decode() for name in KEY_HEADERS), "accept-datetime"))
"""What may be in ``Vary``; requests with ``Accept-Datetime`` are passed on."""
_NOT_MODIFIED_HEADERS = (
    b"access-control-",
    b"cache-control",
    b"content-location",
    b"etag",
    b"vary",
)
_OVERHEAD_BYTES = 512
"""What Python takes for an entry besides the bytes of its texts."""


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """A response with status 200; its body is encoded as it is sent.

    ``route`` and ``release`` are for the log.
    """

    headers: AsgiHeaders
    not_modified_headers: AsgiHeaders
    body: bytes
    etag: str
    route: str
    release: str
    size: int


class ResponseCache:
    """Responses by state of the site and request, the least recently used ones dropped first.

    A state is whatever responses depend on besides the request. With another state than that of
    the last call all responses are dropped. Not thread-safe: the event loop alone uses it.
    """

    def __init__(self, max_bytes: int = DEFAULT_CACHE_BYTES) -> None:
        self.max_response_bytes = max_bytes // LARGEST_SHARE
        self.hits = 0
        self.misses = 0
        self._state: object = None
        self._responses: LRUCache[RequestKey, KeptResponse] = LRUCache(
            max_bytes, getsizeof=lambda response: response.size
        )

    def find(self, state: object, key: RequestKey) -> KeptResponse | None:
        """Return the response to a request, or None; count a hit or a miss."""
        if state != self._state:
            self._responses.clear()
            self._state = state
        response = self._responses.get(key)
        if response:
            self.hits += 1
        else:
            self.misses += 1
        return response

    def keep(self, state: object, key: RequestKey, response: KeptResponse) -> None:
        """Keep a response, unless it is too large or the state has changed since it was begun."""
        if state == self._state and response.size <= self.max_response_bytes:
            self._responses[key] = response

    @property
    def size(self) -> int:
        """The bytes that the kept responses take."""
        return int(self._responses.currsize)

    def __len__(self) -> int:
        return len(self._responses)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the cache; see ``prometheus_client.registry.Collector``."""
        name = "concordat_kg_response_cache"
        counts = {"hits": self.hits, "misses": self.misses}
        for what, count in counts.items():
            yield CounterMetricFamily(
                f"{name}_{what}", f"Requests that were {what} in the cache of responses.", count
            )
        yield GaugeMetricFamily(f"{name}_bytes", "Size of the kept responses.", self.size)
        yield GaugeMetricFamily(f"{name}_responses", "Number of kept responses.", len(self))


def create_cache(megabytes: int) -> ResponseCache | None:
    """Return a cache of that size; None for 0."""
    return ResponseCache(megabytes * MEGABYTE) if megabytes else None


def build_request_key(scope: dict[str, Any]) -> RequestKey | None:
    """Return what a response to the request depends on; None where it must not be reused.

    Such a request has a body, asks for a part, states conditions other than ``If-None-Match``,
    forbids reuse, or repeats a header that may come only once.
    """
    found: list[bytes | str | None] = [None] * len(KEY_HEADERS)
    for name, value in scope["headers"]:
        position = _POSITIONS.get(name)
        if position is not None:
            if found[position] is not None:
                return None
            found[position] = value
        elif (
            name in _REFRESHING_HEADERS
            or name == b"transfer-encoding"
            or (name == b"content-length" and value != b"0")
            or (name == b"cache-control" and (b"no-cache" in value or b"no-store" in value))
        ):
            return None
    if found[0] is None:
        return None
    coding = found[2]
    found[2] = (
        negotiate_content_coding(coding.decode("latin-1")) if isinstance(coding, bytes) else ""
    )
    client = scope.get("client") or ("",)
    return (
        *(scope["raw_path"], scope["query_string"], scope["http_version"], scope.get("scheme")),
        # Only what a proxy says is heeded, so a client that sends its headers shares nothing.
        client[0] if any(found[4:]) else "",
        *found,
    )


def build_kept_response(
    headers: AsgiHeaders, body: bytes, route: str, release: str, key: RequestKey
) -> KeptResponse | None:
    """Return the response in the form that is kept; None where its headers do not allow it.

    It is kept with an ETag, ``public`` in Cache-Control, no cookie, and a ``Vary`` that names
    nothing besides the headers of the key.
    """
    values = dict(headers)
    if (
        b"etag" not in values
        or b"public" not in values.get(b"cache-control", b"").split(b", ")
        or b"set-cookie" in values
        or not _depends_on_key_alone(values.get(b"vary", b""))
    ):
        return None
    own = [(name, value) for name, value in headers if name != b"x-request-id"]
    short = [(name, value) for name, value in own if name.startswith(_NOT_MODIFIED_HEADERS)]
    if b"content-length" not in values:
        own = [pair for pair in own if pair[0] != b"transfer-encoding"]
        own.append((b"content-length", str(len(body)).encode()))
    size = len(body) + _OVERHEAD_BYTES + sum(len(part) for part in key if part)
    size += sum(map(len, chain.from_iterable((*own, *short))))
    etag = values[b"etag"].decode("latin-1")
    return KeptResponse(own, short, body, etag, route, release, size)


@lru_cache(maxsize=64)
def _depends_on_key_alone(vary: bytes) -> bool:
    """Return whether a ``Vary`` names nothing besides the headers of the key."""
    names = {name.strip().lower() for name in vary.decode("latin-1").split(",")}
    return names - {""} <= _VARYING
