"""The kept release that an address names by the beginning of its name."""

import re
from pathlib import Path

from werkzeug.exceptions import Gone, NotFound

from loader.errors import UsageError
from loader.release.kept_releases import list_releases

_NAME_BEGINS = re.compile(r"[0-9a-f]{8,64}")


def find_release_name(out: Path, text: str) -> str:
    """Return the name of the kept release that begins with ``text``, 8 to 64 hex digits.

    Raise UsageError for other text and where several releases begin so, NotFound where none does,
    and Gone for a damaged one.
    """
    if not _NAME_BEGINS.fullmatch(text):
        raise UsageError("release is the beginning of a release's name: 8 to 64 of 0-9 and a-f.")
    kept = list_releases(out)
    found = [one for one in kept if one.name.startswith(text)]
    if not found:
        names = ", ".join(one.name[:12] for one in kept) or "none"
        raise NotFound(f"The release {text[:12]} is not kept. Kept are: {names}.")
    if len(found) > 1:
        raise UsageError(f"{len(found)} releases begin with {text}: give more of the name.")
    if found[0].is_marked:
        raise Gone(f"The release {text[:12]} is damaged, so nothing is given from it.")
    return found[0].name
