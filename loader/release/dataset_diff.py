"""The differences between any two datasets: releases, or exports in N-Quads.

Both are read side by side as sorted lines, so memory depends on the largest subject and on the
number of entities that differ, never on the size of the datasets.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, RdfFormat, parse

from loader.errors import BuildError, DataError, UsageError
from loader.release.kept_releases import find_release
from loader.release.nquads_sorter import QuadFile
from loader.release.release_diff import (
    MADE_ENDS,
    STATES,
    Change,
    classify_change,
    compare_contracts,
    group_by_subject,
    pair_groups,
)
from loader.release.release_folder import Release, current_release

EXPORT_SUFFIX = ".nq"
_TYPE = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """One side of a comparison: ``quads`` are its sorted lines, and ``label`` names it.

    ``release`` is None for an export.
    """

    label: str
    quads: Path
    release: Release | None = None

    @property
    def queryable(self) -> Path:
        """The store of a release, else the lines, as ``ContractProcesses`` takes either."""
        return self.release.store if self.release else self.quads

    def list_checks(self) -> list[Mapping[str, Any]] | None:
        """Return the contract checks in the report; None for an export, which has no report."""
        return self.release.report().get("proofs", []) if self.release else None


@dataclass(frozen=True, slots=True)
class SubjectDiff:
    """The statements about one subject, as lines, that only one of two datasets has.

    ``change`` is None where only the graphs that a build makes differ, or the subject has no IRI.
    ``classes`` are the IRIs of its classes in either dataset.
    """

    added: list[bytes]
    removed: list[bytes]
    change: Change | None
    classes: tuple[str, ...]


@dataclass(slots=True)
class DiffSummary:
    """Numbers of statements that differ, and the entities that do, by state and by class."""

    statements: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    things: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {w: [] for w in STATES})
    classes: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, one: SubjectDiff) -> None:
        """Count the differences of one subject."""
        for word, lines in (("added", one.added), ("removed", one.removed)):
            self.statements[word] += len(lines)
            self.made[word] += sum(line.endswith(MADE_ENDS) for line in lines)
        if one.change is None:
            return
        state = classify_change(one.change)
        self.things[state].append(
            {
                "iri": one.change.iri,
                "classes": list(one.classes),
                "came": one.change.came,
                "went": one.change.went,
            }
        )
        for name in one.classes or ("",):
            self.classes.setdefault(name, Counter())[state] += 1


def find_source(text: str, out: Path, workspace: Path) -> DatasetSource:
    """Return the dataset that ``text`` names.

    It is the path of an export in N-Quads (https://www.w3.org/TR/n-quads/), of the folder of a
    release or of a build folder, or the beginning of the name of a release in ``out``. The lines
    of an export are sorted into a file in ``workspace``. Raise UsageError where there is none, and
    DataError where an export is invalid.
    """
    path = Path(text)
    if path.suffix == EXPORT_SUFFIX:
        return DatasetSource(path.name, sort_export(path, workspace))
    if path.is_dir():
        release = (
            Release(path.resolve()) if (path / "graph.nq").is_file() else current_release(path)
        )
    else:
        release = find_release(out, text).release
    return DatasetSource(release.name, release.graph, release)


def sort_export(path: Path, workspace: Path) -> Path:
    """Write the statements of an export as sorted canonical lines; return the file.

    Raise UsageError for a file that cannot be read, DataError for one that is no N-Quads.
    """
    workspace.mkdir()
    lines = QuadFile(workspace)
    try:
        with path.open("rb") as file:
            for quad in parse(file, RdfFormat.N_QUADS):
                name = quad.graph_name
                graph = "" if isinstance(name, DefaultGraph) else f" {name}"
                lines.add_lines((f"{quad.triple}{graph} .\n",))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.") from error
    except (SyntaxError, ValueError) as error:
        raise DataError(f"{path} is no valid N-Quads: {error}.") from error
    target = workspace / "graph.nq"
    lines.write(target)
    lines.remove_runs()
    return target


def compare_datasets(old: Path, new: Path) -> Iterator[SubjectDiff]:
    """Yield what differs between two files of sorted N-Quads, by subject.

    Blank nodes are compared by label. Raise BuildError where lines are not sorted or there is no
    file, because an answer would be wrong.
    """
    try:
        with old.open("rb") as before, new.open("rb") as after:
            groups = (
                group_by_subject(check_order(lines, path), without=())
                for lines, path in ((before, old), (after, new))
            )
            for subject, earlier, later in pair_groups(*groups):
                if earlier != later:
                    yield describe_subject(subject, earlier, later)
    except OSError as error:
        raise BuildError(f"{error.filename}: {error.strerror}") from error


def check_order(lines: Iterable[bytes], path: Path) -> Iterator[bytes]:
    """Yield lines; raise BuildError at the first that is not after the one before it."""
    last = b""
    for number, line in enumerate(lines, 1):
        if line <= last or not line.endswith(b" .\n"):
            raise BuildError(
                f"{path}, line {number}: the statements are not whole or not sorted, so the file "
                "is damaged; `concordat-kg releases verify` checks releases"
            )
        yield line
        last = line


def describe_subject(subject: bytes, earlier: set[bytes], later: set[bytes]) -> SubjectDiff:
    """Return the differences between two sets of statements about a subject."""
    added, removed = sorted(later - earlier), sorted(earlier - later)
    came, went, was, is_ = (
        sum(not line.endswith(MADE_ENDS) for line in lines)
        for lines in (added, removed, earlier, later)
    )
    change = None
    if subject.startswith(b"<") and (came or went):
        change = Change(subject[1:-1].decode(), came, went, bool(was), bool(is_))
    parts = (line.split(b" ", 3) for line in earlier | later if not line.endswith(MADE_ENDS))
    classes = {p[2][1:-1].decode() for p in parts if p[1] == _TYPE and p[2].startswith(b"<")}
    return SubjectDiff(added, removed, change, tuple(sorted(classes)))


def write_patch(differences: Iterable[SubjectDiff]) -> Iterator[bytes]:
    """Yield the lines of an RDF Patch that makes the newer dataset of the older one.

    It is one transaction, so a patch that was cut short is not applied. Of each subject deletions
    come first. https://afs.github.io/rdf-patch/
    """
    yield b"TX .\n"
    for one in differences:
        yield from (b"D " + line for line in one.removed)
        yield from (b"A " + line for line in one.added)
    yield b"TC .\n"


def compare_checks(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the saved queries that came, went, broke or were mended, and changed row numbers.

    ``rows`` has, for each query in both with another number of rows, the numbers before and after.
    """
    before, after = ({one["name"]: one.get("rows", 0) for one in some} for some in (old, new))
    return {
        **compare_contracts(old, new),
        "rows": {
            name: [before[name], after[name]]
            for name in sorted(before.keys() & after.keys())
            if before[name] != after[name]
        },
    }


def build_diff_document(
    sides: tuple[DatasetSource, DatasetSource],
    summary: DiffSummary,
    contracts: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the differences as JSON; ``contracts`` are None where nothing checked them."""
    return {
        "from": sides[0].label,
        "to": sides[1].label,
        "statements": {word: summary.statements[word] for word in ("added", "removed")},
        "statements_of_build": {word: summary.made[word] for word in ("added", "removed")},
        "total": sum(map(len, summary.things.values())),
        "truncated": False,
        "things": summary.things,
        "classes": {
            name: {word: counts[word] for word in STATES}
            for name, counts in sorted(summary.classes.items())
        },
        "contracts": contracts,
    }
