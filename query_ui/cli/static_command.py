"""Command ``static``, which writes the site as files for any web host."""

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loader.errors import UsageError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from loader.settings import Settings
    from query_ui.engine.protocol import Engine
    from query_ui.static_edition.edition_writer import EditionSummary


@click.command()
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder that gets the files: a new or an empty one.",
)
@click.option(
    "--base-path",
    default="/",
    show_default=True,
    metavar="PATH",
    help="The path at which the host serves the folder, for the page of missing addresses.",
)
@click.option(
    "--public-url",
    default="",
    metavar="URL",
    help="The address at which the host serves the folder, for citations, feeds, calendars,"
    " workbooks and the sitemap.",
)
@click.option(
    "--build",
    "build_folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build"),
    show_default=True,
    help="The build folder whose current release is written.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="How many processes make the pages side by side, each with about 250 MB of memory."
    " [default: one for each processor]",
)
def static(
    folder: Path, base_path: str, public_url: str, build_folder: Path, processes: int | None
) -> None:
    """Write the pages and downloads of the current release as files for any web host.

    All links are relative, so the files can also be read from a disk without a server. Search,
    filters and SPARQL work in the browser, where a web server serves the files; matching and other
    forms need the service, and links to them lead to a page that says so.

    \b
    Examples:
      concordat-kg static --out site
      concordat-kg static --out site --base-path /research-culture
      concordat-kg static --out site --public-url https://example.org/research-culture
    """
    if not base_path.startswith("/") or base_path.startswith("//"):
        raise UsageError(f'--base-path "{base_path}" has to begin with one "/".')
    public_url, base_path = read_public_url(public_url, base_path)
    from loader.release.release_folder import current_release
    from loader.settings import Settings, content_root
    from query_ui.cli.progress_bar import show_progress
    from query_ui.engine.worker_process import count_processors
    from query_ui.graph.page_queries import GRAPH_EXTENSION
    from query_ui.static_edition.edition_writer import (
        EditionOptions,
        EditionSource,
        write_edition,
    )
    from query_ui.static_edition.script_bundle import find_bundle

    start = time.perf_counter()
    settings = Settings(root=content_root(Path.cwd()), out=build_folder)
    application, engine = open_site(settings)
    try:
        bundle = find_bundle(Path(application.static_folder or "") / "bundle")
        source = EditionSource(
            application.wsgi_app,
            application.extensions[GRAPH_EXTENSION],
            current_release(settings.out).graph,
            bundle,
            partial(open_application, settings),
        )
        options = EditionOptions(base_path, processes or count_processors(), public_url)
        with show_progress() as progress:
            summary = write_edition(source, folder, options, progress)
    finally:
        engine.close()
    report_edition(folder, summary, time.perf_counter() - start)


def report_edition(folder: Path, summary: "EditionSummary", seconds: float) -> None:
    """Print what was written, and that the script bundle is missing if it is."""
    click.echo(
        f"{folder} has {summary.pages:,} pages and {summary.downloads:,} downloads"
        f" ({summary.size / 1e6:,.1f} MB), written in {seconds:.0f} s;"
        f" {summary.left_out:,} addresses need the service"
    )
    if not summary.has_scripts:
        click.echo(
            "The script bundle is missing, so this edition has no search, filters or SPARQL: run"
            " `make bundle` first to have them.",
            err=True,
        )


def read_public_url(public_url: str, base_path: str) -> tuple[str, str]:
    """Return the address without a slash at its end, and the base path, which may be its path.

    Raises UsageError for what is no address, and where the two paths differ.
    """
    from query_ui.http.public_address import parse_public_url

    if not public_url:
        return "", base_path
    try:
        scheme, host, path = parse_public_url(public_url)
    except ValueError as error:
        raise UsageError(f"--public-url: {error}.") from error
    if base_path.rstrip("/") not in ("", path):
        raise UsageError(
            f"--public-url has the path {path or '/'}, and --base-path is {base_path}: they have to"
            " agree."
        )
    return f"{scheme}://{host}{path}", path or "/"


def open_site(settings: "Settings") -> "tuple[Any, Engine]":
    """Open the site over the current release, and its engine."""
    from query_ui.app import create_app
    from query_ui.engine import open_engine

    engine = open_engine(settings, "")
    return create_app(settings, engine), engine


def open_application(settings: "Settings") -> "WSGIApplication":
    """Open the site in another process, which keeps it until it ends."""
    application: WSGIApplication = open_site(settings)[0].wsgi_app
    return application
