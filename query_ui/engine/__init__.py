"""The engine: what answers a SPARQL query, whether it is the store of a release or an endpoint."""

from loader.namespaces import read_prefixes
from loader.settings import Settings
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import Engine
from query_ui.engine.remote import RemoteEngine


def open_engine(settings: Settings, endpoint: str = "") -> Engine:
    """The embedded engine over ``settings.out``, or the remote one when ``endpoint`` is an address.

    BuildError when there is no release; UsageError when the address is not http or https.
    """
    prefixes = read_prefixes(settings.ontology / "prefixes.ttl")
    if endpoint:
        return RemoteEngine(endpoint, prefixes)
    return EmbeddedEngine(settings.out, prefixes)
