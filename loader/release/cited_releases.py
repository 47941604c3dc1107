"""The releases that citations name, and the texts of saved queries whose results were cited.

The file ``cited/<release>/recorded`` in a build folder says that somebody opened *Cite* on a page
of that release. ``<sha256>.rq`` beside it is the text of a saved query, under the hash in its
address. Neither says who or how often.
"""

import shutil
import uuid
from pathlib import Path

from loader.queries.contract_check import hash_query_text

CITED, RECORDED = "cited", "recorded"
MAX_TEXTS = 1_000
"""Texts kept of one release. Only the site's own saved queries are, so few versions get there."""


def is_cited(out: Path, release: str) -> bool:
    """Return whether a citation names the release."""
    return (out / CITED / release / RECORDED).is_file()


def list_recorded(out: Path, release: str) -> list[Path]:
    """Return the files that record citations of a release, none where it is not cited."""
    folder = out / CITED / release
    return [path for path in sorted(folder.glob("*")) if path.name[0] != "."]


def record_citation(out: Path, release: str, query_text: str = "") -> None:
    """Record that a kept release is cited, and the text of the saved query that gave the result.

    Raise OSError where the folder cannot be written, or has all the texts it may have.
    """
    folder = out / CITED / release
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORDED).touch()
    if not query_text:
        return
    path = folder / f"{hash_query_text(query_text)}.rq"
    if path.is_file():
        return
    if sum(1 for _ in folder.glob("*.rq")) >= MAX_TEXTS:
        raise OSError(f"{folder} has {MAX_TEXTS:,} texts of queries already")
    draft = folder / f".{uuid.uuid4().hex}"
    draft.write_bytes(query_text.encode("utf-8"))
    draft.replace(path)


def find_cited_text(out: Path, release: str, hash_begins: str) -> str | None:
    """Return the recorded text whose hash begins with hex digits, None where there is not one."""
    found = [*(out / CITED / release).glob(f"{hash_begins}*.rq")]
    return found[0].read_bytes().decode("utf-8") if len(found) == 1 else None


def forget_citations(out: Path, release: str) -> None:
    """Remove what is recorded of a release, which is no longer kept."""
    shutil.rmtree(out / CITED / release, ignore_errors=True)
