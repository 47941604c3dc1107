"""Evaluation of SPARQL queries, on the store of a release or on a remote endpoint."""

from loader.errors import ProjectError
from loader.namespaces import read_prefixes
from loader.queries.query_files import load_saved_queries
from loader.settings import Settings
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.engine_probe import check_computation
from query_ui.engine.held_release import HeldRelease, LocalRelease, parse_release_name
from query_ui.engine.protocol import Engine, EngineRequest
from query_ui.engine.remote import RemoteEngine


def open_engine(settings: Settings, endpoint: str = "", is_serving: bool = False) -> Engine:
    """Open the engine of the release in ``settings.out``, or of the address ``endpoint`` if given.

    With ``is_serving`` the newest sound release is in the place of a current one that is damaged.
    Raises BuildError where there is no release, UsageError where the address is not http(s), and
    EndpointError where the endpoint does not answer, or not as SPARQL 1.1 says.
    """
    prefixes = read_prefixes(settings.ontology / "prefixes.ttl")
    if endpoint:
        engine = RemoteEngine(endpoint, prefixes)
        _check_or_close(engine, settings)
        return engine
    return EmbeddedEngine(settings.out, prefixes, is_serving=is_serving)


def open_engine_of_release(
    settings: Settings, endpoint: str, local: LocalRelease, follow: bool = False
) -> RemoteEngine:
    """Open the engine of an endpoint that holds the release ``local``, and check that it does.

    ``settings.out`` is the build folder of that release. With ``follow`` the endpoint may hold any
    release of that folder, and change to another one. Raises BuildError where it holds another,
    EndpointError where it does not answer, or not as SPARQL 1.1 says, and UsageError where the
    address is not http(s).
    """
    engine = RemoteEngine(endpoint, read_prefixes(settings.ontology / "prefixes.ttl"))
    request = EngineRequest(load_saved_queries(settings.pages)["release-held"].text)
    engine.held = HeldRelease(local, lambda: engine.query_once(request), follow)
    _check_or_close(engine, settings)
    return engine


def find_release_of_endpoint(settings: Settings, endpoint: str) -> str:
    """Return the hash of the release that an endpoint states.

    Raises BuildError where it states none, EndpointError where it does not answer, and UsageError
    where the address is not http(s).
    """
    engine = RemoteEngine(endpoint, read_prefixes(settings.ontology / "prefixes.ttl"))
    try:
        text = load_saved_queries(settings.pages)["release-held"].text
        return parse_release_name(engine.query_once(EngineRequest(text))).name
    finally:
        engine.close()


def _check_or_close(engine: RemoteEngine, settings: Settings) -> None:
    """Check what an endpoint computes and holds; close the engine before an error is raised."""
    try:
        probe = load_saved_queries(settings.pages)["engine-probe"].text
        check_computation(engine, engine.address, probe)
        if engine.held:
            engine.held.find()
    except ProjectError:
        engine.close()
        raise
