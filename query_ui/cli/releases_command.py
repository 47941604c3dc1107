"""Commands ``releases``: list, show, verify, use, pin and prune what a build folder keeps."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from query_ui.cli.finite_range import FiniteRange

if TYPE_CHECKING:
    from loader.release.kept_releases import KeptRelease

_MEGABYTE = 1000**2
_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build"),
    show_default=True,
    help="The build folder.",
)


@click.group(invoke_without_command=True)
@click.pass_context
def releases(context: click.Context) -> None:
    """List, verify, switch between and remove the releases that are kept.

    NAME is the beginning of a release's name, "current" or "previous".

    \b
    concordat-kg releases
    concordat-kg releases verify
    concordat-kg releases use previous
    """
    if context.invoked_subcommand is None:
        # As if it were typed, so that the settings of ``releases list`` hold.
        with list_kept.make_context("list", [], parent=context) as inner:
            list_kept.invoke(inner)


@releases.command("list")
@_OUT
def list_kept(out: Path) -> None:
    """List the releases, the newest first."""
    from loader.release.kept_releases import list_releases
    from query_ui.cli.text_table import format_text_table

    rows = [
        (one.name[:12], f"{one.built:%Y-%m-%d %H:%M}", format_size(one.measure()), describe(one))
        for one in list_releases(out)
    ]
    click.echo(format_text_table(("name", "built (UTC)", "size", "state"), rows, None), nl=False)


@releases.command("show")
@click.argument("name", default="current")
@_OUT
def show(name: str, out: Path) -> None:
    """Show what a release holds."""
    from loader.release.damage_marks import read_mark
    from loader.release.kept_releases import find_release
    from loader.release.release_manifest import read_manifest

    one = find_release(out, name)
    report, manifest = one.release.report(), read_manifest(one.release.folder)
    proofs = report.get("proofs", [])
    lines = {
        "release": one.name,
        "built": f"{one.built:%Y-%m-%d %H:%M:%S} UTC by {report.get('tool', 'an unknown tool')}",
        "format": f"{manifest.format}, {len(manifest.files)} files, {format_size(one.measure())}",
        "documents": len(report.get("documents", [])),
        "quads": f"{report.get('quads', 0):,}",
        "contracts": f"{sum(proof['ok'] for proof in proofs)} of {len(proofs)} kept",
        "state": describe(one) or "kept",
    }
    for word, value in lines.items():
        click.echo(f"{word:<11}{value}")
    if damage := read_mark(out, one.name):
        click.echo(f"damage     {damage}")


@releases.command("verify")
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="Compare sizes, and read small files alone.")
@_OUT
def verify(names: tuple[str, ...], quick: bool, out: Path) -> None:
    """Compare the files of releases with their manifests; without NAME, of all."""
    from loader.release.kept_releases import find_release, list_releases, verify_release

    damaged = 0
    chosen = [find_release(out, name) for name in names] if names else list_releases(out)
    for one in chosen:
        damage = verify_release(out, one.name, full=not quick)
        damaged += bool(damage)
        click.echo(f"{one.name[:12]}  {'; '.join(damage) or 'sound'}")
    if damaged:
        click.echo("`concordat-kg build` makes a damaged release of the same data anew.", err=True)
        raise SystemExit(1)


@releases.command("use")
@click.argument("name")
@_OUT
def use(name: str, out: Path) -> None:
    """Make a kept release the current one, after a full check; running servers follow at once."""
    from loader.release.kept_releases import find_release, use_release

    one = find_release(out, name)
    use_release(out, one.name)
    click.echo(f"The current release is {one.name}.")


@releases.command("pin")
@click.argument("name", default="current")
@click.option("--off", is_flag=True, help="Unpin it.")
@_OUT
def pin(name: str, off: bool, out: Path) -> None:
    """Keep a release whatever is pruned."""
    from loader.release.kept_releases import find_release, pin_release

    one = find_release(out, name)
    pin_release(out, one.name, not off)
    click.echo(f"{one.name[:12]} is {'no longer pinned' if off else 'pinned'}.")


@releases.command("prune")
@click.option("--keep", type=click.IntRange(2), default=10, show_default=True, help="How many.")
@click.option("--size", type=FiniteRange(0), default=10, show_default=True, help="In GB.")
@click.option(
    "--days", type=FiniteRange(0, 36_500), help="How old a release may be. [default: any]"
)
@click.option(
    "--cited",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="How many of those that citations name stay besides, the newest first.",
)
@_OUT
def prune(keep: int, size: float, days: float | None, cited: int, out: Path) -> None:
    """Remove old releases, as each build does.

    The newest two, the current one and pinned ones always stay.
    """
    from loader.release.kept_releases import Retention, prune_releases
    from loader.release.release_folder import lock_build_folder

    age = None if days is None else timedelta(days=days)
    with lock_build_folder(out):
        removed = prune_releases(out, Retention(keep, int(size * 1000**3), age, cited=cited))
    for one in removed:
        click.echo(f"removed {one.name[:12]}, built {one.built:%Y-%m-%d %H:%M}")
    click.echo(f"{len(removed)} removed")


def describe(one: "KeptRelease") -> str:
    """Return the state of a release in words, such as ``current, pinned``."""
    states = (
        *(("current", one.is_current), ("pinned", one.is_pinned)),
        *(("cited", one.is_cited), ("damaged", one.is_marked)),
    )
    return ", ".join(word for word, holds in states if holds)


def format_size(size: int) -> str:
    """Return a size in megabytes."""
    return f"{size / _MEGABYTE:,.1f} MB"
