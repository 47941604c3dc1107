"""The release of the request in progress, so that one response never mixes two of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PINNED_RELEASE: ContextVar[str] = ContextVar("pinned_release", default="")


@contextmanager
def pin_release(release: str) -> Iterator[None]:
    """Let every engine and index use this release for a ``with`` block; "" pins none.

    It holds in the current context, which is that of one request or of one query in a worker.
    """
    token = _PINNED_RELEASE.set(release)
    try:
        yield
    finally:
        _PINNED_RELEASE.reset(token)


def get_pinned_release() -> str:
    """Return the release of the request in progress, or ""."""
    return _PINNED_RELEASE.get()
