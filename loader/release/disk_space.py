"""The disk that a build needs, estimated before it begins."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from loader.errors import BuildError
from loader.release.release_folder import current_release

TIMES_RELEASE = 1.5
"""The size of a release and of its sorted runs, which are temporary, over that of the release."""
TIMES_DOCUMENTS = 20
"""The least size of a release over that of its documents; of generated tables it is 75 times."""
MOST_TIMES_DOCUMENTS = 120
"""The most that a build is thought to need, if the current release had many more documents."""


def estimate_bytes(out: Path, documents: Iterable[Path]) -> int:
    """Return the bytes that a build needs: by the current release, without one by its documents."""
    read = sum(path.stat().st_size for path in documents if path.is_file())
    try:
        folder = current_release(out).folder
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except (BuildError, OSError):
        return TIMES_DOCUMENTS * read
    return min(int(TIMES_RELEASE * size), MOST_TIMES_DOCUMENTS * read)


def refuse_full_disk(out: Path, documents: Iterable[Path]) -> None:
    """Raise BuildError where the disk of the build folder has less room than a build needs."""
    needed = estimate_bytes(out, documents)
    home = next((p for p in (out, *out.absolute().parents) if p.is_dir()), Path.cwd())
    free = shutil.disk_usage(home).free
    if free < needed:
        raise BuildError(
            f"{out}: a build of these documents needs about {format_size(needed)} of disk, and "
            f"{format_size(free)} is free. Make room (`concordat-kg releases prune` removes old "
            "releases), or choose another folder with --out. Nothing was changed."
        )


def format_size(size: int) -> str:
    """Return a size as people read it, such as "1.5 GB"."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{max(size, 1e6) / 1e6:,.0f} MB"
