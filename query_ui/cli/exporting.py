"""Writes the graph of a release, or one graph of it, into a file."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse, serialize

from loader.errors import BuildError, UsageError
from loader.known_terms import read_prefixes
from loader.namespaces import graph
from loader.release.release_folder import Release

FORMATS = {
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
}


def export_to(path: Path, release: Release, slug: str, ontology: Path) -> int:
    """Write a release to ``path`` in the format of its suffix and return the bytes that it has.

    With ``slug`` only that graph. UsageError for another suffix, or a graph that is not there.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"{path}: the suffix has to be one of {', '.join(FORMATS)}.")
    quads: Iterable[Quad] = parse(path=release.graph, format=RdfFormat.N_QUADS)
    if slug:
        quads = [quad for quad in quads if quad.graph_name == graph(slug)]
        if not quads:
            raise UsageError(f"The release has no graph “{slug}”; see /graphs for those it has.")
    # Where there are no graphs a statement that several make is written once.
    parts = quads if form.supports_datasets else dict.fromkeys(quad.triple for quad in quads)
    draft = path.with_name(f"{path.name}.draft")
    try:
        prefixes = read_prefixes(ontology / "prefixes.ttl")
        serialize(parts, str(draft), form, prefixes=prefixes)
        draft.replace(path)
        return path.stat().st_size
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
