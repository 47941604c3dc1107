"""The view of named page queries: it leads to the SPARQL text with its values.

https://www.rfc-editor.org/rfc/rfc9110#section-15.4.4
"""

from urllib.parse import quote_plus

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound

from query_ui.graph.named_queries import NAMED_QUERY_PATH, parse_named_query_fields
from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import to_query_path

blueprint = Blueprint("named_queries", __name__)


@blueprint.get(f"{NAMED_QUERY_PATH}<name>")
def show_named_query(name: str) -> Response:
    """Redirect to a page query with its values, as a page or as data; raise NotFound if unknown.

    A parameter without a value keeps its example, and ``format`` names the format of the result.
    """
    graph = current_graph()
    if name not in graph.page_queries:
        raise NotFound(f"No page of this site uses a query “{name}”.")
    parameters = [parameter.name for parameter in graph.page_queries[name].parameters]
    fields = request.args.to_dict(flat=False)
    form = fields.pop("format", [""])[-1]
    values, selection = parse_named_query_fields(parameters, fields, graph.engine.prefixes)
    text = (
        graph.narrow_page_query(name, selection)
        if selection
        else graph.page_query_text(name, 1, **values)
    )
    response = redirect(to_query_path(text) + (f"&format={quote_plus(form)}" if form else ""), 303)
    return response  # type: ignore[return-value]
