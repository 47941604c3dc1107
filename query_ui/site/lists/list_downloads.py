"""The lists as files: ``/case-studies.csv`` and the like, narrowed as the pages are."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from query_ui.engine.protocol import Question, present
from query_ui.engine.result_formats import FORMATS, suffixed
from query_ui.graph.page_queries import site
from query_ui.http.response import delivered
from query_ui.http.response_format import offered
from query_ui.site.lists.list_definitions import SHELVES
from query_ui.site.lists.list_page import shelf_page
from query_ui.site.lists.list_request import asked

blueprint = Blueprint("downloads", __name__)


@blueprint.get("/<any('case-studies', 'initiatives', 'organisations', 'graphs'):name>.<form>")
def listed(name: str, form: str) -> Response:
    """A whole list as CSV, TSV, Turtle, N-Triples, JSON-LD or RDF/XML; in pages as JSON."""
    return download(f"/{name}", form)


@blueprint.get("/things/<any('commitment'):name>.<form>")
def others(name: str, form: str) -> Response:
    """The same of the lists of other things."""
    return download(f"/things/{name}", form)


def download(path: str, form: str) -> Response:
    """A list in the format of a suffix; NotFound for one that no list has."""
    shared = site()
    if form == "json":
        return shelf_page(shared, path, data=True)
    for kind, name in (("bindings", "list-table"), ("graph", "list-graph")):
        found = suffixed(f".{form}", kind)  # type: ignore[arg-type]
        if found:
            text = shared.selected(name, asked(SHELVES[path], shared.index).selection)
            gone = request.environ.get("waitress.client_disconnected", present)
            result = shared.visitors.run(Question(text, formats={kind: found}), gone)  # type: ignore[dict-item]
            named = f'attachment; filename="{path.rpartition("/")[2]}.{form}"'
            return delivered(result, {"Content-Disposition": named})
    known = ", ".join(offered(kind) for kind in FORMATS if kind != "boolean")
    raise NotFound(f"There is no .{form} of a list: it can be had as {known}.")
