"""The page to write queries on, and their answers for people; machines are answered before.

See ``query_ui.endpoint.application``.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from query_ui.endpoint.first_rows import beginning
from query_ui.endpoint.html_table import SHOWN, table
from query_ui.endpoint.protocol_request import Asked, asked
from query_ui.engine.protocol import Answer, Question, present
from query_ui.engine.result_formats import EXCHANGE, FORMATS
from query_ui.engine.service_snapshots import Snapshot, locally
from query_ui.graph.page_queries import Site, bare, site
from query_ui.graph.urls import query_path
from query_ui.http.content_security import scripted_page

blueprint = Blueprint("sparql", __name__, url_prefix="/sparql")


@blueprint.route("", methods=["GET", "POST", "QUERY"], strict_slashes=False)
def page() -> Response:
    """The query with its answer; without a query, one to begin with."""
    shared, found = site(), asked(request)
    if found is None:
        return editor(shared, Asked(bare(shared.pages["editor"].text)))
    gone = request.environ.get("waitress.client_disconnected", present)
    graphs = found.default_graphs, found.named_graphs
    known = shared.snapshots if "service" in found.query.lower() else {}
    local = locally(found.query, known, restricted=any(graphs))
    result = shared.visitors.run(Question(local.text, *graphs, EXCHANGE, found.seconds), gone)
    return editor(shared, found, *beginning(result, SHOWN, shared.engine.prefixes), local.used)


def editor(
    shared: Site,
    found: Asked,
    answer: Answer | None = None,
    total: int = 0,
    used: Sequence[Snapshot] = (),
) -> Response:
    """The page with the query, and its result of ``total`` rows where it has been asked.

    ``used`` are the copies of other endpoints that the answer came from.
    """
    shown = replace(table(shared, answer), total=total) if answer else None
    whole = answer if shown and not shown.cut else None
    return scripted_page(
        "sparql.html",
        query=found.query,
        graphs=graphs(found),
        table=shown,
        used=used,
        whole=whole
        and {
            "type": EXCHANGE[whole.kind].media_type,
            "body": whole.body.decode(),
            "snapshots": ", ".join(snapshot.told for snapshot in used),
        },
        formats=FORMATS[answer.kind] if answer else (),
        here=f"{query_path(found.query)}{dataset(found)}",
    )


def graphs(found: Asked) -> list[tuple[str, str]]:
    """The dataset as the fields of a form."""
    return [
        *(("default-graph-uri", graph) for graph in found.default_graphs),
        *(("named-graph-uri", graph) for graph in found.named_graphs),
    ]


def dataset(found: Asked) -> str:
    """The dataset as the end of an address; "" for the usual one."""
    return "".join(f"&{urlencode([field])}" for field in graphs(found))


def described(shared: Site, address: str) -> Answer:
    """What the service at an address can do: https://www.w3.org/TR/sparql11-service-description/"""
    return shared.ask("service", endpoint=address)
