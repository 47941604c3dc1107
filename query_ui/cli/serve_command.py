"""The command ``serve``."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loader.errors import UsageError
from loader.settings import Settings, content_root
from query_ui.cli.address_options import (
    add_address_options,
    build_public_address,
    check_feedback_address,
)
from query_ui.cli.limits import add_limit_options
from query_ui.cli.log_options import add_log_options
from query_ui.cli.registry_option import registry_option
from query_ui.cli.release_options import (
    endpoint_option,
    follow_option,
    out_option,
    release_option,
)

if TYPE_CHECKING:
    from query_ui.engine.held_release import LocalRelease
    from query_ui.engine.protocol import Engine
    from query_ui.engine.release_watch import ReleaseWatch
    from query_ui.http.page_pool import PagePool
    from query_ui.http.public_address import PublicAddress
    from query_ui.reconciliation.registries.registry_service import RegistryService

_MAX_PAGE_PROCESSES = 64
_DEFAULT_PAGE_PROCESSES = 4
"""The most by default: each takes as much memory as the server, which passes all requests on."""
_PLATFORMS = ("linux", "darwin")
_REFUSAL = "The server runs on Linux and macOS; on Windows, run it in WSL (Linux on Windows)."


@click.command()
@click.option(
    "--grace",
    type=click.FloatRange(0, 3600),
    default=30.0,
    show_default=True,
    help="Seconds that running requests have to end after Ctrl-C or SIGTERM.",
)
@click.option(
    "--response-cache",
    type=click.IntRange(0, 65536),
    default=64,
    show_default=True,
    metavar="MB",
    help="Memory for finished responses, which are sent again until a release changes; 0 for none.",
)
@click.option(
    "--page-processes",
    type=click.IntRange(0, _MAX_PAGE_PROCESSES),
    metavar="N",
    help="How many processes make pages beside the server while it has several to make; without "
    "this option one for each processor but the first, at most 4.",
)
@registry_option
@add_address_options
@add_limit_options
@add_log_options
@out_option
@endpoint_option
@release_option
@follow_option
def serve(  # noqa: PLR0913 (one parameter an option)
    host: str,
    port: int,
    grace: float,
    out: Path,
    endpoint: str,
    release_source: Path | str | None,
    follow: bool,
    base_path: str,
    public_url: str,
    allowed_hosts: tuple[str, ...],
    feedback: str,
    registries: tuple[tuple[str, Path], ...],
    **limits: Any,
) -> None:
    """Serve the site and its API until Ctrl-C or SIGTERM.

    Users' queries run in processes of their own; one that passes a limit is stopped and gets an
    error, never a part of a result.

    \b
    Examples:
      concordat-kg serve
      concordat-kg serve --host 0.0.0.0 --port 8080 --timeout 10 --rate 30
      concordat-kg serve --trusted-proxy 127.0.0.1 --public-url https://example.org/kg
      concordat-kg serve --endpoint http://localhost:3030/kg/sparql --release build
      concordat-kg serve --endpoint http://localhost:3030/kg/sparql --release https://example.org/kg.tar.gz
      concordat-kg serve --registry ror=v2.9-ror-data.zip --registry ofs=register.xlsx
    """
    refuse_other_platforms(sys.platform)
    from query_ui.http.log_format import configure_logging
    from query_ui.http.memory import use_one_memory_arena

    configure_logging(limits.pop("log_level"), limits.pop("log_format"))
    use_one_memory_arena()  # before the libraries that are imported next start threads
    check_release_options(endpoint, release_source, follow)
    _run_server(
        host,
        port,
        grace,
        Settings(root=content_root(Path.cwd()), out=out),
        (endpoint, release_source, follow),
        build_public_address(host, base_path, public_url, allowed_hosts, limits["trusted_proxies"]),
        check_feedback_address(feedback),
        registries,
        limits,
    )
    from query_ui.server import exit_past_stuck_threads

    exit_past_stuck_threads()


def refuse_other_platforms(platform: str) -> None:
    """Raise UsageError on a platform, named as by ``sys.platform``, that the server cannot use.

    Workers are limited and stopped by POSIX means, which Windows has not.
    """
    if platform not in _PLATFORMS:
        raise UsageError(_REFUSAL)


def check_release_options(endpoint: str, source: Path | str | None, follow: bool) -> None:
    """Raise UsageError where an option is given without the one that it belongs to."""
    if source and not endpoint:
        raise UsageError("--release is for --endpoint; without it, --out names the build folder.")
    if follow and not source:
        raise UsageError("--follow needs --release, with the files of the releases.")


def _find_release_files(
    settings: Settings, endpoint: str, source: Path | str | None
) -> "tuple[Settings, LocalRelease | None]":
    """Return the release in ``source`` and the settings with its build folder; None without.

    An address is fetched into the build folder of the settings.
    """
    from query_ui.engine import find_release_of_endpoint
    from query_ui.engine.held_release import find_local_release
    from query_ui.engine.release_download import fetch_release

    if source is None:
        return settings, None
    if isinstance(source, str):
        held = find_release_of_endpoint(settings, endpoint)
        local = fetch_release(source, settings.out.resolve(), held)
    else:
        local = find_local_release(source)
    return replace(settings, out=local.out), local


def _open_engine(
    settings: Settings, endpoint: str, local: "LocalRelease | None", follow: bool
) -> "Engine":
    """Open the engine of the current release, or of an endpoint with the files of ``local``."""
    from query_ui.engine import open_engine, open_engine_of_release

    if local is None:
        return open_engine(settings, endpoint, is_serving=True)
    return open_engine_of_release(settings, endpoint, local, follow)


def _open_registries(files: Sequence[tuple[str, Path]], out: Path) -> "dict[str, RegistryService]":
    """Open the registries to be served and print what each has; give back what reading took."""
    from query_ui.http.memory import return_free_memory
    from query_ui.reconciliation.registries.registry_service import open_registries

    registries = open_registries(files, out)
    return_free_memory()
    for registry in registries.values():
        click.echo(registry.describe_contents(), err=True)
    return registries


def choose_page_processes(wanted: int | None, processors: int) -> int:
    """Return how many processes make pages beside the server; by itself one a further processor."""
    return min(processors - 1, _DEFAULT_PAGE_PROCESSES) if wanted is None else wanted


def _open_page_pool(
    wanted: int | None,
    endpoint: str,
    settings: Settings,
    feedback: str,
    registries: "dict[str, RegistryService]",
) -> "PagePool":
    """Open the pool of processes that make pages; with an endpoint it never starts one.

    The server alone asks an endpoint, counts its failures and follows its releases.
    """
    from query_ui.engine.worker_process import count_processors
    from query_ui.http.page_pool import PagePool
    from query_ui.page_main import run_page_process
    from query_ui.reconciliation.served_services import list_registry_names

    main = partial(run_page_process, settings, feedback, list_registry_names(registries))
    number = choose_page_processes(wanted, count_processors())
    return PagePool(main, 0 if endpoint else number)


def _create_watch(settings: Settings, engine: "Engine") -> "ReleaseWatch":
    """Create the watch over the current release of an engine on this machine."""
    from query_ui.engine.embedded_engine import measure_longest_query
    from query_ui.engine.release_watch import ReleaseWatch

    measure = partial(measure_longest_query, engine)
    return ReleaseWatch(settings.out, lambda: engine.release, measure)


def _run_server(  # noqa: PLR0913 (what the options say)
    host: str,
    port: int,
    grace: float,
    settings: Settings,
    source: tuple[str, Path | str | None, bool],
    address: "PublicAddress",
    feedback: str,
    registry_files: Sequence[tuple[str, Path]],
    options: dict[str, Any],
) -> None:
    """Serve until a signal; then close the engines."""
    from query_ui.app import create_app
    from query_ui.cli.limits import build_limits, build_rate_limiter
    from query_ui.http.outer_layers import get_front
    from query_ui.http.response_cache import create_cache
    from query_ui.server import PAGE_THREADS, serve_app
    from query_ui.site.search_preparation import prepare_searches_meanwhile

    rate_limiter = build_rate_limiter(host, options.pop("rate"), options.pop("trusted_proxies"))
    response_cache = create_cache(options.pop("response_cache"))
    wanted = options.pop("page_processes")
    limits = build_limits(**options)
    settings, local = _find_release_files(settings, source[0], source[1])
    registries = _open_registries(registry_files, settings.out)
    engine = _open_engine(settings, source[0], local, source[2])
    visitors = engine.isolate(limits)
    watch = _create_watch(settings, engine)
    page_pool = _open_page_pool(wanted, source[0], settings, feedback, registries)
    with ExitStack() as stack:
        for close in (engine.close, visitors.close, page_pool.close, watch.stop):
            stack.callback(close)  # the last one is called first
        if not source[0]:
            watch.start()
        app = create_app(
            settings,
            engine,
            visitors,
            rate_limiter=rate_limiter,
            watch=watch,
            public_address=address,
            feedback_address=feedback,
            registries=registries,
            response_cache=response_cache,
            page_pool=page_pool,
        )
        if not source[0]:
            stack.enter_context(prepare_searches_meanwhile(app))
        threads = limits.max_concurrent_queries + PAGE_THREADS
        serve_app(app, host, port, threads, grace, address, get_front(app))
