"""The scripts of a static edition, which are bundled beforehand."""

from pathlib import Path

from loader.errors import UsageError

EDITION_SCRIPTS = (
    *("edition-compare", "edition-due", "edition-editor", "edition-fields", "edition-list"),
    *("edition-query", "edition-search", "engine-worker"),
)
"""The scripts that pages of an edition load, by the names of their files without ``.js``."""


def find_bundle(folder: Path) -> Path | None:
    """Return the folder of the bundled scripts, or None where none were bundled.

    Raise UsageError where some are missing, as in a bundle of an older version: the edition would
    have pages that do nothing.
    """
    missing = [name for name in EDITION_SCRIPTS if not (folder / f"{name}.js").is_file()]
    if len(missing) == len(EDITION_SCRIPTS):
        return None
    if missing:
        raise UsageError(
            f"The script bundle is of another version: it lacks {', '.join(missing)}. "
            "Run `make bundle` first."
        )
    return folder
