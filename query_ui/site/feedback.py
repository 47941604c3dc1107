"""Routes of feedback: a prefilled message about a page, to send to whoever runs the site."""

import re

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from query_ui.site.feedback_message import build_feedback

blueprint = Blueprint("feedback", __name__)

MAX_PATH_CHARACTERS = 1_000


@blueprint.get("/feedback")
def page() -> str:
    """Return a message about the page ``about``, ready to send or to copy."""
    path = request.args.get("about", "/")
    if not re.match(r"/(?![/\\])", path) or len(path) > MAX_PATH_CHARACTERS:
        raise BadRequest(
            "The parameter about is the path of a page of this site, such as /dataset."
        )
    return render_template("feedback.html", it=build_feedback(path))
