"""Options of ``serve`` that limit the time, memory and size of users' queries."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from loader.errors import UsageError
from query_ui.cli.finite_range import FiniteRange

if TYPE_CHECKING:
    from query_ui.engine.protocol import QueryLimits
    from query_ui.http.client_address import Network
    from query_ui.http.rate_limit import WorkRateLimiter

_LIMIT_OPTIONS = (
    click.option(
        "--timeout",
        type=FiniteRange(0.1),
        default=30,
        show_default=True,
        metavar="SECONDS",
        help="How long a query may run.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(64),
        default=1024,
        show_default=True,
        metavar="MB",
        help="How much memory a query may take.",
    ),
    click.option(
        "--result-size",
        type=click.IntRange(1),
        default=200,
        show_default=True,
        metavar="MB",
        help="How large a result can be.",
    ),
    click.option(
        "--light",
        type=click.IntRange(1),
        default=2,
        show_default=True,
        help="How many short queries run at once.",
    ),
    click.option(
        "--heavy",
        type=click.IntRange(1),
        default=2,
        show_default=True,
        help="How many long queries run at once.",
    ),
    click.option(
        "--queue",
        type=click.IntRange(0),
        default=8,
        show_default=True,
        help="How many long queries may wait; one more is told to come back.",
    ),
    click.option(
        "--allow-service",
        "services",
        multiple=True,
        metavar="URL",
        help="An endpoint that SERVICE may name; repeat it for more. [default: none]",
    ),
    click.option(
        "--rate",
        type=FiniteRange(0.1),
        default=20,
        show_default=True,
        metavar="SECONDS",
        help="Seconds of work a minute for each client; not counted on loopback without a proxy.",
    ),
    click.option(
        "--trusted-proxy",
        "trusted_proxies",
        multiple=True,
        metavar="ADDRESS",
        help="A proxy whose Forwarded and X-Forwarded-* headers name the client and the public "
        "address; repeat it for more. [default: none]",
    ),
)


def add_limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a click command with all limit options."""
    for option in reversed(_LIMIT_OPTIONS):
        command = option(command)
    return command


def build_limits(  # noqa: PLR0913 (one parameter an option)
    timeout: float,
    memory: int,
    result_size: int,
    services: tuple[str, ...],
    light: int,
    heavy: int,
    queue: int,
) -> "QueryLimits":
    """Build the query limits from the options of the same names.

    ``timeout`` is in seconds, ``memory`` and ``result_size`` in megabytes (MiB).
    """
    from query_ui.engine.protocol import QueryLimits

    return QueryLimits(
        seconds=timeout,
        megabytes=memory,
        max_result_bytes=result_size * 1024 * 1024,
        light_workers=light,
        heavy_workers=heavy,
        heavy_queue_size=queue,
        allowed_services=services,
    )


def parse_trusted_proxies(texts: Sequence[str]) -> "tuple[Network, ...]":
    """Parse the values of ``--trusted-proxy``; raise UsageError for what is no address."""
    from query_ui.http.client_address import parse_networks

    try:
        return parse_networks(texts)
    except ValueError as error:
        raise UsageError(f"--trusted-proxy: {error}.") from error


def build_rate_limiter(
    host: str, work_seconds: float, trusted_proxies: tuple[str, ...]
) -> "WorkRateLimiter | None":
    """Build the rate limiter of a server bound to ``host``.

    Return None where it is bound to loopback and trusts no proxy, so that the only clients are
    on the same machine. ``work_seconds`` are for each minute. Raise UsageError for what is no
    address of a proxy.
    """
    from query_ui.http.client_address import is_loopback_host
    from query_ui.http.rate_limit import WorkRateLimiter
    from query_ui.http.request_limits import RequestLimits

    networks = parse_trusted_proxies(trusted_proxies)
    if is_loopback_host(host) and not networks:
        return None
    return WorkRateLimiter(
        RequestLimits(work_seconds_per_minute=work_seconds, work_seconds_at_once=3 * work_seconds),
        networks,
    )
