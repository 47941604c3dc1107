"""Names of registries in addresses, and the route converter that accepts them."""

import re
from pathlib import Path

from werkzeug.routing import BaseConverter

from loader.errors import UsageError
from loader.namespaces import slugify

RESERVED_NAMES = ("extend", "flyout", "match", "preview", "properties", "suggest")
"""Segments after ``/reconcile/`` that are paths of the graph's own service."""
MAX_NAME_CHARACTERS = 60
_NAME = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


class RegistryNameConverter(BaseConverter):
    """Accepts the name of a registry in a route, and leaves the service's own paths to it."""

    regex = rf"(?!(?:{'|'.join(RESERVED_NAMES)})(?:/|$)){_NAME.pattern}"


def parse_registry_option(text: str) -> tuple[str, Path]:
    """Parse ``NAME=FILE`` or ``FILE`` into the name and the path of a registry.

    Without a name the file gives it. Raise UsageError where the name is none that an address can
    have, or is that of a path of the service.
    """
    name, sign, file = text.partition("=")
    # A path may have the sign in it.
    if not sign or "/" in name or Path(text).exists():
        name, file = slugify(Path(text).stem), text
    if not file:
        raise UsageError(f"“{text}” has no file; write NAME=FILE or FILE.")
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_CHARACTERS:
        raise UsageError(
            f"“{shorten_name(name)}” cannot be the name of a registry: use lower-case letters, "
            f"digits and single hyphens, at most {MAX_NAME_CHARACTERS}, as in ror=dump.json."
        )
    if name in RESERVED_NAMES:
        raise UsageError(
            f"“{name}” cannot be the name of a registry: /reconcile/{name} is a path of the "
            f"service itself, as are {', '.join(RESERVED_NAMES)}; choose another name."
        )
    return name, Path(file)


def shorten_name(name: str) -> str:
    """Return a name, shortened for a message."""
    return name if len(name) <= MAX_NAME_CHARACTERS else f"{name[:MAX_NAME_CHARACTERS]}…"
