"""Options of commands that read a release: the folder of builds, or a remote endpoint."""

from pathlib import Path
from typing import Any

import click


class ReleaseSource(click.Path):
    """A folder that is there, or the address of an archive, which stays a text."""

    name = "folder or URL"

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False, exists=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the address, or the path of the folder."""
        if str(value).startswith(("http://", "https://")):
            return str(value)
        return super().convert(value, param, ctx)


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
    "release_source",
    metavar="FOLDER|URL",
    type=ReleaseSource(),
    default=None,
    help="With --endpoint: a build folder, or one of its releases, for what is not SPARQL; or the "
    "address of what `backup` wrote, which is fetched into --out.",
)
follow_option = click.option(
    "--follow",
    is_flag=True,
    help="With --release: change to another release of that folder when the endpoint does.",
)
