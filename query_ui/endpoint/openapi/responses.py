"""What operations answer: results in every format they can be had in, and problems."""

from collections.abc import Iterable
from http import HTTPStatus

from query_ui.endpoint.openapi.schemas import STRING, Fields, ref
from query_ui.engine.result_formats import FORMATS, JSON, Format, Kind
from query_ui.http.problem_details import PROBLEM

HTML = "text/html"
ANYTHING: Fields = {}
_SHAPES: dict[Kind, str] = {"bindings": "Rows", "boolean": "Truth"}


def typed(*forms: Format) -> Fields:
    """These formats as the content of an answer, without a word on their shape."""
    return {form.media_type: {"schema": ANYTHING} for form in forms}


def page() -> Fields:
    """A page for people."""
    return {HTML: {"schema": STRING}}


def json(name: str) -> Fields:
    """JSON of the shape of that name."""
    return {"application/json": {"schema": ref(name)}}


def graph() -> Fields:
    """A graph in every format."""
    return typed(*FORMATS["graph"])


def table(*kinds: Kind) -> Fields:
    """Rows or a boolean in every format."""
    shapes = [ref(_SHAPES[kind]) for kind in kinds]
    content = typed(*FORMATS[kinds[0]])
    content[JSON.media_type] = {"schema": shapes[0] if len(shapes) == 1 else {"anyOf": shapes}}
    return content


def responses(content: Fields, problems: Iterable[int], status: int = 200) -> Fields:
    """What comes where all is well, and what may go wrong."""
    well: Fields = {"description": HTTPStatus(status).phrase}
    if content:
        well["content"] = content
    found: Fields = {str(status): well}
    return found | {
        str(code): {"$ref": f"#/components/responses/{HTTPStatus(code).name}"}
        for code in sorted(problems)
    }


def components(problems: Iterable[int]) -> Fields:
    """The problems by the names of their statuses; each comes in the shape that Accept likes."""
    content: Fields = {
        PROBLEM: {"schema": ref("Problem")},
        HTML: {"schema": STRING},
        "text/plain": {"schema": STRING},
    }
    found: Fields = {
        HTTPStatus(code).name: {"description": HTTPStatus(code).phrase, "content": content}
        for code in problems
    }
    found[HTTPStatus.NOT_MODIFIED.name] = {"description": "The client has this very answer."}
    return found
