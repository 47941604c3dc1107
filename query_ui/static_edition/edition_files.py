"""Write the pages, style sheets and downloads that were read to the folder of an edition."""

import pickle
import zlib
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path

from loader.release.phase_times import Progress
from query_ui.static_edition.edition_processes import EditionProcesses
from query_ui.static_edition.page_rewriting import PageRewriter, rewrite_style_sheet

ReadFile = tuple[str, str, bytes]
"""The address on the site, the name in the folder, and the compressed body."""


def write_files(
    processes: EditionProcesses,
    rewriter: PageRewriter,
    folder: Path,
    files: Sequence[ReadFile],
    progress: Progress,
) -> None:
    """Write all files, pages and style sheets with links that fit the folder."""
    if processes.number > 1:
        write = partial(_write_in_process, pickle.dumps(rewriter), folder)
    else:
        write = partial(write_batch, rewriter, folder)
    done = 0
    for count in processes.run_batches(write, list(files)):
        done += count
        progress("Writing the files", done, len(files))


def write_batch(rewriter: PageRewriter, folder: Path, files: Sequence[ReadFile]) -> int:
    """Write some files and return their number."""
    for address, name, body in files:
        data = zlib.decompress(body)
        if name.endswith(".html"):
            write_text(folder / name, rewriter.rewrite_page(address, name, data.decode()))
        elif name.endswith(".css"):
            write_text(folder / name, rewrite_style_sheet(address, data.decode()))
        else:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return len(files)


def write_text(path: Path, text: str) -> None:
    """Write a text, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_in_process(rewriter: bytes, folder: Path, files: Sequence[ReadFile]) -> int:
    return write_batch(_load_rewriter(rewriter), folder, files)


@lru_cache(maxsize=1)
def _load_rewriter(rewriter: bytes) -> PageRewriter:
    """Return the rewriter, which has the names of all files: a process loads it once."""
    loaded: PageRewriter = pickle.loads(rewriter)
    return loaded
