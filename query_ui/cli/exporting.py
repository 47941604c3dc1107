"""Export of a release, or of one of its named graphs, to an RDF file."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from loader.errors import BuildError, UsageError
from loader.namespaces import CATALOGUE, DATASET, DCTERMS, graph, read_prefixes
from loader.release.release_folder import Release
from loader.release.release_manifest import is_graph_intact

RDF_FORMAT_BY_SUFFIX = {
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
}


def export_release(
    path: Path,
    release: Release,
    graph_slug: str,
    ontology_folder: Path,
    has_release_statement: bool = False,
) -> int:
    """Write a release to ``path`` in the format of its suffix; return the size in bytes.

    ``graph_slug`` selects one named graph by the end of its IRI; "" selects all.
    ``has_release_statement`` adds the statement that names the release. Raise UsageError for an
    unknown suffix or graph, or for that statement in a file of one graph; BuildError if the file
    cannot be written.
    """
    form = RDF_FORMAT_BY_SUFFIX.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"{path}: the suffix has to be one of {', '.join(RDF_FORMAT_BY_SUFFIX)}.")
    if not is_graph_intact(release.folder):
        raise BuildError(
            f"the file graph.nq of the release {release.name[:12]} does not match its name, so it "
            "is not written: run `concordat-kg build`"
        )
    quads: Iterable[Quad] = parse(path=release.graph, format=RdfFormat.N_QUADS)
    if graph_slug:
        quads = [quad for quad in quads if quad.graph_name == graph(graph_slug)]
        if not quads:
            raise UsageError(
                f"The release has no graph “{graph_slug}”; see /graphs for those it has."
            )
    if has_release_statement:
        if graph_slug or not form.supports_datasets:
            raise UsageError(
                "The statement that names the release is for the whole of it, with its graphs: "
                "write .nq or .trig, without --graph."
            )
        quads = chain(quads, [build_release_statement(release.name)])
    # Formats without named graphs write a triple once, although several graphs may state it.
    parts = quads if form.supports_datasets else dict.fromkeys(quad.triple for quad in quads)
    draft = path.with_name(f"{path.name}.draft")
    try:
        prefixes = read_prefixes(ontology_folder / "prefixes.ttl")
        serialize(parts, str(draft), form, prefixes=prefixes)
        draft.replace(path)
        return path.stat().st_size
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def build_release_statement(name: str) -> Quad:
    """Return the statement that names a release, in the catalogue: it is a version of the dataset.

    A release cannot hold its own hash, so the statement is no part of it.
    https://www.dublincore.org/specifications/dublin-core/dcmi-terms/#isVersionOf
    """
    return Quad(NamedNode(f"urn:sha256:{name}"), DCTERMS.isVersionOf, DATASET, CATALOGUE)
