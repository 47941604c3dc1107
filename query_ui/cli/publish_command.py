"""Command ``publish``, which makes an engine hold the current release."""

from pathlib import Path

import click

from query_ui.cli.release_options import out_option


@click.command()
@click.option(
    "--to", "update_url", metavar="URL", required=True, help="The engine's address for updates."
)
@click.option(
    "--endpoint",
    metavar="URL",
    required=True,
    help="The engine's address for queries, to compare before and after.",
)
@click.option(
    "--compare-all",
    is_flag=True,
    help="Ask the engine for all it holds, also where it has more than a million statements and "
    "names a release that is kept here.",
)
@out_option
def publish(update_url: str, endpoint: str, compare_all: bool, out: Path) -> None:
    """Make an engine hold the current release, by SPARQL Update.

    Only the statements that differ are sent. An engine that holds a release changes in one
    update, so its readers see the old release or the new one. An empty engine is filled in
    batches and named at the end; a command that was interrupted is run again. Afterwards every
    graph is counted, and those that changed are compared statement by statement.

    Of an engine with more than a million statements, whose release is kept in the build folder,
    the files of both releases are compared instead, and afterwards what is stated about each
    subject that changed.

    \b
    concordat-kg publish --to http://localhost:3030/kg/update --endpoint http://localhost:3030/kg/sparql

    Credentials come from the environment, as for `serve --endpoint`.
    """
    from pyoxigraph import Store

    from loader.queries.query_files import load_saved_queries
    from loader.release.release_folder import current_release
    from loader.settings import Settings, content_root
    from query_ui.cli.exporting import build_release_statement
    from query_ui.engine import open_engine
    from query_ui.engine.release_differences import KeptDifferences, find_no_differences
    from query_ui.engine.release_publisher import ReleasePublisher
    from query_ui.engine.update_client import UpdateClient

    settings = Settings(root=content_root(Path.cwd()), out=out)
    release = current_release(out)
    queries = load_saved_queries(settings.pages)
    kept = KeptDifferences(out, release, queries["graph-sizes"].text)
    client = UpdateClient(update_url)
    engine = open_engine(settings, endpoint)
    try:
        ReleasePublisher(
            Store.read_only(str(release.store)),
            build_release_statement(release.name),
            engine,
            client,
            queries,
            (settings.updates / "change-statements.ru").read_text("utf-8"),
            click.echo,
            find_no_differences if compare_all else kept,
        ).publish()
    finally:
        engine.close()
        client.close()
    click.echo(f"{endpoint} holds the release {release.name[:12]}.")
