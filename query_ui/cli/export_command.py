"""Command ``export``, which writes a release to one RDF file."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--graph", "slug", default="", help="This named graph alone, by the end of its IRI.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build"),
    show_default=True,
    help="The build folder whose release is written.",
)
@click.option(
    "--release-statement",
    is_flag=True,
    help="Add the statement that names the release, for the endpoint of `serve --release`.",
)
def export(file: Path, slug: str, out: Path, release_statement: bool) -> None:
    """Write the current release, or one graph of it, to FILE; its suffix says how.

    .nq and .trig keep the named graphs apart; .ttl, .nt and .rdf hold each statement once.

    \b
    concordat-kg export everything.nq
    concordat-kg export organisations.ttl --graph organisations
    """
    from loader.release.release_folder import current_release
    from loader.settings import content_root
    from query_ui.cli.exporting import export_release

    ontology = content_root(Path.cwd()) / "ontology"
    size = export_release(file, current_release(out), slug, ontology, release_statement)
    click.echo(f"{file} has {size:,} bytes")
