"""Command ``diff``, which compares two releases or exports."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from query_ui.cli.release_options import out_option

if TYPE_CHECKING:
    from loader.release.dataset_diff import DatasetSource

_MOST_ENTITIES = 20
"""The most entities of one state that the text names; JSON names all."""


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(("text", "json", "patch")),
    default="text",
    show_default=True,
    help="How to write the differences; patch is RDF Patch, which makes B of A.",
)
@click.option(
    "--queries", is_flag=True, help="Run the saved queries on both, and compare their contracts."
)
@out_option
def diff(old: str, new: str, form: str, queries: bool, out: Path) -> None:
    """Say what changed from A to B: statements, entities, and contracts of saved queries.

    A and B are each the beginning of a release's name, "current", "previous", the folder of a
    release or of builds, or a file of N-Quads (.nq).

    \b
    concordat-kg diff previous current
    concordat-kg diff previous current --format patch > changes.rdfp
    concordat-kg diff last-year.nq current --queries

    Without --queries the contracts are compared as each release was built. Differences are no
    failure: the exit code is 0 with and without them.
    """
    from loader.release.dataset_diff import (
        DiffSummary,
        build_diff_document,
        compare_datasets,
        find_source,
        write_patch,
    )

    if form == "patch" and queries:
        from loader.errors import UsageError

        raise UsageError("A patch holds statements alone: leave out --queries.")
    with TemporaryDirectory(prefix="concordat-kg-diff-") as workspace:
        sides = (
            find_source(old, out, Path(workspace) / "old"),
            find_source(new, out, Path(workspace) / "new"),
        )
        differences = compare_datasets(sides[0].quads, sides[1].quads)
        if form == "patch":
            sys.stdout.buffer.writelines(write_patch(differences))
            sys.stdout.buffer.flush()
            return
        summary = DiffSummary()
        for one in differences:
            summary.add(one)
        document = build_diff_document(sides, summary, find_contract_changes(sides, queries, out))
    if form == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        for line in format_lines(document):
            click.echo(line)


def find_contract_changes(
    sides: "tuple[DatasetSource, DatasetSource]", is_run: bool, out: Path
) -> dict[str, Any] | None:
    """Return how contracts differ: as run now, else as in the reports; None without reports."""
    from dataclasses import asdict

    from loader.queries.query_files import load_saved_queries
    from loader.release.contract_runner import ContractProcesses
    from loader.release.dataset_diff import compare_checks
    from loader.settings import Settings, content_root

    if not is_run:
        old, new = (side.list_checks() for side in sides)
        return None if old is None or new is None else compare_checks(old, new)
    saved = list(load_saved_queries(Settings(content_root(Path.cwd()), out=out).queries).values())
    checks = []
    for side in sides:
        with ContractProcesses(saved) as processes:
            processes.load(side.queryable)
            found = processes.check_contracts(lambda *step: None)
            checks.append([asdict(one) for one in found])
    return compare_checks(checks[0], checks[1])


def format_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text."""
    from loader.release.release_diff import STATES
    from query_ui.cli.text_table import escape_control_characters, format_text_table

    made = document["statements_of_build"]
    yield f"from        {document['from']}"
    yield f"to          {document['to']}"
    yield (
        f"statements  {format_counts(document['statements'])} "
        f"(in graphs that the build makes: {format_counts(made)})"
    )
    things = document["things"]
    yield f"entities    {format_counts({word: len(things[word]) for word in STATES})}"
    if document["classes"]:
        rows = [
            (name or "(no class)", *(f"{counts[word]:,}" for word in STATES))
            for name, counts in document["classes"].items()
        ]
        yield f"\n{format_text_table(('class', *STATES), rows, None)}"
    for word in STATES:
        for one in things[word][:_MOST_ENTITIES]:
            iri = escape_control_characters(one["iri"])
            yield f"{word:<8} {iri}  +{one['came']:,} −{one['went']:,}"
        if more := len(things[word]) - _MOST_ENTITIES:
            if more > 0:
                yield f"{word:<8} … and {more:,} more; --format json names all"
    yield from format_contract_lines(document["contracts"])


def format_contract_lines(contracts: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the lines about contracts."""
    if contracts is None:
        yield "contracts   unknown: an export has no report; --queries runs the saved queries"
        return
    told = [
        f"{word}: {', '.join(contracts[word])}"
        for word in ("added", "removed", "broken", "mended")
        if contracts[word]
    ]
    yield f"contracts   {'; '.join(told) or 'no query came, went, broke or was mended'}"
    for name, (before, after) in contracts["rows"].items():
        yield f"rows        {name}: {before:,} before, {after:,} now"


def format_counts(counts: Mapping[str, int]) -> str:
    """Return numbers with their words, such as ``2 added, 1 removed``."""
    return ", ".join(f"{number:,} {word}" for word, number in counts.items())
