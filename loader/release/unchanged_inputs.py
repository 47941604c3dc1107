"""The inputs of a build: where they are those of the current release, it would be made again."""

from pathlib import Path
from typing import Any

from loader.errors import BuildError, DataError
from loader.readers import list_files
from loader.release import document_cache
from loader.release.damage_marks import is_marked
from loader.release.document_cache import build_digest
from loader.release.file_hash import hash_file
from loader.release.kept_releases import read_pointer
from loader.release.release_folder import Release
from loader.release.release_manifest import FORMAT, find_damage
from loader.settings import Settings


def digest_inputs(settings: Settings) -> str:
    """Return the digest of all that a build reads, in hex; "" where something cannot be read.

    That is the program with its libraries, and every file of the ontology, the queries and the
    data, each with its path, since findings name it.
    """
    folders = [settings.ontology, settings.root / "sparql", *settings.data]
    try:
        files = [(str(path), hash_file(path)) for f in folders for path in sorted(list_files(f))]
    except (OSError, DataError):
        return ""  # the build says what is wrong
    return build_digest(
        document_cache.hash_program(), [str(f) for f in folders], settings.max_bytes, files
    )


def find_same_release(out: Path, digest: str) -> tuple[Release, dict[str, Any]] | None:
    """Return the current release with its report, where it was built from the same inputs.

    None where it was not, or where any of its files is not as it was written: a build mends it.
    """
    name = read_pointer(out)
    release = Release(out / "releases" / name)
    if not (digest and name) or is_marked(out, name):
        return None
    try:
        summary = release.summary()
        if summary.get("inputs") != digest or summary.get("format") != FORMAT:
            return None
        report = release.report()
    except BuildError:
        return None
    return None if any(find_damage(release.folder, full=True)) else (release, report)
