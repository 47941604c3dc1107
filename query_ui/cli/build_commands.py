"""Commands ``build`` and ``check``, which read documents and publish or only validate them."""

import gc
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from loader.errors import Finding
    from loader.release.build import BuildResult
    from loader.release.phase_times import PhaseTime

FOLDER_PATH = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--data", "data", multiple=True, type=FOLDER_PATH, help="A data folder; may be repeated."
)
@click.option(
    "--out", default="build", type=FOLDER_PATH, show_default=True, help="The build folder."
)
@click.option("--strict", is_flag=True, help="Let warnings stop the build as errors do.")
@click.option("--unproved", is_flag=True, help="Publish although saved queries break contracts.")
@click.option(
    "--quiet", is_flag=True, help="Count the findings, and print only the joins of datasets."
)
@click.option(
    "--fresh", is_flag=True, help="Read every document and build, though nothing has changed."
)
@click.option("--timings", is_flag=True, help="Print time and memory of each phase.")
def build(  # noqa: PLR0913 (one parameter an option)
    data: tuple[Path, ...],
    out: Path,
    strict: bool,
    unproved: bool,
    quiet: bool,
    fresh: bool,
    timings: bool,
) -> None:
    """Read the documents, validate them, and publish a release.

    A release is published only if it has no errors and every saved query keeps its contract;
    else the release before it stays as it is.

    \b
    concordat-kg build
    concordat-kg build --data my-studies --unproved
    """
    from loader.mapping.join_report import JOIN_CODE
    from loader.release.build import build as run
    from loader.release.phase_times import PhaseTimer
    from loader.settings import Settings, content_root
    from query_ui.cli.progress_bar import show_progress

    root = content_root(Path.cwd())
    settings = Settings(root=root, data=data or (find_default_data(root),), out=out)
    collect_garbage_rarely()
    with show_progress() as progress:
        timer = PhaseTimer(progress)
        outcome = run(settings, timer, strict=strict, unproved=unproved, fresh=fresh)
        timer.finish()
    if timings:
        print_phases(timer.phases)
    for finding in outcome.findings:
        if not quiet or finding.code == JOIN_CODE:
            click.echo(str(finding), err=True)
    print_outcome(outcome)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Lines for people, or JSON for machines.",
)
def check(paths: tuple[Path, ...], format_: str) -> None:
    """Read and validate documents as a build would, publishing nothing.

    PATH is a file or a folder; without one, the project's own data is checked. Files are read
    together with that data, so that they may refer to it, but only their own findings are shown.
    An unknown organisation or keyword is shown with the known ones that resemble it.

    \b
    concordat-kg check new-study.md
    concordat-kg check --format json exports/
    """
    from loader.errors import Severity
    from loader.release.build import check as run
    from loader.settings import Settings, content_root
    from query_ui.cli.progress_bar import show_progress
    from query_ui.reconciliation.name_suggestions import suggest_names

    root = content_root(Path.cwd())
    settings = Settings(root=root, data=(find_default_data(root),))
    collect_garbage_rarely()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        names = Path(folder, "names.sqlite")
        with show_progress() as progress:
            findings = run(settings, progress, paths, names)
        findings = list(suggest_names(findings, names))
    if format_ == "json":
        click.echo(json.dumps([asdict(f) for f in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
    click.echo(format_severity_counts(findings), err=True)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise SystemExit(1)


def collect_garbage_rarely() -> None:
    """Let the collector look for cycles after 100,000 new objects, and not at those of today.

    What a build makes of documents has hardly any cycles, and looking for them after every 700
    objects takes about a twentieth of its time: https://docs.python.org/3/library/gc.html
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def find_default_data(root: Path) -> Path:
    """Return ``data`` in the working directory if it exists, else the project's own data."""
    here = Path("data")
    return here if here.is_dir() else root / "data"


def find_own_data() -> Path:
    """Return ``data`` in the working directory, to write into; raise UsageError without it.

    The data that came with the program are never written into: an update would replace them.
    """
    from loader.errors import UsageError

    here = Path("data")
    if not here.is_dir():
        raise UsageError("There is no folder “data” here to write into; go where your data are.")
    return here


def print_phases(phases: "Sequence[PhaseTime]") -> None:
    """Print the phases of a build to standard error, one a line, and their sum."""
    click.echo(f"{'phase':<12}{'seconds':>9}{'processor':>11}{'peak memory':>13}", err=True)
    rows = [(p.name, p.seconds, p.processor_seconds, p.peak_bytes) for p in phases]
    sums = (sum(row[1] for row in rows), sum(row[2] for row in rows), max(row[3] for row in rows))
    for name, seconds, used, peak in (*rows, ("all", *sums)):
        line = f"{name:<12}{seconds:>7.2f} s{used:>9.2f} s{peak / 2**20:>10,.0f} MB"
        click.echo(line, err=True)


def print_outcome(outcome: "BuildResult") -> None:
    """Print a summary of the published release."""
    from loader.queries.contract_check import describe_slow_queries
    from loader.queries.result_table import format_count

    kept = sum(proof.ok for proof in outcome.proofs)
    if outcome.built_before:
        click.echo(
            f"unchanged  nothing has changed since {outcome.built_before}; --fresh builds anew"
        )
    click.echo(f"release    {outcome.release.name}")
    click.echo(f"folder     {outcome.release.folder}")
    click.echo(f"documents  {outcome.documents}")
    click.echo(f"quads      {outcome.quads:,}")
    click.echo(f"findings   {format_severity_counts(outcome.findings)}")
    click.echo(f"contracts  {kept} of {len(outcome.proofs)} kept")
    if outcome.pruned:
        click.echo(f"pruned     {format_count(outcome.pruned, 'old release')}")
    for line in describe_slow_queries(outcome.proofs):
        click.echo(f"slow: {line}", err=True)
    if not outcome.keeps_contracts:
        click.echo("This release is unproved: some saved queries break their contracts.", err=True)


def format_severity_counts(findings: "Sequence[Finding]") -> str:
    """Format the number of findings by severity, such as "1 info, 2 warnings"."""
    counts = Counter(finding.severity.value for finding in findings)
    parts = [f"{n} {name}{'s' * (n > 1)}" for name, n in sorted(counts.items())]
    return ", ".join(parts) or "none"
