"""Routes of feedback: a prefilled message about a page, to send to whoever runs the site."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, current_app, render_template, request
from werkzeug.exceptions import BadRequest

from query_ui.graph.page_queries import current_graph

blueprint = Blueprint("feedback", __name__)

FEEDBACK_CONFIG = "FEEDBACK_ADDRESS"
"""Key of the application's configuration: an e-mail address, the URL of a form or ""."""
MAX_PATH_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Feedback:
    """A message about a page, and where to send it.

    ``address`` is an e-mail address or a URL as the operator gave it, and ``href`` the link that
    opens it with the message; both are "" where none is set.
    """

    path: str
    subject: str
    message: str
    address: str
    href: str


@blueprint.get("/feedback")
def page() -> str:
    """Return a message about the page ``about``, ready to send or to copy."""
    path = request.args.get("about", "/")
    if not re.match(r"/(?![/\\])", path) or len(path) > MAX_PATH_CHARACTERS:
        raise BadRequest(
            "The parameter about is the path of a page of this site, such as /dataset."
        )
    return render_template("feedback.html", it=build_feedback(path))


def build_feedback(path: str) -> Feedback:
    """Build the message about the page with this path."""
    subject = f"Concordat knowledge graph: error on {path}"
    lines = [
        f"Page: {request.url_root.rstrip('/')}{path}",
        f"Data release: {current_graph().engine.release or 'another endpoint'}",
        "",
        "What is wrong:",
        "",
        "What it should say, and the address of a source for it:",
        "",
    ]
    message = "\n".join(lines)
    address = current_app.config.get(FEEDBACK_CONFIG, "")
    return Feedback(path, subject, message, address, build_href(address, subject, message))


def build_href(address: str, subject: str, message: str) -> str:
    """Return the link that opens the message: ``mailto:`` or the URL of a form with its fields.

    https://www.rfc-editor.org/rfc/rfc6068#section-2
    """
    if not address:
        return ""
    if "://" not in address:
        lines = message.replace("\n", "\r\n")
        return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(lines)}"
    separator = "&" if urlsplit(address).query else "?"
    return f"{address}{separator}{urlencode({'title': subject, 'body': message})}"
