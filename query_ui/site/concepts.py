"""Routes of concept schemes and concepts of this project, and the overview of all schemes.

https://www.w3.org/TR/skos-reference/#schemes
"""

from flask import Blueprint, Response, render_template, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Redirect

from loader.settings import BASE
from query_ui.engine.result_formats import XLSX
from query_ui.graph.facet_filter import MAX_NAME_TEXT, NAME_FIELD
from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import encode_fields, to_page_path
from query_ui.http.negotiation import split_suffix
from query_ui.site.concept_pages import render_concept, render_scheme
from query_ui.site.lists.list_definitions import get_list_definition
from query_ui.site.lists.list_page import count_selection
from query_ui.site.scheme_groups import KEYWORDS, build_topic_tree, group_schemes

blueprint = Blueprint("concepts", __name__, url_prefix="/concepts")
CONCEPT_LIST = get_list_definition("/things/concept")


@blueprint.get("")
def schemes() -> str | Redirect:
    """Show the keywords as a tree, then the other schemes and the frameworks in groups.

    With words in ``?q=``, redirect to the list of the concepts that have them in a name.
    """
    words = request.args.get(NAME_FIELD, "")
    if words.strip():
        return redirect(f"{CONCEPT_LIST.path}?{encode_fields([(NAME_FIELD, words)])}")
    graph = current_graph()
    return render_template(
        "schemes.html",
        topics=build_topic_tree(graph),
        keywords=to_page_path(KEYWORDS),
        total=graph.count("count-in-scheme", scheme=KEYWORDS),
        groups=group_schemes(graph),
        every=count_selection(graph, CONCEPT_LIST.full_selection, CONCEPT_LIST.path),
        concept_list=CONCEPT_LIST.path,
        max_name_text=MAX_NAME_TEXT,
    )


@blueprint.get("/<scheme>")
def hierarchy(scheme: str) -> Response:
    """Return one concept scheme: its hierarchy and all statements about it."""
    name, suffix = split_suffix(scheme)
    if name.endswith(XLSX.suffix):
        name, suffix = name.removesuffix(XLSX.suffix), XLSX.suffix
    return render_scheme(current_graph(), f"{BASE}scheme/{name}", suffix)


@blueprint.get("/<scheme>/<path:name>")
def page(scheme: str, name: str) -> Response:
    """Return one concept with the entities tagged with it or with a narrower one."""
    slug, suffix = split_suffix(name)
    iri = f"{BASE}concept/{scheme}/{slug}"
    return render_concept(current_graph(), iri, f"{BASE}scheme/{scheme}", suffix)
