"""Rate limit per client address, with a token bucket that refills continuously."""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from werkzeug.exceptions import TooManyRequests

_MAX_CLIENTS = 10_000


class RateLimiter:
    """A limit of ``requests_per_minute`` per address, in bursts or spread out; 0 means no limit.

    Clients on this machine are never limited. The address is that of the connection, because
    forwarding headers can be forged: behind a proxy all clients share one limit.
    ``clock`` returns seconds.
    """

    def __init__(
        self, requests_per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = requests_per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._bucket_by_address: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def count_request(self, address: str) -> None:
        """Count one request; raise TooManyRequests, with ``Retry-After``, beyond the limit.

        https://www.rfc-editor.org/rfc/rfc6585#section-4
        """
        if not self._per_minute or _is_local(address):
            return
        with self._lock:
            wait = self._take_token(address)
        if wait > 0:
            raise TooManyRequests(
                f"More than {self._per_minute} requests a minute came from {address}. "
                f"Try again in {wait} s.",
                retry_after=wait,
            )

    def _take_token(self, address: str) -> int:
        """Take a token of the address; return 0, or the seconds until there is one."""
        now, full = self._clock(), float(self._per_minute)
        left, before = self._bucket_by_address.pop(address, (full, now))
        left = min(full, left + (now - before) * full / 60)
        taken = left >= 1
        self._bucket_by_address[address] = (left - 1 if taken else left, now)
        if len(self._bucket_by_address) > _MAX_CLIENTS:
            self._bucket_by_address.popitem(last=False)  # the client seen least recently
        return 0 if taken else int((1 - left) * 60 / full) + 1


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return not address  # a Unix socket has none
