"""The layers around the application: public address, log, and the cache of responses in front."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import TypeAlias

from flask import Flask
from prometheus_client import CollectorRegistry

from query_ui.http.cached_bridge import CachedBridge
from query_ui.http.client_address import Network
from query_ui.http.early_bridge import IS_OFFERED, EarlyBridge, EarlyReader
from query_ui.http.public_address import PublicAddress, PublicAddressMiddleware
from query_ui.http.rate_limit import WsgiApp
from query_ui.http.request_log import (
    EventLoopLog,
    RequestLogMiddleware,
    build_route_finder,
)
from query_ui.http.request_metrics import RequestMetrics
from query_ui.http.response_cache import ResponseCache
from query_ui.http.wsgi_bridge import AsgiApplication

Front: TypeAlias = Callable[[AsgiApplication], AsgiApplication]
_FRONT_EXTENSION = "concordat-kg-front"


@dataclass(frozen=True, slots=True)
class OuterLayers:
    """What the layers need: where they count, what is served, and where the public reaches it.

    ``find_state`` returns what responses depend on besides the request.
    """

    registry: CollectorRegistry
    find_state: Callable[[], Hashable | None]
    trusted_proxies: Sequence[Network]
    public_address: PublicAddress
    response_cache: ResponseCache | None
    build_early_reader: Callable[[PublicAddressMiddleware], EarlyReader] | None = None

    def add_to(self, app: Flask, inner: WsgiApp) -> None:
        """Put the layers around ``inner``, which answers in the place of the application's own."""
        metrics = RequestMetrics(self.registry)
        log = EventLoopLog(metrics, self.trusted_proxies)
        logged = RequestLogMiddleware(
            inner,
            build_route_finder(app.url_map),
            metrics,
            self.trusted_proxies,
        )
        # Outside the log, so that a route is found by its path without the base path.
        address = PublicAddressMiddleware(logged, app.wsgi_app, self.public_address)
        app.wsgi_app = address  # type: ignore[method-assign]
        fronts: list[Front] = []
        if self.build_early_reader is not None and IS_OFFERED:
            reader = self.build_early_reader(address)
            fronts.append(partial(EarlyBridge, reader=reader, log=log))
        if self.response_cache is not None:
            self.registry.register(self.response_cache)
            fronts.append(
                partial(
                    CachedBridge, cache=self.response_cache, find_state=self.find_state, log=log
                )
            )
        app.extensions[_FRONT_EXTENSION] = fronts


def get_front(app: Flask) -> Front | None:
    """Return what puts early queries and the cache of responses in front; None without both."""
    fronts: list[Front] = app.extensions[_FRONT_EXTENSION]
    if not fronts:
        return None
    return lambda inner: reduce(lambda behind, front: front(behind), fronts, inner)
