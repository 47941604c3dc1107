"""Options of commands that read a release: the folder of builds, or a remote endpoint."""

from pathlib import Path

import click

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build"),
    show_default=True,
    help="The build folder whose release is used.",
)
endpoint_option = click.option(
    "--endpoint", metavar="URL", default="", help="Ask this SPARQL endpoint instead of a release."
)
release_option = click.option(
    "--release",
    "release_folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=None,
    help="With --endpoint: a build folder, or one of its releases, for what is not SPARQL.",
)
follow_option = click.option(
    "--follow",
    is_flag=True,
    help="With --release: change to another release of that folder when the endpoint does.",
)
