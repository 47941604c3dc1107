"""Prints the project's figures as a table; ``--record`` puts it into docs/figures.md as well."""

import argparse
import re
import shutil
import tempfile
from pathlib import Path

from pyoxigraph import Store

from loader.mapping.provenance import graph_of
from loader.namespaces import CATALOGUE, CKG, PROV, RDF
from loader.release.release_folder import current_release
from tests.bench.generator import generate
from tests.bench.linking import linking
from tests.bench.measure import first_answer, machine, middle, python, row, run
from tests.bench.service import service
from tests.bench.site import site

ROOT = Path(__file__).parents[2]
MARKS = re.compile(r"(<!-- bench -->\n).*?(<!-- /bench -->)", re.DOTALL)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--record", action="store_true", help="write the table into docs/figures.md"
    )
    parser.add_argument("--sizes", type=int, nargs=2, default=[10_000, 100_000])
    parser.add_argument("--service", action="store_true", help="the endpoint alone")
    parser.add_argument("--site", action="store_true", help="the pages alone")
    parser.add_argument("--linking", action="store_true", help="the matching of names alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        rows = shipped(folder)
        one = arguments.site or arguments.service or arguments.linking
        if arguments.service or not one:
            rows += service(folder, folder / "shipped")
        if arguments.linking or not one:
            rows += linking(folder, folder / "shipped")
        if arguments.site or not one:
            rows += site(folder, folder / "shipped")
        if not one:
            rows += generated(folder, *arguments.sizes)
    table = "\n".join(["| what | measured | wanted |", "|---|---|---|", *rows])
    text = f"Measured on {machine()}.\n\n{table}\n"
    print(text)
    if arguments.record:
        page = ROOT / "docs" / "figures.md"
        old = page.read_text("utf-8")
        page.write_text(MARKS.sub(lambda m: m[1] + text + m[2], old), "utf-8")


def shipped(folder: Path) -> list[str]:
    """The figures of the shipped data."""
    tool, out = python().parent / "concordat-kg", folder / "shipped"
    build = middle(5, tool, "build", "--data", ROOT / "data", "--out", out)
    help_ = middle(9, tool, "--help")
    first = sorted(first_answer(tool, out) for _ in range(5))[2]
    lines = run(python(), "-m", "tests.bench.tag_lines", ROOT / "ontology", cwd=ROOT)
    return [
        row("build of the shipped data, validated and proved", f"{build.seconds:.2f} s", "< 10 s"),
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


def generated(folder: Path, small: int, large: int) -> list[str]:
    """The figures of generated data, side by side with the engine's bulk load of the same quads."""
    store = Store.read_only(str(current_release(folder / "shipped").store))
    seconds, rows = {}, []
    for count in (small, large):
        data, out = folder / f"data-{count}", folder / f"out-{count}"
        generate(data / "case-studies", count, store)
        shutil.copy(ROOT / "data" / "organisations.csv", data)
        tool = python().parent / "concordat-kg"
        build = run(tool, "build", "--unproved", "--data", data, "--out", out, cwd=ROOT)
        graph = current_release(out).graph
        peer = run(python(), "-m", "tests.bench.bulk_load", folder / "peer", graph, cwd=ROOT)
        seconds[count] = build.seconds
        with graph.open("rb") as file:
            quads = sum(1 for _ in file)
        shutil.rmtree(folder / "peer")
        shutil.rmtree(out)
        what = f"build of {count:,} generated case studies ({quads:,} quads)"
        rows += [
            row(what, f"{build.seconds:.1f} s, {build.megabytes:,.0f} MB", "≤ 2,048 MB"),
            row(
                "… to `Store.bulk_load` of the same quads alone",
                f"{build.seconds / peer.seconds:.2f} × ({peer.seconds:.1f} s, "
                f"{peer.megabytes:,.0f} MB)",
                "≤ 4 ×",
            ),
        ]
    growth = seconds[large] / seconds[small]
    return [*rows, row(f"growth from {small:,} to {large:,}", f"{growth:.1f} ×", "≤ 12 ×")]


if __name__ == "__main__":
    main()
