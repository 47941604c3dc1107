"""Evaluation of SPARQL queries, on the store of a release or on a remote endpoint."""

from loader.namespaces import read_prefixes
from loader.settings import Settings
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import Engine
from query_ui.engine.remote import RemoteEngine


def open_engine(settings: Settings, endpoint: str = "", is_serving: bool = False) -> Engine:
    """Open the engine of the release in ``settings.out``, or of the address ``endpoint`` if given.

    With ``is_serving`` the newest sound release is in the place of a current one that is damaged.
    Raises BuildError where there is no release, and UsageError where the address is not http(s).
    """
    prefixes = read_prefixes(settings.ontology / "prefixes.ttl")
    if endpoint:
        return RemoteEngine(endpoint, prefixes)
    return EmbeddedEngine(settings.out, prefixes, is_serving=is_serving)
