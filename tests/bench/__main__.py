"""Prints the project's figures as a table; ``--record`` puts it into docs/figures.md and README."""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic

from pyoxigraph import Store

from loader.mapping.provenance import graph_of
from loader.namespaces import CATALOGUE, CKG, PROV, RDF
from loader.release.release_folder import current_release
from tests.bench.building import measure_builds
from tests.bench.datasette_peer import compare_pages
from tests.bench.kept_releases import measure_kept_releases
from tests.bench.linking import linking
from tests.bench.load import find_wrk
from tests.bench.measure import first_answer, machine, middle, python, row, run
from tests.bench.releases import Releases
from tests.bench.remote import measure_remote
from tests.bench.service import service
from tests.bench.site import browse, download_list, site

ROOT = Path(__file__).parents[2]
FEW = 25
SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (200, 1_000)
PARTS = ("shipped", "service", "linking", "site", "datasette", "building", "remote")
QUICK_PARTS = ("shipped", "site", "building")
README_ROWS = (
    *("build of the shipped data", "`serve` to the first answer"),
    *("median of a small SELECT over HTTP: five titles, ever new", "queries a second, 8 clients"),
    *("p95 of a concept", "50 browsers", "item, warm, 100,000", "list with facets, cold, 100,000"),
    *("build of 100,000", "build after 10 changed"),
)
MARKS = re.compile(r"(<!-- bench -->\n).*?(<!-- /bench -->)", re.DOTALL)


def main() -> int:
    """Measure what is asked for; return 1 where the work tree has changes."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write the figures into the pages")
    parser.add_argument("--quick", action="store_true", help="small releases and fewer peers")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; else all")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(
            f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}"
        )
    commit = find_commit()
    if commit is None and not arguments.quick:
        print("The work tree has changes, so no commit has these figures. Commit or stash them.")
        return 1
    sizes = QUICK_SIZES if arguments.quick else SIZES
    chosen = arguments.parts or (QUICK_PARTS if arguments.quick else PARTS)
    rows, began = [], monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for line in measure(folder, chosen, sizes):
            print(line, flush=True)
            rows.append(line)
    table = "\n".join(["| what | measured | wanted |", "|---|---|---|", *rows])
    known = commit or "none, the work tree had changes"
    text = f"Measured on {machine()}, in {(monotonic() - began) / 60:.0f} minutes; commit {known}."
    print(text, file=sys.stderr)
    if arguments.record and commit:
        record(ROOT / "docs" / "figures.md", f"{text}\n\n{table}\n")
        record(ROOT / "README.md", summarise(rows, commit))
    return 0


def measure(folder: Path, parts: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    """Yield the rows of the parts; releases are built once for all of them."""
    out = folder / "shipped"
    rows = shipped(folder)  # builds it for the other parts as well
    releases = Releases(folder, Store.read_only(str(current_release(out).store)))
    measurements: dict[str, Callable[[], Iterator[str]]] = {
        "shipped": lambda: iter(rows),
        "service": lambda: service(folder, out),
        "linking": lambda: linking(folder, out),
        "site": lambda: measure_site(folder, releases, sizes),
        "datasette": lambda: measure_datasette(folder, releases, sizes[-1]),
        "building": lambda: measure_builds(releases, sizes),
        "remote": lambda: measure_remote(folder, out, releases, sizes[-1]),
    }
    for part, begin in measurements.items():
        if part in parts:
            began = monotonic()
            yield from begin()
            print(f"{part}: {monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def measure_site(folder: Path, releases: Releases, sizes: Sequence[int]) -> Iterator[str]:
    """Yield the rows of pages, kept releases and downloads."""
    yield from site(releases, (FEW, *sizes))
    yield from measure_kept_releases(folder, releases.find(FEW))
    yield from download_list(releases.find(sizes[-1]))
    yield from browse(folder, releases.find(sizes[-1]))


def measure_datasette(folder: Path, releases: Releases, size: int) -> Iterator[str]:
    """Yield the rows of pages beside Datasette, or one that says why there are none."""
    if find_wrk():
        yield from compare_pages(folder, [releases.find(FEW), releases.find(size)])
    else:
        yield row("beside Datasette", "not measured: wrk is missing (apt-get install wrk)", "")


def find_commit() -> str | None:
    """Return the short name of the commit that is measured, or None where files have changed."""
    git = ("git", "-C", ROOT)
    changes = subprocess.check_output([*git, "status", "--porcelain"], text=True)
    if changes:
        return None
    return subprocess.check_output([*git, "rev-parse", "--short", "HEAD"], text=True).strip()


def record(page: Path, text: str) -> None:
    """Put the text between the marks of a page."""
    page.write_text(MARKS.sub(lambda m: m[1] + text + m[2], page.read_text("utf-8")), "utf-8")


def summarise(rows: Sequence[str], commit: str) -> str:
    """Return the ten rows that README has, and how to see what has changed since."""
    chosen = [line for line in rows if line.startswith(tuple(f"| {key}" for key in README_ROWS))]
    lines = [line.rsplit("|", 2)[0] + "|" for line in chosen]
    return (
        f"Measured at commit {commit}; `git rev-list --count {commit}..HEAD` counts the commits "
        "since. All figures, beside their peers and what we want: [Figures](docs/figures.md).\n\n"
        + "\n".join(["| what | measured |", "|---|---|", *lines])
        + "\n"
    )


def shipped(folder: Path) -> list[str]:
    """The figures of the shipped data."""
    tool, out = python().parent / "concordat-kg", folder / "shipped"
    command = (tool, "build", "--data", ROOT / "data", "--out", out)
    build, again = middle(3, *command, "--fresh"), middle(3, *command)
    help_ = middle(5, tool, "--help")
    first = sorted(first_answer(tool, out) for _ in range(3))[1]
    lines = run(python(), "-m", "tests.bench.tag_lines", ROOT / "ontology", cwd=ROOT)
    return [
        row("build of the shipped data, validated and proved", f"{build.seconds:.2f} s", "< 10 s"),
        row("… once more, nothing changed", f"{again.seconds:.2f} s", ""),
        *count_facts(out),
        row("`concordat-kg --help`", f"{help_.seconds:.2f} s", "< 0.4 s"),
        row("`serve` to the first answer", f"{first:.2f} s", "< 2 s"),
        row("segmenting 100,000 tag lines of 23 terms", f"{lines.seconds:.1f} s", "seconds"),
    ]


FACT_KINDS = (
    *("CaseStudy", "Practice", "ActionPlan", "Action", "Register", "RegisterEvent", "ReviewRule"),
    *("Framework", "FrameworkElement", "Indicator", "Institution", "DataIssue"),
)


def count_facts(out: Path) -> list[str]:
    """The facts of the shipped data by kind, and what one practice costs in statements."""
    store = Store.read_only(str(current_release(out).store))

    def count(kind: str) -> int:
        return len({q.subject for q in store.quads_for_pattern(None, RDF.type, CKG[kind])})

    document = graph_of("practices/practices.csv")
    stated = sum(1 for _ in store.quads_for_pattern(None, None, None, document))
    sources = store.quads_for_pattern(None, PROV.wasQuotedFrom, document, CATALOGUE)
    for passage in {quad.subject for quad in sources}:
        stated += sum(1 for _ in store.quads_for_pattern(passage, None, None, CATALOGUE))
    facts = ", ".join(f"{kind} {count(kind):,}" for kind in FACT_KINDS)
    return [
        row("facts by kind in the shipped data", facts, ""),
        row(
            "statements per practice, with provenance", f"{stated / count('Practice'):.1f}", "<= 60"
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
