"""Routes that describe the dataset: DCAT, VoID, SHACL executables, a page and the N-Quads file.

The store has the planned addresses; responses have those of the requested host, and the version,
which the graph cannot contain because it is the hash of the graph.
"""

from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirect

from loader.errors import BuildError
from loader.release.damage_marks import report_suspicion
from loader.release.release_folder import Release
from loader.release.release_manifest import is_graph_intact
from loader.settings import BASE
from query_ui.engine.embedded_engine import describe_unreadable
from query_ui.engine.protocol import QueryResult
from query_ui.engine.result_formats import N_QUADS
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, PageRow, current_graph, get_cell_text
from query_ui.graph.urls import Link, LinkedCount
from query_ui.http.negotiation import HTML_MEDIA_TYPE, negotiate_page_or_format, split_suffix
from query_ui.http.public_address import to_public_path
from query_ui.http.response import serialise_result

blueprint = Blueprint("dataset", __name__)


WELL_KNOWN_EXAMPLES_PATH = "/.well-known/sparql-examples/"


@blueprint.get("/dataset", defaults={"suffix": ""}, endpoint="described")
@blueprint.get("/dataset<suffix>", endpoint="described")
def get_dataset(suffix: str) -> Response:
    """Return the dataset as DCAT 3 or as a page: https://www.w3.org/TR/vocab-dcat-3/"""
    shared = current_graph()
    form = negotiate_page_or_format("graph", suffix)
    if form is None:
        return render_dataset_page(shared)
    release = f"urn:sha256:{shared.engine.release}"
    answer = shared.query_page("dataset", site=request.url_root, release=release)
    return serialise_result(require_rows(answer), form)


@blueprint.get("/dataset/graph.nq", endpoint="whole")
def download_graph() -> Response:
    """Return every statement with its graph, as N-Quads: https://www.w3.org/TR/n-quads/"""
    name = current_graph().engine.release
    path: Path = Release(current_graph().build_folder / "releases" / name).graph
    if not name or not path.is_file():
        raise NotFound("The statements come from another endpoint, which has to be asked for them.")
    if not is_graph_intact(path.parent):
        report_suspicion(current_graph().build_folder, name)
        raise BuildError(describe_unreadable(name))
    answer = send_file(
        path.absolute(),
        N_QUADS.media_type,
        as_attachment=True,
        download_name=f"concordat-kg-{name[:12]}.nq",
        etag=name,
        last_modified=None,
    )
    # The same address serves the next release: caches have to revalidate by the ETag.
    answer.cache_control.no_cache = True
    return answer


@blueprint.get("/.well-known/void", defaults={"suffix": ""})
@blueprint.get("/.well-known/void<suffix>")
def statistics(suffix: str) -> Response | Redirect:
    """Return statistics of the dataset as VoID: https://www.w3.org/TR/void/#well-known"""
    form = negotiate_page_or_format("graph", suffix, page_first=False)
    if form is None:
        return redirect("/dataset", 303)
    return serialise_result(
        require_rows(current_graph().query_page("void", site=request.url_root)), form
    )


@blueprint.get(WELL_KNOWN_EXAMPLES_PATH, defaults={"suffix": ""})
@blueprint.get("/.well-known/sparql-examples<suffix>")
def examples(suffix: str) -> Response | Redirect:
    """Return all saved queries as RDF: https://www.w3.org/TR/shacl/#SPARQLExecutable"""
    form = negotiate_page_or_format("graph", suffix, page_first=False)
    if form is None:
        return redirect("/queries", 303)
    return serialise_result(fetch_example_queries(list(current_graph().saved_queries)), form)


@blueprint.get(f"{WELL_KNOWN_EXAMPLES_PATH}<name>")
def example(name: str) -> Response | Redirect:
    """Return one saved query as a SHACL executable."""
    name, suffix = split_suffix(name)
    if name not in current_graph().saved_queries:
        path = to_public_path("/queries")
        raise NotFound(f"There is no saved query “{name}”. {path} lists those there are.")
    form = negotiate_page_or_format("graph", suffix, page_first=False)
    if form is None:
        return redirect(f"/queries/{name}", 303)
    return serialise_result(fetch_example_queries([name]), form)


def fetch_example_queries(query_names: list[str]) -> QueryResult:
    """Return the statements of the release about saved queries of these names."""
    iris = [f"{BASE}queries/{name}" for name in query_names]
    return require_rows(current_graph().query_page("examples", site=request.url_root, query=iris))


def require_rows(result: QueryResult) -> QueryResult:
    """Return the result; raise NotFound if it is empty, as the release does not describe itself."""
    if not result.rows:
        raise NotFound("This graph does not describe itself: build it again, or ask its SPARQL.")
    return result


def render_dataset_page(graph: GraphContext) -> Response:
    """Return the page about the release: contents, licences, downloads and citation.

    For a graph that does not describe itself it has only what can be counted.
    """
    rows = graph.select_rows("about-dataset")
    classes, linked = graph.select_rows("class-partitions"), graph.select_rows("linked-datasets")
    licences = dict.fromkeys(get_cell_text(row, "licence") for row in rows if row["licence"])
    names = EntityLabels(graph)
    names.load(get_cell_text(row, "class") for row in classes)
    page = render_template(
        "dataset.html",
        it={key: get_cell_text(rows[0], key) for key in rows[0]} if rows else {},
        licences=[names.link(iri) for iri in licences],
        statements=graph.count("count-statements"),
        classes=build_class_counts(graph, names, classes),
        linked=[build_link_count(graph, names, row) for row in linked],
        address=f"{request.url_root}dataset",
        terms=build_terms(graph, names),
    )
    return Response(page, mimetype=HTML_MEDIA_TYPE)


def build_terms(graph: GraphContext, labels: EntityLabels) -> list[tuple[Link, Link, str]]:
    """Return the documents with terms of their own: page, licence and attribution of each."""
    rows = graph.select_rows("terms-of-documents")
    labels.load(get_cell_text(row, "document") for row in rows)
    return [
        (
            labels.build_page_link(get_cell_text(row, "document")),
            labels.link(get_cell_text(row, "licence")),
            get_cell_text(row, "attribution"),
        )
        for row in rows
    ]


def build_class_counts(
    graph: GraphContext, labels: EntityLabels, rows: list[PageRow]
) -> list[tuple[Link, str, LinkedCount]]:
    """Return the classes of the release with prefixed name and count, most common first."""
    found = []
    for row in rows:
        iri = get_cell_text(row, "class")
        here = graph.named_query_path("count-in-class", **{"class": iri})
        number = LinkedCount(int(get_cell_text(row, "things")), here)
        found.append((labels.build_term_link(iri), labels.short(iri), number))
    return found


def build_link_count(
    graph: GraphContext, labels: EntityLabels, row: PageRow
) -> tuple[Link, str, LinkedCount]:
    """Return a linked dataset, the prefixed name of the linking property and the link count."""
    other, through = get_cell_text(row, "other"), get_cell_text(row, "property")
    here = graph.named_query_path("count-links", other=other, property=through)
    text = get_cell_text(row, "title") or get_cell_text(row, "space")
    link = Link(text, labels.build_page_link(get_cell_text(row, "other")).href)
    return (
        link,
        labels.short(get_cell_text(row, "property")),
        LinkedCount(int(get_cell_text(row, "links")), here),
    )
