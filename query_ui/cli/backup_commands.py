"""Commands ``backup`` and ``restore``: a build folder in one file, and back."""

from pathlib import Path

import click

_FILE = click.Path(path_type=Path, dir_okay=False)
_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build"),
    show_default=True,
    help="The build folder.",
)


@click.command()
@click.argument("file", type=_FILE)
@_OUT
def backup(file: Path, out: Path) -> None:
    """Write the releases and short addresses of a build folder into FILE, a tar.gz archive.

    A server may run meanwhile. Each release is verified first; a damaged one is left out.

    \b
    concordat-kg backup monday.tar.gz
    """
    from loader.release.backup import back_up

    summary = back_up(out, file)
    for name in summary.left_out:
        click.echo(f"The release {name[:12]} is damaged and was left out.", err=True)
    click.echo(
        f"{file}: {_count(summary.releases, 'release')}, current {summary.current[:12]}, "
        f"{_count(summary.permalinks, 'short address')}"
    )


@click.command()
@click.argument("file", type=_FILE)
@_OUT
def restore(file: Path, out: Path) -> None:
    """Put what `concordat-kg backup` wrote into FILE back into a build folder.

    All of it is verified before anything changes. A folder with a release that is newer than the
    backup is refused.

    \b
    concordat-kg restore monday.tar.gz
    """
    from loader.release.backup import restore as run

    summary = run(file, out)
    click.echo(
        f"{out}: {_count(summary.releases, 'release')}, current {summary.current[:12]}, "
        f"{_count(summary.permalinks, 'short address')}"
    )


def _count(number: int, what: str) -> str:
    ending = "" if number == 1 else "es" if what.endswith("s") else "s"
    return f"{number:,} {what}{ending}"
