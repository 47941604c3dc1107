"""External merge sort of N-Quads lines, written once each as one canonical file.

The lines are canonical N-Quads as in RDF Dataset Canonicalization
(https://www.w3.org/TR/rdf-canon/#canonical-quads); sorted by code point they depend on the set of
quads alone.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

RUN = 200_000
"""The lines held in memory at a time, about 50 MB; the engine takes five times that to load them.

Runs of twice the size took 200 MB more and no less time.
"""
BYTES_AT_ONCE = 256 * 1024
"""About how much of each run is in memory when they are merged."""


class Run(NamedTuple):
    """One part of the quads: a file of sorted N-Quads, and the same statements as N-Triples."""

    quads: Path
    triples: bytes


class QuadFile:
    """Collects lines in any order and returns them in runs of about ``RUN``, to be loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[Path] = []
        self._lines: list[str] = []

    def add(self, lines: Iterable[tuple[str, str]]) -> list[Run]:
        """Add triples as N-Triples, each with its graph; return a run whenever there are enough.

        The type is that of ``build_document_lines``, whose module nothing here imports: the
        processes of the contract checks import this one, and have to start quickly.
        """
        return self.add_lines(f"{triple} {graph} .\n" for triple, graph in lines)

    def add_lines(self, lines: Iterable[str]) -> list[Run]:
        """Add lines of named graphs as they are in the file; return a run as ``add`` does."""
        self._lines += lines
        return self.close() if len(self._lines) >= RUN else []

    def close(self) -> list[Run]:
        """Return the lines in memory as one run, or [] where there are none."""
        if not self._lines:
            return []
        self._lines.sort()
        path = self.folder / f"run-{len(self.runs)}.nq"
        path.write_text("".join(self._lines), encoding="utf-8", newline="\n")
        triples = "".join(f"{line[: line.rindex(' <')]} .\n" for line in self._lines)
        self.runs.append(path)
        self._lines = []
        return [Run(path, triples.encode("utf-8"))]

    def write(self, target: Path) -> tuple[str, int]:
        """Merge the runs into ``target``; return SHA-256 in hex, line count."""
        self.close()
        digest, count = hashlib.sha256(), 0
        with target.open("wb") as out:
            for lines in merge_runs(self.runs):
                data = b"".join(lines)
                digest.update(data)
                out.write(data)
                count += len(lines)
        return digest.hexdigest(), count

    def remove_runs(self) -> None:
        """Remove the files of the runs, which nothing needs after ``write``."""
        for run in self.runs:
            run.unlink()
        self.runs.clear()


def read_triples(path: Path) -> bytes:
    """Return canonical N-Quads, all in named graphs, as N-Triples; raise OSError on failure."""
    lines = path.read_bytes().splitlines()
    return b"".join(line.rpartition(b" <")[0] + b" .\n" for line in lines)


def merge_runs(runs: Iterable[Path]) -> Iterator[Collection[bytes]]:
    """Yield the lines of some files of sorted lines in their order, each once, many at a time.

    In each step all that is at most the least of the last lines in memory comes out, whichever run
    it is from. With writing that takes two fifths less time than ``heapq.merge``, as sorting makes
    use of what is in order already: https://docs.python.org/3/howto/sorting.html
    """
    with ExitStack() as stack:
        files = [stack.enter_context(run.open("rb")) for run in runs]
        held = [file.readlines(BYTES_AT_ONCE) for file in files]
        last = b""
        while any(held):
            end = min(lines[-1] for lines in held if lines)
            found: list[bytes] = []
            for place, lines in enumerate(held):
                number = bisect_right(lines, end)
                found += lines[:number]
                held[place] = lines[number:] or files[place].readlines(BYTES_AT_ONCE)
            found.sort()
            merged = dict.fromkeys(found)
            # A run may have a line twice, and the second one may come with the next step.
            merged.pop(last, None)
            last = end
            yield merged
