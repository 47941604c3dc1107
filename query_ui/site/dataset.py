"""The release about itself: as DCAT, as VoID, as example queries, as a page, and whole.

What the store says stands there under the planned addresses; what leaves here has the addresses of
the host that was asked, and the release's version, which no graph can hold that it is the hash of.
"""

from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Redirect

from loader.release.release_folder import Release
from loader.settings import BASE
from query_ui.engine.protocol import Answer
from query_ui.engine.result_formats import N_QUADS
from query_ui.graph.entity_labels import Names
from query_ui.graph.page_queries import Row, Site, site, string
from query_ui.graph.urls import Link, Number, query_path
from query_ui.http.response_format import PAGE, chosen, data, split_suffix

blueprint = Blueprint("dataset", __name__)

"""The extension of the app that is the build folder."""
WELL_KNOWN = "/.well-known/sparql-examples/"


@blueprint.get("/dataset", defaults={"suffix": ""})
@blueprint.get("/dataset<suffix>")
def described(suffix: str) -> Response:
    """The dataset as DCAT 3, or as a page: https://www.w3.org/TR/vocab-dcat-3/"""
    shared = site()
    form = chosen("graph", suffix)
    if form is None:
        return people(shared)
    release = f"urn:sha256:{shared.engine.release}"
    answer = shared.ask("dataset", site=request.url_root, release=release)
    return data(stated(answer), form)


@blueprint.get("/dataset/graph.nq")
def whole() -> Response:
    """Every statement with its graph, as the file that the release was made of."""
    name = site().engine.release
    path: Path = Release(site().out / "releases" / name).graph
    if not name or not path.is_file():
        raise NotFound("The statements come from another endpoint, which has to be asked for them.")
    answer = send_file(
        path.absolute(),
        N_QUADS.media_type,
        as_attachment=True,
        download_name=f"concordat-kg-{name[:12]}.nq",
        etag=name,
        last_modified=None,
    )
    answer.cache_control.no_cache = True
    return answer


@blueprint.get("/.well-known/void", defaults={"suffix": ""})
@blueprint.get("/.well-known/void<suffix>")
def statistics(suffix: str) -> Response | Redirect:
    """What is in the dataset, as VoID: https://www.w3.org/TR/void/#well-known"""
    form = chosen("graph", suffix, page_first=False)
    if form is None:
        return redirect("/dataset", 303)
    return data(stated(site().ask("void", site=request.url_root)), form)


@blueprint.get(WELL_KNOWN, defaults={"suffix": ""})
@blueprint.get("/.well-known/sparql-examples<suffix>")
def examples(suffix: str) -> Response | Redirect:
    """All saved queries as SHACL executables: https://www.w3.org/TR/shacl/#SPARQLExecutable"""
    form = chosen("graph", suffix, page_first=False)
    if form is None:
        return redirect("/queries", 303)
    return data(executables(list(site().saved)), form)


@blueprint.get(f"{WELL_KNOWN}<name>")
def example(name: str) -> Response | Redirect:
    """One saved query as a SHACL executable."""
    name, suffix = split_suffix(name)
    if name not in site().saved:
        raise NotFound(f"There is no saved query “{name}”. /queries lists those there are.")
    form = chosen("graph", suffix, page_first=False)
    if form is None:
        return redirect(f"/queries/{name}", 303)
    return data(executables([name]), form)


def executables(names: list[str]) -> Answer:
    """Saved queries of these names, as the release has them."""
    iris = [f"{BASE}queries/{name}" for name in names]
    return stated(site().ask("examples", site=request.url_root, query=iris))


def stated(answer: Answer) -> Answer:
    """The answer, if it says anything; NotFound where the release does not describe itself."""
    if not answer.rows:
        raise NotFound("This graph does not describe itself: build it again, or ask its SPARQL.")
    return answer


def people(shared: Site) -> Response:
    """What is in the release, on what terms, where it can be had and how to cite it.

    Of a graph that does not describe itself the page tells what can be counted.
    """
    rows = shared.rows("about-dataset")
    classes, linked = shared.rows("class-partitions"), shared.rows("linked-datasets")
    licences = dict.fromkeys(string(row, "licence") for row in rows if row["licence"])
    names = Names(shared)
    names.learn(string(row, "class") for row in classes)
    page = render_template(
        "dataset.html",
        it={key: string(rows[0], key) for key in rows[0]} if rows else {},
        licences=[names.link(iri) for iri in licences],
        statements=shared.number("count-statements"),
        classes=counted(shared, names, classes),
        linked=[leading(shared, names, row) for row in linked],
        address=f"{request.url_root}dataset",
    )
    return Response(page, mimetype=PAGE)


def counted(shared: Site, names: Names, rows: list[Row]) -> list[tuple[Link, str, Number]]:
    """The classes of the release with their short names and numbers, the most common first."""
    found = []
    for row in rows:
        iri = string(row, "class")
        here = query_path(shared.text("count-in-class", 1, **{"class": iri}))
        number = Number(int(string(row, "things")), here)
        found.append((names.term_link(iri), names.short(iri), number))
    return found


def leading(shared: Site, names: Names, row: Row) -> tuple[Link, str, Number]:
    """One other dataset: its name, the property that leads there, and how often."""
    other, through = string(row, "other"), string(row, "property")
    here = query_path(shared.text("count-links", other=other, property=through))
    text = string(row, "title") or string(row, "space")
    link = Link(text, names.page_link(string(row, "other")).href)
    return link, names.short(string(row, "property")), Number(int(string(row, "links")), here)
