"""The command ``mcp``: the graph as tools for an assistant, by standard input and output."""

from pathlib import Path

import click

from loader.errors import UsageError
from loader.settings import Settings, content_root
from query_ui.cli.release_options import endpoint_option, out_option

_DEFAULT_URL = "http://127.0.0.1:8000"


@click.command()
@click.option(
    "--site-url",
    default=_DEFAULT_URL,
    show_default=True,
    metavar="URL",
    help="The address of the site to which results link.",
)
@out_option
@endpoint_option
def mcp(site_url: str, out: Path, endpoint: str) -> None:
    """Serve the graph to an assistant as tools of the Model Context Protocol.

    Messages come on standard input and go to standard output, one a line; the program that starts
    this command ends it by closing standard input. Queries run under the limits of serve.

    \b
    Examples:
      concordat-kg mcp
      concordat-kg mcp --out /srv/kg/build --site-url https://example.org/kg
    """
    import anyio
    import anyio.to_thread

    from query_ui.app import create_app
    from query_ui.assistants.mcp_server import ExtraMissing, build_server, serve_standard_streams
    from query_ui.assistants.site_client import SiteClient
    from query_ui.engine import open_engine
    from query_ui.engine.protocol import QueryLimits

    settings = Settings(root=content_root(Path.cwd()), out=out)
    engine = open_engine(settings, endpoint, is_serving=True)
    visitors = engine.isolate(QueryLimits())
    try:
        app = create_app(settings, engine, visitors)
        site = SiteClient(app.wsgi_app, _check_url(site_url))
        anyio.run(serve_standard_streams, build_server(site, anyio.to_thread.run_sync))
    except ExtraMissing as error:
        raise UsageError(str(error)) from error
    finally:
        visitors.close()
        engine.close()


def _check_url(text: str) -> str:
    """Return the address without a slash at its end; raise UsageError for what is none."""
    from query_ui.http.public_address import parse_public_url

    try:
        parse_public_url(text)
    except ValueError as error:
        raise UsageError(f"--site-url: {error}.") from error
    return text.rstrip("/")
