"""Routes of questions in words: ``/ask?q=`` and its JSON."""

from flask import Blueprint, Response, render_template, request

from query_ui.graph.page_queries import current_graph
from query_ui.graph.urls import encode_fields
from query_ui.http.negotiation import HTML_MEDIA_TYPE, prefers_json
from query_ui.http.public_address import to_public_path
from query_ui.http.response import build_json_response
from query_ui.site.query_candidates import (
    QuestionAnswer,
    ShownCandidate,
    ShownValue,
    answer_question,
)

EXAMPLES = (
    "What do Welsh universities do for technicians?",
    "Which schemes have evidence of impact?",
    "Who holds the HR Excellence in Research Award now?",
    "What does Research England fund?",
    "Which obligations does nothing help to meet?",
)
"""Questions that the page offers to try."""

blueprint = Blueprint("ask", __name__)


@blueprint.get("/ask")
def page() -> Response:
    """Return the saved queries that answer a question, before any of them runs."""
    return respond(prefers_json())


@blueprint.get("/ask.json")
def as_json() -> Response:
    """Return the saved queries that answer a question, as JSON."""
    return respond(True)


def respond(as_data: bool) -> Response:
    """Return the response as HTML or JSON; raise UsageError for a question that is too long."""
    text = request.args.get("q", "").strip()
    found = answer_question(current_graph(), text)
    if as_data:
        return build_json_response(serialise_answer(text, found))
    shown = render_template(
        "ask.html",
        text=text,
        found=found,
        examples=[(one, f"/ask?{encode_fields([('q', one)])}") for one in EXAMPLES],
        json_path=f"/ask.json?{encode_fields([('q', text)])}",
    )
    return Response(shown, mimetype=HTML_MEDIA_TYPE)


def serialise_answer(text: str, found: QuestionAnswer) -> dict[str, object]:
    """Return the answer for JSON; ``nearest`` does not answer the question."""
    return {
        "question": text,
        "total": found.total,
        "truncated": found.total > len(found.answers),
        "items": [serialise_candidate(one) for one in found.answers],
        "nearest": [serialise_candidate(one) for one in found.nearest],
        "unknown": list(found.unknown),
        "ambiguous": [{"words": words, "labels": labels} for words, labels in found.ambiguous],
    }


def serialise_candidate(candidate: ShownCandidate) -> dict[str, object]:
    """Return a saved query with its values for JSON; ``score`` is at most 1."""
    return {
        "name": candidate.name,
        "title": candidate.link.text,
        "summary": candidate.summary,
        "url": to_public_path(candidate.link.href),
        "score": round(candidate.score, 2),
        "values": [serialise_value(one) for one in candidate.values],
        "unused": list(candidate.unused),
        "unmet": list(candidate.unmet),
    }


def serialise_value(value: ShownValue) -> dict[str, object]:
    """Return the values of a parameter for JSON."""
    return {
        "parameter": value.name,
        "label": value.title,
        "values": list(value.texts),
        "labels": list(value.labels),
        "words": value.words,
        "default": value.is_default,
        "today": value.is_today,
    }
