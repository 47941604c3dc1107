"""The release of the request in progress, so that one response never mixes two of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Pin:
    """A pinned release or "", and whether the engine has changed to another one since.

    ``outer`` is the pin that this one replaces for a while, None for that of the request.
    """

    release: str
    outer: "Pin | None"
    has_changed: bool = False


_PIN: ContextVar[Pin | None] = ContextVar("pinned_release", default=None)


@contextmanager
def pin_release(release: str) -> Iterator[Pin]:
    """Let every engine and index use this release for a ``with`` block; "" pins none.

    It holds in the current context, which is that of one request or of one query in a worker.
    """
    pin = Pin(release, _PIN.get())
    token = _PIN.set(pin)
    try:
        yield pin
    finally:
        _PIN.reset(token)


def get_pinned_release() -> str:
    """Return the release of the request in progress, or ""."""
    pin = _PIN.get()
    return pin.release if pin else ""


def note_release_change() -> None:
    """Note in the request in progress that the engine has not the pinned release any more."""
    pin = _PIN.get()
    while pin:
        pin.has_changed = True
        pin = pin.outer
